"""Neighbouring sounds share the mouth: dominance blending with look-ahead.

Promise: pure and vectorised; a sound rises before it is heard and lets go after it; the stronger
shape rules. Contact is not promised here: see seals.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.lips.phones import VISEMES

Floats = NDArray[np.float64]

SHAPES = tuple(VISEMES)
_INDEX = {name: index for index, name in enumerate(SHAPES)}

HOLD = 0.75
"""A shape holds until this share of its sound."""
DECAY = 0.12
"""Seconds in which it then lets go."""
AHEAD = 0.02
"""Seconds by which a shape is complete before its sound: lips lead the ear."""
SHORT_PAUSE = 0.12
"""Silence up to here keeps the shape."""
REST_PAUSE = 0.35
"""Silence up to here relaxes the mouth; a longer one closes it."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A visible shape on the time line, in seconds from the clip's first sample."""

    start: float
    end: float
    viseme: str
    gain: float
    """How far it opens, by stress and loudness; 1 is plain."""
    pause_before: float
    pause_after: float


def rise(times: Floats, start: float, end: float) -> Floats:
    """0 before `start`, 1 after `end`, a half cosine between."""
    part = np.clip((times - start) / max(end - start, 1e-6), 0.0, 1.0)
    return 0.5 - 0.5 * np.cos(np.pi * part)


def blend(times: Floats, segments: list[Segment]) -> Floats:
    """times × SHAPES: how much of each; a row sums to 1 at most, the remainder is rest."""
    shapes = np.zeros((len(times), len(SHAPES)))
    total, presence = np.zeros(len(times)), np.zeros(len(times))
    for each in segments:
        viseme = VISEMES[each.viseme]
        first, bump = _bump(times, each, viseme.onset)
        if not len(bump):
            continue
        span = slice(first, first + len(bump))
        lips = viseme.lips * bump
        shapes[span, _INDEX[each.viseme]] += lips
        total[span] += lips
        presence[span] = np.maximum(presence[span], bump)
    scale = np.divide(presence, total, out=np.zeros_like(presence), where=total > 1e-9)
    return shapes * scale[:, None]


def _bump(times: Floats, each: Segment, onset: float) -> tuple[int, Floats]:
    """The presence of a segment over time, and the row where it begins."""
    if each.pause_before > SHORT_PAUSE:
        onset = max(onset, 0.2)
    elif each.pause_before > 0.0:
        onset += each.pause_before
    hold = each.start + HOLD * (each.end - each.start)
    decay = DECAY
    if 0.0 < each.pause_after <= SHORT_PAUSE:
        hold = each.end + each.pause_after
    elif SHORT_PAUSE < each.pause_after <= REST_PAUSE:
        decay = each.end - hold + each.pause_after
    first = int(np.searchsorted(times, each.start - onset))
    last = int(np.searchsorted(times, hold + decay))
    span = times[first:last]
    falling = 1.0 - rise(span, hold, hold + decay)
    return first, rise(span, each.start - onset, each.start - AHEAD) * falling


def column(name: str) -> int:
    return _INDEX[name]
