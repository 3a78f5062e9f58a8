"""Tangents are made where a normal map needs them, and agree with those of good exporters."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from avatar_desktop.avatar.read import read_avatar, read_avatar_bytes
from avatar_desktop.avatar.tangents import needs_tangents, tangents_for
from tests.makers.public_models import folder, needs_models
from tests.makers.tiny_avatar import Glb

_CORNERS = [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]]
_ALONG = [[0, 1], [1, 1], [1, 0], [0, 0]]
"""u grows to the right, v downwards: as pictures lie."""


def made(
    uvs: list[list[float]], *, look: dict[str, Any] | None = None, **more: Any
) -> NDArray[np.float32] | None:
    avatar = read_avatar_bytes(tiled(uvs, look=look, **more).bytes())
    return avatar.meshes[0].primitives[0].tangents


def tiled(uvs: list[list[float]], *, look: dict[str, Any] | None = None, **more: Any) -> Glb:
    glb = Glb()
    attributes = {
        "POSITION": glb.accessor(more.pop("corners", _CORNERS)),
        "NORMAL": glb.accessor([[0, 0, 1]] * len(uvs)),
        "TEXCOORD_0": glb.accessor(uvs),
    }
    glb.add("images", {"uri": "data:,"})
    glb.add("textures", {"source": 0})
    glb.add("materials", {"normalTexture": {"index": 0}} if look is None else look)
    indices = glb.accessor(more.pop("indices", [0, 1, 2, 0, 2, 3]), "u2")
    attributes |= {name: glb.accessor(values) for name, values in more.items()}
    part = {"attributes": attributes, "indices": indices, "material": 0}
    glb.add("meshes", {"primitives": [part]})
    glb.add("nodes", {"mesh": 0})
    return glb


@pytest.mark.parametrize(
    ("uvs", "tangent"),
    [
        (_ALONG, [1, 0, 0, 1]),
        ([[1 - u, v] for u, v in _ALONG], [-1, 0, 0, -1]),
        ([[v, u] for u, v in _ALONG], [0, -1, 0, -1]),
    ],
)
def test_a_tangent_points_where_u_grows(uvs: list[list[float]], tangent: list[float]) -> None:
    found = made(uvs)
    assert found is not None
    np.testing.assert_allclose(found, [tangent] * 4, atol=1e-6)


def test_a_turned_texture_turns_the_tangents() -> None:
    turn = {"KHR_texture_transform": {"rotation": np.pi / 2}}
    found = made(_ALONG, look={"normalTexture": {"index": 0, "extensions": turn}})
    assert found is not None
    np.testing.assert_allclose(np.abs(found[:, :3]), [[0, 1, 0]] * 4, atol=1e-6)


@pytest.mark.parametrize("name", ["anisotropy", "clearcoat"])
def test_finishes_with_a_direction_need_them_too(name: str) -> None:
    said = {"clearcoat": {"clearcoatNormalTexture": {"index": 0}}, "anisotropy": {}}[name]
    assert made(_ALONG, look={"extensions": {f"KHR_materials_{name}": said}}) is not None


def test_nothing_is_made_that_nobody_needs() -> None:
    assert made(_ALONG, look={}) is None


@pytest.mark.parametrize("without", [(), ("NORMAL",)])
def test_they_are_made_before_an_avatar_is_drawn_or_else_when_asked_for(
    without: tuple[str, ...],
) -> None:
    glb = tiled(_ALONG)
    for name in without:
        del glb.document["meshes"][0]["primitives"][0]["attributes"][name]
    drawn, asked = (
        read_avatar_bytes(glb.bytes(), decode_pixels=pixels).meshes[0].primitives[0]
        for pixels in (True, False)
    )
    assert drawn.given_normals is not None and drawn.bent_by is None
    assert (drawn.given_tangents is None) == bool(without)
    assert asked.given_tangents is None and (asked.given_normals is None) == bool(without)
    np.testing.assert_array_equal(asked.normals, drawn.given_normals)
    if not without:
        assert asked.tangents is not None and drawn.given_tangents is not None
        np.testing.assert_array_equal(asked.tangents, drawn.given_tangents)
        assert asked.tangents is asked.tangents


def test_the_tangents_of_the_file_are_kept() -> None:
    given = [[0.0, 1.0, 0.0, -1.0]] * 4
    found = made(_ALONG, TANGENT=given)
    assert found is not None and found.tolist() == given


def test_halves_that_share_vertices_and_mirror_the_texture_get_none() -> None:
    corners = [[-1, 0, 0], [0, 0, 0], [0, 1, 0], [-1, 1, 0], [1, 0, 0], [1, 1, 0]]
    uvs = [[1, 1], [0, 1], [0, 0], [1, 0], [1, 1], [1, 0]]
    indices = [0, 1, 2, 0, 2, 3, 1, 4, 5, 1, 5, 2]
    assert made(uvs, corners=corners, indices=indices) is None


@pytest.mark.parametrize("uvs", [[[0.5, 0.5]] * 4, [[0, 0], [1, 0], [2, 0], [3, 0]]])
def test_a_texture_of_no_area_gives_some_direction_in_the_surface(uvs: list[list[float]]) -> None:
    found = made(uvs)
    assert found is not None
    assert np.isfinite(found).all()
    np.testing.assert_allclose(np.linalg.norm(found[:, :3], axis=1), 1.0, atol=1e-6)
    np.testing.assert_allclose(found[:, 2], 0.0, atol=1e-6)


@needs_models
@pytest.mark.parametrize("turn", [0.0, 0.4])
@pytest.mark.parametrize(
    "file",
    [
        "khronos/AnisotropyStrengthTest/glTF-Binary/AnisotropyStrengthTest.glb",
        "khronos/AlphaBlendModeTest/glTF-Binary/AlphaBlendModeTest.glb",
        "khronos/LightsPunctualLamp/glTF/LightsPunctualLamp.gltf",
    ],
)
def test_they_agree_with_those_that_exporters_wrote(file: str, turn: float) -> None:
    place = folder()
    assert place is not None
    avatar = read_avatar(place / file, decode_pixels=False)
    worst = 0.0
    for item in avatar.meshes:
        for part in item.primitives:
            material = avatar.materials[part.material]
            if part.tangents is None or not needs_tangents(material):
                continue
            uvs = tuple(each + turn * each[:, ::-1] for each in part.uvs)
            found = tangents_for(material, part.positions, part.normals, uvs, part.indices)
            assert found is not None
            same = (found[:, :3] * part.tangents[:, :3]).sum(axis=1)
            wrong = (same < 0.99) | (found[:, 3] != part.tangents[:, 3])
            worst = max(worst, float(wrong.mean()))
    if turn:
        assert worst > 0.5, "a texture that lies askew must be noticed"
    else:
        assert worst < 0.025
