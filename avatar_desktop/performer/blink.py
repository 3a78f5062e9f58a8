"""Blinks: drawn from a skewed distribution, advanced by events, never redrawn on a state change."""

from __future__ import annotations

import numpy as np

CLOSE = 0.085
DWELL = 0.03
OPEN = 0.19
TOTAL = CLOSE + DWELL + OPEN
SHAPE = 3.0
"""Gamma shape of the intervals: coefficient of variation 0.58, as in people."""
DOUBLE = 0.12
"""Share of blinks that are followed at once by another."""
EVENT_WINDOW = 0.55
"""A pending blink this share of an interval away comes forward when an event invites it."""


class Blinks:
    """Counts down a unit of waiting at the rate of the present role."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._wait = self._draw() * 0.6
        self._started = self._earlier = float("-inf")
        """Of the last blink, and of the one before it."""

    def _draw(self) -> float:
        return max(0.25, float(self._rng.gamma(SHAPE, 1.0 / SHAPE)))

    def step(self, now: float, dt: float, rate: float) -> None:
        """Move on by `dt`; `rate` is the role's blinks a minute."""
        self._wait -= dt * rate / 60.0
        if self._wait <= 0.0 and now - self._started > TOTAL:
            self._blink(now)

    def invite(self, now: float) -> None:
        """A phrase ended or the eyes jumped: a blink that is nearly due happens here instead."""
        if self._wait < EVENT_WINDOW and now - self._started > TOTAL * 2:
            self._blink(now)

    def _blink(self, now: float) -> None:
        self._earlier, self._started = self._started, now
        self._wait = 0.03 if self._rng.random() < DOUBLE else self._draw()

    def closure(self, now: float) -> float:
        """How far the lids are shut, 0 to 1: quick to close, slow to open."""
        since = now - (self._started if now >= self._started else self._earlier)
        if since < 0.0 or since >= TOTAL:
            return 0.0
        if since < CLOSE:
            return _ease(since / CLOSE)
        if since < CLOSE + DWELL:
            return 1.0
        return 1.0 - _ease((since - CLOSE - DWELL) / OPEN)


def _ease(x: float) -> float:
    return x * x * (3.0 - 2.0 * x)
