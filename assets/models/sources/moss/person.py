"""What VRM says of Moss beyond bones and shapes: licence, gaze, moods, what swings."""

from __future__ import annotations

from workshop.vrm import Ball, Person, Spring, plain_meta

from . import proportions as w
from .recipes import PRESETS
from .skeleton import CHAINS

COLLIDERS = {
    "front": (
        Ball("upperChest", (0.0, -1.42, 0.02), 0.545),
        Ball("chest", (0.0, -1.90, 0.02), 0.735),
        Ball("head", (0.0, -0.46, 0.06), 0.56),
    ),
    "back": (
        Ball("head", (0.0, -0.46, 0.02), 0.56),
        Ball("upperChest", (0.0, -1.40, -0.30), 0.40),
    ),
}


def _spring(chain: str, radius: float, stiffness: float, drag: float, gravity: float) -> Spring:
    bones = tuple(f"{chain}{i}" for i in range(len(CHAINS[chain])))
    side = "back" if chain == "hood" else "front"
    return Spring(chain, bones, radius, stiffness, drag, gravity, (side,))


PERSON = Person(
    meta=plain_meta("Moss"),
    eyes=w.EYE,
    presets=PRESETS,
    overrides={
        "happy": {"overrideBlink": "blend"},
        "relaxed": {"overrideBlink": "blend"},
        "surprised": {"overrideBlink": "block"},
    },
    gaze=14.0,
    colliders=COLLIDERS,
    springs=(  # no two cords swing alike
        _spring("cordLeft", 0.008, 0.30, 0.30, 0.30),
        _spring("cordRight", 0.008, 0.26, 0.28, 0.30),
        _spring("hood", 0.012, 1.60, 0.50, 0.0),
    ),
)
