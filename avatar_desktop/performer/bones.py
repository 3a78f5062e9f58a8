"""Small rotations that life adds to the humanoid's joints, in the normalised rig's axes.

Axes: x to the avatar's left, y up, z forward. Down is a positive turn about x, to the left a
positive turn about y. Angles in degrees.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.motion.rotation import euler

Quaternion = NDArray[np.float64]
NECK_SHARE = 0.35
BREATH_CHEST = -1.5
BREATH_SHOULDER = 1.6


def additive_rotations(
    *,
    head: tuple[float, float, float],
    chest: tuple[float, float, float],
    breath: float,
    eyes: Mapping[str, Quaternion],
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
    return rotations | dict(eyes)
