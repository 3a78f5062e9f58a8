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
        {"cheekSquint": 0.45, "eyeSquint": 0.28, "browOuterUp": 0.05},
        {"mouthSmile": 0.55, "mouthDimple": 0.12},
        0.45, 0.4, 1.5, 0.9, {"happy": 0.75}, tilt=2.0, gain=1.1,
    ),
    "sad": EmotionLook(
        {"browInnerUp": 0.65, "browDown": 0.18, "eyeSquint": 0.12, "eyeBlink": 0.15},
        {"mouthFrown": 0.45, "mouthShrugLower": 0.25},
        0.5, 0.7, 2.5, 1.2, {"sad": 0.8}, pitch=5.0, gain=0.6,
    ),
    "angry": EmotionLook(
        {"browDown": 0.75, "eyeSquint": 0.4, "eyeWide": 0.15, "noseSneer": 0.2},
        {"mouthPress": 0.35, "mouthFrown": 0.15},
        0.4, 0.3, 1.8, 0.9, {"angry": 0.8}, pitch=2.0, gain=1.1,
    ),
    "surprised": EmotionLook(
        {"browInnerUp": 0.75, "browOuterUp": 0.7, "eyeWide": 0.65},
        {"jawOpen": 0.2},
        0.0, 0.16, 0.6, 0.6, {"surprised": 0.9}, pitch=-2.0,
    ),
    "calm": EmotionLook(
        {"eyeSquint": 0.08, "eyeBlink": 0.10},
        {"mouthSmile": 0.16},
        0.8, 0.8, 2.0, 1.2, {"relaxed": 0.5}, gain=0.7,
    ),
    "excited": EmotionLook(
        {"cheekSquint": 0.4, "browOuterUp": 0.35, "browInnerUp": 0.2, "eyeWide": 0.18},
        {"mouthSmile": 0.65},
        0.45, 0.3, 1.2, 0.8, {"happy": 0.8, "surprised": 0.15}, gain=1.35,
    ),
    "thoughtful": EmotionLook(
        {"browOuterUpRight": 0.34, "browInnerUp": 0.10, "eyeSquint": 0.10, "eyeBlink": 0.10},
        {"mouthPress": 0.22, "mouthLeft": 0.14},
        0.3, 0.4, 2.0, 0.7, {}, tilt=5.0,
    ),
    "concerned": EmotionLook(
        {"browInnerUp": 0.32, "browDown": 0.06, "eyeWide": 0.10},
        {"mouthPress": 0.14, "mouthFrown": 0.05},
        0.5, 0.7, 2.5, 1.2, {"sad": 0.25}, tilt=5.0, gain=0.7,
    ),
    "confused": EmotionLook(
        {"browDownLeft": 0.50, "browOuterUpRight": 0.35, "eyeSquint": 0.32},
        {"mouthFrown": 0.15, "mouthShrugLower": 0.15},
        0.4, 0.35, 1.6, 0.7, {}, tilt=7.0,
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
