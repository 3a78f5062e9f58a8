"""Transitions without a seam: what was displayed fades out of what comes, speed included.

Only the new motion is evaluated; its distance from the displayed pose decays along a curve
that starts with the displayed speed and ends at rest (D. Bollo, GDC 2018). Every bone fades for
itself: one that has far to go takes longer, so that none is thrown across the stage.

A row of numbers begins with quaternions and goes on with plain numbers. A lane is one of either.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.motion.rotation import conjugate, from_vector, multiply, to_vector

Doubles = NDArray[np.float64]
Places = NDArray[np.int64]
Rows = tuple[Doubles, Doubles]

STEP = 1.0 / 120.0
"""Seconds between the two poses from which a speed is taken."""
TURNS_AT_MOST = math.radians(205.0)
"""A second: no transition turns a bone faster on top of its own motion."""
COAST = 0.3
"""Seconds in which a leftover speed is used up."""
FASTEST = math.radians(2000.0)
"""A second: what seems faster was no motion but a jump."""
GLIDE = 4.0
"""A leftover speed moves a number by at most this many times its own way within the fade."""
UNTOUCHED = -1.0
"""The fade of a lane that a change does not touch."""
_STEEPEST = 1.875
"""How fast the curve falls where it falls fastest."""
_CARRIES = 0.2
"""How far a leftover speed carries, as a share of what it would without the end."""
_NOTHING = 1e-7
_NONE, _WHOLE = np.array(0.0), np.array(1.0)


_CURVES = np.array([[[10.0], [4.0]], [[-15.0], [-7.0]], [[6.0], [3.0]]])
"""How a distance falls and how a speed pushes, as r³ (a + b r + c r²): r is the share of the time
that is left."""


@dataclass(frozen=True, slots=True)
class _Offsets:
    """What is left in some lanes."""

    lanes: Places
    lengths: Doubles
    """(n,) seconds"""
    starts: Doubles
    """(n, 3), or (n,) for plain numbers"""
    speeds: Doubles

    def only(self, kept: NDArray[np.bool_]) -> _Offsets:
        if kept.all():
            return self
        return _Offsets(self.lanes[kept], self.lengths[kept], self.starts[kept], self.speeds[kept])


@dataclass(frozen=True, slots=True)
class Transition:
    """The distance between two motions, fading."""

    turns: int
    """How many of a row's lanes are quaternions."""
    over: float
    """When nothing is left."""
    _bent: Places
    """The quaternions that are touched."""
    _shifted: Places
    """The numbers after them that are."""
    _curves: Doubles
    """(5, 2, N): for the distance and for the speed when it is over, one over the seconds that it
    takes, and the three numbers of its curve. Three columns are a quaternion's, then one a
    number's."""

    @classmethod
    def between(
        cls,
        at: float,
        fades: Doubles,
        old: Rows,
        new: Rows,
        *,
        turns: int,
        glides: int = 0,
        least: float = _NOTHING,
        longest: float = math.inf,
    ) -> Transition:
        """From one motion to another at `at`.

        `fades` has seconds for each lane; none is a cut. `old` is a row `STEP` before `at` and
        one at `at`; `new` one at `at` and one `STEP` after. The first `glides` numbers after the
        quaternions keep their speed. What is nearer than `least` is not worth a transition.
        """
        limits = (least, longest)
        bent = _bent(fades[:turns], (*old, *new), limits)
        shifted = _shifted(fades[turns:], (*old, *new), limits, glides)
        curves = _curves(at, bent, shifted)
        return cls(turns, _end(curves), bent.lanes, shifted.lanes, curves)

    def followed_by(self, newer: Transition, fades: Doubles, at: float) -> Transition:
        """Both at once: the newer one in the lanes that it touches, this one in the others."""
        lasts, edge = self._curves[0, 0] > at, 3 * len(self._bent)
        bent = (fades[: self.turns].take(self._bent) < 0.0) & lasts[:edge:3]
        shifted = (fades[self.turns :].take(self._shifted) < 0.0) & lasts[edge:]
        theirs = 3 * len(newer._bent)
        curves = np.concatenate(
            [
                self._curves[..., :edge][..., np.repeat(bent, 3)],
                newer._curves[..., :theirs],
                self._curves[..., edge:][..., shifted],
                newer._curves[..., theirs:],
            ],
            axis=2,
        )
        return Transition(
            self.turns,
            _end(curves),
            np.concatenate([self._bent[bent], newer._bent]),
            np.concatenate([self._shifted[shifted], newer._shifted]),
            curves,
        )

    def apply(self, t: float, row: Doubles) -> None:
        """Add what is left at `t` to the new motion."""
        if t >= self.over:
            return
        left, edge = self._left(t), 3 * len(self._bent)
        if edge:
            turned = row[: 4 * self.turns].reshape(-1, 4)
            bends = from_vector(left[:edge].reshape(-1, 3))
            turned[self._bent] = multiply(bends, turned.take(self._bent, 0))
        if len(self._shifted):
            row[4 * self.turns :][self._shifted] += left[edge:]

    def _left(self, t: float) -> Doubles:
        """(N,)"""
        ends, pace, first, second, third = self._curves
        share = (ends - t) * pace
        np.maximum(share, _NONE, out=share)
        np.minimum(share, _WHOLE, out=share)
        left = share * third
        left += second
        left *= share
        left += first
        for _ in range(3):
            left *= share
        return left[0] + left[1]


