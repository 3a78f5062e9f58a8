"""Nodes that follow other nodes: VRM's roll, aim and rotation constraints."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Axis = Literal["+x", "-x", "+y", "-y", "+z", "-z"]


@dataclass(frozen=True, slots=True)
class Constraint:
    """`node` takes over a share of how `source` is turned from its rest, or points at it."""

    kind: Literal["roll", "aim", "rotation"]
    node: int
    source: int
    weight: float = 1.0
    axis: Axis | None = None
    """The axis that rolls or aims; None for a rotation."""


def in_order(
    constraints: Sequence[Constraint], parents: Sequence[int]
) -> tuple[tuple[Constraint, ...], tuple[Constraint, ...]]:
    """First those that can be kept, each after all that it reads; then those that go in circles.

    `parents` has −1 for a root. Of several constraints on one node the first counts.
    """
    by_node: dict[int, Constraint] = {}
    for item in constraints:
        by_node.setdefault(item.node, item)
    kept: dict[int, Constraint] = {}
    circular: dict[int, Constraint] = {}
    for node in by_node:
        _settle(node, by_node, parents, kept, circular)
    return tuple(kept.values()), tuple(circular.values())


def _settle(
    start: int,
    by_node: Mapping[int, Constraint],
    parents: Sequence[int],
    kept: dict[int, Constraint],
    circular: dict[int, Constraint],
) -> None:
    """Walk to everything that one constraint reads, without recursion, and sort it out."""
    unread: dict[int, list[int]] = {}  # along the way that is being walked, in its order
    waiting = [start]
    while waiting:
        node = waiting[-1]
        if node in kept or node in circular:
            waiting.pop()
            unread.pop(node, None)
            continue
        if node not in unread:
            unread[node] = _read_by(by_node[node], by_node, parents)
        ahead = unread[node]
        if not ahead:
            kept[node] = by_node[node]
            continue
        following = ahead.pop()
        if following in unread:
            way = list(unread)
            circular.update({each: by_node[each] for each in way[way.index(following) :]})
        elif following not in kept and following not in circular:
            waiting.append(following)


def _read_by(item: Constraint, constrained: Container[int], parents: Sequence[int]) -> list[int]:
    """The constrained nodes that decide what this one becomes."""
    nodes = [item.source]
    if item.kind == "aim":
        for end in (item.source, item.node):
            above = parents[end]
            while above >= 0:
                nodes.append(above)
                above = parents[above]
    return [node for node in nodes if node in constrained]
