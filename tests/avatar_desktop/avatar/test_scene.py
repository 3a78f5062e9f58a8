"""Nodes, scenes, lamps and cameras of a file."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.furnishing import Camera, Lamp
from avatar_desktop.avatar.read import read_avatar, read_avatar_bytes
from avatar_desktop.motion.hierarchy import Locals, PoseBuilder
from tests.makers.public_models import folder, needs_models
from tests.makers.tiny_avatar import Glb, skinned_arm

_TRIANGLE = [[0, 0, 0], [1, 0, 0], [0, 1, 0]]


def several_scenes(**more: Any) -> Avatar:
    glb = Glb()
    glb.document.pop("scene")
    glb.document |= more
    glb.add("meshes", {"primitives": [{"attributes": {"POSITION": glb.accessor(_TRIANGLE)}}]})
    for _ in range(3):
        glb.add("nodes", {"mesh": 0})
    glb.add("scenes", {"nodes": [0], "name": "room"})
    glb.add("scenes", {"nodes": [1, 2]})
    return read_avatar_bytes(glb.bytes())


@pytest.mark.parametrize(
    ("more", "scene", "nodes"), [({}, 0, [0]), ({"scene": 0}, 0, [0]), ({"scene": 1}, 1, [1, 2])]
)
def test_the_default_scene_is_shown_and_the_others_are_named(
    more: dict[str, int], scene: int, nodes: list[int]
) -> None:
    avatar = several_scenes(**more)
    assert avatar.scenes == ("room", "scene_1")
    assert avatar.scene == scene
    assert [item.node for item in avatar.meshes] == nodes
    assert any("2 scenes" in warning for warning in avatar.warnings)


def test_a_scene_that_is_not_there_gives_way_to_the_first() -> None:
    avatar = several_scenes(scene=5)
    assert avatar.scene == 0
    assert any("$.scene" in warning for warning in avatar.warnings)


def test_a_file_without_scenes_shows_every_node() -> None:
    glb = Glb()
    glb.document.pop("scene")
    glb.add("meshes", {"primitives": [{"attributes": {"POSITION": glb.accessor(_TRIANGLE)}}]})
    glb.add("nodes", {"mesh": 0})
    glb.add("nodes", {"mesh": 0})
    avatar = read_avatar_bytes(glb.bytes())
    assert len(avatar.meshes) == 2 and avatar.scenes == ()


def test_a_skin_needs_no_root_and_no_inverse_matrices() -> None:
    glb = skinned_arm()
    glb.document["skins"] = [{"joints": [0, 1]}]
    (skin,) = read_avatar_bytes(glb.bytes()).skins
    np.testing.assert_array_equal(skin.inverse_binds, [np.eye(4)] * 2)


_numbers = st.floats(-2.0, 2.0)


@given(
    place=st.tuples(_numbers, _numbers, _numbers),
    turn=st.tuples(_numbers, _numbers, _numbers, _numbers).filter(lambda q: np.hypot(*q[:2]) > 0.1),
    scale=st.tuples(*[st.floats(0.1, 3.0)] * 3),
    mirrored=st.booleans(),
    flat=st.sampled_from([None, 0, 1, 2]),
)
def test_a_matrix_stands_where_its_parts_would(
    place: tuple[float, ...],
    turn: tuple[float, ...],
    scale: tuple[float, ...],
    mirrored: bool,
    flat: int | None,
) -> None:
    parts = {"translation": place, "rotation": (np.array(turn) / np.linalg.norm(turn)).tolist()}
    scale = (-scale[0], *scale[1:]) if mirrored else scale
    scale = tuple(0.0 if axis == flat else size for axis, size in enumerate(scale))
    apart = read_avatar_bytes(_node(**parts, scale=scale))
    pose = PoseBuilder(apart).build(Locals.at_rest(apart))
    whole = read_avatar_bytes(_node(matrix=pose.world[0].T.reshape(-1).tolist()))
    found = PoseBuilder(whole).build(Locals.at_rest(whole))
    np.testing.assert_allclose(found.world, pose.world, atol=1e-5)


def _node(**parts: Any) -> bytes:
    glb = Glb()
    glb.add("nodes", parts)
    return glb.bytes()


def test_hidden_nodes_are_named_and_a_broken_wish_is_noted() -> None:
    glb = Glb()
    for said in ({"visible": False}, {"visible": True}, {}, {"visible": "no"}):
        glb.add("nodes", {"extensions": {"KHR_node_visibility": said}})
    avatar = read_avatar_bytes(glb.bytes())
    assert avatar.skeleton.hidden == {0}
    assert any("node 3" in warning for warning in avatar.warnings)


def test_lamps_hang_on_their_nodes_and_a_broken_one_costs_itself() -> None:
    glb = Glb()
    lights = [
        {"type": "spot", "color": [1, 0.5, 0], "intensity": 7, "range": 9, "spot": {}},
        {"type": "candle"},
        {"type": "directional"},
    ]
    lights[0]["spot"] = {"innerConeAngle": 0.25, "outerConeAngle": 0.5}
    glb.document["extensions"] = {"KHR_lights_punctual": {"lights": lights}}
    for light in (2, 0, 1, 9):
        glb.add("nodes", {"extensions": {"KHR_lights_punctual": {"light": light}}})
    avatar = read_avatar_bytes(glb.bytes())
    assert avatar.lamps == (
        Lamp(0, "directional", light=2),
        Lamp(1, "spot", (1.0, 0.5, 0.0), 7.0, 9.0, 0.25, 0.5, light=0),
    )
    assert sum("The lamp at node" in warning for warning in avatar.warnings) == 2


def test_cameras_hang_on_their_nodes_and_a_broken_one_costs_itself() -> None:
    glb = Glb()
    lens = {"yfov": 0.5, "znear": 0.1, "aspectRatio": 1.5}
    glb.add("cameras", {"type": "perspective", "name": "close", "perspective": lens})
    flat = {"xmag": 2, "ymag": 1, "znear": 0, "zfar": 10}
    glb.add("cameras", {"type": "orthographic", "orthographic": flat})
    glb.add("cameras", {"type": "perspective"})
    for camera in (1, 0, 2):
        glb.add("nodes", {"camera": camera})
    avatar = read_avatar_bytes(glb.bytes())
    assert avatar.cameras == (
        Camera(0, "camera_1", 0.0, 10.0, magnification=(2.0, 1.0), camera=1),
        Camera(1, "close", 0.1, None, 0.5, 1.5, camera=0),
    )
    assert any("camera at node 2" in warning for warning in avatar.warnings)


@needs_models
@pytest.mark.parametrize(
    ("file", "lamps", "cameras"),
    [
        ("khronos/LightsPunctualLamp/glTF/LightsPunctualLamp.gltf", 5, 0),
        ("blender-io/24_animation_pointer/24_animation_pointer.gltf", 4, 4),
    ],
)
def test_the_public_samples_bring_lamps_and_cameras(file: str, lamps: int, cameras: int) -> None:
    place = folder()
    assert place is not None
    avatar = read_avatar(place / file, decode_pixels=False)
    assert (len(avatar.lamps), len(avatar.cameras)) == (lamps, cameras)
