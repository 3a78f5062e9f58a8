"""Vertices moved by the processor, for drivers that fail at deform.vert: slower. No GL."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.mesh import MeshInstance, Primitive
from avatar_desktop.avatar.pose import Pose
from avatar_desktop.render.buffers import FARTHEST, MOST_WEIGHT
from avatar_desktop.render.copies import spread
from avatar_desktop.render.extent import posed_positions

Floats = NDArray[np.float32]

_STEP = 0.01
"""Of the mesh's size: so far along a direction it is looked where the direction leads."""


def deformed(
    instance: MeshInstance, primitive: Primitive, pose: Pose, *, with_tangents: bool
) -> Floats:
    """(V, 6 or 10) positions, normals and maybe tangents, as the shader leaves them behind."""
    primitive = spread(instance, primitive)
    with np.errstate(over="ignore", invalid="ignore"):  # of broken numbers, mended below
        places = posed_positions(instance, primitive, pose)
        normals = _shaped_normals(instance, primitive, pose)
        columns = [places, _turned(instance, primitive, pose, places, normals)]
        tangents = primitive.tangents
        if with_tangents and tangents is not None:
            columns.append(_turned(instance, primitive, pose, places, tangents[:, :3]))
            columns.append(tangents[:, 3:])
        found = np.concatenate(columns, axis=1, dtype=np.float32)
    sound = np.clip(np.nan_to_num(found, posinf=0.0, neginf=0.0), -FARTHEST, FARTHEST)
    return np.ascontiguousarray(sound)


def _shaped_normals(instance: MeshInstance, primitive: Primitive, pose: Pose) -> Floats:
    normals, targets = primitive.normals, primitive.target_normals
    if targets is None or not len(targets):
        return normals
    weights = pose.weights[instance.morphs][: len(targets)]
    active = np.flatnonzero((np.abs(weights) > 0.0) & (np.abs(weights) < MOST_WEIGHT))
    added = np.einsum("t,tvi->vi", weights[active], targets[active])
    return (normals + added).astype(np.float32)


def _turned(
    instance: MeshInstance, primitive: Primitive, pose: Pose, places: Floats, directions: Floats
) -> Floats:
    """Where directions lead after the pose; what stretches a body turns them a little too far."""
    step = _STEP * max(float(np.ptp(primitive.positions, axis=0).max(initial=0.0)), 1e-6)
    ahead = replace(primitive, positions=primitive.positions + step * directions)
    ways = posed_positions(instance, ahead, pose) - places
    lengths = np.linalg.norm(ways, axis=-1, keepdims=True)
    return (ways / np.where(lengths > 0.0, lengths, 1.0)).astype(np.float32)
