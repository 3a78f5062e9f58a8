"""Buffer views packed with meshopt come out as they went in, or cost only themselves."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from avatar_desktop.avatar.gltf.accessors import floats, integers
from avatar_desktop.avatar.gltf.container import unpack
from avatar_desktop.avatar.gltf.document import read_document
from avatar_desktop.avatar.gltf.source import Source
from avatar_desktop.avatar.read import read_avatar_bytes
from avatar_desktop.errors import AvatarError
from tests.makers import packed
from tests.makers.tiny_avatar import Glb

meshopt = pytest.importorskip("meshopt")

UNIT = np.random.default_rng(5).normal(size=(100, 4))
UNIT /= np.linalg.norm(UNIT, axis=1, keepdims=True)
NORMALS = UNIT[:, :3] / np.linalg.norm(UNIT[:, :3], axis=1, keepdims=True)


def source(glb: Glb) -> Source:
    text, binary = unpack(glb.bytes())
    return Source(read_document(text), binary, None)


def unpacked(rows: NDArray[Any], kind: str, component: int, **more: Any) -> NDArray[np.float32]:
    glb = Glb()
    normalised = component != 5126
    view = packed.meshopt_view(glb, rows, **more)
    spec = {"bufferView": view, "componentType": component, "normalized": normalised}
    glb.add("accessors", {**spec, "count": len(rows), "type": kind})
    return floats(source(glb), 0, (kind,), "")


@pytest.mark.parametrize("name", ["EXT_meshopt_compression", "KHR_meshopt_compression"])
def test_plain_rows_come_back_to_the_bit(name: str) -> None:
    rows = UNIT[:, :3].astype("<f4")
    np.testing.assert_array_equal(unpacked(rows, "VEC3", 5126, name=name), rows)


def test_octahedral_normals_point_where_they_pointed() -> None:
    padded = np.concatenate([NORMALS, np.zeros((100, 1))], axis=1).astype(np.float32)
    for stride, component, near in ((4, 5120, 0.02), (8, 5122, 1e-3)):
        rows = meshopt.encode_filter_oct(padded, stride, 8 if stride == 4 else 12)
        back = unpacked(rows, "VEC4", component, filter="OCTAHEDRAL")
        np.testing.assert_allclose(back[:, :3], NORMALS, atol=near)


def test_quaternions_turn_as_before() -> None:
    rows = meshopt.encode_filter_quat(UNIT.astype(np.float32), 8, 12)
    back = unpacked(rows, "VEC4", 5122, filter="QUATERNION")
    np.testing.assert_allclose(np.abs((back * UNIT).sum(axis=1)), 1.0, atol=1e-3)


def test_exponential_numbers_keep_their_size() -> None:
    values = (UNIT[:, :3] * 10.0 ** np.arange(-3, 6, 3)).astype(np.float32)
    rows = meshopt.encode_filter_exp(values, 15, "Separate")
    back = unpacked(rows, "VEC3", 5126, filter="EXPONENTIAL")
    np.testing.assert_allclose(back, values, rtol=1e-3)


@pytest.mark.parametrize(("dtype", "component"), [("<u2", 5123), ("<u4", 5125)])
@pytest.mark.parametrize("mode", ["TRIANGLES", "INDICES"])
def test_indices_come_back(mode: str, dtype: str, component: int) -> None:
    glb = Glb()
    order = np.array([0, 1, 2, 2, 1, 3, 4, 6, 5], dtype)
    view = packed.meshopt_view(glb, order, mode)
    glb.add(
        "accessors",
        {"bufferView": view, "componentType": component, "count": 9, "type": "SCALAR"},
    )
    found = integers(source(glb), 0, ("SCALAR",), "").reshape(3, 3)
    wanted = order.reshape(3, 3)
    if mode == "TRIANGLES":  # the packing may begin a triangle at another corner
        found = np.stack([np.roll(row, -int(np.argmin(row))) for row in found])
        wanted = np.stack([np.roll(row, -int(np.argmin(row))) for row in wanted])
    np.testing.assert_array_equal(found, wanted)


def test_a_packed_sheet_is_the_sheet() -> None:
    points, triangles = packed.grid()
    part = read_avatar_bytes(packed.meshopt_sheet().bytes()).meshes[0].primitives[0]
    np.testing.assert_array_equal(part.positions, points.astype(np.float32))
    assert len(part.indices) == triangles.size


def with_plain_copy(glb: Glb) -> Glb:
    """The same file with its plain bytes beside the packed ones."""
    points, triangles = packed.grid()
    for view, rows in zip(
        glb.document["bufferViews"], (points.astype("<f4"), triangles.astype("<u4")), strict=True
    ):
        there = glb.document["bufferViews"].pop(glb.view(rows.tobytes()))
        view.update(buffer=0, byteOffset=there["byteOffset"])
    return glb


def test_without_the_library_the_plain_copy_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    data = with_plain_copy(packed.meshopt_sheet()).bytes()
    monkeypatch.setitem(sys.modules, "meshopt", None)
    avatar = read_avatar_bytes(data)
    np.testing.assert_allclose(
        avatar.meshes[0].primitives[0].positions, packed.grid()[0], rtol=1e-6
    )


def test_without_library_and_copy_one_sentence_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = packed.meshopt_sheet().bytes()
    monkeypatch.setitem(sys.modules, "meshopt", None)
    with pytest.raises(AvatarError, match="meshopt") as caught:
        read_avatar_bytes(data)
    assert caught.value.kind == "extension"
    assert "Install meshopt" in caught.value.advice


def spoil(key: str, value: Any) -> Callable[[Glb], None]:
    def change(glb: Glb) -> None:
        glb.document["bufferViews"][0]["extensions"][packed.MESHOPT][key] = value

    return change


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("count", 10**9),
        ("count", 2**62),
        ("count", 3),
        ("byteStride", 3),
        ("byteStride", 0),
        ("byteStride", 2**40),
        ("byteLength", 2**40),
        ("byteLength", 5),
        ("byteOffset", 2**40),
        ("buffer", 9),
        ("mode", "MAGIC"),
        ("mode", "TRIANGLES"),
        ("filter", "QUATERNION"),
    ],
)
def test_a_packing_that_cannot_be_costs_the_mesh_or_gives_way_to_the_plain_copy(
    key: str, value: Any
) -> None:
    glb = packed.meshopt_sheet()
    spoil(key, value)(glb)
    avatar = read_avatar_bytes(glb.bytes())
    assert len(avatar.meshes[0].primitives[0].positions) == 0
    assert any("bufferViews[0]" in warning for warning in avatar.warnings)
    mended = read_avatar_bytes(with_plain_copy(glb).bytes())
    assert len(mended.meshes[0].primitives[0].positions) == 144
    assert any("packed form" in warning for warning in mended.warnings)
