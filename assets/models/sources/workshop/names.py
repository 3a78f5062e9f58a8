"""The names that every avatar of the workshop answers to: bones, shapes, visemes, presets."""

from __future__ import annotations

SIDES = ("left", "right")
FINGERS = ("Index", "Middle", "Ring", "Little")
PHALANGES = ("Proximal", "Intermediate", "Distal")
THUMB = ("Metacarpal", "Proximal", "Distal")
TRUNK = ("hips", "spine", "chest", "upperChest", "neck", "head", "jaw")
LIMBS = (
    "Eye", "Shoulder", "UpperArm", "LowerArm", "Hand", "UpperLeg", "LowerLeg", "Foot", "Toes",
    *(f"Thumb{part}" for part in THUMB),
    *(f"{finger}{part}" for finger in FINGERS for part in PHALANGES),
)  # fmt: skip
HUMAN = (*TRUNK, *(side + limb for side in SIDES for limb in LIMBS))
"""All the bones of VRM 1.0's humanoid."""

_SIDED = (
    "eyeBlink", "eyeLookDown", "eyeLookIn", "eyeLookOut", "eyeLookUp", "eyeSquint", "eyeWide",
    "mouthSmile", "mouthFrown", "mouthDimple", "mouthStretch", "mouthPress", "mouthLowerDown",
    "mouthUpperUp", "browDown", "browOuterUp", "cheekSquint", "noseSneer", "jaw", "mouth",
)  # fmt: skip
_SINGLE = (
    "jawForward", "jawOpen", "mouthClose", "mouthFunnel", "mouthPucker", "mouthRollLower",
    "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper", "browInnerUp", "cheekPuff", "tongueOut",
)  # fmt: skip
ARKIT = (*_SINGLE, *(name + side for name in _SIDED for side in ("Left", "Right")))
"""The 52 face shapes of ARKit."""

VISEMES = ("sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "I", "O", "U")
"""The 15 mouths of speech; a morph is called `viseme_` and one of these."""

PRESETS = (
    "happy", "angry", "sad", "relaxed", "surprised", "neutral", "aa", "ih", "ou", "ee", "oh",
    "blink", "blinkLeft", "blinkRight", "lookUp", "lookDown", "lookLeft", "lookRight",
)  # fmt: skip
"""All the expressions that VRM 1.0 names."""
