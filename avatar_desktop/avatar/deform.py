"""Vertices after morphing and skinning, on the CPU: for checks, framing and picking only."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.pose import Pose

Floats = NDArray[np.float32]


def deformed_points(
    avatar: Avatar, pose: Pose, mesh: int, primitive: int, indices: ArrayLike | None = None
) -> Floats:
    """World positions of the vertices `indices` (all of them without) of one primitive.

    `mesh` counts in Avatar.meshes.
    """
    instance = avatar.meshes[mesh]
    part = instance.primitives[primitive]
    chosen = slice(None) if indices is None else np.asarray(indices, np.int64)
    points = part.positions[chosen].astype(np.float64)
    if part.target_positions is not None:
        weights = pose.weights[instance.morphs].astype(np.float64)
        active = np.flatnonzero(weights)
        if len(active):
            moved = part.target_positions[active][:, chosen]
            points = points + np.tensordot(weights[active], moved, axes=1)
    matrices = _matrices(avatar, pose, mesh, primitive, chosen)
    placed = np.einsum("...ij,...j->...i", matrices[..., :3, :3], points) + matrices[..., :3, 3]
    return placed.astype(np.float32)


def _matrices(
    avatar: Avatar,
    pose: Pose,
    mesh: int,
    primitive: int,
    chosen: slice | NDArray[np.int64],
) -> NDArray[np.float64]:
    instance = avatar.meshes[mesh]
    part = instance.primitives[primitive]
    if instance.skin < 0 or part.joints is None or part.weights is None:
        return pose.world[instance.node].astype(np.float64)
    joints = pose.joints[instance.skin][part.joints[chosen]].astype(np.float64)
    return np.einsum("vk,vkij->vij", part.weights[chosen].astype(np.float64), joints)
