"""Constrained nodes follow their sources as the specification says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.constraint import Constraint, in_order
from avatar_desktop.avatar.read import read_avatar, read_avatar_bytes
from avatar_desktop.motion import constraints as module
from avatar_desktop.motion.constraints import Constraints
from avatar_desktop.motion.hierarchy import Locals, PoseBuilder
from avatar_desktop.motion.rotation import Doubles, euler, from_vector, multiply, rotate, unit
from tests.makers.public_models import expected, folder, needs_models
from tests.makers.swinging import avatar_of
from tests.makers.tiny_avatar import Glb

CUBES = "vrm1/three-vrm/node-constraint/cubes.gltf"
REST = unit(np.array([[0.1, 0.2, -0.3, 0.9], [-0.4, 0.1, 0.2, 0.8], [0.3, 0.3, 0.1, 0.9]]))


def three(*constraints: Constraint) -> Avatar:
    """A source, a node under a parent of its own, and that parent; all turned at rest."""
    avatar = avatar_of([(0, 1, 0), (0, 0.5, 0), (1, 0, 0)], [-1, 2, -1], constraints=constraints)
    order = np.array([0, 2, 1], np.int32)
    skeleton = replace(avatar.skeleton, rotations=REST.astype(np.float32), order=order)
    return replace(avatar, skeleton=skeleton)


def followed(avatar: Avatar, turn: Doubles) -> Locals:
    """The source turned on top of its rest, in its own axes."""
    local = Locals.at_rest(avatar)
    local.rotations[0] = multiply(local.rotations[0], turn)
    Constraints(avatar).apply(local)
    return local


def same_turn(a: Doubles, b: Doubles) -> bool:
    return abs(float(a @ b)) > 1.0 - 1e-9


def off_the_reference() -> float:
    place = folder()
    assert place is not None
    avatar = read_avatar(place / CUBES, decode_pixels=False)
    worst = 0.0
    for case in expected("vrm-parts")[CUBES]["constraints"]:
        local = Locals.at_rest(avatar)
        for node in case.get("sources", ()):
            x, y, z = (from_vector(np.array(axis)) for axis in np.diag(case["premultiplyEulerXYZ"]))
            local.rotations[node] = multiply(multiply(multiply(x, y), z), local.rotations[node])
        Constraints(avatar).apply(local)
        for entry in case["dest"]:
            off = local.rotations[entry["node"]] - np.array(entry["q"])
            worst = max(worst, float(np.abs(off).max()))
    return worst


@needs_models
def test_constraints_follow_the_reference(bar: Any) -> None:
    bar("constraints: turns from three-vrm", off_the_reference(), at_most=1e-4)


@needs_models
@pytest.mark.parametrize("part", ["_rolled", "_copied"])
def test_a_constraint_that_only_copies_leaves_the_reference(
    part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, part, lambda one, turned: one.rest)
    assert off_the_reference() > 0.01


def test_a_rotation_takes_the_turn_in_the_axes_of_each() -> None:
    turn = from_vector(np.array([0.3, -0.5, 0.9]))
    local = followed(three(Constraint("rotation", 1, 0)), turn)
    assert same_turn(local.rotations[1], multiply(Locals.at_rest(three()).rotations[1], turn))


@pytest.mark.parametrize("weight", [0.0, 0.25, 1.0])
def test_a_weight_takes_that_share_of_the_way(weight: float) -> None:
    local = followed(
        three(Constraint("rotation", 1, 0, weight)), from_vector(np.array([0, 0.8, 0]))
    )
    part = from_vector(np.array([0.0, 0.8 * weight, 0.0]))
    assert same_turn(local.rotations[1], multiply(Locals.at_rest(three()).rotations[1], part))


@pytest.mark.parametrize(("axis", "index"), [("+x", 0), ("+y", 1), ("+z", 2)])
def test_a_roll_never_bends_its_axis(axis: Any, index: int) -> None:
    avatar = three(Constraint("roll", 1, 0, 1.0, axis))
    local = followed(avatar, from_vector(np.array([0.5, 0.7, -0.4])))
    along = np.eye(3)[index]
    rest = Locals.at_rest(avatar).rotations[1]
    np.testing.assert_allclose(rotate(local.rotations[1], along), rotate(rest, along), atol=1e-6)
    assert not same_turn(local.rotations[1], rest)


@pytest.mark.parametrize("axis", ["+x", "-x", "+y", "-y", "+z", "-z"])
@pytest.mark.parametrize("tilt", [0.0, 0.7])
def test_an_aim_points_at_its_source_in_the_world(axis: Any, tilt: float) -> None:
    avatar = three(Constraint("aim", 1, 0, 1.0, axis))
    local = Locals.at_rest(avatar)
    local.translations[0] = (0.4, 2.0, -1.3)
    local.scales[2] = 2.0
    local.rotations[2] = multiply(local.rotations[2], euler(10.0, np.degrees(tilt), 0.0))
    Constraints(avatar).apply(local)
    world = PoseBuilder(avatar).build(local).world
    pointing = world[1, :3, "xyz".index(axis[1])] * (1.0 if axis[0] == "+" else -1.0)
    way = world[0, :3, 3] - world[1, :3, 3]
    cosine = pointing @ way / np.linalg.norm(pointing) / np.linalg.norm(way)
    assert cosine == pytest.approx(1.0, abs=1e-5)


def test_an_aim_at_its_own_place_or_behind_its_back_is_defined() -> None:
    avatar = three(Constraint("aim", 1, 0, 1.0, "+y"))
    local = Locals.at_rest(avatar)
    local.rotations[:] = (0.0, 0.0, 0.0, 1.0)
    for place in ((1.0, 0.5, 0.0), (1.0, -7.0, 0.0)):
        local.translations[0] = place
        Constraints(avatar).apply(local)
        assert np.isfinite(local.rotations).all()
        assert np.linalg.norm(local.rotations[1]) == pytest.approx(1.0)


def test_a_chain_of_constraints_is_followed_whatever_its_order_in_the_file() -> None:
    links = [Constraint("rotation", node, node - 1) for node in range(1, 6)]
    turn = from_vector(np.array([0.2, 0.1, 0.4]))
    for given in (links, links[::-1], [links[i] for i in (2, 4, 0, 3, 1)]):
        avatar = avatar_of([(0, 0, 0)] * 6, [-1] * 6, constraints=tuple(given))
        np.testing.assert_allclose(followed(avatar, turn).rotations, [turn] * 6, atol=1e-9)


def test_constraints_in_a_circle_are_refused_and_the_others_stay() -> None:
    circle = [Constraint("rotation", a, b) for a, b in ((0, 1), (1, 2), (2, 0))]
    after, apart = Constraint("rotation", 3, 0), Constraint("rotation", 4, 5)
    kept, circular = in_order([after, *circle, apart], [-1] * 6)
    assert set(circular) == set(circle)
    assert set(kept) == {after, apart}


def test_an_aim_at_what_it_moves_is_a_circle() -> None:
    inside = Constraint("aim", 0, 1, 1.0, "+z")
    assert in_order([inside], [-1, 0]) == ((), (inside,))
    mutual = [Constraint("aim", 0, 3, 1.0, "+z"), Constraint("rotation", 2, 0)]
    assert in_order(mutual, [-1, -1, -1, 2]) == ((), tuple(mutual))


def test_ten_thousand_constraints_are_sorted_without_recursion() -> None:
    links = [Constraint("rotation", node, node + 1) for node in range(10_000)]
    kept, circular = in_order([*links, Constraint("rotation", 10_000, 0)], [-1] * 10_001)
    assert not kept and len(circular) == 10_001
    assert len(in_order(links, [-1] * 10_001)[0]) == 10_000


def test_a_circle_in_a_file_is_told_when_it_is_read() -> None:
    glb = Glb()
    for source in (1, 0):
        said = {"specVersion": "1.0", "constraint": {"rotation": {"source": source}}}
        glb.add("nodes", {"extensions": {"VRMC_node_constraint": said}})
    glb.add("scenes", {"nodes": [0, 1]})
    glb.document["extensionsUsed"] = ["VRMC_node_constraint"]
    avatar = read_avatar_bytes(glb.bytes())
    assert avatar.constraints == ()
    assert sum("circle" in warning for warning in avatar.warnings) == 2
