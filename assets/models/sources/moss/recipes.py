"""How Moss mixes his shapes: his tongue shows more in speech, and his lids go with his gaze."""

from __future__ import annotations

from workshop import mixtures
from workshop.mixtures import Mixture, pair

VISEMES: dict[str, Mixture] = mixtures.VISEMES | {
    "TH": {"jawOpen": 0.16, "tongueOut": 0.48, **pair("mouthLowerDown", 0.18)},
    "DD": {
        "jawOpen": 0.15,
        "tongueOut": 0.26,
        **pair("mouthLowerDown", 0.14),
        **pair("mouthUpperUp", 0.06),
    },
    "nn": {"jawOpen": 0.13, "tongueOut": 0.24, **pair("mouthLowerDown", 0.08)},
}

# how high the tip of the tongue goes on top of a mixture
TONGUE = {"DD": 0.85, "nn": 0.90, "SS": 0.30, "RR": 0.45, "TH": 0.30}

PRESETS: dict[str, Mixture] = mixtures.PRESETS | {
    "lookLeft": {"eyeLookOutLeft": 1.0, "eyeLookInRight": 1.0},
    "lookRight": {"eyeLookInLeft": 1.0, "eyeLookOutRight": 1.0},
}
