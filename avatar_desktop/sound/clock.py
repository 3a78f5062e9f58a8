"""Who answers "what is heard now": the one clock, live or counted.

The axis is the stage: seconds since the performance began. It never steps back and never stops:
in silence it runs on the monotonic clock, during sound it follows what the listener hears.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

JOIN_SECONDS = 0.005
"""The most by which one look at the clock moves it towards the device."""
JOIN_SHARE = 0.3
"""Nor does it ever run faster or slower than by this share: many looks a frame change nothing."""

monotonic = time.perf_counter
"""The same in all processes of a machine, and fine on Windows, where time.monotonic is not."""


class Clock(Protocol):
    """The stage position that the listener hears at this moment."""

    def heard(self) -> float: ...


class CountedClock:
    """A clock that is moved by hand: films, tests and benchmarks are repeatable with it."""

    def __init__(self, start: float = 0.0) -> None:
        self._now = start

    def heard(self) -> float:
        return self._now

    def move_to(self, seconds: float) -> None:
        if seconds < self._now:
            raise ValueError(f"the stage clock cannot go back from {self._now} to {seconds}")
        self._now = seconds


@dataclass(frozen=True, slots=True)
class Anchor:
    """The stage position `stage` is heard at the instant `at` of the monotonic clock."""

    stage: float
    at: float

    def position(self, now: float) -> float:
        return self.stage + (now - self.at)


class JoinedClock:
    """Runs by itself and joins the device gently whenever that says where it is."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        start = now()
        self._before = self._anchor = Anchor(0.0, start)
        self._looked_at = start
        self._heard = 0.0

    def anchor(self, anchor: Anchor) -> None:
        """What the device says. Until its instant comes the stage waits at its position."""
        if anchor.stage != self._anchor.stage:
            self._before = self._anchor
        self._anchor = anchor

    def true(self) -> float:
        """Where the device is: the position that sounds are placed by."""
        return self._true(self._now())

    def at(self) -> Anchor:
        """A pair to hand to a device that starts: now, and where the stage is."""
        now = self._now()
        return Anchor(self._true(now), now)

    def heard(self) -> float:
        """The stage position heard now; never less than before."""
        now = self._now()
        passed = max(0.0, now - self._looked_at)
        self._looked_at = max(now, self._looked_at)
        free = self._heard + passed
        limit = min(JOIN_SECONDS, JOIN_SHARE * passed)
        self._heard = free + min(limit, max(-limit, self._true(now) - free))
        return self._heard

    def _true(self, now: float) -> float:
        if now >= self._anchor.at:
            return self._anchor.position(now)
        return min(self._before.position(now), self._anchor.stage)