def _bent(fades: Doubles, rows: tuple[Doubles, ...], limits: tuple[float, float]) -> _Offsets:
    (least, longest), lanes = limits, np.flatnonzero(fades > 0.0)
    before, here, there, after = (
        row[: 4 * len(fades)].reshape(-1, 4).take(lanes, 0) for row in rows
    )
    apart, gone, goes = multiply(np.array([here, before, after]), conjugate(there))
    starts, came = to_vector(np.array([apart, multiply(gone, goes)]))
    speeds = (starts - _nearer(came, starts)) / STEP
    fast = _lengths(speeds)
    speeds[fast > FASTEST] = 0.0
    fast[fast > FASTEST] = 0.0
    far = _lengths(starts)
    way = far + fast * (_CARRIES * COAST)
    lengths = np.maximum(fades.take(lanes), way * (_STEEPEST / TURNS_AT_MOST))
    offsets = _Offsets(lanes, np.minimum(lengths, longest), starts, speeds)
    return offsets.only((way if least <= _NOTHING else far) > least)


def _shifted(
    fades: Doubles, rows: tuple[Doubles, ...], limits: tuple[float, float], glides: int
) -> _Offsets:
    (least, longest), lanes = limits, np.flatnonzero(fades > 0.0)
    before, here, there, after = (row[-len(fades) :].take(lanes) for row in rows)
    starts = here - there
    far = np.abs(starts)
    lengths = np.minimum(fades.take(lanes), longest)
    most = GLIDE * np.maximum(far, 0.01) / lengths
    speeds = np.clip((here - before - after + there) / STEP, -most, most)
    speeds[lanes >= glides] = 0.0
    offsets = _Offsets(lanes, lengths, starts, speeds)
    return offsets.only(far > least)


def _curves(at: float, bent: _Offsets, shifted: _Offsets) -> Doubles:
    lengths = np.concatenate([np.repeat(bent.lengths, 3), shifted.lengths])
    seconds = np.array([lengths, np.minimum(lengths, COAST)])
    ways = np.empty_like(seconds)
    np.concatenate([bent.starts.reshape(-1), shifted.starts], out=ways[0])
    np.concatenate([bent.speeds.reshape(-1), shifted.speeds], out=ways[1])
    ways[1] *= seconds[1]
    curves = np.empty((5, *ways.shape))
    np.add(seconds, at, curves[0])
    np.divide(1.0, seconds, curves[1])
    np.multiply(_CURVES, ways, curves[2:])
    return curves


def _nearer(vectors: Doubles, to: Doubles) -> Doubles:
    """The same turns, the other way round where that lies nearer."""
    sizes = np.maximum(_lengths(vectors), 1e-9)[:, None]
    others = vectors * (1.0 - 2.0 * math.pi / sizes)
    is_nearer = _lengths(others - to) < _lengths(vectors - to)
    return np.where(is_nearer[:, None], others, vectors)


def _lengths(vectors: Doubles) -> Doubles:
    """(n,)"""
    return np.sqrt(np.vecdot(vectors, vectors))


def _end(curves: Doubles) -> float:
    return float(curves[0].max(initial=-math.inf))
