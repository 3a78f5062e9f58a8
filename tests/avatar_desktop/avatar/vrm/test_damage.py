"""Whatever stands in an entry of VRM, the avatar opens; what is whole survives."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.read import read_avatar_bytes
from avatar_desktop.motion.expressions import expression_weights, surface_changes
from tests.makers import tiny_avatar
from tests.makers.tiny_avatar import Glb

WEIRD: tuple[Any, ...] = (
    *(None, True, -1, 10**30, 1e300, -0.0, 0.5),
    *("", "NaN", "-1", [], {}, [[]], {"node": -1}, [None], [1e300] * 4),
)
SAMPLE = 600


def rich(version: int) -> Glb:
    """A tiny humanoid that says something of everything."""
    glb = tiny_avatar.humanoid(version=version)
    glb.document["materials"] = [{"name": "Ink", "extensions": {}}]
    if version == 0:
        _say_all_of_vrm_0(glb.document["extensions"]["VRM"])
    else:
        _say_all_of_vrm_1(glb)
    return glb


def _say_all_of_vrm_0(vrm: dict[str, Any]) -> None:
    vrm["secondaryAnimation"] = {
        "boneGroups": [
            {
                "bones": [3],
                "center": 0,
                "stiffiness": 1,
                "gravityDir": {"x": 0, "y": -1, "z": 0},
                "colliderGroups": [0],
            }
        ],
        "colliderGroups": [
            {"node": 4, "colliders": [{"offset": {"x": 0, "y": 1, "z": 0}, "radius": 1}]}
        ],
    }
    vrm["firstPerson"]["meshAnnotations"] = [{"mesh": 0, "firstPersonFlag": "Both"}]
    vrm["firstPerson"]["lookAtVerticalUp"] = {"xRange": 90, "yRange": 10, "curve": [0.0] * 8}
    value = {"materialName": "Ink", "propertyName": "_MainTex_ST", "targetValue": [1, 1, 0, 0]}
    vrm["blendShapeMaster"]["blendShapeGroups"][0]["materialValues"] = [value]
    vrm["materialProperties"] = [
        {
            "shader": "VRM/MToon",
            "renderQueue": 3000,
            "floatProperties": {"_ShadeToony": 0.5, "_BlendMode": 2},
            "vectorProperties": {"_Color": [1, 1, 1, 1], "_MainTex": [0, 0, 1, 1]},
            "textureProperties": {"_MainTex": 0},
            "keywordMap": {"_ALPHABLEND_ON": True},
        }
    ]


def _say_all_of_vrm_1(glb: Glb) -> None:
    extensions = glb.document["extensions"]
    extensions["VRMC_springBone"] = {
        "specVersion": "1.0",
        "colliders": [{"node": 4, "shape": {"sphere": {"offset": [0, 0, 0], "radius": 1}}}],
        "colliderGroups": [{"colliders": [0]}],
        "springs": [{"joints": [{"node": 3, "stiffness": 1}, {"node": 4}], "colliderGroups": [0]}],
    }
    vrm = extensions["VRMC_vrm"]
    vrm["firstPerson"] = {"meshAnnotations": [{"node": 21, "type": "both"}]}
    aa = vrm["expressions"]["preset"]["aa"]
    aa["materialColorBinds"] = [{"material": 0, "type": "color", "targetValue": [1, 0, 0, 1]}]
    aa["textureTransformBinds"] = [{"material": 0, "offset": [0, 0], "scale": [1, 1]}]
    mtoon = {"shadeColorFactor": [0, 0, 0], "matcapTexture": {"index": 0}}
    glb.document["materials"][0]["extensions"] = {"VRMC_materials_mtoon": mtoon}
    roll = {"constraint": {"roll": {"source": 0, "rollAxis": "X", "weight": 1}}}
    glb.document["nodes"][5]["extensions"] = {"VRMC_node_constraint": roll}


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a piece of JSON, from the outside in."""
    if path:
        yield path
    if isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(inner, (*path, key))


def damaged(glb: Glb, group: str, path: tuple[Any, ...], weird: Any) -> bytes:
    hurt = Glb(copy.deepcopy(glb.document), glb.binary)
    target = hurt.document[group]
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = weird
    return hurt.bytes()


def check(avatar: Avatar) -> None:
    for expression in avatar.expressions:
        assert np.isfinite(expression_weights(avatar, {expression: 1.0})).all()
        for change in surface_changes(avatar, {expression: 1.0}).values():
            assert all(np.isfinite(colour).all() for colour in change.colours.values())
    nodes = range(len(avatar.skeleton.names))
    for spring in avatar.springs:
        assert all(joint.node in nodes for joint in spring.joints)
        assert all(collider.node in nodes for collider in spring.colliders)
    assert all(it.node in nodes and it.source in nodes for it in avatar.constraints)
    assert all(node in nodes for node in avatar.humanoid.values())


@pytest.mark.parametrize("version", [0, 1])
def test_an_entry_that_is_anything_at_all_never_costs_the_avatar(
    version: int, *, full_length: bool
) -> None:
    glb = rich(version)
    whole = read_avatar_bytes(glb.bytes())
    assert (len(whole.springs), len(whole.humanoid)) == (3 if version == 0 else 1, 21)
    cases = [(path, weird) for path in places(glb.document["extensions"]) for weird in WEIRD]
    dice = random.Random(7)
    for path, weird in cases if full_length else dice.sample(cases, SAMPLE):
        avatar = read_avatar_bytes(damaged(glb, "extensions", path, weird))
        check(avatar)
        assert len(avatar.meshes) == 1
        if path[0] == "VRMC_vrm" and len(path) > 1 and path[1] != "humanoid":
            assert len(avatar.humanoid) == 21


def test_surfaces_and_constraints_that_are_anything_at_all_cost_only_themselves(
    *, full_length: bool
) -> None:
    glb = rich(1)
    cases = [
        (group, path, weird)
        for group in ("materials", "nodes")
        for path in places(glb.document[group])
        if "extensions" in path[:-1] and path[-2] != "extensions"
        for weird in WEIRD
    ]
    dice = random.Random(7)
    for group, path, weird in cases if full_length else dice.sample(cases, SAMPLE // 4):
        check(read_avatar_bytes(damaged(glb, group, path, weird)))
