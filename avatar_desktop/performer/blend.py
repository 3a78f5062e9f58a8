"""Lips, emotion, lids and gaze meet on one face; speech always wins the mouth."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.rig.face_names import plain
from avatar_desktop.performer.face import FaceState
from avatar_desktop.performer.face_map import FaceMap

Floats = NDArray[np.float32]

MUSCLES = ("browInnerUp", "mouthSmileLeft", "mouthSmileRight")
"""A face that has these is shaped muscle by muscle; another one by its presets."""
SEAL_SOFTENS = 0.4
"""What is left of a smile while the lips are pressed together."""
LIDS_FOLLOW = 0.011
"""Lid closure for each degree the eyes look down."""
_LID_DIGITS = 3
"""Finer than anybody sees, and coarse enough that a face at rest stays the same one."""
PRESET_CAP_SPEAKING = 0.4
_SEALS = ("pp", "mouthpressleft")
_OPENERS = frozenset({"jawopen", "aa", "oh", "ou", "ih", "ee"})


def shown_presets(
    face_map: FaceMap, state: FaceState, mouth: Mapping[str, float]
) -> dict[str, float]:
    """The presets that stand for an emotion on a face without muscles; speech caps them."""
    if face_map.has(MUSCLES):
        return {}
    speaking = _is_speaking(mouth)
    cap = PRESET_CAP_SPEAKING if speaking else 1.0
    shown: dict[str, float] = {}
    for name, weight in state.presets.items():
        expression = face_map.preset(name)
        blocked = expression is not None and expression.override_mouth == "block"
        if not (speaking and blocked):
            shown[name] = min(weight, cap)
    return shown


def face_weights(
    face_map: FaceMap,
    state: FaceState,
    mouth: Mapping[str, float],
    presets: Mapping[str, float],
    *,
    closure: float,
    eyes_down: float,
    looks: Mapping[str, float],
) -> Floats:
    """The weight vector of one frame; the same face again costs nothing."""
    follow = round(min(0.35, max(-0.08, eyes_down * LIDS_FOLLOW)), _LID_DIGITS)
    asked = (state, mouth, presets, closure, follow, looks)
    if face_map.last is None or face_map.last[0] != asked:
        weights = _weights(face_map, state, mouth, presets, closure, follow, looks)
        weights.flags.writeable = False
        face_map.last = (asked, weights)
    return face_map.last[1]


def _weights(  # noqa: PLR0917
    face_map: FaceMap,
    state: FaceState,
    mouth: Mapping[str, float],
    presets: Mapping[str, float],
    closure: float,
    follow: float,
    looks: Mapping[str, float],
) -> Floats:
    channels = _emotion_channels(face_map, state, mouth, _is_speaking(mouth))
    for name, weight in mouth.items():
        key = plain(name)
        channels[key] = max(0.0, channels.get(key, 0.0)) + weight
    _close_lids(face_map, channels, closure, follow)
    channels |= {plain(name): min(1.0, weight) for name, weight in looks.items()}
    return face_map.shown(channels, presets)


def _is_speaking(mouth: Mapping[str, float]) -> bool:
    return any(weight > 0.02 for weight in mouth.values())


def _emotion_channels(
    face_map: FaceMap, state: FaceState, mouth: Mapping[str, float], speaking: bool
) -> dict[str, float]:
    if not face_map.has(MUSCLES):
        return {}
    sealed = max((mouth.get(name, 0.0) for name in mouth if plain(name) in _SEALS), default=0.0)
    keep = 1.0 - (1.0 - SEAL_SOFTENS) * min(1.0, sealed * 2.0)
    channels: dict[str, float] = {}
    for name, weight in state.channels.items():
        key = plain(name)
        if speaking and key in _OPENERS:
            continue
        channels[key] = weight * (keep if key.startswith("mouth") else 1.0)
    return channels


def _close_lids(
    face_map: FaceMap, channels: dict[str, float], closure: float, follow: float
) -> None:
    """Blink, droop and downward gaze share the lids; the most closed one shows."""
    if face_map.has(("eyeBlinkLeft", "eyeBlinkRight")):
        for side in ("eyeblinkleft", "eyeblinkright"):
            rest = channels.get(side, 0.0) + follow
            channels[side] = max(closure, rest, 0.0)
        if closure > 0.0:
            for side in ("eyewideleft", "eyewideright", "eyesquintleft", "eyesquintright"):
                if side in channels:
                    channels[side] *= 1.0 - closure
    elif face_map.has(("blink",)):
        channels["blink"] = max(closure, follow, 0.0)
