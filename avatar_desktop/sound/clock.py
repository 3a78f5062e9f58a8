"""Who answers "what is heard now": the one clock, live or counted.

The axis is the stage: seconds since the performance began. It never steps back and never stops:
in silence it runs on the monotonic clock, during sound it follows what the listener hears.
"""

from __future__ import annotations

from typing import Protocol


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
