"""How far the joints of a grown person go, and how far a posed avatar's go.

Degrees about x, y and z, against the T-pose, seen with the body facing +Z: x to its left, y up. The
axis along the bone is its twist, the other two are the vector of its swing. Sided bones are listed
for the left; the right is its mirror image. The ranges are those of clinical goniometry and some
degrees more for soft tissue; `hips` is the whole body and free.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.motion.rotation import conjugate, multiply, to_vector, unit

Doubles = NDArray[np.float64]
Range = tuple[float, float]

_ALONG_X = tuple(
    f"left{bone}"
    for bone in (
        *("Shoulder", "UpperArm", "LowerArm", "Hand"),
        *("Thumb", "Index", "Middle", "Ring", "Little"),
    )
)

_FINGER = ((-30, 30), (-30, 30), (-105, 30))
"""Curling bends a finger of the palm-down left hand about −z."""

LIMITS: Mapping[str, tuple[Range, Range, Range]] = {
    "spine": ((-30, 60), (-45, 45), (-35, 35)),
    "chest": ((-30, 60), (-45, 45), (-35, 35)),
    "upperChest": ((-25, 45), (-35, 35), (-30, 30)),
    "neck": ((-50, 50), (-60, 60), (-45, 45)),
    "head": ((-50, 50), (-70, 70), (-45, 45)),
    "jaw": ((-10, 40), (-15, 15), (-10, 10)),
    "leftEye": ((-40, 40), (-50, 50), (-10, 10)),
    "leftShoulder": ((-25, 25), (-35, 35), (-20, 45)),
    "leftUpperArm": ((-100, 100), (-145, 55), (-115, 105)),
    "leftLowerArm": ((-100, 100), (-155, 12), (-25, 25)),
    "leftHand": ((-30, 30), (-40, 40), (-90, 85)),
    "leftUpperLeg": ((-130, 40), (-55, 55), (-40, 60)),
    "leftLowerLeg": ((-12, 155), (-40, 40), (-18, 18)),
    "leftFoot": ((-45, 60), (-40, 40), (-40, 40)),
    "leftToes": ((-75, 50), (-15, 15), (-15, 15)),
    **{
        f"left{finger}{joint}": _FINGER
        for finger in ("Index", "Middle", "Ring", "Little")
        for joint in ("Proximal", "Intermediate", "Distal")
    },
    "leftThumbMetacarpal": ((-70, 70), (-70, 70), (-70, 70)),
    "leftThumbProximal": ((-60, 60), (-90, 90), (-90, 90)),
    "leftThumbDistal": ((-30, 30), (-95, 95), (-95, 95)),
}


def beyond(bone: str, turns: Doubles) -> float:
    """Degrees by which the rotations (K, 4) of a joint leave its range at most; ≤ 0 inside."""
    name = bone.replace("right", "left")
    if name not in LIMITS:
        return -np.inf
    angles = _swing_and_twist(turns, 0 if name.startswith(_ALONG_X) else 1)
    if bone.startswith("right"):
        angles = angles * (1.0, -1.0, -1.0)
    low, high = np.array(LIMITS[name], np.float64).T
    return float(np.maximum(low - angles, angles - high).max())


def _swing_and_twist(turns: Doubles, axis: int) -> Doubles:
    """(K, 3) degrees: the twist in its place, the vector of the swing in the others."""
    twist = np.zeros_like(turns)
    twist[:, axis], twist[:, 3] = turns[:, axis], turns[:, 3]
    twist = unit(twist)
    angles = to_vector(multiply(turns, conjugate(twist)))
    angles[:, axis] = to_vector(twist)[:, axis]
    return np.degrees(angles)
