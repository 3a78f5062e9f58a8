"""Hair and clothes that swing, as VRM 0.x says it: everything below a root swings.

Every node's tail is its first child; each further child begins a chain of its own. A node without
children swings too, with a tail seven centimetres further on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
import numpy as np

from avatar_desktop.avatar.gltf.document import Vec3
from avatar_desktop.avatar.gltf.source import Source
from avatar_desktop.avatar.skeleton import Skeleton
from avatar_desktop.avatar.spring import Ball, Collider, Spring, SpringJoint
from avatar_desktop.avatar.vrm.entries import NOTHING, entries, entry, node_in
from avatar_desktop.avatar.vrm.gaze import Offset
from avatar_desktop.avatar.vrm.springs import centre_of, gathered

_TAIL = 0.07


class _Collider(msgspec.Struct):
    offset: msgspec.Raw = NOTHING
    radius: float = 0.0


class _ColliderGroup(msgspec.Struct):
    node: int
    colliders: list[msgspec.Raw] | None = None


class _BoneGroup(msgspec.Struct, rename="camel"):
    comment: str | None = None
    stiffiness: float = 1.0
    gravity_power: float = 0.0
    gravity_dir: msgspec.Raw = NOTHING
    drag_force: float = 0.4
    hit_radius: float = 0.0
    center: int | None = None
    bones: list[int] | None = None
    collider_groups: list[int] | None = None


class _SecondaryAnimation(msgspec.Struct, rename="camel"):
    bone_groups: list[msgspec.Raw] | None = None
    collider_groups: list[msgspec.Raw] | None = None


def read_springs_of_vrm0(
    source: Source, raw: msgspec.Raw, skeleton: Skeleton, place: str
) -> tuple[Spring, ...]:
    """Every chain of the file; what is broken costs its root, collider or group."""
    spec = entry(source, raw, _SecondaryAnimation, place, "What swings")
    if spec is None:
        return ()
    groups = _groups(source, spec.collider_groups or [], f"{place}.colliderGroups")
    springs: list[Spring] = []
    swinging: set[int] = set()
    raws, here = spec.bone_groups or [], f"{place}.boneGroups"
    for _, spot, item in entries(source, raws, _BoneGroup, here, "A group that swings"):
        numbers = item.collider_groups or []
        near = tuple(gathered(source, numbers, groups, f"{spot}.colliderGroups"))
        centre = centre_of(source, item.center, spot)
        gravity = _gravity(source, item, spot)
        for chain in _chains(source, item.bones or [], f"{spot}.bones", swinging):
            joints = tuple(_joint(node, item, gravity) for node in chain)
            tail = _tail(source, skeleton, chain[-1])
            if len(joints) > 1 or tail is not None:
                springs.append(Spring(item.comment or "", joints, near, centre, tail))
    return tuple(springs)


def _groups(
    source: Source, raws: Sequence[msgspec.Raw], place: str
) -> dict[int, tuple[Collider, ...]]:
    found: dict[int, tuple[Collider, ...]] = {}
    what = "A group of colliders"
    for number, spot, group in entries(source, raws, _ColliderGroup, place, what):
        if not node_in(source, group.node, spot, what):
            continue
        here = f"{spot}.colliders"
        balls: list[Collider] = []
        for _, inner, item in entries(source, group.colliders or [], _Collider, here, "A collider"):
            offset = entry(source, item.offset, Offset, f"{inner}.offset", "A collider's place")
            ball = Ball((offset or Offset()).in_gltf(), max(0.0, item.radius))
            balls.append(Collider(group.node, ball))
        found[number] = tuple(balls)
    return found


def _gravity(source: Source, group: _BoneGroup, place: str) -> Vec3:
    here, what = f"{place}.gravityDir", "The direction of gravity"
    found = entry(source, group.gravity_dir, Offset, here, what)
    return found.in_gltf() if found else (0.0, -1.0, 0.0)


def _chains(
    source: Source, roots: Sequence[int], place: str, swinging: set[int]
) -> Iterator[list[int]]:
    """The first children from each root down, then the same from every other child."""
    what = "What swings"
    for root in roots:
        if not node_in(source, root, place, what):
            continue
        if root in swinging:
            source.warn(f"{what}, node {root}, is named twice ({place}).")
        waiting = [root]
        while waiting:
            chain: list[int] = []
            node: int | None = waiting.pop()
            while node is not None and node not in swinging:
                swinging.add(node)
                chain.append(node)
                children = source.document.nodes[node].children
                waiting.extend(reversed(children[1:]))
                node = children[0] if children else None
            if chain:
                yield chain


def _tail(source: Source, skeleton: Skeleton, node: int) -> Vec3 | None:
    """On the line from the parent, in the node's own axes; None where there is no line."""
    if source.document.nodes[node].children:
        return None
    step = skeleton.translations[node].astype(np.float64)
    length = float(np.linalg.norm(step))
    if length == 0.0:
        return None
    axis, w = -skeleton.rotations[node, :3].astype(np.float64), float(skeleton.rotations[node, 3])
    twice = 2.0 * np.cross(axis, step)
    x, y, z = (step + w * twice + np.cross(axis, twice)) * (_TAIL / length)
    return float(x), float(y), float(z)


def _joint(node: int, group: _BoneGroup, gravity: Vec3) -> SpringJoint:
    return SpringJoint(
        node=node,
        hit_radius=max(0.0, group.hit_radius),
        stiffness=max(0.0, group.stiffiness),
        gravity_power=group.gravity_power,
        gravity_direction=gravity,
        drag=min(1.0, max(0.0, group.drag_force)),
    )
