"""What VRM says of Wren beyond bones and shapes: licence, gaze, moods, what swings."""

from __future__ import annotations

from workshop.vrm import Ball, Person, Spring, plain_meta

from . import proportions as w
from .recipes import PRESETS
from .skeleton import HAIR_CHAINS, HAIR_HEIGHTS

COLLIDERS = {
    "body": (
        Ball("head", (0.0, -0.05, -0.06), 0.78),
        Ball("head", (0.0, -0.48, 0.12), 0.60),
        Ball("neck", (0.0, -1.30, -0.22), 0.25),
        Ball("upperChest", (0.0, -1.75, -0.25), 0.34),
    ),
}

PERSON = Person(
    meta=plain_meta("Wren"),
    eyes=w.EYE,
    presets=PRESETS,
    colliders=COLLIDERS,
    springs=tuple(
        Spring(
            f"hair{name}",
            tuple(f"hair{name}{i}" for i in range(len(HAIR_HEIGHTS))),
            radius=0.010,
            stiffness=1.1,
            drag=0.42,
            avoids=("body",),
        )
        for name in HAIR_CHAINS
    ),
)
