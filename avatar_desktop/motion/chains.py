"""Springs laid out flat: every joint of every chain in one row, parents before children.

A chain can only be solved from its root outwards, but all chains can be solved side by side:
joints that have equally many swinging joints above them form a level.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.skeleton import Skeleton
from avatar_desktop.avatar.spring import Collider, Spring, SpringJoint, Vector
from avatar_desktop.motion.hierarchy import Locals, local_matrices

Doubles = NDArray[np.float64]

STAGE = -1
"""Stands for the parent of a root node: the world itself."""
_SHORTEST = 1e-6
"""A joint whose tail is nearer than this has no direction, so it does not swing."""


@dataclass(frozen=True, slots=True)
class Link:
    """One swinging joint."""

    joint: SpringJoint
    tail: Vector
    """Where its end rests, in its own space."""
    has_own_end: bool
    """Its tail is no joint, only a point."""
    above: int
    """Place of the next swinging joint above it, or −1."""
    anchor: int
    """The node that carries its chain and does not swing, or STAGE."""
    local: Doubles
    """(4, 4) rest transform below the joint above or, without one, below the anchor."""
    centre: int | None
    colliders: tuple[Collider, ...]


@dataclass(frozen=True, slots=True)
class Chains:
    """All links sorted by level, and who is above whom."""

    links: tuple[Link, ...]
    levels: tuple[slice, ...]

    @property
    def nodes(self) -> list[int]:
        """Node of each link."""
        return [link.joint.node for link in self.links]


def lay_out(avatar: Avatar) -> Chains:
    """The chains of an avatar; what cannot swing is left out: no length, no such node, twice."""
    skeleton = avatar.skeleton
    rest = local_matrices(Locals.at_rest(avatar))
    found: dict[int, tuple[Spring, SpringJoint, Vector, bool]] = {}
    for spring in avatar.springs:
        for joint, tail, is_end in _swinging(spring, skeleton, rest):
            if np.linalg.norm(tail) > _SHORTEST:
                found.setdefault(joint.node, (spring, joint, tail, is_end))
    carriers = carriers_of(skeleton, found)
    depth = {STAGE: -1}
    for node in skeleton.order.tolist():
        if node in found:
            depth[node] = depth[_carrier_above(node, skeleton, carriers)] + 1
    del depth[STAGE]
    ordered = sorted(depth, key=depth.__getitem__)
    places = {node: place for place, node in enumerate(ordered)}
    links: list[Link] = []
    for node in ordered:
        spring, joint, tail, is_end = found[node]
        above = _carrier_above(node, skeleton, carriers)
        links.append(
            Link(
                joint=joint,
                tail=tail,
                has_own_end=is_end,
                above=places.get(above, -1),
                anchor=links[places[above]].anchor if above >= 0 else int(skeleton.parents[node]),
                local=path_between(above, node, skeleton, rest) if above >= 0 else rest[node],
                centre=spring.centre,
                colliders=spring.colliders,
            )
        )
    sizes = np.bincount([depth[node] for node in ordered]) if ordered else np.zeros(0, np.int64)
    edges = [0, *np.cumsum(sizes).tolist()]
    return Chains(tuple(links), tuple(slice(start, end) for start, end in pairwise(edges)))


def carriers_of(skeleton: Skeleton, swinging: Collection[int]) -> list[int]:
    """For each node the swinging node that moves it, be it itself; STAGE where none does."""
    carriers = [STAGE] * len(skeleton.parents)
    for node in skeleton.order.tolist():
        carriers[node] = node if node in swinging else _carrier_above(node, skeleton, carriers)
    return carriers


def _carrier_above(node: int, skeleton: Skeleton, carriers: list[int]) -> int:
    parent = int(skeleton.parents[node])
    return carriers[parent] if parent >= 0 else STAGE


def _swinging(
    spring: Spring, skeleton: Skeleton, rest: Doubles
) -> Iterator[tuple[SpringJoint, Vector, bool]]:
    """Each joint of a chain with its tail: the next joint, or the chain's own end."""
    count = len(skeleton.parents)
    joints = [joint for joint in spring.joints if 0 <= joint.node < count]
    for joint, following in pairwise(joints):
        if _is_above(joint.node, following.node, skeleton):
            x, y, z = path_between(joint.node, following.node, skeleton, rest)[:3, 3].tolist()
            yield joint, (x, y, z), False
    if joints and spring.tail is not None:
        yield joints[-1], spring.tail, True


def _is_above(node: int, below: int, skeleton: Skeleton) -> bool:
    above = int(skeleton.parents[below])
    while above >= 0 and above != node:
        above = int(skeleton.parents[above])
    return above == node


def path_between(above: int, node: int, skeleton: Skeleton, rest: Doubles) -> Doubles:
    """The rest transform of a node in the space of one above it."""
    matrix = rest[node]
    parent = int(skeleton.parents[node])
    while parent != above:
        matrix = rest[parent] @ matrix
        parent = int(skeleton.parents[parent])
    return matrix
