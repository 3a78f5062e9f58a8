"""Lips, emotion, lids and gaze meet on one face; speech always wins the mouth."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

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
BLEND_CAP_SPEAKING = 0.3
"""Of all presets together that take the mouth as far as they are shown."""
PARTED_MOST = 0.02
"""Of what an "ah" parts the lips: how far a preset may part them in speech."""
_SEALS = ("pp", "mouthpressleft")
_OPENERS = frozenset({"jawopen", "aa", "oh", "ou", "ih", "ee"})


def shown_presets(face_map: FaceMap, state: FaceState) -> dict[str, float]:
    """The presets that stand for an emotion on a face without muscles; speech caps them.

    One that blocks the mouth waits until nobody speaks, and so does what would open it.
    """
    if face_map.has(MUSCLES):
        return {}
    most = {name: 0.0 if _blocks(face_map, name) else PRESET_CAP_SPEAKING for name in state.presets}
    spoken = {name: min(weight, most[name]) for name, weight in state.presets.items()}
    blended = _blended(face_map, spoken)
    _scale(spoken, dict.fromkeys(blended, 1.0), BLEND_CAP_SPEAKING)
    _scale(spoken, {name: face_map.parting(name) for name in spoken}, PARTED_MOST)
    return {
        name: weight + state.speaking * (spoken[name] - weight)
        for name, weight in state.presets.items()
    }


def _scale(weights: dict[str, float], costs: Mapping[str, float], most: float) -> None:
    """Show less of those that cost something, so that together they cost at most so much."""
    costly = [name for name, cost in costs.items() if cost > 0.0]
    whole = sum(weights[name] * costs[name] for name in costly)
    for name in costly:
        weights[name] *= min(1.0, most / max(whole, 1e-9))


def _blocks(face_map: FaceMap, name: str) -> bool:
    preset = face_map.preset(name)
    return preset is not None and preset.override_mouth == "block"


def _blended(face_map: FaceMap, shown: Mapping[str, float]) -> list[str]:
    """Those whose file asks to take the mouth as far as they are shown."""
    presets = {name: face_map.preset(name) for name in shown}
    return [name for name, item in presets.items() if item and item.override_mouth == "blend"]


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
    spoken = dict(zip(_plain(tuple(mouth)), mouth.values(), strict=True))
    channels = _emotion_channels(face_map, state, spoken)
    left = max(0.0, 1.0 - sum(presets[name] for name in _blended(face_map, presets)))
    for key, weight in spoken.items():
        below = channels.get(key, 0.0)
        channels[key] = (below if below > 0.0 else 0.0) + weight * left
    _close_lids(face_map, channels, closure, follow)
    channels |= {plain(name): min(1.0, weight) for name, weight in looks.items()}
    return face_map.shown(channels, presets)


def _emotion_channels(
    face_map: FaceMap, state: FaceState, spoken: Mapping[str, float]
) -> dict[str, float]:
    if not face_map.has(MUSCLES):
        return {}
    sealed = max(spoken.get(name, 0.0) for name in _SEALS)
    kept = {
        "mouth": 1.0 - (1.0 - SEAL_SOFTENS) * min(1.0, sealed * 2.0),
        "opener": 1.0 - state.speaking,
        "": 1.0,
    }
    keys = _plain(tuple(state.channels))
    return {
        key: weight * kept[_part(key)]
        for key, weight in zip(keys, state.channels.values(), strict=True)
    }


@lru_cache(maxsize=1024)
def _part(key: str) -> str:
    """What of the mouth a channel of the face moves."""
    return "mouth" if key.startswith("mouth") else "opener" if key in _OPENERS else ""


@lru_cache(maxsize=1024)
def _plain(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(plain(name) for name in names)


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
