"""Primitives arrive as plain points, lines and triangles."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.deform import bounds
from avatar_desktop.avatar.mesh import Primitive
from avatar_desktop.avatar.pose import Pose
from avatar_desktop.avatar.read import read_avatar_bytes
from avatar_desktop.motion.hierarchy import Locals, PoseBuilder
from tests.makers.tiny_avatar import Glb, skinned_arm

_POINTS = [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]]


def primitive(**more: Any) -> Primitive:
    glb = Glb()
    attributes = {"POSITION": glb.accessor(_POINTS)}
    attributes |= {name: glb.accessor(values) for name, values in more.pop("extra", {}).items()}
    glb.add("meshes", {"primitives": [{"attributes": attributes, **more}]})
    glb.add("nodes", {"mesh": 0})
    return read_avatar_bytes(glb.bytes()).meshes[0].primitives[0]


def at_rest(avatar: Avatar) -> Pose:
    return PoseBuilder(avatar).build(Locals.at_rest(avatar))


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


def test_the_meshes_of_other_scenes_are_kept() -> None:
    glb = Glb()
    for _ in range(2):
        glb.add("meshes", {"primitives": [{"attributes": {"POSITION": glb.accessor(_POINTS)}}]})
    glb.add("nodes", {"mesh": 0})
    glb.add("nodes", {"mesh": 1})
    glb.add("scenes", {"nodes": [0]})
    glb.add("scenes", {"nodes": [1]})
    avatar = read_avatar_bytes(glb.bytes())
    assert [item.mesh for item in avatar.meshes] == [0]
    assert {mesh: len(parts) for mesh, parts in avatar.unshown.items()} == {1: 1}


@pytest.mark.parametrize(("dtype", "most"), [("u1", 255), ("u2", 65535)])
@pytest.mark.parametrize("said", [True, False])
def test_whole_numbers_of_colours_are_shares(dtype: str, most: int, said: bool) -> None:
    glb = Glb()
    attributes = {
        "POSITION": glb.accessor(_POINTS),
        "COLOR_0": glb.accessor([[most, 0, most, 0]] * 4, dtype, normalized=said),
    }
    glb.add("meshes", {"primitives": [{"attributes": attributes}]})
    glb.add("nodes", {"mesh": 0})
    avatar = read_avatar_bytes(glb.bytes())
    colours = avatar.meshes[0].primitives[0].colours
    assert colours is not None and colours.tolist() == [[1.0, 0.0, 1.0, 0.0]] * 4
    assert any("colours" in warning for warning in avatar.warnings) is not said


def test_every_uv_set_keeps_its_number() -> None:
    part = primitive(extra={"TEXCOORD_0": [[1, 0]] * 4, "TEXCOORD_2": [[0, 1]] * 4})
    assert [uvs[0].tolist() for uvs in part.uvs] == [[1.0, 0.0], [0.0, 0.0], [0.0, 1.0]]


def test_vertex_data_that_are_not_used_are_named() -> None:
    glb = Glb()
    names = ("POSITION", "_TEMPERATURE", "COLOR_1")
    attributes = {name: glb.accessor(_POINTS) for name in names}
    glb.add("meshes", {"primitives": [{"attributes": attributes}]})
    glb.add("nodes", {"mesh": 0})
    noted = "\n".join(read_avatar_bytes(glb.bytes()).warnings)
    assert "_TEMPERATURE" in noted and "COLOR_1" in noted


def test_a_joint_beyond_the_skin_costs_its_part_alone() -> None:
    glb = skinned_arm()
    part = dict(glb.document["meshes"][0]["primitives"][0])
    part["attributes"] = dict(part["attributes"], JOINTS_0=glb.accessor([[9, 0, 0, 0]] * 4, "u1"))
    glb.document["meshes"][0]["primitives"].append(part)
    avatar = read_avatar_bytes(glb.bytes())
    assert [len(each.positions) for each in avatar.meshes[0].primitives] == [4, 0]
    assert any("JOINTS_0" in warning for warning in avatar.warnings)


# -- morph targets -----------------------------------------------------------------------------


def with_targets(*targets: dict[str, int], glb: Glb) -> Avatar:
    part = {"attributes": {"POSITION": glb.accessor(_POINTS)}, "targets": list(targets)}
    glb.add("meshes", {"primitives": [part, part]})
    glb.add("nodes", {"mesh": 0})
    return read_avatar_bytes(glb.bytes())


def test_targets_move_positions_normals_and_tangents() -> None:
    glb = Glb()
    moves = {
        name: glb.accessor([[number, 0, 0]] * 4)
        for number, name in enumerate(("POSITION", "NORMAL", "TANGENT"), 1)
    }
    part, twin = with_targets(moves, {}, glb=glb).meshes[0].primitives
    stacks = (part.target_positions, part.target_normals, part.target_tangents)
    for number, stack in enumerate(stacks, 1):
        assert stack is not None and stack.shape == (2, 4, 3)
        assert stack[0, :, 0].tolist() == [number] * 4 and not stack[1].any()
    assert twin.target_positions is part.target_positions, "what parts share is made once"


@pytest.mark.parametrize(("dtype", "half"), [("i1", 127), ("i2", 32767)])
def test_targets_may_be_whole_numbers(dtype: str, half: int) -> None:
    glb = Glb()
    shares = glb.accessor([[half, -half, 0]] * 4, dtype, normalized=True)
    steps = glb.accessor([[3, -4, 0]] * 4, dtype)
    stack = with_targets({"POSITION": shares}, {"POSITION": steps}, glb=glb)
    found = stack.meshes[0].primitives[0].target_positions
    assert found is not None
    np.testing.assert_allclose(found[:, 0], [[1, -1, 0], [3, -4, 0]], atol=1e-6)


@pytest.mark.parametrize("dtype", ["f4", "i1"])
def test_sparse_targets_fill_only_their_places(dtype: str) -> None:
    glb = Glb()
    sparse = {
        "count": 2,
        "indices": {"bufferView": glb.view(bytes([1, 3])), "componentType": 5121},
        "values": {"bufferView": glb.view(np.array([[1, 2, 3], [4, 5, 6]], dtype).tobytes())},
    }
    code = {"f4": 5126, "i1": 5120}[dtype]
    spec = {"componentType": code, "type": "VEC3", "count": 4, "sparse": sparse}
    avatar = with_targets({"POSITION": glb.add("accessors", spec)}, glb=glb)
    found = avatar.meshes[0].primitives[0].target_positions
    assert found is not None
    assert found[0].tolist() == [[0, 0, 0], [1, 2, 3], [0, 0, 0], [4, 5, 6]]


def test_a_broken_target_stays_still_and_is_noted() -> None:
    glb = Glb()
    broken = {"POSITION": glb.accessor([[np.nan, 0, 0]] * 4)}
    whole = {"POSITION": glb.accessor([[0, 1, 0]] * 4)}
    avatar = with_targets(broken, whole, glb=glb)
    found = avatar.meshes[0].primitives[0].target_positions
    assert found is not None and not found[0].any() and found[1].any()
    assert any("finite" in warning for warning in avatar.warnings)


# -- outfits and copies ------------------------------------------------------------------------


def test_outfits_dress_a_part_in_other_materials() -> None:
    glb = Glb()
    for name in ("plain", "red", "blue"):
        glb.add("materials", {"name": name})
    worn = [{"variants": [0], "material": 1}, {"variants": [1, 2], "material": 2}]
    worn.append({"variants": [7], "material": 2})
    outfits = [{"name": "day"}, {"name": "night"}, {"name": "rain"}]
    part = {
        "attributes": {"POSITION": glb.accessor(_POINTS)},
        "material": 0,
        "extensions": {"KHR_materials_variants": {"mappings": worn}},
    }
    glb.document["extensions"] = {"KHR_materials_variants": {"variants": outfits}}
    glb.add("meshes", {"primitives": [part]})
    glb.add("nodes", {"mesh": 0})
    avatar = read_avatar_bytes(glb.bytes())
    assert avatar.variants == ("day", "night", "rain")
    assert avatar.meshes[0].primitives[0].variants == {0: 1, 1: 2, 2: 2}
    assert any("variant 7" in warning for warning in avatar.warnings)


def test_copies_stand_where_the_file_puts_them_and_count_in_the_bounds() -> None:
    glb = Glb()
    half = np.sqrt(0.5)
    attributes = {
        "TRANSLATION": glb.accessor([[0, 0, 0], [10, 0, 0]]),
        "ROTATION": glb.accessor([[0, 0, 0, 1], [0, 0, half, half]]),
        "SCALE": glb.accessor([[1, 1, 1], [2, 2, 2]]),
    }
    glb.add("meshes", {"primitives": [{"attributes": {"POSITION": glb.accessor(_POINTS)}}]})
    copies = {"EXT_mesh_gpu_instancing": {"attributes": attributes}}
    glb.add("nodes", {"mesh": 0, "translation": [0, 5, 0], "extensions": copies})
    avatar = read_avatar_bytes(glb.bytes())
    found = avatar.meshes[0].copies
    assert found is not None
    np.testing.assert_allclose(found[1] @ [1, 0, 0, 1], [10, 2, 0, 1], atol=1e-6)
    ends = bounds(avatar, at_rest(avatar))
    assert ends is not None
    np.testing.assert_allclose(ends, [[0, 5, 0], [10, 7, 0]], atol=1e-5)


def test_copies_that_do_not_fit_together_are_one_mesh() -> None:
    glb = Glb()
    attributes = {"TRANSLATION": glb.accessor(_POINTS), "SCALE": glb.accessor([[1, 1, 1]])}
    glb.add("meshes", {"primitives": [{"attributes": {"POSITION": glb.accessor(_POINTS)}}]})
    copies = {"EXT_mesh_gpu_instancing": {"attributes": attributes}}
    glb.add("nodes", {"mesh": 0, "extensions": copies})
    avatar = read_avatar_bytes(glb.bytes())
    assert avatar.meshes[0].copies is None
    assert any("copies" in warning for warning in avatar.warnings)
