"""Primitives packed with Draco come out with every attribute, or cost only themselves."""

from __future__ import annotations

import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from avatar_desktop.avatar.gltf.decoders.draco import MAX_RATIO, declared
from avatar_desktop.avatar.read import read_avatar_bytes
from avatar_desktop.errors import AvatarError
from tests.makers import packed
from tests.makers.tiny_avatar import Glb

DracoPy = pytest.importorskip("DracoPy")
ROOT = Path(__file__).parents[3]


def packing(glb: Glb) -> dict[str, Any]:
    return glb.document["meshes"][0]["primitives"][0]["extensions"][packed.DRACO]


def packed_bytes(glb: Glb) -> bytes:
    view = glb.document["bufferViews"][packing(glb)["bufferView"]]
    return bytes(glb.binary[view["byteOffset"] :][: view["byteLength"]])


@pytest.mark.parametrize("level", [0, 1, 5, 7, 10])
def test_every_attribute_arrives_with_its_vertex(level: int) -> None:
    points, triangles = packed.grid()
    part = read_avatar_bytes(packed.draco_sheet(level=level).bytes()).meshes[0].primitives[0]
    assert len(part.positions) == 144
    assert part.indices.reshape(-1, 3).shape == triangles.shape
    apart = np.linalg.norm(part.positions[:, None] - points[None], axis=2)
    original = np.argmin(apart, axis=1)
    assert sorted(original.tolist()) == list(range(144))
    assert apart.min(axis=1).max() < 1e-3
    joints, weights = packed.influences(points)
    assert part.joints is not None and part.weights is not None and part.colours is not None
    np.testing.assert_array_equal(part.joints, joints[original])
    np.testing.assert_allclose(part.weights, weights[original], atol=1e-5)
    np.testing.assert_allclose(part.uvs[0], points[original, :2], atol=1e-3)
    np.testing.assert_allclose(part.colours, np.tile([1, 128 / 255, 0, 1], (144, 1)), atol=1e-6)


def test_a_strip_comes_out_as_triangles() -> None:
    _, triangles = packed.grid()
    part = read_avatar_bytes(packed.draco_sheet(mode=5).bytes()).meshes[0].primitives[0]
    assert len(part.indices) == triangles.size


def test_without_the_library_the_plain_copy_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    data = packed.draco_sheet(plain=True).bytes()
    monkeypatch.setitem(sys.modules, "DracoPy", None)
    avatar = read_avatar_bytes(data)
    np.testing.assert_allclose(
        avatar.meshes[0].primitives[0].positions, packed.grid()[0], rtol=1e-6
    )


def test_without_library_and_copy_one_sentence_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = packed.draco_sheet().bytes()
    monkeypatch.setitem(sys.modules, "DracoPy", None)
    with pytest.raises(AvatarError, match="Draco") as caught:
        read_avatar_bytes(data)
    assert caught.value.kind == "extension"
    assert "Install DracoPy" in caught.value.advice


def test_damage_gives_way_to_the_plain_copy_with_a_warning() -> None:
    glb = packed.draco_sheet(plain=True)
    start = glb.document["bufferViews"][packing(glb)["bufferView"]]["byteOffset"]
    glb.binary[start + 11 : start + 60] = b"\xff" * 49
    avatar = read_avatar_bytes(glb.bytes())
    assert len(avatar.meshes[0].primitives[0].positions) == 144
    assert any("packed form of a mesh" in warning for warning in avatar.warnings)


@pytest.mark.parametrize(
    "change",
    [
        {"bufferView": 99},
        {"attributes": {"POSITION": 99}},
        {"attributes": {"POSITION": 9}},
        {"attributes": "all"},
    ],
)
def test_a_packing_that_cannot_be_costs_its_mesh(change: dict[str, Any]) -> None:
    glb = packed.draco_sheet()
    packing(glb).update(change)
    avatar = read_avatar_bytes(glb.bytes())
    assert len(avatar.meshes[0].primitives[0].positions) == 0
    assert any(packed.DRACO in warning or "accessors[" in warning for warning in avatar.warnings)


