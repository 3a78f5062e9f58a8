"""Primitives arrive as plain points, lines and triangles."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from avatar_desktop.avatar.mesh import Primitive
from avatar_desktop.avatar.read import read_avatar_bytes
from tests.makers.tiny_avatar import Glb

_POINTS = [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]]


def primitive(**more: Any) -> Primitive:
    glb = Glb()
    attributes = {"POSITION": glb.accessor(_POINTS)}
    attributes |= {name: glb.accessor(values) for name, values in more.pop("extra", {}).items()}
    glb.add("meshes", {"primitives": [{"attributes": attributes, **more}]})
    glb.add("nodes", {"mesh": 0})
    return read_avatar_bytes(glb.bytes()).meshes[0].primitives[0]


@pytest.mark.parametrize(
    ("mode", "plain", "indices"),
    [
        (0, 0, [0, 1, 2, 3]),
        (1, 1, [0, 1, 2, 3]),
        (2, 1, [0, 1, 1, 2, 2, 3, 3, 0]),
        (3, 1, [0, 1, 1, 2, 2, 3]),
        (5, 4, [0, 1, 2, 1, 3, 2]),
        (6, 4, [1, 2, 0, 2, 3, 0]),
    ],
)
def test_every_mode_is_unrolled(mode: int, plain: int, indices: list[int]) -> None:
    part = primitive(mode=mode)
    assert part.mode == plain
    assert part.indices.tolist() == indices


def test_colours_without_alpha_are_opaque() -> None:
    part = primitive(extra={"COLOR_0": [[0.5, 0.25, 0.0]] * 4})
    assert part.colours is not None
    np.testing.assert_allclose(part.colours, [[0.5, 0.25, 0.0, 1.0]] * 4)


def test_an_attribute_of_the_wrong_length_is_left_out() -> None:
    assert primitive(extra={"TEXCOORD_0": [[0, 0]] * 3}).uvs == ()


def test_eight_influences_sum_to_one() -> None:
    glb = Glb()
    attributes = {"POSITION": glb.accessor(_POINTS)}
    for number in (0, 1):
        attributes[f"JOINTS_{number}"] = glb.accessor([[0, 1, 0, 1]] * 4, "u2")
        attributes[f"WEIGHTS_{number}"] = glb.accessor([[0.5, 0.25, 0.0, 0.25]] * 4)
    glb.add("meshes", {"primitives": [{"attributes": attributes}]})
    glb.add("nodes", {"mesh": 0, "skin": 0})
    glb.add("nodes", {})
    glb.add("skins", {"joints": [0, 1]})
    part = read_avatar_bytes(glb.bytes()).meshes[0].primitives[0]
    assert part.weights is not None and part.weights.shape == (4, 8)
    np.testing.assert_allclose(part.weights.sum(axis=1), 1.0)


def test_a_mesh_outside_the_scene_is_not_shown() -> None:
    glb = Glb()
    mesh = {"primitives": [{"attributes": {"POSITION": glb.accessor(_POINTS)}}]}
    glb.add("meshes", mesh)
    glb.add("nodes", {"mesh": 0, "children": [1]})
    glb.add("nodes", {"mesh": 0})
    glb.add("nodes", {"mesh": 0})
    glb.add("scenes", {"nodes": [0]})
    avatar = read_avatar_bytes(glb.bytes())
    assert [item.node for item in avatar.meshes] == [0, 1]
    assert avatar.meshes[0].primitives is avatar.meshes[1].primitives
