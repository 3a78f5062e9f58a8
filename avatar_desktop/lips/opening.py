"""How far the mouth opens over time: each sound has its place on a way that never hurries.

Promise: lips and jaw open for every vowel and close in for the consonants between, as far as the
time allows; where it is short, what is soft gives way to what is firm, and a contact to nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from avatar_desktop.lips.coarticulation import REST_PAUSE, SHORT_PAUSE, Floats, Segment
from avatar_desktop.lips.phones import VISEMES, VOWELS

FASTEST = 9.8
"""Typical openings a second, on the mean from one place to the next; muscles are not faster, and
who hardly opens the mouth moves it slowly."""
MEETING, PARTING = 0.005, 0.005
"""Seconds before a contact at which lips have met, and before its end at which they part."""
PREPARED, RESTED = 0.2, 0.2
"""Seconds before and after speech in which the mouth leaves its rest and comes back to it."""
JAW_BEHIND_LIPS = 0.1
"""Where the jaw stands behind closed lips: up, and free to move with the next vowel."""
_RELAXED = 0.3
"""What is left of an opening in a pause that is no rest yet."""
_VOWEL_PLACE, _CONSONANT_PLACE = 0.42, 0.35
"""Where in a sound its opening is reached, of its length."""
_LONG = 0.11
"""A vowel from here on holds its opening."""
_SOFT, _BRISK = 0.33, 0.15
"""Of a swing from one turn to the next, at either end: there the mouth gains and loses speed, over
less of it where it is in haste."""
_SWEEPS = 12
_TRIES = 3
_WIDE = 0.27
"""An opening that is wide even for who speaks with closed vowels only."""
_SHORTEST = 0.01

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Place:
    """An opening to be had from one time to another."""

    start: float
    end: float
    opening: float
    firm: float
    """1 is a contact: it is kept whatever the neighbours want."""


def lips_and_jaw(times: Floats, segments: list[Segment], shut: list[Span]) -> tuple[Floats, Floats]:
    """The gap between the lips and the drop of the jaw, 0 to about 1."""
    free = [place for each in segments for place in _places(each, shut)]
    rests = _rests(segments)
    sealed = [Place(a - MEETING, max(a + _SHORTEST, b - PARTING), 0.0, 1.0) for a, b in shut]
    raised = [replace(each, opening=JAW_BEHIND_LIPS, firm=0.5) for each in sealed]
    on_way = _ordered([*free, *rests, *sealed])
    lips, wide = np.zeros(len(times)), 1.0
    for _ in range(_TRIES):
        lips = _way(times, on_way, FASTEST * wide)
        wide = max(_WIDE, float(np.quantile(lips, 0.95)))
    jaw = _way(times, _ordered([*free, *rests, *raised]), FASTEST * wide)
    return lips, np.maximum(lips, jaw)


def _places(each: Segment, shut: Iterable[Span]) -> list[Place]:
    """Where a sound has its opening; the part of it in which the lips are shut is not its own."""
    if each.viseme == "PP":
        return []
    start, end = each.start, each.end
    for low, high in shut:
        if low < end and high > start:
            start, end = max(((start, min(end, low)), (max(start, high), end)), key=_length)
    if end - start < _SHORTEST:
        return []
    viseme = VISEMES[each.viseme]
    length = end - start
    if viseme.held:
        span = (start + 0.1 * length, end - max(PARTING, 0.35 * length))
    elif each.viseme in VOWELS:
        first = start + _VOWEL_PLACE * min(length, _LONG)
        span = (first, max(first, end - (1.0 - _VOWEL_PLACE) * _LONG))
    else:
        span = (start + _CONSONANT_PLACE * length,) * 2
    return [Place(span[0], max(span), viseme.jaw * each.gain, viseme.firm)]


def _rests(segments: Iterable[Segment]) -> list[Place]:
    """Places between the sounds: closed in a rest, half closed in a shorter pause."""
    out: list[Place] = []
    for each in segments:
        if each.pause_before > REST_PAUSE:
            begin = each.start - PREPARED
            out.append(Place(begin - max(_SHORTEST, each.pause_before - 0.5), begin, 0.0, 1.0))
        if each.pause_after > REST_PAUSE:
            out.append(Place(each.end + RESTED, each.end + RESTED + _SHORTEST, 0.0, 1.0))
        elif each.pause_after > SHORT_PAUSE:
            middle = each.end + 0.5 * each.pause_after
            opening = _RELAXED * VISEMES[each.viseme].jaw
            out.append(Place(middle, middle, opening, 0.3))
    return out


def _length(span: Span) -> float:
    return span[1] - span[0]


def _ordered(places: list[Place]) -> list[Place]:
    """In time, none over another: of two that overlap both yield, but a contact keeps its time."""
    places.sort(key=lambda each: each.start + each.end)
    for index in range(1, len(places)):
        before, after = places[index - 1], places[index]
        lacking = before.end + _SHORTEST - after.start
        if lacking > 0.0:
            share = 0.0 if before.firm >= 1.0 else 1.0 if after.firm >= 1.0 else 0.5
            end = max(before.start, before.end - share * lacking)
            start = end + _SHORTEST
            places[index - 1] = replace(before, end=end)
            places[index] = replace(after, start=start, end=max(start, after.end))
    return places


def _way(times: Floats, places: list[Place], fastest: float) -> Floats:
    """A smooth way through all places, each as near to its opening as the time allows."""
    if not places:
        return np.zeros(len(times))
    openings = _reachable(places, fastest)
    knots: list[tuple[float, float]] = []
    for place, opening in zip(places, openings, strict=True):
        knots.append((place.start, opening))
        if place.end - place.start > 1e-6:
            knots.append((place.end, opening))
    return _smooth(times, np.array(knots), fastest)


def _reachable(places: list[Place], fastest: float) -> list[float]:
    """Openings that can be had without haste, found by letting the softer of each pair give way."""
    openings = [each.opening for each in places]
    gives = [1.0 - each.firm for each in places]
    mosts = [fastest * (after.start - before.end) for before, after in pairwise(places)]
    for _ in range(_SWEEPS):
        for index, most in enumerate(mosts):
            step = openings[index + 1] - openings[index]
            give = gives[index] + gives[index + 1]
            if abs(step) > most and give > 0.0:
                much = (abs(step) - most) * (1.0 if step > 0.0 else -1.0) / give
                openings[index] += much * gives[index]
                openings[index + 1] -= much * gives[index + 1]
    return openings


def _smooth(times: Floats, knots: Floats, fastest: float) -> Floats:
    """A way through the knots without overshoot or corners: swings from turn to turn, and cubics
    where it goes on (Fritsch & Carlson)."""
    if len(knots) < 2:
        return np.full(len(times), knots[0, 1])
    at, value = knots.T
    steps = np.diff(at)
    rises = np.diff(value) / steps
    slopes = np.zeros(len(at))
    before, after = rises[:-1], rises[1:]
    same = before * after > 0.0
    slopes[1:-1][same] = 2.0 * (before * after)[same] / (before + after)[same]
    index = np.clip(np.searchsorted(at, times, "right") - 1, 0, len(steps) - 1)
    part = np.clip((times - at[index]) / steps[index], 0.0, 1.0)
    rest = 1.0 - part
    cubic = (
        value[index] * rest**2 * (1.0 + 2.0 * part)
        + value[index + 1] * part**2 * (3.0 - 2.0 * part)
        + steps[index] * part * rest * (slopes[index] * rest - slopes[index + 1] * part)
    )
    soft = np.clip(1.0 - (1.0 - _BRISK) * np.abs(rises) / fastest, _BRISK, _SOFT)[index]
    swing: Floats = value[index] + (steps * rises)[index] * _swing(part, soft)
    turns = (slopes[index] == 0.0) & (slopes[index + 1] == 0.0)
    return np.where(turns, swing, cubic).astype(np.float64)


def _swing(part: Floats, soft: Floats) -> Floats:
    """From 0 to 1 at an even speed but for soft ends: a cubic has to be half as fast again as its
    mean."""
    edge = np.minimum(part, 1.0 - part)
    near = np.minimum(edge, soft)
    low = (near * near / (2.0 * soft) + (edge - near)) / (1.0 - soft)
    return np.where(part < 0.5, low, 1.0 - low)
