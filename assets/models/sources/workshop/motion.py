"""Motion by keys: poses in degrees, minimum-jerk between them, each joint with its own delay.

A pose maps a bone to (x, y, z) degrees in the bone's rest axes, applied x first, then y, then z.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from .fields import Array

Angles = tuple[float, float, float]
Pose = dict[str, Angles]
FPS = 30


@dataclass(frozen=True)
class Clip:
    """Rotations of some bones over time: (frames, 4) quaternions x y z w for each."""

    name: str
    times: Array
    rotations: dict[str, Array]
    extras: dict[str, float] = field(default_factory=dict)


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


def minimum_jerk(t: Array) -> Array:
    t = np.clip(t, 0, 1)
    return t * t * t * (10 - 15 * t + 6 * t * t)


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


def keyed(
    name: str,
    base: Pose,
    keys: list[tuple[float, Pose]],
    *,
    delay: Callable[[str], float],
    length: float,
    extras: dict[str, float] | None = None,
) -> Clip:
    """From the base pose through the keys; a bone that a key leaves out is at the base there."""
    times = np.arange(round(length * FPS) + 1) / FPS
    bones = sorted(set(base) | {bone for _, pose in keys for bone in pose})
    at = np.array([t for t, _ in keys])
    rotations = {}
    for bone in bones:
        rest = base.get(bone, (0.0, 0.0, 0.0))
        values = np.array([pose.get(bone, rest) for _, pose in keys])
        if np.allclose(values, values[0]):
            rotations[bone] = quaternion(values[:1])
            continue
        t = np.clip(times - delay(bone), at[0], at[-1])
        i = np.clip(np.searchsorted(at, t, side="right") - 1, 0, len(at) - 2)
        share = minimum_jerk((t - at[i]) / (at[i + 1] - at[i]))[:, None]
        rotations[bone] = quaternion(values[i] + (values[i + 1] - values[i]) * share)
    return Clip(name, times, rotations, extras or {})


def swaying(
    name: str,
    base: Pose,
    waves: dict[str, list[tuple[int, int, float, float]]],
    length: float,
) -> Clip:
    """A seamless loop: sines (axis, whole cycles, degrees, phase in turns) over a base pose."""
    times = np.arange(round(length * FPS) + 1) / FPS
    rotations = {}
    for bone in sorted(set(base) | set(waves)):
        angles = np.tile(np.array(base.get(bone, (0.0, 0.0, 0.0)), dtype=float), (len(times), 1))
        for axis, cycles, size, phase in waves.get(bone, []):
            angles[:, axis] += size * np.sin(2 * np.pi * (cycles * times / length + phase))
        rotations[bone] = quaternion(angles if bone in waves else angles[:1])
    return Clip(name, times, rotations)
