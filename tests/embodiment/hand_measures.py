"""How deep the hands of a posed body are in its trunk, head and legs, by its own skin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from tests.embodiment.body_measures import SIDES, Performance

Doubles = NDArray[np.float64]
Places = NDArray[np.int64]

SOLID = (
    *("hips", "spine", "chest", "upperChest", "neck", "head"),
    *(f"{side}{bone}" for side in SIDES for bone in ("UpperLeg", "LowerLeg", "Foot")),
)
_FINGERS = ("Thumb", "Index", "Middle", "Ring", "Little")
_THICK = 0.055
"""Half of a finger's thickness, as a share of the way from the wrist to the last joint."""
_NEAR = 0.05
"""Metres from the skin beyond which nobody asks whether a point is inside."""


@dataclass(frozen=True)
class Skin:
    """Triangles of what a hand must not enter, each corner fixed to the node that holds it most."""

    points: Doubles
    """(V, 4) in the space of their joint's bind pose"""
    nodes: Places
    """(V,)"""
    binds: Doubles
    """(V, 4, 4)"""
    triangles: Places
    """(T, 3)"""


def skin_of(avatar: Avatar) -> Skin:
    solid = _solid_nodes(avatar)
    points: list[Doubles] = []
    nodes: list[Places] = []
    binds: list[Doubles] = []
    triangles: list[Places] = []
    count = 0
    for instance in avatar.meshes:
        skin = avatar.skins[instance.skin] if instance.skin >= 0 else None
        for primitive in instance.primitives:
            n = len(primitive.positions)
            if primitive.mode != 4 or not n:
                continue
            if skin is not None and primitive.joints is not None and primitive.weights is not None:
                slot = primitive.joints[np.arange(n), primitive.weights.argmax(axis=1)]
                own = skin.joints[slot].astype(np.int64)
                bind = skin.inverse_binds[slot].astype(np.float64)
            else:
                own = np.full(n, instance.node)
                bind = np.tile(np.eye(4), (n, 1, 1))
            corners = primitive.indices.reshape(-1, 3).astype(np.int64)
            kept = corners[solid[own[corners]].all(axis=1)]
            points.append(np.c_[primitive.positions.astype(np.float64), np.ones(n)])
            nodes.append(own)
            binds.append(bind)
            triangles.append(kept + count)
            count += n
    return Skin(
        np.concatenate(points), np.concatenate(nodes), np.concatenate(binds),
        np.concatenate(triangles),
    )  # fmt: skip


def _solid_nodes(avatar: Avatar) -> NDArray[np.bool_]:
    """Nodes of trunk, head and legs; what swings gives way."""
    solid = np.zeros(len(avatar.skeleton.names), np.bool_)
    bones = {node: bone for bone, node in avatar.humanoid.items()}
    loose = {joint.node for spring in avatar.springs for joint in spring.joints}
    for node in avatar.skeleton.order.tolist():
        parent = int(avatar.skeleton.parents[node])
        if node in bones:
            solid[node] = bones[node] in SOLID
        elif node not in loose:
            solid[node] = parent >= 0 and solid[parent]
    return solid


def deepest_hand(shown: Performance, skin: Skin) -> tuple[float, int, str]:
    """Metres that a finger or a palm is in the body at most, at which instant, and which."""
    worst, where, which = -np.inf, -1, ""
    used = np.unique(skin.triangles)
    order = np.full(len(skin.points), -1)
    order[used] = np.arange(len(used))
    triangles = order[skin.triangles]
    rest = np.einsum("vij,vj->vi", skin.binds[used], skin.points[used])
    for instant, world in enumerate(shown.world):
        at = np.einsum("vij,vj->vi", world[skin.nodes[used], :3], rest)
        names, points, radii = _hand_points(shown, instant)
        apart = ((points[:, None] - at[None]) ** 2).sum(-1)
        distance = np.sqrt(apart.min(axis=1))
        near = np.flatnonzero(distance < _NEAR)
        if not len(near):
            continue
        inside = _turns_around(points[near], at[triangles]) > 0.5
        depth = np.where(inside, distance[near], -distance[near]) + radii[near]
        if depth.max() > worst:
            worst, where, which = float(depth.max()), instant, names[near[depth.argmax()]]
    return worst, where, which


def _hand_points(shown: Performance, instant: int) -> tuple[list[str], Doubles, Doubles]:
    """Points along the axes of palms and fingers, with half their thickness."""
    humanoid = shown.avatar.humanoid
    world = shown.world[instant]
    names: list[str] = []
    points: list[Doubles] = []
    radii: list[float] = []
    for side in SIDES:
        if f"{side}Hand" not in humanoid:
            continue
        wrist = world[humanoid[f"{side}Hand"], :3, 3]
        for finger in _FINGERS:
            chain = [bone for bone in humanoid if bone.startswith(f"{side}{finger}")]
            joints = [world[humanoid[bone], :3, 3] for bone in chain]
            if len(joints) < 2:
                continue
            thick = _THICK * float(np.linalg.norm(joints[-1] - wrist))
            tip = joints[-1] + 0.7 * (joints[-1] - joints[-2])
            for number, point in enumerate(
                (0.5 * (wrist + joints[0]), *joints, 0.5 * (joints[0] + joints[1]), tip)
            ):
                names.append(f"{side}{finger}{number}")
                points.append(point)
                radii.append(thick)
    return names, np.array(points).reshape(-1, 3), np.array(radii)


def _turns_around(points: Doubles, triangles: Doubles) -> Doubles:
    """How often the surface closes around each point: 0 outside, 1 inside."""
    found = np.zeros(len(points))
    for number, point in enumerate(points):
        a, b, c = (triangles[:, corner] - point for corner in range(3))
        la, lb, lc = (np.sqrt((v * v).sum(1)) for v in (a, b, c))
        over = (a * np.cross(b, c)).sum(1)
        under = la * lb * lc + (a * b).sum(1) * lc + (b * c).sum(1) * la + (c * a).sum(1) * lb
        found[number] = 2.0 * np.arctan2(over, under).sum() / (4.0 * np.pi)
    return np.abs(found)
