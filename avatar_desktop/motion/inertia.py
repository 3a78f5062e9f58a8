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


@dataclass(frozen=True, slots=True)
class _Offsets:
    """What is left in some lanes: n of them, w numbers each."""

    lanes: Places
    begins: Doubles
    """(n, 1)"""
    lengths: Doubles
    coasts: Doubles
    starts: Doubles
    """(n, w)"""
    speeds: Doubles

    def at(self, t: float) -> Doubles:
        since = np.maximum(t - self.begins, 0.0)
        s = np.minimum(since / self.lengths, 1.0)
        left = s * (s * 6.0 - 15.0) + 10.0
        left *= s * s * s
        offset = (1.0 - left) * self.starts
        s = np.minimum(since / self.coasts, 1.0)
        push = s * (s * 3.0 - 8.0) + 6.0
        push *= s * s * s
        offset += (s - push) * self.coasts * self.speeds
        return offset

    def only(self, kept: NDArray[np.bool_]) -> _Offsets:
        return _Offsets(
            self.lanes[kept],
            self.begins[kept],
            self.lengths[kept],
            self.coasts[kept],
            self.starts[kept],
            self.speeds[kept],
        )

    def beside(self, other: _Offsets) -> _Offsets:
        return _Offsets(
            np.concatenate([self.lanes, other.lanes]),
            np.concatenate([self.begins, other.begins]),
            np.concatenate([self.lengths, other.lengths]),
            np.concatenate([self.coasts, other.coasts]),
            np.concatenate([self.starts, other.starts]),
            np.concatenate([self.speeds, other.speeds]),
        )

    def ends(self) -> Doubles:
        return (self.begins + np.maximum(self.lengths, self.coasts))[:, 0]


@dataclass(frozen=True, slots=True)
class Transition:
    """The distance between two motions, fading."""

    turns: int
    """How many of a row's lanes are quaternions."""
    over: float
    """When nothing is left."""
    _bent: _Offsets
    _shifted: _Offsets

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
        bent = _bent(at, fades[:turns], (*old, *new), limits)
        shifted = _shifted(at, fades[turns:], (*old, *new), limits, glides)
        return cls(turns, _end(bent, shifted), bent, shifted)

    def followed_by(self, newer: Transition, fades: Doubles, at: float) -> Transition:
        """Both at once: the newer one in the lanes that it touches, this one in the others."""
        kept: list[_Offsets] = []
        for ours, theirs, touched in (
            (self._bent, newer._bent, fades[: self.turns] >= 0.0),
            (self._shifted, newer._shifted, fades[self.turns :] >= 0.0),
        ):
            kept.append(ours.only(~touched[ours.lanes] & (ours.ends() > at)).beside(theirs))
        return Transition(self.turns, _end(*kept), *kept)

    def apply(self, t: float, row: Doubles) -> None:
        """Add what is left at `t` to the new motion."""
        if t >= self.over:
            return
        if len(self._bent.lanes):
            turned = row[: 4 * self.turns].reshape(-1, 4)
            lanes = self._bent.lanes
            turned[lanes] = multiply(from_vector(self._bent.at(t)), turned[lanes])
        if len(self._shifted.lanes):
            row[4 * self.turns :][self._shifted.lanes] += self._shifted.at(t)[:, 0]


def _bent(
    at: float, fades: Doubles, rows: tuple[Doubles, ...], limits: tuple[float, float]
) -> _Offsets:
    (least, longest), lanes = limits, np.flatnonzero(fades > 0.0)
    before, here, there, after = (row[: 4 * len(fades)].reshape(-1, 4)[lanes] for row in rows)
    starts = to_vector(multiply(here, conjugate(there)))
    back = multiply(multiply(there, conjugate(after)), there)
    came = _nearer(to_vector(multiply(before, conjugate(back))), starts)
    speeds = (starts - came) / STEP
    speeds[_lengths(speeds)[:, 0] > FASTEST] = 0.0
    far = _lengths(starts)
    way = far + _lengths(speeds) * (_CARRIES * COAST)
    lengths = np.maximum(fades[lanes, None], way * (_STEEPEST / TURNS_AT_MOST))
    lengths = np.minimum(lengths, longest)
    offsets = _Offsets(
        lanes, np.full_like(lengths, at), lengths, np.minimum(lengths, COAST), starts, speeds
    )
    return offsets.only((way if least <= _NOTHING else far)[:, 0] > least)


def _shifted(
    at: float,
    fades: Doubles,
    rows: tuple[Doubles, ...],
    limits: tuple[float, float],
    glides: int,
) -> _Offsets:
    (least, longest), lanes = limits, np.flatnonzero(fades > 0.0)
    before, here, there, after = (row[-len(fades) :][lanes, None] for row in rows)
    starts = here - there
    lengths = np.minimum(fades[lanes, None], longest)
    most = GLIDE * np.maximum(np.abs(starts), 0.01) / lengths
    speeds = np.clip((here - before - after + there) / STEP, -most, most)
    speeds[lanes >= glides] = 0.0
    offsets = _Offsets(
        lanes, np.full_like(lengths, at), lengths, np.minimum(lengths, COAST), starts, speeds
    )
    return offsets.only((np.abs(starts) > least)[:, 0])


def _nearer(vectors: Doubles, to: Doubles) -> Doubles:
    """The same turns, the other way round where that lies nearer."""
    sizes = np.maximum(_lengths(vectors), 1e-9)
    others = vectors * (1.0 - 2.0 * math.pi / sizes)
    return np.where(_lengths(others - to) < _lengths(vectors - to), others, vectors)


def _lengths(vectors: Doubles) -> Doubles:
    """(n, 1)"""
    return np.sqrt(np.einsum("ij,ij->i", vectors, vectors))[:, None]


def _end(*offsets: _Offsets) -> float:
    return max((float(each.ends().max()) for each in offsets if len(each.lanes)), default=-math.inf)