def test_unpacked_values_belong_to_their_primitive_alone() -> None:
    glb = packed.draco_sheet(plain=True)
    spec = glb.document["meshes"][0]["primitives"][0]
    plain = {key: value for key, value in spec.items() if key != "extensions"}
    shifted = np.asarray(packed.grid()[0]) + 5.0
    moved = glb.accessor(shifted)
    glb.document["accessors"][spec["attributes"]["POSITION"]] = glb.document["accessors"][moved]
    glb.document["meshes"][0]["primitives"] = [plain, spec, plain]
    parts = read_avatar_bytes(glb.bytes()).meshes[0].primitives
    assert [bool(part.positions.min() > 3.0) for part in parts] == [True, False, True]


UNPACK_IN_LITTLE = """
import sys
from pathlib import Path
from avatar_desktop.avatar.gltf.decoders import draco
from avatar_desktop.errors import AvatarError
draco.ALWAYS_ALLOWED = 4 << 20
for name in sys.argv[1:]:
    data = Path(name).read_bytes()
    vertices, triangles = draco.declared(data, "")
    try:
        print(len(draco.unpacked(data, max(vertices, 3 * triangles), "").attributes))
    except AvatarError as error:
        print(error.kind, error)
"""
"""In a process of its own: one that has freed much before may hand that out below the ceiling."""


@pytest.mark.skipif(sys.platform != "linux", reason="memory can be capped on Linux alone")
def test_a_mesh_whose_attributes_would_fill_the_memory_is_given_up(tmp_path: Path) -> None:
    points, triangles = packed.grid(60)
    zeros = np.zeros((len(points), 200), np.uint32)
    bomb = DracoPy.encode(points, triangles, generic_attributes=dict.fromkeys(range(4, 12), zeros))
    assert len(bomb) < 60_000
    (tmp_path / "honest").write_bytes(packed_bytes(packed.draco_sheet()))
    (tmp_path / "bomb").write_bytes(bomb)
    names = [str(tmp_path / name) for name in ("honest", "bomb", "honest")]
    child = [sys.executable, "-c", UNPACK_IN_LITTLE, *names]
    told = subprocess.run(child, capture_output=True, text=True, cwd=ROOT, check=True).stdout
    sentence = "size A packed mesh unfolds to more data than its vertices can have."
    assert told.splitlines() == ["5", sentence, "5"]


def header(vertices: int, triangles: int, *, method: int = 0, kind: int = 1) -> bytes:
    def number(value: int) -> bytes:
        digits = bytearray()
        while value > 0x7F:
            digits.append(value & 0x7F | 0x80)
            value >>= 7
        return bytes([*digits, value])

    counts = number(triangles) + number(vertices)
    if method == 1:
        counts = b"\0" + number(vertices) + number(triangles)
    return b"DRACO" + struct.pack("<BBBBH", 2, 2, kind, method, 0) + counts + b"\0" * 40


@pytest.mark.parametrize("method", [0, 1])
def test_a_header_that_claims_more_than_its_bytes_can_hold_is_refused(method: int) -> None:
    assert declared(header(40, 20, method=method), "") == (40, 20)
    for vertices, triangles in ((2**31, 1), (1, 2**31), (MAX_RATIO * 60, 0)):
        with pytest.raises(AvatarError) as caught:
            declared(header(vertices, triangles, method=method), "")
        assert caught.value.kind == "size"


@pytest.mark.parametrize(
    "data",
    [b"", b"DRACO", header(4, 2)[:12], header(4, 2, kind=0), header(4, 2, method=7)],
    ids=["nothing", "name", "cut", "points", "method"],
)
def test_what_is_no_packed_mesh_never_reaches_the_library(data: bytes) -> None:
    with pytest.raises(AvatarError):
        declared(data, "")


def test_notes_nested_without_end_are_refused() -> None:
    head = b"DRACO" + struct.pack("<BBBBH", 2, 2, 1, 0, 0x8000)
    endless = b"\0" + b"\0\x01\x01a" * 500
    with pytest.raises(AvatarError, match="nested"):
        declared(head + endless, "")
