"""Hard contacts: lips that really meet on p, b, m; teeth on the lip for f, v; narrow sibilants.

Promise: a seal stands where the sound is closed, which is before the burst that labels a plosive;
it never opens anything.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.lips.coarticulation import Articulation, Floats, Segment, column, rise
from avatar_desktop.lips.phones import normalised
from avatar_desktop.voice.clip import SpeechClip

BILABIALS = frozenset("pbmɓ")
SEARCH_BEFORE, SEARCH_AFTER = 0.08, 0.07
"""A closure lies around the quietest moment in this window about the label, in seconds."""
LABEL_LEAD = 0.04
"""Without a clear dip a plosive's closure is taken to begin this long before its burst."""
LONGEST_NASAL = 0.12
PRESS, RELEASE = 0.12, 0.087
"""Seconds in which lips meet and part."""
PARTING = 0.02
"""Seconds before the end of a contact at which the lips begin to part."""
RAMP = 0.08
"""Seconds in which teeth meet the lip, or each other, and part again."""
_EASE = np.hanning(9)[1:-1] / np.hanning(9).sum()
"""Muscles have no corners: the jaw is eased over 70 ms."""
BRIDGE = 0.06
"""Two closures nearer than this are one long one ("pop man")."""
_HOP = 0.0025
_FRAME = 0.010
_SIBILANT_CAPS = {"SS": 0.10, "CS": 0.12, "CH": 0.16}
_TUCKED_JAW = 0.02


@dataclass(frozen=True, slots=True)
class Contact:
    """What the lips are forced to do on top of an articulation."""

    articulation: Articulation
    seal: Floats
    """0 open to 1 pressed together."""


def closures(clip: SpeechClip) -> list[tuple[float, float]]:
    """When the lips are shut, in seconds of the clip, found in its sound."""
    loudness = _loudness(clip)
    found: list[tuple[float, float]] = []
    for phone in clip.phones:
        letters = normalised(phone.ipa)
        if not letters or letters[0] not in BILABIALS:
            continue
        start, end = phone.start / clip.rate, phone.end / clip.rate
        if letters[0] == "m":
            span = (start, min(end, start + LONGEST_NASAL))
        else:
            span = _dip(loudness, start) or (start - LABEL_LEAD, start + 0.005)
        if found and span[0] - found[-1][1] < BRIDGE and span[1] > found[-1][0]:
            found[-1] = (min(found[-1][0], span[0]), max(found[-1][1], span[1]))
        else:
            found.append(span)
    return found


def _loudness(clip: SpeechClip) -> NDArray[np.float64]:
    """Root mean square over 10 ms, every 2.5 ms, centred."""
    sound = np.frombuffer(clip.pcm, dtype="<i2").astype(np.float64) / 32768.0
    energy = np.concatenate(([0.0], np.cumsum(sound * sound)))
    half = max(1, int(_FRAME * clip.rate / 2))
    centres = np.arange(0.0, len(sound), _HOP * clip.rate).astype(np.int64)
    low, high = np.maximum(centres - half, 0), np.minimum(centres + half, len(sound))
    return np.sqrt((energy[high] - energy[low]) / np.maximum(high - low, 1))


def _dip(loudness: NDArray[np.float64], label: float) -> tuple[float, float] | None:
    """The run of quiet around the quietest moment near the label."""
    first = max(0, round((label - SEARCH_BEFORE) / _HOP))
    window = loudness[first : max(0, round((label + SEARCH_AFTER) / _HOP))]
    if not len(window):
        return None
    lowest = int(window.argmin())
    ceiling = window[lowest] + 0.25 * (window.max() - window[lowest])
    if window[lowest] > 0.6 * window.max():
        return None
    above = np.flatnonzero(window > ceiling)
    before, after = above[above < lowest], above[above > lowest]
    start = int(before[-1]) + 1 if len(before) else 0
    end = int(after[0]) if len(after) else len(window)
    return (first + start) * _HOP, (first + end) * _HOP


def touch(
    articulation: Articulation, segments: list[Segment], shut: list[tuple[float, float]]
) -> Contact:
    """Put the contacts into an articulation."""
    times = articulation.times
    shapes, jaw = articulation.shapes.copy(), articulation.jaw.copy()
    for each in segments:
        cap = _SIBILANT_CAPS.get(each.viseme)
        if each.viseme == "FF":
            held = _held(times, each.start, each.end, RAMP)
            shapes *= (1.0 - 0.95 * held)[:, None]
            shapes[:, column("FF")] = np.maximum(shapes[:, column("FF")], 0.9 * held)
            jaw = np.minimum(jaw, 1.0 - held * (1.0 - _TUCKED_JAW))
        elif cap is not None:
            held = _held(times, each.start, each.end, RAMP)
            jaw = np.minimum(jaw, 1.0 - held * (1.0 - cap))
    jaw = np.convolve(jaw, _EASE, "same")
    seal = np.zeros(len(times))
    for start, end in shut:
        seal = np.maximum(
            seal, rise(times, start - PRESS, start) * _falling(times, end - PARTING, RELEASE)
        )
    return Contact(replace(articulation, shapes=shapes, jaw=jaw), seal)


def _held(times: Floats, start: float, end: float, ramp: float) -> Floats:
    return rise(times, start - ramp, start) * _falling(
        times, end - PARTING - 0.2 * (end - start), ramp
    )


def _falling(times: Floats, start: float, length: float) -> Floats:
    return 1.0 - rise(times, start, start + length)
