"""Moss's numbers: sizes, places and colours. A character *is* its numbers, so they live together.

Unit U: nearly half the width of his head. Axes are glTF's: x to the character's left, y up, z
forward. The origin of the workshop space is the middle of the skull; `SCALE` carries it to the
file.
"""

from __future__ import annotations

import numpy as np
from workshop.fields import Array
from workshop.rig import Scale

METRES = 0.190  # one U in the file
GROUND = -3.58  # where the soles stand, U
SCALE = Scale(METRES, GROUND)


# eyes: turrets on top of the head, lids as shells round the ball
EYE = np.array([0.585, 0.585, 0.300])  # centre of the left ball
EYE_R = 0.400
LID_R = 0.442
TURRET_R = 0.456
EYE_YAW = 0.16  # the opening looks outwards, rad
GAZE_YAW = 0.05  # the iris less so
OPEN_SIDE = 0.93  # half the opening's width as an angle at the ball's middle, rad
OPEN_UP, OPEN_DOWN = 0.52, -0.57
CLOSE_SHARE = 0.66  # how far down the opening the lids meet
FOLD_SIDE, FOLD_UP, FOLD_DOWN = 1.12, 0.80, -0.84
IRIS = 0.64  # angular radius, rad
PUPIL_WIDE, PUPIL_TALL = 0.40, 0.235

# mouth
MOUTH_Y = -0.265
MOUTH_W = 0.62
SMILE = 0.24  # how much the line rises towards the corners
HINGE = np.array([0.0, -0.16, -0.34])
JAW_ANGLE = np.radians(17.0)

# body joints
HEAD_JOINT = np.array([0.0, -0.70, -0.14])
NECK_JOINT = np.array([0.0, -0.96, -0.14])
SHOULDER_Y = -1.24


def linear(code: str) -> Array:
    """A #rrggbb colour as linear light."""
    c = np.array([int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


GREEN = linear("#86b850")
GREEN_LIGHT = linear("#b4d468")
GREEN_DEEP = linear("#4f8a45")
SPOT = linear("#467f3f")
CREAM = linear("#fff0bf")
CREAM_SHADE = linear("#f3dc98")
BLUSH = linear("#ef9a6e")
LIP = linear("#5f8f3c")
SEAM = linear("#4a3a22")
LID = linear("#6ea648")
LID_RIM = linear("#d7c877")
MOUTH = linear("#6d2028")
TONGUE = linear("#e0787a")
TEETH = linear("#f7f1e2")
BROW = linear("#2f5d2a")
BALL = linear("#f4eccd")
IRIS_DARK = linear("#a8571a")
IRIS_MID = linear("#e39a2c")
IRIS_LIGHT = linear("#ffd564")
PUPIL = linear("#1a1410")
NOSTRIL = linear("#335728")
COAT = linear("#e7ac2b")
COAT_DARK = linear("#bd7f16")
COAT_INSIDE = linear("#8a5a12")
BOOT = linear("#2f6170")
BOOT_LIGHT = linear("#4d8794")
SOLE = linear("#efe3c6")
WOOD = linear("#8a5630")
CORD = linear("#f3e7cd")
