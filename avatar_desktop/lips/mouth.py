"""A clip's sounds and loudness to the mouth of one kind of face.

Promise: a pure function; lips prepare before the first sound, meet where the sound is closed, carry
over to a neighbouring clip, and come to rest after the last.
"""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np

from avatar_desktop.lips.coarticulation import REST_PAUSE, Floats, Segment, blend
from avatar_desktop.lips.phones import VOWELS, visemes
from avatar_desktop.lips.rigs import RIGS, RigName
from avatar_desktop.lips.seals import closures, touch
from avatar_desktop.lips.track import TRACK_RATE, MouthTrack
from avatar_desktop.voice.clip import Phone, SpeechClip

LEAD = 0.25
TAIL = 0.3
LOOK = 0.6
"""Seconds of a neighbouring clip that can still shape this one."""
STRESS = {0: 0.82, 1: 1.0, 2: 1.15}
LOUDNESS_SHARE = 0.2
"""How much a vowel one standard deviation louder than the clip opens further."""


def mouth_track(
    clip: SpeechClip,
    rig: RigName,
    *,
    previous: SpeechClip | None = None,
    following: SpeechClip | None = None,
) -> MouthTrack:
    """The mouth of `clip`; neighbours less than a rest away shape its ends."""
    sounds = _sounds(clip)
    shut = closures(clip)
    tail = TAIL
    if previous is not None and previous.pause_after < REST_PAUSE:
        shift = -previous.seconds - previous.pause_after
        sounds = _moved(_sounds(previous), shift, after=-LOOK) + sounds
        shut = [(a + shift, b + shift) for a, b in closures(previous)] + shut
    if following is not None and clip.pause_after < REST_PAUSE:
        shift = clip.seconds + clip.pause_after
        sounds += _moved(_sounds(following), shift, before=shift + LOOK)
        shut += [(a + shift, b + shift) for a, b in closures(following)]
        tail = clip.pause_after
    rows = round((LEAD + clip.seconds + tail) * TRACK_RATE) + 1
    times = np.arange(rows) / TRACK_RATE - LEAD
    segments = _with_pauses(sounds)
    face = RIGS[rig]
    weights = face.weights(touch(times, blend(times, segments), segments, shut))
    if following is None or tail == TAIL:
        weights[-1:] = 0.0
    return MouthTrack(TRACK_RATE, face.channels, weights, LEAD)


def _sounds(clip: SpeechClip) -> list[Segment]:
    """The clip's phones as visible shapes, in seconds, with stress and loudness as gain."""
    has_stress = any(phone.stress for phone in clip.phones)
    louder = _relative_loudness(clip)
    out: list[Segment] = []
    waiting: float | None = None  # a breathed sound takes the shape of the next one entirely
    for phone, loud in zip(clip.phones, louder, strict=True):
        start, length = phone.start / clip.rate, (phone.end - phone.start) / clip.rate
        shapes = visemes(phone.ipa) or ()
        if not shapes:
            waiting = (start if waiting is None else waiting) if phone.ipa else None
            continue
        if waiting is not None:
            start, length, waiting = waiting, phone.end / clip.rate - waiting, None
        for name, share in shapes:
            gain = 1.0
            if name in VOWELS:
                gain = (STRESS.get(phone.stress, 1.0) if has_stress else 1.0) * (
                    1.0 + LOUDNESS_SHARE * float(loud)
                )
            end = start + share * length
            out.append(Segment(start, end, name, gain, 0.0, 0.0))
            start = end
    return out


def _relative_loudness(clip: SpeechClip) -> Floats:
    """For each phone, its loudness against the clip's vowels, −1 to 1 (mean ± deviation)."""
    sound = np.frombuffer(clip.pcm, dtype="<i2").astype(np.float64)
    energy = np.concatenate(([0.0], np.cumsum(sound * sound)))
    bounds = np.array([(p.start, p.end) for p in clip.phones], dtype=np.int64).reshape(-1, 2)
    bounds = np.clip(bounds, 0, len(sound))
    levels = np.sqrt(
        (energy[bounds[:, 1]] - energy[bounds[:, 0]]) / np.maximum(bounds[:, 1] - bounds[:, 0], 1)
    )
    vowels = np.array([_is_vowel(phone) for phone in clip.phones], dtype=np.bool_)
    if vowels.sum() < 3:
        return np.zeros(len(levels))
    mean, deviation = float(levels[vowels].mean()), float(levels[vowels].std())
    return np.clip((levels - mean) / max(deviation, 1e-9), -1.0, 1.0)


def _is_vowel(phone: Phone) -> bool:
    return any(name in VOWELS for name, _ in visemes(phone.ipa) or ())


def _moved(
    segments: list[Segment],
    by: float,
    *,
    after: float = float("-inf"),
    before: float = float("inf"),
) -> list[Segment]:
    moved = (replace(each, start=each.start + by, end=each.end + by) for each in segments)
    return [each for each in moved if each.end > after and each.start < before]


def _with_pauses(segments: list[Segment]) -> list[Segment]:
    """Tell each segment how much silence lies on either side of it; none known means a long one."""
    if not segments:
        return []
    gaps = [max(0.0, after.start - before.end) for before, after in itertools.pairwise(segments)]
    befores, afters = [1.0, *gaps], [*gaps, 1.0]
    return [
        replace(each, pause_before=before, pause_after=after)
        for each, before, after in zip(segments, befores, afters, strict=True)
    ]
