"""What swings is read as chains, whatever version says it and whatever is broken in it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.read import read_avatar, read_avatar_bytes
from avatar_desktop.avatar.spring import Ball, Capsule, Collider, Plane, SpringJoint
from avatar_desktop.avatar.vrm import springs_of_vrm0
from tests.makers import tiny_avatar
from tests.makers.public_models import expected, folder, needs_models
from tests.makers.tiny_avatar import Glb

NAME = "VRMC_springBone"
EXTENDED = "VRMC_springBone_extended_collider"
_MOST_TOLD = 14
"""The reference tells no more joints than this of any file."""
STARTER = Path(__file__).resolve().parents[4] / "assets" / "models" / "wren" / "avatar.vrm"


def ladder(**spec: Any) -> Avatar:
    """Five nodes, each hanging below the one before it, and one beside them."""
    glb = Glb()
    for index in range(5):
        below = {"children": [index + 1]} if index < 4 else {}
        glb.add("nodes", {"translation": [0, -0.1, 0], **below})
    glb.add("nodes", {"name": "beside"})
    glb.add("scenes", {"nodes": [0, 5]})
    glb.document["extensionsUsed"] = [NAME]
    glb.document["extensions"] = {NAME: {"specVersion": "1.0", **spec}}
    return read_avatar_bytes(glb.bytes())


def chain(*nodes: int, **more: Any) -> dict[str, Any]:
    return {"joints": [{"node": node} for node in nodes], **more}


def nodes_of(avatar: Avatar) -> list[list[int]]:
    return [[joint.node for joint in spring.joints] for spring in avatar.springs]


def test_a_chain_keeps_everything_its_joints_say() -> None:
    joint = {
        "node": 0,
        "hitRadius": 0.02,
        "stiffness": 2.0,
        "gravityPower": 0.5,
        "gravityDir": [1, 0, 0],
        "dragForce": 0.3,
    }
    avatar = ladder(
        colliders=[{"node": 5, "shape": {"sphere": {"offset": [0, 1, 0], "radius": 0.5}}}],
        colliderGroups=[{"colliders": [0]}],
        springs=[{"name": "hair", "joints": [joint, {"node": 1}], "colliderGroups": [0]}],
    )
    (spring,) = avatar.springs
    assert spring.joints == (
        SpringJoint(0, 0.02, 2.0, 0.5, (1.0, 0.0, 0.0), 0.3),
        SpringJoint(1),
    )
    assert spring.colliders == (Collider(5, Ball((0.0, 1.0, 0.0), 0.5)),)
    assert (spring.name, spring.centre, spring.tail) == ("hair", None, None)
    assert avatar.warnings == ()


@pytest.mark.parametrize(
    ("shape", "extended", "found"),
    [
        ({"capsule": {"tail": [0, 1, 0], "radius": 1}}, None, Capsule((0, 0, 0), (0, 1, 0), 1)),
        (
            {"sphere": {"radius": 9}},
            {"shape": {"sphere": {"radius": 1, "inside": True}}},
            Ball((0, 0, 0), 1, inside=True),
        ),
        (
            None,
            {"shape": {"capsule": {"radius": 1, "inside": True}}},
            Capsule((0, 0, 0), (0, 0, 0), 1, inside=True),
        ),
        (
            None,
            {"specVersion": "9.9", "shape": {"plane": {"normal": [0, 3, 4]}}},
            Plane((0, 0, 0), (0, 0.6, 0.8)),
        ),
        ({"sphere": {"radius": 1}}, {"shape": {}}, Ball((0, 0, 0), 1)),
        ({"sphere": {"radius": 1}}, {"shape": {"plane": 3}}, Ball((0, 0, 0), 1)),
        ({"sphere": {"radius": 1}}, {"shape": {"plane": {"normal": [0] * 3}}}, Ball((0, 0, 0), 1)),
    ],
)
def test_the_wider_form_of_a_collider_wins_over_the_plain_one_where_it_is_whole(
    shape: Any, extended: Any, found: Any
) -> None:
    collider = {"node": 5, "shape": shape, "extensions": {EXTENDED: extended}}
    avatar = ladder(
        colliders=[collider],
        colliderGroups=[{"colliders": [0]}],
        springs=[chain(0, 1, colliderGroups=[0])],
    )
    assert avatar.springs[0].colliders == (Collider(5, found),)


@pytest.mark.parametrize(
    ("spec", "named"),
    [
        ({"colliders": [{"node": -1, "shape": {"sphere": {}}}]}, "colliders[0]"),
        ({"colliders": [{"node": 5, "shape": {}}]}, "colliders[0]"),
        ({"colliders": [{"node": 5}]}, "colliders[0]"),
        ({"colliders": [{"node": 5, "shape": {"sphere": {"radius": 1e30}}}]}, "colliders[0]"),
        ({"colliderGroups": [{"colliders": [-1]}]}, "colliderGroups[0]"),
        ({"colliderGroups": [{"colliders": "all"}]}, "colliderGroups[0]"),
        ({"springs": [chain(0, 1, colliderGroups=[-1])]}, "springs[0].colliderGroups"),
        ({"springs": [chain(0, 1, center=77)]}, "springs[0].center"),
        ({"springs": [chain(0, 1), {"joints": []}]}, "springs[1]"),
        ({"springs": [chain(0, 1), {"name": "no joints"}]}, "springs[1]"),
        ({"springs": [chain(0, 1), chain(3)]}, "springs[1]"),
        ({"springs": [chain(0, 1), 5]}, "springs[1]"),
        ({"springs": [chain(0, 1, -1)]}, "joints[2]"),
        ({"springs": [chain(0, 1), chain(0, 1)]}, "springs[1]"),
        ({"springs": [{"joints": [{"node": 0, "stiffness": "NaN"}, *chain(0, 1)["joints"]]}]}, "0"),
    ],
)
def test_a_broken_entry_costs_itself_and_is_named(spec: dict[str, Any], named: str) -> None:
    avatar = ladder(**{"springs": [chain(0, 1)], **spec})
    assert nodes_of(avatar) == [[0, 1]]
    assert avatar.springs[0].colliders == ()
    assert any(named in warning for warning in avatar.warnings), avatar.warnings


def test_joints_that_do_not_hang_together_are_cut_apart() -> None:
    avatar = ladder(springs=[chain(0, 2, 5, 1, 3)])
    assert nodes_of(avatar) == [[0, 2], [1, 3]]
    assert len(avatar.warnings) == 2


def test_a_node_swings_in_one_chain_only() -> None:
    avatar = ladder(springs=[chain(1, 2, 3), chain(0, 1, 2, 3, 4)])
    assert nodes_of(avatar) == [[1, 2, 3], [0, 1], [3, 4]]


def test_a_limit_that_is_not_kept_is_named() -> None:
    joints = [{"node": 0, "extensions": {EXTENDED: {"angleLimit": 60}}}, {"node": 1}]
    avatar = ladder(springs=[{"joints": joints}])
    assert nodes_of(avatar) == [[0, 1]]
    assert any("limits" in warning for warning in avatar.warnings)


def test_an_extension_that_is_no_object_costs_only_what_swings() -> None:
    glb = tiny_avatar.humanoid()
    glb.document["extensions"][NAME] = [1, 2]
    avatar = read_avatar_bytes(glb.bytes())
    assert len(avatar.humanoid) == 21
    assert any(NAME in warning for warning in avatar.warnings)


def old(secondary: dict[str, Any]) -> Avatar:
    """Hips (0) with spine, chest (2), neck (3), head (4) with two eyes (5, 6) and a plate (21)."""
    glb = tiny_avatar.humanoid(version=0)
    glb.document["extensions"]["VRM"]["secondaryAnimation"] = secondary
    return read_avatar_bytes(glb.bytes())


def test_vrm_0_swings_everything_below_a_root_branch_by_branch() -> None:
    avatar = old({"boneGroups": [{"bones": [3], "stiffiness": 2, "dragForce": 0.1, "center": -1}]})
    assert nodes_of(avatar) == [[3, 4, 5], [6], [21]]
    joint = avatar.springs[0].joints[1]
    assert (joint.stiffness, joint.drag) == (2.0, 0.1)


def test_a_leaf_of_vrm_0_has_a_tail_seven_centimetres_on_along_its_bone() -> None:
    avatar = old({"boneGroups": [{"bones": [5]}]})
    tail = avatar.springs[0].tail
    assert tail is not None
    assert math.hypot(*tail) == pytest.approx(0.07)
    along = avatar.skeleton.translations[5]
    assert np.dot(tail, along) == pytest.approx(0.07 * np.linalg.norm(along))


def test_a_tail_of_vrm_0_lies_in_the_axes_of_its_own_node() -> None:
    glb = tiny_avatar.humanoid(version=0)
    glb.document["nodes"][5].update(
        translation=[1, 0, 0], rotation=[0, 0, math.sqrt(0.5)] * 1 + [math.sqrt(0.5)]
    )
    glb.document["extensions"]["VRM"]["secondaryAnimation"] = {"boneGroups": [{"bones": [5]}]}
    tail = read_avatar_bytes(glb.bytes()).springs[0].tail
    assert tail == pytest.approx((0.0, -0.07, 0.0), abs=1e-6)


def test_vectors_of_vrm_0_turn_from_unity_s_axes_to_the_file_s() -> None:
    ball = {"offset": {"x": 0.1, "y": 0.2, "z": 0.3}, "radius": 0.5}
    groups = [{"node": 4, "colliders": [ball]}]
    bones = {"bones": [5], "gravityDir": {"x": 1, "y": 2, "z": 3}, "colliderGroups": [0]}
    (spring,) = old({"boneGroups": [bones], "colliderGroups": groups}).springs
    assert spring.joints[0].gravity_direction == (1.0, 2.0, -3.0)
    assert spring.colliders == (Collider(4, Ball((0.1, 0.2, -0.3), 0.5)),)


@pytest.mark.parametrize(
    ("group", "named"),
    [
        ({"bones": [-1, 5]}, "node -1"),
        ({"bones": [5, 999]}, "node 999"),
        ({"bones": [5, 5]}, "twice"),
        ({"bones": [5], "colliderGroups": [3]}, "collider group 3"),
        ({"bones": [5], "center": 400}, "node 400"),
        ({"bones": [5], "gravityDir": "down"}, "gravityDir"),
    ],
)
def test_a_broken_group_of_vrm_0_costs_what_is_broken(group: dict[str, Any], named: str) -> None:
    avatar = old({"boneGroups": [group, {"bones": "all"}], "colliderGroups": [{"node": -1}]})
    assert nodes_of(avatar) == [[5]]
    assert any(named in warning for warning in avatar.warnings), avatar.warnings
    assert any("boneGroups[1]" in warning for warning in avatar.warnings)


def swinging(avatar: Avatar) -> set[int]:
    """Nodes whose turn a chain decides: all but the last, and that too where it has a tail."""
    return {
        joint.node
        for spring in avatar.springs
        for joint in (spring.joints if spring.tail else spring.joints[:-1])
    }


def wrong_chains() -> list[str]:
    place = folder()
    assert place is not None
    wrong: list[str] = []
    for file, reference in (expected("vrm") | expected("vrm-parts")).items():
        if "spring" not in reference:
            continue
        told = {item["node"] for item in reference["spring"]["frames"]["1"]}
        found = swinging(read_avatar(place / file, decode_pixels=False))
        if not (told <= found if len(told) == _MOST_TOLD else told == found):
            wrong.append(file)
    return wrong


@needs_models
def test_the_same_nodes_swing_as_in_the_reference() -> None:
    assert not wrong_chains()


@needs_models
def test_it_would_be_noticed_if_leaves_of_vrm_0_hung_still(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(springs_of_vrm0, "_tail", lambda *_: None)
    assert wrong_chains() == ["vrm0/Godette_vrm_v4.vrm"]


def test_the_starter_avatar_has_springs_and_no_warning() -> None:
    avatar = read_avatar(STARTER, decode_pixels=False)
    assert avatar.springs
    assert avatar.warnings == ()
