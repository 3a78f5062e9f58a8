"""What VRM says of Wren beyond bones and shapes: licence, gaze, moods, what swings."""

from __future__ import annotations

from workshop.vrm import Ball, Person, Spring, plain_meta

from . import proportions as w
from .recipes import PRESETS, pair
from .skeleton import CORDS, HAIR

LOOKS = {
    "lookUp": pair("eyeLookUp", 1.0),
    "lookDown": pair("eyeLookDown", 1.0),
    "lookLeft": {"eyeLookOutLeft": 1.0, "eyeLookInRight": 1.0},
    "lookRight": {"eyeLookInLeft": 1.0, "eyeLookOutRight": 1.0},
}
COLLIDERS = {
    "head": (
        Ball("head", (0.0, -0.05, -0.06), 0.78),
        Ball("head", (0.0, -0.48, 0.12), 0.60),
        Ball("neck", (0.0, -1.30, -0.22), 0.25),
        Ball("upperChest", (0.0, -1.75, -0.25), 0.34),
    ),
    "chest": (
        Ball("upperChest", (-0.24, -2.02, -0.02), 0.22, tail=(0.24, -2.02, -0.02)),
        Ball("chest", (-0.24, -2.40, -0.01), 0.24, tail=(0.24, -2.40, -0.01)),
        Ball("chest", (-0.20, -2.80, -0.05), 0.28, tail=(0.20, -2.80, -0.05)),
    ),
}
HAIR_SPRINGS = tuple(
    Spring(f"hair{name}", bones, radius=0.010, stiffness=1.1, drag=0.42, avoids=("head",))
    for name, bones in HAIR.items()
)
CORD_SPRINGS = tuple(
    Spring(f"cord{side}", bones, 0.009, stiffness=0.45, drag=0.30, gravity=0.35, avoids=("chest",))
    for side, bones in CORDS.items()
)

PERSON = Person(
    meta=plain_meta("Wren"),
    eyes=w.EYE,
    presets=PRESETS | LOOKS,
    colliders=COLLIDERS,
    springs=HAIR_SPRINGS + CORD_SPRINGS,
)
