"""A value comes back from its flat file as it was, or not at all."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_desktop.avatar.animation import Animation, Channel
from avatar_desktop.avatar.material import Image, Material
from avatar_desktop.avatar.mesh import MeshInstance, Primitive
from avatar_desktop.library.flat import FlatError, flatten, unflatten

ROOT = Path(__file__).resolve().parents[3]
STAMP = "as it is now"


@dataclass(frozen=True)
class Foreign:
    """Not of the app."""

    number: int


def there_and_back(value: object) -> object:
    return unflatten(b"".join(flatten(value, STAMP)), STAMP)


def primitive() -> Primitive:
    corners = np.arange(9, dtype=np.float32).reshape(3, 3)
    return Primitive(corners, corners, np.arange(3, dtype=np.uint32), mode=4, material=0)


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False)
    | st.text(),
    lambda inner: st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(plain)
def test_plain_values_come_back(value: object) -> None:
    assert there_and_back(value) == value


@pytest.mark.parametrize(
    "array",
    [
        np.arange(24, dtype=np.float32).reshape(2, 3, 4),
        np.arange(24, dtype=np.float32).reshape(4, 6)[::2, ::3],
        np.zeros((0, 3), np.uint16),
        np.array([np.nan, np.inf, -0.0]),
        np.array(True),
    ],
)
def test_arrays_come_back_read_only(array: np.ndarray) -> None:
    again = there_and_back((array, "beside it"))
    assert isinstance(again, tuple)
    np.testing.assert_array_equal(again[0], array)
    assert again[0].dtype == array.dtype
    assert not again[0].flags.writeable


def test_one_number_seen_everywhere_takes_the_room_of_one() -> None:
    stand_in = Image("a", np.broadcast_to(np.uint8(255), (4096, 4096, 4)))
    content = b"".join(flatten(stand_in, STAMP))
    again = unflatten(content, STAMP)
    assert isinstance(again, Image)
    assert len(content) < 1000
    assert again.rgba.shape == (4096, 4096, 4)
    assert again.rgba.strides == (0, 0, 0)
    assert (again.rgba[::512, ::512] == 255).all()


def test_what_is_shared_stays_shared() -> None:
    shared = primitive()
    meshes = tuple(MeshInstance(node, (shared,), -1, slice(0, 0)) for node in range(2))
    again = there_and_back(meshes)
    assert isinstance(again, tuple)
    first, second = (instance.primitives[0] for instance in again)
    assert first is second
    assert first.positions is first.normals
    assert again[0].morphs == slice(0, 0)


def test_only_dataclasses_of_the_app_are_built() -> None:
    content = b"".join(flatten(Foreign(1), STAMP))
    with pytest.raises(FlatError, match="not of this app"):
        unflatten(content, STAMP)


def test_a_class_that_is_no_value_is_not_built() -> None:
    head = [STAMP, [["avatar_desktop.library.cache", "Cache", ["folder"]]], [], [16, "/"]]
    flat = b"".join(flatten(None, STAMP))
    made_up = _with_head(flat, msgspec.msgpack.encode(head))
    with pytest.raises(FlatError, match="not what it was"):
        unflatten(made_up, STAMP)


def test_a_class_with_other_fields_is_not_built() -> None:
    head = [STAMP, [["avatar_desktop.avatar.material", "Image", ["name"]]], [], [16, "x"]]
    made_up = _with_head(b"".join(flatten(None, STAMP)), msgspec.msgpack.encode(head))
    with pytest.raises(FlatError, match="not what it was"):
        unflatten(made_up, STAMP)


@pytest.mark.parametrize("value", [{1, 2}, object(), np.array([object()]), 2**70])
def test_what_cannot_be_written_is_refused(value: object) -> None:
    with pytest.raises(FlatError):
        flatten(value, STAMP)


def example() -> bytes:
    times = np.arange(4, dtype=np.float32)
    channel = Channel(0, "weights", "LINEAR", times, times[:, None] * 2)
    materials: Mapping[str, Material] = {"skin": Material(name="skin", roughness=0.4)}
    value = (Animation("wave", 1.5, (channel,)), materials, frozenset({1, 2}), primitive())
    return b"".join(flatten(value, STAMP))


def test_another_stamp_gives_nothing() -> None:
    with pytest.raises(FlatError, match="something else"):
        unflatten(example(), "as it was")


def test_every_cut_is_noticed() -> None:
    content = example()
    for length in range(0, len(content), 7):
        with pytest.raises(FlatError):
            unflatten(content[:length], STAMP)


def test_every_flipped_bit_is_noticed() -> None:
    content = example()
    unnoticed = []
    for place in range(len(content)):
        damaged = bytearray(content)
        damaged[place] ^= 1 << (place % 8)
        try:
            unflatten(bytes(damaged), STAMP)
        except FlatError:
            continue
        unnoticed.append(place)
    gap = _gap(content)
    assert set(unnoticed) <= set(gap), "only what fills the gap before the arrays may be anything"


@given(st.binary(max_size=200))
def test_a_foreign_file_is_refused(content: bytes) -> None:
    with pytest.raises(FlatError):
        unflatten(content, STAMP)


def _gap(content: bytes) -> range:
    head = int.from_bytes(content[8:16], "little")
    end = 32 + head
    return range(end, -(-end // 64) * 64)


def _with_head(flat: bytes, head: bytes) -> bytes:
    """The same file with another head, its sums put right."""
    import struct
    import zlib

    start = -(-(32 + len(head)) // 64) * 64
    preamble = struct.pack("<8sQQII", flat[:8], len(head), start, zlib.crc32(head), 0)
    return preamble + head + bytes(start - 32 - len(head))


def test_a_class_whose_module_another_thread_imports_is_waited_for() -> None:
    content = b"".join(flatten(Animation("wave", 1.0, ()), STAMP))
    script = (
        "import sys, threading\n"
        "from avatar_desktop.library.flat import unflatten\n"
        "class Slow:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'numpy.typing' and started.set() is None:\n"
        "            reading.wait(0.2)\n"
        "started, reading = threading.Event(), threading.Event()\n"
        "sys.modules.pop('numpy.typing', None)\n"
        "sys.meta_path.insert(0, Slow())\n"
        "name = 'avatar_desktop.avatar.animation'\n"
        "other = threading.Thread(target=__import__, args=(name,))\n"
        "other.start()\n"
        "assert started.wait(20) and name in sys.modules\n"
        f"print(unflatten(bytes.fromhex({content.hex()!r}), {STAMP!r}).name)\n"
        "other.join()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout == "wave\n", done.stderr
