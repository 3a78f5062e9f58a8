"""Small rotations that life adds to the humanoid's joints, in the normalised rig's axes.

Axes: x to the avatar's left, y up, z forward. Down is a positive turn about x, to the left a
positive turn about y. Angles in degrees.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.expression import LookAt

Quaternion = NDArray[np.float64]
NECK_SHARE = 0.35
BREATH_CHEST = -1.5
BREATH_SHOULDER = 1.6


def euler(pitch: float, yaw: float, roll: float) -> Quaternion:
    """Quaternion (x y z w) that rolls, then pitches, then turns."""
    hx, hy, hz = (math.radians(angle) / 2 for angle in (pitch, yaw, roll))
    cx, cy, cz = math.cos(hx), math.cos(hy), math.cos(hz)
    sx, sy, sz = math.sin(hx), math.sin(hy), math.sin(hz)
    return np.array(
        [
            cy * sx * cz + sy * cx * sz,
            sy * cx * cz - cy * sx * sz,
            cy * cx * sz - sy * sx * cz,
            cy * cx * cz + sy * sx * sz,
        ]
    )


def additive_rotations(
    *,
    head: tuple[float, float, float],
    chest: tuple[float, float, float],
    breath: float,
    eyes: tuple[float, float],
    look_at: LookAt | None,
) -> dict[str, Quaternion]:
    """Rotations for the joints that breath, attention and emphasis move."""
    neck = tuple(angle * NECK_SHARE for angle in head)
    rest = tuple(angle * (1.0 - NECK_SHARE) for angle in head)
    lift = breath * BREATH_SHOULDER
    rotations = {
        "neck": euler(neck[0] - breath * 0.4, neck[1], neck[2]),
        "head": euler(rest[0], rest[1], rest[2]),
        "spine": euler(0.0, chest[1] * 0.5, chest[2] * 0.5),
        "chest": euler(chest[0] + breath * BREATH_CHEST, chest[1] * 0.5, chest[2] * 0.5),
        "leftShoulder": euler(0.0, 0.0, lift),
        "rightShoulder": euler(0.0, 0.0, -lift),
    }
    if look_at is None or look_at.kind == "bone":
        rotations["leftEye"] = _eye(eyes, look_at, is_left=True)
        rotations["rightEye"] = _eye(eyes, look_at, is_left=False)
    return rotations


def _eye(eyes: tuple[float, float], look_at: LookAt | None, *, is_left: bool) -> Quaternion:
    yaw, pitch = eyes
    if look_at is None:
        return euler(pitch, yaw, 0.0)
    outwards = (yaw > 0.0) == is_left
    sideways = look_at.horizontal_outer if outwards else look_at.horizontal_inner
    upright = look_at.vertical_down if pitch > 0.0 else look_at.vertical_up
    return euler(
        math.copysign(mapped(abs(pitch), upright), pitch),
        math.copysign(mapped(abs(yaw), sideways), yaw),
        0.0,
    )


def mapped(angle: float, range_map: tuple[float, float]) -> float:
    """VRM's range map: the angle is clamped to the input maximum and scaled to the output."""
    maximum, scale = range_map
    if maximum <= 0.0:
        return 0.0
    return min(angle, maximum) / maximum * scale
