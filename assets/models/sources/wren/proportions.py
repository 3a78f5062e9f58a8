"""Wren's numbers: sizes, places and colours. A character *is* its numbers, so they live together.

Unit U: about half a head's width. Axes are glTF's: x to the character's left, y up, z forward.
The origin of the workshop space is the middle of the skull; `metres` carries it to the file.
"""

from __future__ import annotations

import numpy as np
from workshop.fields import Array
from workshop.rig import Scale

METRES = 0.150  # one U in the file
GROUND = -7.70  # where the soles stand, U
SCALE = Scale(METRES, GROUND)


# eyes
EYE = np.array([0.312, -0.295, 0.335])  # centre of the left ball
EYE_R = 0.40
LID_R = 0.437
OPENING = np.array([0.348, -0.300])  # middle of the almond
HALF_WIDTH, LID_UP, LID_DOWN = 0.236, 0.168, 0.142
IRIS = 0.54  # angular radius, rad
EYE_YAW = 0.115  # outwards, rad

# mouth
MOUTH_Y = -0.775
MOUTH_W = 0.172
HINGE = np.array([0.0, -0.38, -0.12])
JAW_ANGLE = np.radians(17.0)

# body joints, U
HEAD_JOINT = np.array([0.0, -0.98, -0.20])
NECK_JOINT = np.array([0.0, -1.36, -0.24])
LIFT = 0.12  # how far the body sits above its first drawing
SHOULDER_Y = -1.86 + LIFT


def linear(code: str) -> Array:
    """A #rrggbb colour as linear light."""
    c = np.array([int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


SKIN = linear("#f5c5a9")
BLUSH = linear("#e8876f")
SHADE = linear("#c98567")
LIP = linear("#cc6560")
LIP_LIGHT = linear("#f0a494")
MOUTH = linear("#6b1f26")
TONGUE = linear("#c9605f")
TEETH = linear("#fbf5ec")
SCLERA = linear("#f1ece8")
SCLERA_DEEP = linear("#b59f9c")
LIMBAL = linear("#0b2a33")
IRIS_DARK = linear("#17474f")
IRIS_MID = linear("#2c929a")
IRIS_LIGHT = linear("#8fe0cc")
PUPIL = linear("#0d1a1f")
LASH = linear("#2b1716")
BROW = linear("#7c3a22")
BROW_SOFT = linear("#b4714f")
HAIR_ROOT = linear("#4e1d12")
HAIR = linear("#8f3d20")
HAIR_TIP = linear("#c4672f")
HAIR_BAND = linear("#d98a4e")
SWEATER = linear("#efe4d2")
SWEATER_DARK = linear("#d9c8ae")
CORAL = linear("#e97552")
TROUSERS = linear("#303d5c")
BOOT = linear("#85492d")
BOOT_CAP = linear("#5f3525")
SOLE = linear("#f1e6d6")
