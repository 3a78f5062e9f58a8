"""The body on which motions are keyed: a grown person in VRM's T-pose, metres, facing +z.

Whoever takes a motion over has other proportions; only turns and the way of the hips are handed on.
"""

from __future__ import annotations

import numpy as np

from .turns import Array

SIDES = {"left": 1.0, "right": -1.0}
FINGERS = ("Index", "Middle", "Ring", "Little")
JOINTS = ("Proximal", "Intermediate", "Distal")
THUMB = ("Metacarpal", "Proximal", "Distal")

_MIDDLE = {
    "hips": ("", (0.0, 0.96, 0.0)),
    "spine": ("hips", (0.0, 1.06, -0.005)),
    "chest": ("spine", (0.0, 1.17, -0.01)),
    "upperChest": ("chest", (0.0, 1.29, -0.015)),
    "neck": ("upperChest", (0.0, 1.46, -0.02)),
    "head": ("neck", (0.0, 1.55, 0.0)),
}
_LEFT = {
    "Shoulder": ("upperChest", (0.03, 1.42, -0.015)),
    "UpperArm": ("Shoulder", (0.165, 1.42, -0.02)),
    "LowerArm": ("UpperArm", (0.435, 1.42, -0.02)),
    "Hand": ("LowerArm", (0.675, 1.42, -0.02)),
    "UpperLeg": ("hips", (0.09, 0.92, 0.0)),
    "LowerLeg": ("UpperLeg", (0.09, 0.505, 0.005)),
    "Foot": ("LowerLeg", (0.09, 0.085, -0.02)),
    "Toes": ("Foot", (0.09, 0.02, 0.105)),
    "ThumbMetacarpal": ("Hand", (0.700, 1.405, 0.010)),
    "ThumbProximal": ("ThumbMetacarpal", (0.735, 1.398, 0.038)),
    "ThumbDistal": ("ThumbProximal", (0.762, 1.394, 0.058)),
}
_KNUCKLES = {"Index": 0.014, "Middle": -0.008, "Ring": -0.030, "Little": -0.050}
_LENGTHS = {"Index": 0.076, "Middle": 0.084, "Ring": 0.078, "Little": 0.062}

PARENTS: dict[str, str] = {}
PLACES: dict[str, Array] = {}


def _add(bone: str, parent: str, at: tuple[float, float, float]) -> None:
    PARENTS[bone], PLACES[bone] = parent, np.array(at)


for _bone, (_parent, _at) in _MIDDLE.items():
    _add(_bone, _parent, _at)
for _side, _sign in SIDES.items():
    for _bone, (_parent, _at) in _LEFT.items():
        _own = _side + _parent if _parent in _LEFT else _parent
        _above = _own if _parent != "Hand" else f"{_side}Hand"
        _add(_side + _bone, _above, (_sign * _at[0], _at[1], _at[2]))
    for _finger, _z in _KNUCKLES.items():
        _above, _x = f"{_side}Hand", 0.765
        for _joint, _part in zip(JOINTS, (0.0, 0.45, 0.76), strict=True):
            _place = (_sign * (_x + _part * _LENGTHS[_finger]), 1.42, _z)
            _add(f"{_side}{_finger}{_joint}", _above, _place)
            _above = f"{_side}{_finger}{_joint}"

BONES = tuple(PARENTS)
WAYS = {bone: PLACES[bone] - PLACES[up] if up else PLACES[bone] for bone, up in PARENTS.items()}
"""From the joint above."""
HIPS_HEIGHT = float(PLACES["hips"][1])
ARM = float(PLACES["leftHand"][0] - PLACES["leftUpperArm"][0])
