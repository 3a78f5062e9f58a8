"""Transitions without a seam: what was displayed fades out of what comes, speed included.

Only the new motion is evaluated; its distance from the displayed pose decays along a curve
that starts with the displayed speed and ends at rest (D. Bollo, GDC 2018).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.motion.hierarchy import Locals
from avatar_desktop.motion.rotation import conjugate, from_vector, multiply, to_vector

Doubles = NDArray[np.float64]

MAX_SPEED_IN = 4.0
"""A leftover speed moves the offset at most by this many times its own size within the fade."""


@dataclass(frozen=True, slots=True)
class _Offset:
    vectors: Doubles
    """(2N, 3): rotation vectors, then translations"""
    scales: Doubles
    weights: Doubles


@dataclass(frozen=True, slots=True)
class Transition:
    """The distance between two motions, fading from `at` on."""

    at: float
    duration: float
    _start: _Offset
    _speed: _Offset

    @classmethod
    def between(
        cls, at: float, duration: float, old: tuple[Locals, Locals], new: tuple[Locals, Locals]
    ) -> Transition:
        """`old` and `new` are each a pair: `STEP` seconds before `at`, and at `at`."""
        before, start = (_offset(o, n) for o, n in zip(old, new, strict=True))
        limit = MAX_SPEED_IN / max(duration, 1e-6)
        speed = _Offset(
            _limited((start.vectors - before.vectors) / STEP, start.vectors, limit),
            np.zeros_like(start.scales),
            np.zeros_like(start.weights),
        )
        return cls(at, max(duration, 1e-6), start, speed)

    def is_over(self, t: float) -> bool:
        """Nothing is left to add."""
        return t >= self.at + self.duration

    def apply(self, t: float, local: Locals) -> None:
        """Add what is left at `t` to the new motion."""
        if self.is_over(t):
            return
        left, push = _decay(max(0.0, (t - self.at) / self.duration))
        push *= self.duration
        start, speed = self._start, self._speed
        vectors = left * start.vectors + push * speed.vectors
        count = len(local.rotations)
        local.rotations[:] = multiply(from_vector(vectors[:count]), local.rotations)
        local.translations += vectors[count:]
        local.scales += left * start.scales
        local.weights += left * start.weights


STEP = 1.0 / 120.0
"""Seconds between the two poses from which a speed is taken."""


def _offset(old: Locals, new: Locals) -> _Offset:
    turn = to_vector(multiply(old.rotations, conjugate(new.rotations)))
    return _Offset(
        np.concatenate([turn, old.translations - new.translations]),
        old.scales - new.scales,
        old.weights - new.weights,
    )


def _limited(speed: Doubles, start: Doubles, limit: float) -> Doubles:
    """Keep the speed from throwing a bone past the distance it has to go."""
    size = np.sqrt((speed * speed).sum(axis=1, keepdims=True))
    most = limit * np.maximum(np.sqrt((start * start).sum(axis=1, keepdims=True)), 0.01)
    return speed * np.minimum(1.0, most / np.maximum(size, 1e-12))


def _decay(s: float) -> tuple[float, float]:
    """How much of the offset and of its speed is left: quintics that end at rest."""
    cube = s * s * s
    left = 1.0 - cube * (10.0 - 15.0 * s + 6.0 * s * s)
    push = s - cube * (6.0 - 8.0 * s + 3.0 * s * s)
    return left, push
