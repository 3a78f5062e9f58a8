"""World matrices of any tree agree with the plain product down from the root."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.read import read_avatar_bytes
from avatar_desktop.motion.hierarchy import Locals, PoseBuilder, rest_pose
from avatar_desktop.motion.rotation import euler
from tests.makers import tiny_avatar
from tests.makers.tiny_avatar import Glb


@given(
    parents=st.lists(st.integers(0, 10**6), max_size=20),
    seed=st.integers(0, 2**32 - 1),
)
def test_any_tree_is_solved(parents: list[int], seed: int) -> None:
    numbers = np.random.default_rng(seed)
    count = len(parents) + 1
    tree = [-1, *(value % (place + 1) for place, value in enumerate(parents))]
    glb = Glb()
    for node in range(count):
        turn = numbers.normal(size=4)
        children = [child for child in range(count) if tree[child] == node]
        spec = {
            "translation": numbers.normal(size=3).tolist(),
            "rotation": (turn / np.linalg.norm(turn)).tolist(),
            "scale": numbers.uniform(0.5, 2.0, 3).tolist(),
        }
        glb.add("nodes", {**spec, "children": children} if children else spec)
    avatar = read_avatar_bytes(glb.bytes())
    world = rest_pose(avatar).world
    for node in range(count):
        x, y, z, w = avatar.skeleton.rotations[node].astype(float)
        local = np.eye(4)
        local[:3, :3] = np.array(
            [
                [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
                [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
                [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
            ]
        ) @ np.diag(avatar.skeleton.scales[node])
        local[:3, 3] = avatar.skeleton.translations[node]
        above = np.eye(4) if tree[node] < 0 else world[tree[node]]
        np.testing.assert_allclose(world[node], above @ local, rtol=1e-3, atol=1e-3)


def test_a_pose_never_changes_after_it_was_given() -> None:
    avatar = read_avatar_bytes(tiny_avatar.skinned_arm().bytes())
    builder, local = PoseBuilder(avatar), Locals.at_rest(avatar)
    first = builder.build(local)
    before = first.world.copy()
    local.translations += 1.0
    builder.build(local)
    np.testing.assert_array_equal(first.world, before)
    with pytest.raises(ValueError, match="read-only"):
        first.world[0, 0, 0] = 2.0


def test_joints_at_rest_leave_their_vertices_where_they_are() -> None:
    avatar = read_avatar_bytes(tiny_avatar.skinned_arm().bytes())
    np.testing.assert_allclose(rest_pose(avatar).joints[0], np.tile(np.eye(4), (2, 1, 1)))


def test_a_branch_turned_by_itself_stands_as_in_a_pose_of_its_own() -> None:
    avatar = read_avatar_bytes(tiny_avatar.skinned_arm().bytes())
    builder, local = PoseBuilder(avatar), Locals.at_rest(avatar)
    before = builder.build(local)
    upper = next(node for node in avatar.skins[0].joints.tolist() if _is_inside(avatar, node))
    branch = builder.branch([upper])
    local.rotations[upper] = euler(10.0, 20.0, 30.0)
    alone, whole = builder.with_branch(before, branch, local), builder.build(local)
    np.testing.assert_allclose(alone.world, whole.world, atol=1e-6)
    for one, other, old in zip(alone.joints, whole.joints, before.joints, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)
        assert not np.allclose(one, old, atol=1e-3)


def _is_inside(avatar: Avatar, node: int) -> bool:
    return bool(avatar.skeleton.parents[node] >= 0)


def test_a_root_is_no_branch() -> None:
    avatar = read_avatar_bytes(tiny_avatar.skinned_arm().bytes())
    root = int(np.flatnonzero(avatar.skeleton.parents < 0)[0])
    assert len(PoseBuilder(avatar).branch([root]).nodes) == 0


def test_a_file_without_nodes_has_an_empty_pose() -> None:
    avatar = read_avatar_bytes(b'{"asset": {"version": "2.0"}}')
    assert rest_pose(avatar).world.shape == (0, 4, 4)
