"""Vertices after morphing and skinning, on the CPU: for checks, framing and picking only."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.mesh import MeshInstance, Primitive
from avatar_desktop.avatar.pose import Pose

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
_Chosen = slice | NDArray[np.int64]
_ALL = slice(None)
_MOST_POINTS = 20_000_000
"""More than this are not looked at one by one; their boxes are."""


def deformed_points(
    avatar: Avatar, pose: Pose, mesh: int, primitive: int, indices: ArrayLike | None = None
) -> Floats:
    """World positions of the vertices `indices` (all of them without) of one primitive.

    `mesh` counts in Avatar.meshes. Where the mesh is shown in copies, these are the places of the
    first thing they are copies of, at the node itself.
    """
    instance = avatar.meshes[mesh]
    part = instance.primitives[primitive]
    chosen = _ALL if indices is None else np.asarray(indices, np.int64)
    points = _morphed(instance, part, pose, chosen)
    return _placed(points, _matrices(instance, part, pose, chosen)).astype(np.float32)


def bounds(avatar: Avatar, pose: Pose) -> tuple[Floats, Floats] | None:
    """The lowest and the highest corner of all that is there, every copy of a mesh with it.

    A mesh that is shown thousands of times is taken for its box, which may be a little larger.
    """
    points = sum(
        len(part.positions) * (1 if item.copies is None else len(item.copies))
        for item in avatar.meshes
        for part in item.primitives
    )
    corners: list[Doubles] = []
    for instance in avatar.meshes:
        for part in instance.primitives:
            if len(part.positions):
                corners += _corners(instance, part, pose, as_boxes=points > _MOST_POINTS)
    if not corners:
        return None
    ends = np.concatenate(corners)
    return ends.min(axis=0).astype(np.float32), ends.max(axis=0).astype(np.float32)


def _corners(
    instance: MeshInstance, part: Primitive, pose: Pose, *, as_boxes: bool
) -> list[Doubles]:
    points = _morphed(instance, part, pose, _ALL)
    matrices = _matrices(instance, part, pose, _ALL)
    if as_boxes and matrices.ndim == 2:
        points = _box(points)
    if instance.copies is None or matrices.ndim == 3:
        places = [_placed(points, matrices)]
    else:
        places = [_placed(points, matrix) for matrix in matrices @ instance.copies]
    return [np.stack([each.min(axis=0), each.max(axis=0)]) for each in places]


def _box(points: Doubles) -> Doubles:
    """(8, 3) the corners of the box around them."""
    ends = np.stack([points.min(axis=0), points.max(axis=0)])
    return np.stack([ends[[i, j, k], range(3)] for i in (0, 1) for j in (0, 1) for k in (0, 1)])


def _morphed(instance: MeshInstance, part: Primitive, pose: Pose, chosen: _Chosen) -> Doubles:
    points = part.positions[chosen].astype(np.float64)
    if part.target_positions is None:
        return points
    weights = pose.weights[instance.morphs].astype(np.float64)
    active = np.flatnonzero(weights)
    if not len(active):
        return points
    return points + np.tensordot(weights[active], part.target_positions[active][:, chosen], axes=1)


def _placed(points: Doubles, matrices: Doubles) -> Doubles:
    return np.einsum("...ij,...j->...i", matrices[..., :3, :3], points) + matrices[..., :3, 3]


def _matrices(instance: MeshInstance, part: Primitive, pose: Pose, chosen: _Chosen) -> Doubles:
    """One matrix for all vertices, or (V, 4, 4) where joints move them."""
    if instance.skin < 0 or part.joints is None or part.weights is None:
        return pose.world[instance.node].astype(np.float64)
    joints = pose.joints[instance.skin][part.joints[chosen]].astype(np.float64)
    return np.einsum("vk,vkij->vij", part.weights[chosen].astype(np.float64), joints)
