"""Poses in degrees: a bone and its (x, y, z) in its rest axes, applied x first, then y, then z."""

from __future__ import annotations

import numpy as np

from .fields import Array

Angles = tuple[float, float, float]
Pose = dict[str, Angles]


def quaternion(angles: Array) -> Array:
    """Degrees (n, 3), applied x then y then z, as quaternions."""
    h = np.radians(angles) / 2
    (cx, cy, cz), (sx, sy, sz) = np.cos(h).T, np.sin(h).T
    return np.stack(
        [
            sx * cy * cz - cx * sy * sz,
            cx * sy * cz + sx * cy * sz,
            cx * cy * sz - sx * sy * cz,
            cx * cy * cz + sx * sy * sz,
        ],
        axis=-1,
    )


def mirrored(pose: Pose) -> Pose:
    """The same pose with left and right exchanged."""
    swap = {"left": "right", "right": "left"}

    def other(name: str) -> str:
        for side, twin in swap.items():
            if name.startswith(side):
                return twin + name[len(side) :]
        return name

    return {other(name): (x, -y, -z) for name, (x, y, z) in pose.items()}


def over(*poses: Pose) -> Pose:
    """Poses laid over each other; the later one wins a bone."""
    made: Pose = {}
    for pose in poses:
        made |= pose
    return made
