"""Nodes that follow other nodes: VRMC_node_constraint."""

from __future__ import annotations

import msgspec

from avatar_desktop.avatar.constraint import Axis, Constraint
from avatar_desktop.avatar.gltf.source import Source
from avatar_desktop.avatar.vrm.entries import NOTHING, entry, node_in

NAME = "VRMC_node_constraint"
_WHAT = "A constraint"
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
    """Every constraint, in the order of the nodes; one that closes a circle is left out."""
    kept: dict[int, Constraint] = {}
    for node, spec in enumerate(source.document.nodes):
        place = f"$.nodes[{node}].extensions.{NAME}"
        found = entry(source, spec.extensions.get(NAME, NOTHING), _NodeConstraint, place, _WHAT)
        one = _constraint(source, node, found.constraint, place) if found else None
        if one is None:
            continue
        if not node_in(source, one.source, place, _WHAT):
            continue
        if _leads_back(kept, one):
            source.warn(f"{_WHAT} closes a circle and was left out ({place}).")
        else:
            kept[node] = one
    return tuple(kept.values())


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


def _leads_back(kept: dict[int, Constraint], one: Constraint) -> bool:
    """Whether its source follows, over any number of steps, the node itself."""
    node = one.source
    while node in kept and node != one.node:
        node = kept[node].source
    return node == one.node


def _share(weight: float) -> float:
    return min(1.0, max(0.0, weight))
