"""Hard contacts: lips that really meet on p, b, m; teeth on the lip for f, v; narrow sibilants.

Promise: a seal stands where the sound is closed, which is before the burst that labels a plosive;
it never opens anything.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.lips.coarticulation import Floats, Segment, column, rise
from avatar_desktop.lips.opening import Span, lips_and_jaw
from avatar_desktop.lips.phones import VOWELS, normalised, visemes
from avatar_desktop.voice.clip import SpeechClip

BILABIALS = frozenset("pbmɓ")
SEARCH_BEFORE, SEARCH_AFTER = 0.08, 0.07
"""A closure lies around the quietest moment in this window about the label, in seconds."""
LONGEST_NASAL = 0.12
LONGEST_HUM = 0.07
"""Seconds for which a b or p is taken to be shut that never falls quiet."""
SHORTEST_STOP = 0.045
"""Lips meet before the sound is gone, and no closure is shorter than this."""
PRESS, RELEASE = 0.12, 0.087
"""Seconds in which lips meet and part."""
RAMP = 0.08
"""Seconds in which teeth meet the lip, or each other, and part again."""
BRIDGE = 0.06
"""Two closures nearer than this are one long one ("pop man"), but never over a vowel."""
_HOP = 0.0025
_FRAME = 0.010
_QUIET = 0.14
"""Of the loudest moment near a closure: what is below is closed."""
_NEVER_QUIET = 0.2
"""Of the same: who is never below has no closure to be heard, and its label is believed."""
_FAINTEST = 1e-5
_SHORTEST_QUIET = 0.015
_AT_LABEL, _BURST = 0.015, 3.0
"""How near its label a burst is, in seconds, and how much that speaks for the quiet before it."""
_AFTER = 0.02
"""Seconds of the next sound that tell how loud it gets."""


@dataclass(frozen=True, slots=True)
class Contact:
    """A mouth over time, whatever face will show it."""

    shapes: Floats
    """times × SHAPES"""
    lips: Floats
    """The gap between the lips, 0 where they touch."""
    jaw: Floats
    """The drop of the jaw; never less than the gap."""
    seal: Floats
    """0 open to 1 pressed together."""


def closures(clip: SpeechClip) -> list[Span]:
    """When the lips are shut, in seconds of the clip, found in its sound."""
    loudness = _loudness(clip)
    found: list[Span] = []
    opened = False  # by a vowel, since the last of them
    for index, phone in enumerate(clip.phones):
        letters = normalised(phone.ipa)
        if not letters or letters[0] not in BILABIALS:
            opened = opened or any(name in VOWELS for name, _ in visemes(phone.ipa) or ())
            continue
        start, end = phone.start / clip.rate, phone.end / clip.rate
        if letters[0] == "m":
            span = (start, min(end, start + LONGEST_NASAL))
        else:
            before = clip.phones[index - 1] if index else phone
            middle = (before.start + before.end) / 2 / clip.rate
            span = _dip(loudness, max(start - SEARCH_BEFORE, middle), start, end)
            span = (min(span[0], span[1] - SHORTEST_STOP), span[1])
        if found and not opened and span[0] - found[-1][1] < BRIDGE and span[1] > found[-1][0]:
            found[-1] = (min(found[-1][0], span[0]), max(found[-1][1], span[1]))
        else:
            found.append(span)
        opened = False
    return found


def _loudness(clip: SpeechClip) -> NDArray[np.float64]:
    """Root mean square over 10 ms, every 2.5 ms, without the hum that passes closed lips."""
    sound = np.frombuffer(clip.pcm, dtype="<i2").astype(np.float64) / 32768.0
    sound = np.diff(sound, prepend=0.0)
    energy = np.concatenate(([0.0], np.cumsum(sound * sound)))
    half = max(1, int(_FRAME * clip.rate / 2))
    centres = np.arange(0.0, len(sound), _HOP * clip.rate).astype(np.int64)
    low, high = np.maximum(centres - half, 0), np.minimum(centres + half, len(sound))
    return np.sqrt((energy[high] - energy[low]) / np.maximum(high - low, 1))


def _dip(loudness: NDArray[np.float64], earliest: float, label: float, end: float) -> Span:
    """The longest and deepest run of quiet near a label; one that a burst ends there is best."""
    latest = min(label + SEARCH_AFTER, end)
    first, last, beyond = (max(0, round(time / _HOP)) for time in (earliest, latest, end + _AFTER))
    window = loudness[first : max(last, beyond)]
    searched = window[: last - first]
    hummed = (label - _HOP, min(end, label + LONGEST_HUM))
    if not len(searched):
        return hummed
    low, high = float(searched.min()), float(window.max())
    quiet = max(low + _QUIET * (high - low), _FAINTEST)
    depth = np.maximum(0.0, np.log(quiet / (window + _FAINTEST)))
    edges = np.diff(np.pad(depth > 0.0, 1).astype(np.int8))
    starts, ends = np.flatnonzero(edges > 0), np.flatnonzero(edges < 0)
    long = (ends - starts) * _HOP >= _SHORTEST_QUIET
    if low >= _NEVER_QUIET * high or not long.any():
        return hummed
    depth[len(searched) :] = 0.0
    depths = np.add.reduceat(depth, starts) * long
    bursts = np.abs((first + ends) * _HOP - label) <= _AT_LABEL
    depths[bursts & (starts > 0)] *= _BURST  # what was quiet before may be the stop before
    best = int(depths.argmax())
    return (first + int(starts[best])) * _HOP, (first + int(ends[best]) + 1) * _HOP


def touch(times: Floats, shapes: Floats, segments: list[Segment], shut: list[Span]) -> Contact:
    """Put the contacts into blended shapes."""
    lips, jaw = lips_and_jaw(times, segments, shut)
    shapes = shapes.copy()
    for each in segments:
        if each.viseme == "FF":
            held = _held(times, each.start, each.end, RAMP)
            shapes *= (1.0 - held)[:, None]
            shapes[:, column("FF")] = np.maximum(shapes[:, column("FF")], 0.9 * held)
    seal = np.zeros(len(times))
    for start, end in shut:
        seal = np.maximum(
            seal, rise(times, start - PRESS, start) * _falling(times, end - 0.02, RELEASE)
        )
    return Contact(shapes, lips, jaw, seal)


def _held(times: Floats, start: float, end: float, ramp: float) -> Floats:
    return rise(times, start - ramp, start) * _falling(
        times, end - 0.02 - 0.2 * (end - start), ramp
    )


def _falling(times: Floats, start: float, length: float) -> Floats:
    return 1.0 - rise(times, start, start + length)
