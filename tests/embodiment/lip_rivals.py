"""The usual ways to move a mouth, rebuilt from what their authors publish, for the same harness.

Each gets the clip's own phones, right to the sample, where it would have to guess them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.lips.phones import VOWELS, visemes
from avatar_desktop.lips.rigs import RIGS, RigName
from avatar_desktop.lips.track import TRACK_RATE, MouthTrack
from avatar_desktop.voice.clip import SpeechClip
from tests.embodiment.lip_measures import Run, sounding

Floats = NDArray[np.float64]
Weights = dict[str, Floats]

LEAD, TAIL = 0.25, 0.3
WINDOW = 2048 / 44_100
"""Seconds of sound that an analyser looks back on."""
_VOWEL_OF = {
    "aa": "aa", "ax": "aa", "E": "ee", "I": "ih", "O": "oh", "U": "ou", "ux": "ou", "Y": "ou",
    "OE": "oh", "CH": "ou", "RR": "oh", "kk": "aa", "DD": "ih", "nn": "ih", "SS": "ih", "TH": "ih",
    "CS": "ih", "FF": "ou", "PH": "ou", "PP": "ou",
}  # fmt: skip
_OWN = {"ax": "aa", "ux": "U", "Y": "U", "OE": "O", "CS": "SS", "PH": "PP"}


def _times(clip: SpeechClip) -> Floats:
    return np.arange(round((LEAD + clip.seconds + TAIL) * TRACK_RATE) + 1) / TRACK_RATE - LEAD


def _volume(clip: SpeechClip, times: Floats) -> Floats:
    """The loudest sample of the window that ends now."""
    sound = np.abs(np.frombuffer(clip.pcm, "<i2") / 32768.0)
    ends = np.clip((times * clip.rate).astype(np.int64), 0, len(sound))
    starts = np.maximum(0, ends - int(WINDOW * clip.rate))
    return np.array([sound[a:b].max(initial=0.0) for a, b in zip(starts, ends, strict=True)])


def _eased(level: Floats, seconds: float) -> Floats:
    """Each frame goes a share of the way."""
    share, out = 1.0 - np.exp(-1.0 / (TRACK_RATE * seconds)), np.zeros_like(level)
    for row in range(1, len(level)):
        out[row] = out[row - 1] + share * (level[row] - out[row - 1])
    return out


def by_volume(clip: SpeechClip) -> Weights:
    """A logistic of the loudest sample opens the mouth half; faint sound not at all."""
    opened = 1.0 / (1.0 + np.exp(-45.0 * _volume(clip, _times(clip)) + 5.0))
    return {"aa": np.where(opened < 0.1, 0.0, 0.5 * opened)}


def by_five_vowels(clip: SpeechClip) -> Weights:
    """The vowel that the window sounds most like, by loudness, smoothed over 50 ms."""
    times = _times(clip)
    loud = np.clip(_volume(clip, times) / 0.3, 0.0, 1.0)
    heard = times - WINDOW / 2
    weights = {name: np.zeros(len(times)) for name in ("aa", "ih", "ou", "ee", "oh")}
    for start, end, phone in sounding(clip):
        for name, _ in (visemes(phone.ipa) or ())[:1]:
            weights[_VOWEL_OF[name]][(heard >= start) & (heard < end)] = 1.0
    return {name: _eased(level * loud, 0.05) for name, level in weights.items()}


def by_switching(clip: SpeechClip) -> Weights:
    """One shape at a time, for as long as its label."""
    times, weights = _times(clip), dict[str, Floats]()
    for start, end, phone in sounding(clip):
        for name, _ in (visemes(phone.ipa) or ())[:1]:
            level = weights.setdefault(f"viseme_{_OWN.get(name, name)}", np.zeros(len(times)))
            level[(times >= start) & (times < end)] = 1.0
    return weights


def by_ramps(clip: SpeechClip) -> Weights:
    """Up from two thirds of a sound before it to its middle, and down to half a sound after it."""
    times, weights = _times(clip), dict[str, Floats]()
    sound = np.frombuffer(clip.pcm, "<i2").astype(np.float64)
    spans = sounding(clip)
    loud = [float(np.sqrt(np.mean(sound[p.start : p.end] ** 2 + 1.0))) for _, _, p in spans]
    middle = float(np.mean(loud))
    for (start, end, phone), level in zip(spans, loud, strict=True):
        length = end - start
        for name, _ in (visemes(phone.ipa) or ())[:1]:
            peak = 0.9 if name in ("PP", "FF") else 0.6
            if name in VOWELS:
                peak *= float(np.clip(level / middle, 0.5, 1.5))
            corners = (start - 2 * length / 3, start + length / 2, end + length / 2)
            ramp = np.interp(times, corners, (0.0, min(1.0, peak), 0.0))
            key = f"viseme_{_OWN.get(name, name)}"
            weights[key] = np.maximum(weights.get(key, np.zeros(len(times))), ramp)
    return weights


RIVALS: dict[str, tuple[RigName, Callable[[SpeechClip], Weights]]] = {
    "loudness alone": ("vrm", by_volume),
    "five vowels by ear": ("vrm", by_five_vowels),
    "instant switch": ("oculus", by_switching),
    "linear ramps": ("oculus", by_ramps),
}


def rival_runs(
    clips: list[SpeechClip], name: str, opening: Callable[[MouthTrack], Floats] | None = None
) -> list[Run]:
    rig, move = RIVALS[name]
    out: list[Run] = []
    for clip in clips:
        moved = move(clip)
        still = np.zeros(len(_times(clip)))
        rows = np.stack([moved.get(channel, still) for channel in RIGS[rig].channels], axis=1)
        track = MouthTrack(TRACK_RATE, RIGS[rig].channels, rows.astype(np.float32), LEAD)
        out.append(Run(clip, track, rig, opening=opening))
    return out
