"""The head speaks along: small nods on stressed syllables, a lift before a phrase."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right

from avatar_desktop.performer.score import ScoredClip

NOD_DEGREES = 2.1
NOD_RISE = 0.13
NOD_FALL = 0.28
GAP = 0.45
"""No two accents closer than this: four pitch accents in ten carry a nod, not all."""


def accent_times(scored: ScoredClip) -> tuple[float, ...]:
    """Stage seconds of the stressed vowels that get a nod."""
    times: list[float] = []
    for phone in scored.clip.phones:
        if phone.stress < 2 or not phone.ipa:
            continue
        time = scored.start + phone.start / scored.clip.rate
        if not times or time - times[-1] >= GAP:
            times.append(time)
    return tuple(times)


def nod(now: float, times: tuple[float, ...]) -> float:
    """Degrees downwards at this moment; the times rise."""
    total = 0.0
    first, beyond = bisect_left(times, now - NOD_FALL), bisect_right(times, now + NOD_RISE)
    for order in range(first, beyond):
        since = now - times[order]
        size = NOD_DEGREES * (1.0, 0.55, 0.8)[order % 3]
        if -NOD_RISE <= since < 0.0:
            total += size * _ease(1.0 + since / NOD_RISE)
        elif 0.0 <= since < NOD_FALL:
            total += size * (1.0 - _ease(since / NOD_FALL))
    return total


def _ease(x: float) -> float:
    return 0.5 - 0.5 * math.cos(math.pi * x)
