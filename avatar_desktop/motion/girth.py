"""How thick a body is around its bones, so that hands can stay outside.

Trunk, head and legs are stacks of ellipses, measured from the skin at rest. What swings, hair or a
skirt, is left out: it gives way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.rig.rest_pose import rest_positions
from avatar_desktop.motion.hierarchy import rest_pose
from avatar_desktop.motion.rotation import matrices
from avatar_desktop.motion.stance import SIDES, Body

Doubles = NDArray[np.float64]
Places = NDArray[np.int64]

_THICK = (
    *("hips", "spine", "chest", "upperChest", "neck", "head"),
    *(f"{side}{bone}" for side in SIDES for bone in ("UpperLeg", "LowerLeg")),
)
SLICES = 7
_ENOUGH = 12
"""Points of skin that a slice is measured by at least."""
_OUTERMOST = 97.0
"""Percentile of the distances in a slice that counts as its edge."""


@dataclass(frozen=True, slots=True)
class Girth:
    """The ellipses around B bones of one body, S for each, in the bones' axes at rest."""

    bones: tuple[str, ...]
    heights: Doubles
    """(B, 2) from the joint to the lowest and to the highest ellipse; the others lie evenly"""
    ellipses: Doubles
    """(B, S, 4) x and z of the middle, half the width and half the depth"""

    @classmethod
    def of(cls, avatar: Avatar) -> Girth:
        """Measured from the meshes of the avatar; nothing for one without skin."""
        skin = _skin_by_bone(avatar)
        found = {bone: _sleeve(points) for bone, points in skin.items() if len(points) > _ENOUGH}
        known = {bone: sleeve for bone, sleeve in found.items() if sleeve is not None}
        return cls(
            tuple(known),
            np.array([heights for heights, _ in known.values()]).reshape(-1, 2),
            np.array([ellipses for _, ellipses in known.values()]).reshape(-1, SLICES, 4),
        )

    def depth(self, points: Doubles, turns: Doubles, places: Doubles) -> tuple[Doubles, Doubles]:
        """(K,) how deep the deepest of points (K, P, 3) is in the body, and (K, 3) its way out.

        The bones are turned by `turns` (K, B, 4) from rest and at `places` (K, B, 3). What is
        outside has a depth below nothing.
        """
        axes = matrices(turns)
        local = np.einsum("kbji,kpbj->kpbi", axes, points[:, :, None] - places[:, None])
        low, high = self.heights.T
        share = np.clip((local[..., 1] - low) / (high - low), 0.0, 1.0) * (SLICES - 1)
        slot = np.minimum(share.astype(np.int64), SLICES - 2)
        part = (share - slot)[..., None]
        bones = np.arange(len(self.bones))
        here = self.ellipses[bones, slot] * (1.0 - part) + self.ellipses[bones, slot + 1] * part
        flat = (local[..., ::2] - here[..., :2]) / here[..., 2:]
        size: Doubles = np.maximum(np.sqrt((flat**2).sum(-1)), 1e-6)
        slope = flat / size[..., None] / here[..., 2:]
        steep: Doubles = np.sqrt((slope**2).sum(-1))
        beyond: Doubles = np.maximum(low - local[..., 1], local[..., 1] - high)
        inside = (1.0 - size) / steep
        away = np.hypot(beyond, np.minimum(inside, 0.0))
        depth = np.where(beyond > 0.0, -away, inside)
        rows = np.arange(len(points))
        deepest = depth.reshape(len(points), -1).argmax(axis=1)
        point, bone = np.divmod(deepest, len(self.bones))
        out = np.zeros((len(points), 3))
        out[:, ::2] = (slope / steep[..., None])[rows, point, bone]
        return depth[rows, point, bone], np.einsum("kij,kj->ki", axes[rows, bone], out)


def _sleeve(points: Doubles) -> tuple[Doubles, Doubles] | None:
    """The lowest and the highest ellipse around these points, and all of them."""
    low, high = _spread(points[:, 1], 98.0)
    if high - low < 1e-3:
        return None
    heights = np.linspace(low, high, SLICES)
    half = 0.75 * float(heights[1] - heights[0])
    rows: list[list[float]] = []
    known: list[float] = []
    for height in heights.tolist():
        near = points[np.abs(points[:, 1] - height) < half]
        if len(near) < _ENOUGH:
            continue
        x0, x1 = _spread(near[:, 0], _OUTERMOST)
        z0, z1 = _spread(near[:, 2], _OUTERMOST)
        if min(x1 - x0, z1 - z0) > 2e-3:
            rows.append([(x0 + x1) / 2, (z0 + z1) / 2, (x1 - x0) / 2, (z1 - z0) / 2])
            known.append(height)
    if len(known) < 2:
        return None
    columns: list[Doubles] = [
        np.interp(heights, np.array(known), row) for row in list(np.array(rows).T)
    ]
    return heights[[0, -1]], np.stack(columns, axis=1)


def _spread(values: Doubles, most: float) -> tuple[float, float]:
    """Between which numbers nearly all lie."""
    return float(np.percentile(values, 100.0 - most)), float(np.percentile(values, most))


def _skin_by_bone(avatar: Avatar) -> dict[str, Doubles]:
    """Bone → points of the skin that follow it most, from its joint, at rest."""
    body = Body.of(avatar)
    joints = body.facing(rest_positions(avatar.skeleton))
    bones = _bone_of_nodes(avatar)
    world = rest_pose(avatar).world.astype(np.float64)
    found: dict[str, list[Doubles]] = {bone: [] for bone in _THICK if bone in avatar.humanoid}
    for instance in avatar.meshes:
        skin = avatar.skins[instance.skin] if instance.skin >= 0 else None
        for primitive in instance.primitives:
            if not len(primitive.positions):
                continue
            if skin is None or primitive.joints is None or primitive.weights is None:
                nodes = np.full(len(primitive.positions), instance.node)
                matrices = world[instance.node][None]
                which = np.zeros(len(primitive.positions), np.int64)
            else:
                strongest = primitive.weights.argmax(axis=1)
                which = primitive.joints[np.arange(len(strongest)), strongest].astype(np.int64)
                nodes = skin.joints[which]
                matrices = world[skin.joints] @ skin.inverse_binds.astype(np.float64)
            points = np.einsum("vij,vj->vi", matrices[which, :3, :3], primitive.positions)
            points = body.facing(points + matrices[which, :3, 3])
            owners = bones[nodes]
            for number, bone in enumerate(_THICK):
                own = owners == number
                if own.any():
                    found[bone].append(points[own] - joints[avatar.humanoid[bone]])
    return {bone: np.concatenate(parts) for bone, parts in found.items() if parts}


def _bone_of_nodes(avatar: Avatar) -> Places:
    """For every node the place of its bone in `_THICK`; −1 for other bones and for what swings."""
    owners = np.full(len(avatar.skeleton.names), -1)
    bones = {node: bone for bone, node in avatar.humanoid.items()}
    loose = {joint.node for spring in avatar.springs for joint in spring.joints}
    parents = avatar.skeleton.parents.tolist()
    for node in avatar.skeleton.order.tolist():
        if node in bones:
            bone = bones[node]
            owners[node] = _THICK.index(bone) if bone in _THICK else -1
        elif node in loose:
            owners[node] = -1
        elif parents[node] >= 0:
            owners[node] = owners[parents[node]]
    return owners
