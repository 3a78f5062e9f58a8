"""Ten expressions as weights on muscles, and what an emotion does to head and tempo.

Own weights on FACS prototypes. Pairs are written once; left and right differ a little for life.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class EmotionLook:
    """Weights at full strength; times in seconds, angles in degrees."""

    upper: dict[str, float]
    """Brows, lids, cheeks: kept while speaking."""
    mouth: dict[str, float]
    share: float
    """Part of the mouth that is left while speaking."""
    attack: float
    hold: float
    release: float
    preset: dict[str, float] = field(default_factory=dict[str, float])
    """VRM presets for faces that have no muscles."""
    tilt: float = 0.0
    pitch: float = 0.0
    gain: float = 1.0


PAIRED = (
    "eyeSquint", "eyeWide", "eyeBlink", "cheekSquint", "browDown", "browOuterUp", "noseSneer",
    "mouthSmile", "mouthFrown", "mouthDimple", "mouthPress", "mouthStretch",
    "mouthUpperUp", "mouthLowerDown",
)  # fmt: skip
ASYMMETRY = 0.06

EMOTIONS: dict[str, EmotionLook] = {
    "neutral": EmotionLook(
        {"eyeSquint": 0.03}, {"mouthSmile": 0.06}, 1.0, 0.5, 0.0, 0.5, {"neutral": 1.0}
    ),
    "happy": EmotionLook(
        {"cheekSquint": 0.60, "eyeSquint": 0.30, "browOuterUp": 0.12},
        {"mouthSmile": 0.75, "mouthDimple": 0.16},
        0.33, 0.4, 1.5, 0.9, {"happy": 0.75}, tilt=2.0, gain=1.1,
    ),
    "sad": EmotionLook(
        {"browInnerUp": 0.85, "browDown": 0.16, "eyeSquint": 0.12, "eyeBlink": 0.24},
        {"mouthFrown": 0.75, "mouthShrugLower": 0.36},
        0.32, 0.7, 2.5, 1.2, {"sad": 0.8}, pitch=5.0, gain=0.6,
    ),
    "angry": EmotionLook(
        {"browDown": 1.0, "eyeSquint": 0.45, "eyeWide": 0.15, "noseSneer": 0.35},
        {"mouthPress": 0.50, "mouthFrown": 0.40},
        0.26, 0.3, 1.8, 0.9, {"angry": 0.8}, pitch=4.0, gain=1.1,
    ),
    "surprised": EmotionLook(
        {"browInnerUp": 0.85, "browOuterUp": 0.85, "eyeWide": 0.90},
        {"jawOpen": 0.26, "mouthFunnel": 0.20},
        0.0, 0.16, 0.6, 0.6, {"surprised": 0.9}, pitch=-2.0,
    ),
    "calm": EmotionLook(
        {"eyeSquint": 0.12, "eyeBlink": 0.26},
        {"mouthSmile": 0.30},
        0.45, 0.8, 2.0, 1.2, {"relaxed": 0.5}, pitch=2.0, gain=0.7,
    ),
    "excited": EmotionLook(
        {"cheekSquint": 0.40, "browOuterUp": 0.60, "browInnerUp": 0.40, "eyeWide": 0.40},
        {"mouthSmile": 0.90},
        0.33, 0.3, 1.2, 0.8, {"happy": 0.8, "surprised": 0.15}, pitch=-3.0, gain=1.35,
    ),
    "thoughtful": EmotionLook(
        {"browOuterUpRight": 0.60, "browInnerUp": 0.12, "eyeSquint": 0.14, "eyeBlink": 0.12},
        {"mouthPress": 0.30, "mouthLeft": 0.45},
        0.2, 0.4, 2.0, 0.7, {}, tilt=5.0, pitch=-2.0,
    ),
    "concerned": EmotionLook(
        {"browInnerUp": 0.50, "browDown": 0.12, "eyeWide": 0.20},
        {"mouthPress": 0.24, "mouthFrown": 0.30},
        0.25, 0.7, 2.5, 1.2, {"sad": 0.25}, tilt=5.0, pitch=3.0, gain=0.7,
    ),
    "confused": EmotionLook(
        {"browDownLeft": 0.80, "browOuterUpRight": 0.70, "eyeSquint": 0.36},
        {"mouthFrown": 0.30, "mouthShrugLower": 0.22, "mouthRight": 0.25},
        0.25, 0.35, 1.6, 0.7, {}, tilt=7.0,
    ),
}  # fmt: skip


def spread(weights: dict[str, float], lean: float) -> dict[str, float]:
    """Write pairs out as left and right, `lean` (−1 to 1) deciding which side leads."""
    out: dict[str, float] = {}
    for name, weight in weights.items():
        if name in PAIRED:
            out[f"{name}Left"] = weight * (1.0 + ASYMMETRY * lean)
            out[f"{name}Right"] = weight * (1.0 - ASYMMETRY * lean)
        else:
            out[name] = weight
    return out
