"""Constraints are read with their axis and weight; a broken one leaves its node alone."""

from __future__ import annotations

from typing import Any

import pytest

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.constraint import Constraint
from avatar_desktop.avatar.read import read_avatar, read_avatar_bytes
from tests.makers.public_models import folder, needs_models
from tests.makers.tiny_avatar import Glb

NAME = "VRMC_node_constraint"


def bound(*constraints: Any) -> Avatar:
    """One free node, and one for each constraint."""
    glb = Glb()
    glb.add("nodes", {"name": "free"})
    for constraint in constraints:
        said = {"specVersion": "1.0", "constraint": constraint}
        glb.add("nodes", {"extensions": {NAME: said}})
    glb.add("scenes", {"nodes": list(range(len(constraints) + 1))})
    glb.document["extensionsUsed"] = [NAME]
    return read_avatar_bytes(glb.bytes())


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"roll": {"source": 0, "rollAxis": "Y"}}, Constraint("roll", 1, 0, 1.0, "+y")),
        (
            {"aim": {"source": 0, "aimAxis": "NegativeZ", "weight": 0.25}},
            Constraint("aim", 1, 0, 0.25, "-z"),
        ),
        ({"rotation": {"source": 0, "weight": 0.5}}, Constraint("rotation", 1, 0, 0.5)),
        ({"rotation": {"source": 0, "weight": 7}}, Constraint("rotation", 1, 0, 1.0)),
    ],
)
def test_a_constraint_arrives_with_axis_and_weight(said: Any, found: Constraint) -> None:
    avatar = bound(said)
    assert avatar.constraints == (found,)
    assert avatar.warnings == ()


@pytest.mark.parametrize(
    "broken",
    [
        {"rotation": {"source": -1}},
        {"rotation": {"source": 99}},
        {"rotation": {"source": 1}},
        {"roll": {"source": 0, "rollAxis": "W"}},
        {"aim": {"source": 0}},
        {},
        None,
        "follow",
    ],
)
def test_a_broken_constraint_costs_itself_and_is_named(broken: Any) -> None:
    avatar = bound(broken, {"rotation": {"source": 0}})
    assert avatar.constraints == (Constraint("rotation", 2, 0),)
    assert any("nodes[1]" in warning for warning in avatar.warnings)


def test_a_circle_of_constraints_costs_those_in_it() -> None:
    circle = [{"rotation": {"source": 2}}, {"rotation": {"source": 1}}]
    avatar = bound(*circle, {"rotation": {"source": 0}})
    assert avatar.constraints == (Constraint("rotation", 3, 0),)
    assert sum("circle" in warning for warning in avatar.warnings) == 2


@needs_models
def test_the_public_constraints_are_all_there() -> None:
    place = folder()
    assert place is not None
    avatar = read_avatar(place / "vrm1/three-vrm/node-constraint/cubes.gltf")
    assert avatar.constraints == (
        Constraint("roll", 1, 0, 1.0, "+y"),
        Constraint("rotation", 2, 0, 0.5),
    )
