"""Wren's bones: where each joint is (U), who its parent is, and what follows what."""

from __future__ import annotations

import numpy as np
from workshop.fields import Array
from workshop.humanoid import Finger, Joint, both_sides, finger, with_fingers
from workshop.pose import Pose, mirrored, over
from workshop.rig import Rig

from . import proportions as w

Y, Z = w.SHOULDER_Y, -0.22
WRIST = np.array([2.14, Y, Z])
HIP_Y, KNEE_Y, ANKLE_Y = -3.76, -5.52, w.GROUND + 0.50


def _finger(
    base: tuple[float, float, float], lengths: tuple[float, ...], yaw: float, pitch: float = 0.0
) -> list[Array]:
    return finger(WRIST + np.asarray(base), lengths, yaw, pitch)


def _lengths(total: float) -> tuple[float, float, float]:
    return total * 0.45, total * 0.31, total * 0.24


FINGERS: dict[str, Finger] = {
    "Index": (_finger((0.345, 0.008, 0.128), _lengths(0.295), 5), 0.0450),
    "Middle": (_finger((0.362, 0.013, 0.042), _lengths(0.322), 1), 0.0465),
    "Ring": (_finger((0.345, 0.008, -0.043), _lengths(0.298), -3), 0.0445),
    "Little": (_finger((0.308, -0.003, -0.122), _lengths(0.240), -7), 0.0400),
    "Thumb": (_finger((0.085, -0.030, 0.092), (0.145, 0.122, 0.110), 43, -6), 0.0520),
}

_LEFT: dict[str, Joint] = {
    "Eye": ("head", w.EYE),
    "Shoulder": ("upperChest", np.array([0.15, Y + 0.06, Z])),
    "UpperArm": ("Shoulder", np.array([0.62, Y, Z])),
    "LowerArm": ("UpperArm", np.array([1.40, Y, Z])),
    "Hand": ("LowerArm", WRIST),
    "UpperLeg": ("hips", np.array([0.33, HIP_Y, -0.20])),
    "LowerLeg": ("UpperLeg", np.array([0.33, KNEE_Y, -0.17])),
    "Foot": ("LowerLeg", np.array([0.33, ANKLE_Y, -0.25])),
    "Toes": ("Foot", np.array([0.33, w.GROUND + 0.15, 0.20])),
}
_TRUNK = {
    "hips": np.array([0.0, -3.46, -0.20]),
    "spine": np.array([0.0, -3.05, -0.20]),
    "chest": np.array([0.0, -2.56, -0.21]),
    "upperChest": np.array([0.0, -2.09, -0.22]),
    "neck": w.NECK_JOINT,
    "head": w.HEAD_JOINT,
    "jaw": w.HINGE,
}
PARENTS, JOINTS = both_sides(_TRUNK, with_fingers(_LEFT, FINGERS))
HUMAN = tuple(JOINTS)

# helpers that go half the way, so that joints keep their volume, and one for the forearm's roll
FOLLOWS: dict[str, tuple[str, float, str]] = {}
for _side in ("left", "right"):
    for _limb in ("UpperArm", "LowerArm", "UpperLeg", "LowerLeg"):
        _helper, _bone = f"{_side}{_limb}Half", _side + _limb
        PARENTS[_helper], JOINTS[_helper] = PARENTS[_bone], JOINTS[_bone]
        FOLLOWS[_helper] = (_bone, 0.5, "rotation")
    _helper = f"{_side}HandRoll"
    PARENTS[_helper], JOINTS[_helper] = f"{_side}LowerArm", JOINTS[f"{_side}Hand"]
    FOLLOWS[_helper] = (f"{_side}Hand", 0.5, "roll")


def _chain(name: str, parent: str, points: list[Array]) -> tuple[str, ...]:
    """A row of bones that swings, the first on its parent."""
    bones = tuple(f"{name}{i}" for i in range(len(points)))
    for bone, point in zip(bones, points, strict=True):
        PARENTS[bone], JOINTS[bone] = parent, point
        parent = bone
    return bones


# hair that swings: azimuth in degrees, then the two joints and the tail of each chain
HAIR_CHAINS = {
    "SideLeft": 66.0,
    "BackLeft": 125.0,
    "Back": 180.0,
    "BackRight": 235.0,
    "SideRight": 294.0,
}
HAIR_HEIGHTS = (0.02, -0.52, -1.02)


def _hair(azimuth: float) -> list[Array]:
    a = np.radians(azimuth)
    out = np.array([1.02 * np.sin(a), 0.0, 1.04 * np.cos(a)])
    return [out + np.array([0.0, y, -0.10]) for y in HAIR_HEIGHTS]


HAIR = {name: _chain(f"hair{name}", "head", _hair(a)) for name, a in HAIR_CHAINS.items()}

# the two cords of the collar, each with a pompom at its end
CORD_X, CORD_HEIGHTS, CORD_Z = (0.125, -0.115), (-1.66, -1.86, -2.05, -2.17), 0.245
CORDS = {
    side: _chain(
        f"cord{side}",
        "upperChest",
        [np.array([x, y - drop * i, CORD_Z]) for i, y in enumerate(CORD_HEIGHTS)],
    )
    for side, x, drop in (("Left", CORD_X[0], 0.0), ("Right", CORD_X[1], 0.035))
}

NAMES = list(JOINTS)
COLUMN = {name: i for i, name in enumerate(NAMES)}
RIG = Rig(JOINTS, PARENTS, HUMAN, FOLLOWS)

# the pose that the sweater is drawn in: arms half down
_DRAWN_ARM: Pose = {"leftShoulder": (0.0, 0.0, -3.0), "leftUpperArm": (0.0, 0.0, -42.0)}
DRAWN = over(_DRAWN_ARM, mirrored(_DRAWN_ARM))
