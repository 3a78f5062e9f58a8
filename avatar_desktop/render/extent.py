"""How large a posed avatar is, from its own vertices; a second, plain way to deform them. No GL."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.mesh import MeshInstance, Primitive
from avatar_desktop.avatar.pose import Pose
from avatar_desktop.render.buffers import FARTHEST, MOST_WEIGHT
from avatar_desktop.render.copies import spread

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Extent:
    """An upright box around something."""

    low: Floats
    high: Floats

    @property
    def centre(self) -> Floats:
        """The middle of the box."""
        return (0.5 * (self.low + self.high)).astype(np.float32)

    @property
    def size(self) -> Floats:
        """Width, height and depth."""
        return self.high - self.low

    @property
    def radius(self) -> float:
        """Of the ball around the box."""
        return max(float(np.linalg.norm(self.size)) / 2, 1e-4)


def extent_of(points: Floats) -> Extent:
    """The box around points; around the origin when none of them is anywhere."""
    kept = points[(np.abs(points) < FARTHEST).all(axis=-1)]  # what is no number is not less
    if not len(kept):
        return Extent(np.full(3, -0.5, np.float32), np.full(3, 0.5, np.float32))
    return Extent(kept.min(axis=0), kept.max(axis=0))


def posed_extent(avatar: Avatar, pose: Pose) -> Extent:
    """The box around the whole avatar in a pose."""
    with np.errstate(over="ignore", invalid="ignore"):  # of a broken pose; left out below
        parts = [
            posed_positions(instance, spread(instance, primitive), pose)
            for instance in avatar.meshes
            for primitive in instance.primitives
            if len(primitive.positions)
        ]
    return extent_of(np.concatenate(parts) if parts else np.zeros((0, 3), np.float32))


def posed_positions(instance: MeshInstance, primitive: Primitive, pose: Pose) -> Floats:
    """(V, 3) world positions after morphing and skinning, on the processor."""
    positions = primitive.positions
    targets = primitive.target_positions
    if targets is not None and len(targets):
        weights = pose.weights[instance.morphs][: len(targets)]
        strengths = np.abs(weights)
        for target in np.flatnonzero((strengths > 0.0) & (strengths < MOST_WEIGHT)):
            positions = positions + weights[target] * targets[target]
    homogeneous = np.concatenate([positions, np.ones_like(positions[:, :1])], axis=1)
    if primitive.joints is None or primitive.weights is None or instance.skin < 0:
        return (homogeneous @ pose.world[instance.node].T)[:, :3].astype(np.float32)
    joints = pose.joints[instance.skin]
    world = np.zeros((len(positions), 3), np.float32)
    for influence in range(primitive.joints.shape[1]):
        moved = np.einsum("vij,vj->vi", joints[primitive.joints[:, influence], :3], homogeneous)
        world += primitive.weights[:, influence, None] * moved
    return world
