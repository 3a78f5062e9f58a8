"""Mixtures of the ARKit shapes that suit any face: the 15 visemes and the presets of VRM.

An avatar lays its own over them.
"""

from __future__ import annotations

Mixture = dict[str, float]


def pair(name: str, weight: float) -> Mixture:
    return {f"{name}Left": weight, f"{name}Right": weight}


VISEMES: dict[str, Mixture] = {
    "sil": pair("mouthPress", 0.06),
    "PP": {**pair("mouthPress", 0.45), "mouthRollLower": 0.18, "mouthRollUpper": 0.18},
    "FF": {
        "jawOpen": 0.07,
        "mouthRollLower": 0.50,
        "mouthShrugLower": 0.30,
        **pair("mouthUpperUp", 0.30),
    },
    "TH": {"jawOpen": 0.16, "tongueOut": 0.42, **pair("mouthLowerDown", 0.18)},
    "DD": {"jawOpen": 0.18, **pair("mouthLowerDown", 0.14), **pair("mouthUpperUp", 0.06)},
    "kk": {"jawOpen": 0.22, **pair("mouthUpperUp", 0.08)},
    "CH": {"jawOpen": 0.12, "mouthFunnel": 0.60, "mouthPucker": 0.20},
    "SS": {
        "jawOpen": 0.06,
        **pair("mouthStretch", 0.22),
        **pair("mouthLowerDown", 0.26),
        **pair("mouthUpperUp", 0.16),
    },
    "nn": {"jawOpen": 0.15, **pair("mouthLowerDown", 0.08)},
    "RR": {"jawOpen": 0.18, "mouthPucker": 0.30, "mouthFunnel": 0.20},
    "aa": {"jawOpen": 0.62, **pair("mouthLowerDown", 0.12), **pair("mouthUpperUp", 0.08)},
    "E": {"jawOpen": 0.36, **pair("mouthStretch", 0.25), **pair("mouthSmile", 0.12)},
    "I": {
        "jawOpen": 0.15,
        **pair("mouthStretch", 0.38),
        **pair("mouthSmile", 0.22),
        **pair("mouthLowerDown", 0.12),
    },
    "O": {"jawOpen": 0.38, "mouthFunnel": 0.50, "mouthPucker": 0.25},
    "U": {"jawOpen": 0.12, "mouthPucker": 0.75, "mouthFunnel": 0.28},
}

# the presets of the file; none of the emotions opens the jaw, or speech could not close the lips
PRESETS: dict[str, Mixture] = {
    "happy": {
        **pair("mouthSmile", 0.85),
        **pair("cheekSquint", 0.55),
        **pair("eyeSquint", 0.15),
        "browInnerUp": 0.12,
        **pair("browOuterUp", 0.15),
    },
    "angry": {
        **pair("browDown", 0.95),
        **pair("noseSneer", 0.30),
        **pair("mouthPress", 0.40),
        **pair("mouthFrown", 0.35),
        **pair("eyeSquint", 0.25),
    },
    "sad": {
        "browInnerUp": 0.95,
        **pair("mouthFrown", 0.65),
        "mouthShrugLower": 0.35,
        **pair("eyeLookDown", 0.25),
    },
    "relaxed": {
        **pair("mouthSmile", 0.35),
        **pair("eyeSquint", 0.15),
        **pair("eyeLookDown", 0.35),
        "browInnerUp": 0.10,
    },
    "surprised": {
        "browInnerUp": 0.75,
        **pair("browOuterUp", 0.85),
        **pair("eyeWide", 0.85),
        "mouthFunnel": 0.12,
    },
    "neutral": {},
    "blink": pair("eyeBlink", 1.0),
    "blinkLeft": {"eyeBlinkLeft": 1.0},
    "blinkRight": {"eyeBlinkRight": 1.0},
    "aa": {"viseme_aa": 1.0},
    "ih": {"viseme_I": 1.0},
    "ou": {"viseme_U": 1.0},
    "ee": {"viseme_E": 1.0},
    "oh": {"viseme_O": 1.0},
    "lookUp": pair("eyeLookUp", 1.0),
    "lookDown": pair("eyeLookDown", 1.0),
}
