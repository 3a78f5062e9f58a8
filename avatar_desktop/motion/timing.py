"""How the seconds since a clip began become the clip's own seconds."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass

from avatar_desktop.motion.clip import Clip

QUICKEST = 1.6
"""A gesture that is late is prepared at most this many times as fast."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Where a clip is: its own second, and how often it came round."""

    own: float
    rounds: int = 0
    since_wrap: float = 0.0
    """Own seconds since it began anew; counts as well when it runs backwards."""


@dataclass(frozen=True, slots=True)
class Timing:
    """A clip's pace. Backwards it begins at its end; at speed 0 it stands still."""

    duration: float
    loop: bool = False
    speed: float = 1.0
    played: tuple[float, ...] = ()
    """Seconds at which the pace changes, and where the clip is then; for a clip played once."""
    own: tuple[float, ...] = ()

    @property
    def length(self) -> float:
        """Seconds until a clip that is played once is over."""
        if self.loop:
            return math.inf
        if self.played:
            return self.played[-1]
        return self.duration / abs(self.speed) if self.speed else math.inf

    def at(self, since: float) -> Moment:
        """The moment some seconds after it began; before, it is at its beginning."""
        moved = self._moved(max(0.0, since))
        rounds = 0
        if self.loop and self.duration > 0.0:
            rounds, moved = int(moved // self.duration), moved % self.duration
        own = self.duration - moved if self.speed < 0.0 else moved
        return Moment(own, rounds, moved)

    def _moved(self, since: float) -> float:
        if not self.played:
            return since * abs(self.speed)
        place = bisect_right(self.played, since)
        if place >= len(self.played):
            return self.own[-1]
        start, end = self.played[place - 1], self.played[place]
        share = (since - start) / (end - start)
        return self.own[place - 1] + share * (self.own[place] - self.own[place - 1])


def steady(clip: Clip, *, loop: bool, speed: float = 1.0, length: float | None = None) -> Timing:
    """The clip at one pace, or so that it takes `length` seconds. No number means as it is."""
    if length is not None and math.isfinite(length) and length > 0.0 and clip.duration > 0.0:
        speed = math.copysign(clip.duration / length, speed)
    return Timing(clip.duration, loop, speed if math.isfinite(speed) else 1.0)


def gesture_timing(
    clip: Clip, *, lead: float | None = None, hold: float = 0.0, length: float | None = None
) -> Timing:
    """A gesture once: prepared in `lead` seconds where that is less than it takes, held longer.

    What is left to its accent is hurried at most `QUICKEST` times; it waits `hold` seconds before
    it goes back. With `length` all but the waiting is scaled to take so long.
    """
    pace = steady(clip, loop=False, length=length).speed
    ready, back = clip.accent, max(clip.accent, clip.phases.retraction)
    own = [0.0, ready, back, back, clip.duration]
    hurried = ready / pace
    if lead is not None and math.isfinite(lead):
        hurried = min(hurried, max(lead, hurried / QUICKEST))
    waits = max(0.0, hold) if math.isfinite(hold) else 0.0
    lengths = [hurried, (back - ready) / pace, waits, (clip.duration - back) / pace]
    played, kept, now = [0.0], [0.0], 0.0
    for seconds, there in zip(lengths, own[1:], strict=True):
        if seconds > 0.0:
            now += seconds
            played.append(now)
            kept.append(there)
    if now <= 0.0:
        return Timing(clip.duration)
    return Timing(clip.duration, played=tuple(played), own=tuple(kept))
