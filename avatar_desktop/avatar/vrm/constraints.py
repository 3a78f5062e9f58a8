"""Nodes that follow other nodes: VRMC_node_constraint."""

from __future__ import annotations

import msgspec

from avatar_desktop.avatar.constraint import Axis, Constraint, in_order
from avatar_desktop.avatar.gltf.source import Source
from avatar_desktop.avatar.vrm.entries import NOTHING, entry, node_in

NAME = "VRMC_node_constraint"
_WHAT = "A constraint"
_PLACE = "$.nodes[{}].extensions." + NAME
_ROLL_AXES: dict[str, Axis] = {"X": "+x", "Y": "+y", "Z": "+z"}
_AIM_AXES: dict[str, Axis] = {
    "PositiveX": "+x",
    "NegativeX": "-x",
    "PositiveY": "+y",
    "NegativeY": "-y",
    "PositiveZ": "+z",
    "NegativeZ": "-z",
}


class _Roll(msgspec.Struct, rename="camel"):
    source: int
    roll_axis: str
    weight: float = 1.0


class _Aim(msgspec.Struct, rename="camel"):
    source: int
    aim_axis: str
    weight: float = 1.0


class _Rotation(msgspec.Struct):
    source: int
    weight: float = 1.0


class _Choice(msgspec.Struct):
    roll: msgspec.Raw = NOTHING
    aim: msgspec.Raw = NOTHING
    rotation: msgspec.Raw = NOTHING


class _NodeConstraint(msgspec.Struct):
    constraint: _Choice


def read_constraints(source: Source) -> tuple[Constraint, ...]:
    """Every constraint, each after those that it reads; those that go in circles are left out."""
    found: list[Constraint] = []
    for node, spec in enumerate(source.document.nodes):
        if NAME not in spec.extensions:
            continue
        place = _PLACE.format(node)
        given = entry(source, spec.extensions[NAME], _NodeConstraint, place, _WHAT)
        one = _constraint(source, node, given.constraint, place) if given else None
        if one is not None and node_in(source, one.source, place, _WHAT):
            found.append(one)
    if not found:
        return ()
    kept, circular = in_order(found, _parents(source))
    for one in circular:
        source.warn(f"{_WHAT} closes a circle and was left out ({_PLACE.format(one.node)}).")
    return kept


def _parents(source: Source) -> list[int]:
    parents = [-1] * len(source.document.nodes)
    for node, spec in enumerate(source.document.nodes):
        for child in spec.children:
            parents[child] = node
    return parents


def _constraint(source: Source, node: int, choice: _Choice, place: str) -> Constraint | None:
    roll = entry(source, choice.roll, _Roll, f"{place}.constraint.roll", _WHAT)
    if roll is not None:
        axis = _ROLL_AXES.get(roll.roll_axis)
        if axis is not None:
            return Constraint("roll", node, roll.source, _share(roll.weight), axis)
    aim = entry(source, choice.aim, _Aim, f"{place}.constraint.aim", _WHAT)
    if aim is not None:
        axis = _AIM_AXES.get(aim.aim_axis)
        if axis is not None:
            return Constraint("aim", node, aim.source, _share(aim.weight), axis)
    turn = entry(source, choice.rotation, _Rotation, f"{place}.constraint.rotation", _WHAT)
    if turn is not None:
        return Constraint("rotation", node, turn.source, _share(turn.weight))
    source.warn(f"{_WHAT} that neither rolls, aims nor turns was left out ({place}).")
    return None


def _share(weight: float) -> float:
    return min(1.0, max(0.0, weight))
