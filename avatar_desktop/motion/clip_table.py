"""Straight tracks (STEP and LINEAR) laid out once: a row of numbers for each instant at which
something changes, and the way to the next.

A sample is then one row, one multiplication and one addition for the whole body.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.motion.rotation import squares
from avatar_desktop.motion.tracks import Tracks

Doubles = NDArray[np.float64]
Places = NDArray[np.int64]

FINE = 0.03
"""Radians of half a turn between two rows; on so short an arc the chord is as good (1e-6)."""
MOST_NUMBERS = 4_000_000
"""A table larger than this (32 MB) is not worth its speed."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of numbers, and from each the way to the next."""

    targets: Places
    turns: int
    times: list[float]
    starts: Doubles
    """The times again, to be searched for many at once."""
    pace: Doubles
    """One over the seconds to the next row; nothing for the last."""
    rows: Doubles
    ways: Doubles

    def row(self, t: float) -> Doubles:
        """The row at one instant; the ends are held, for ever."""
        t = min(t, self.times[-1])
        row = max(0, bisect_right(self.times, t) - 1)
        share = max(0.0, (t - self.times[row]) * self.pace[row])
        numbers = self.ways[row] * share
        numbers += self.rows[row]
        turns = numbers[: self.turns].reshape(-1, 4)
        lengths = squares(turns)
        turns /= np.sqrt(lengths, lengths)
        return numbers

    def at(self, times: Doubles) -> Doubles:
        """The rows at each of many instants."""
        times = np.clip(times, self.times[0], self.times[-1])
        rows = np.maximum(np.searchsorted(self.starts, times, side="right") - 1, 0)
        shares = (times - self.starts[rows]) * self.pace[rows]
        numbers = self.ways[rows]
        numbers *= shares[:, None]
        numbers += self.rows[rows]
        turns = numbers[:, : self.turns].reshape(len(times), self.turns // 4, 4)
        turns /= np.sqrt(np.einsum("kij,kij->ki", turns, turns))[..., None]
        return numbers


def laid_out(tracks: Tracks) -> Table | None:
    """The tracks laid out; None when that would take too much room."""
    times = tracks.key_times
    if times.size * tracks.targets.size > MOST_NUMBERS:
        return None
    rows, coming = _at_and_before(tracks, times)
    pieces = _pieces(rows[:-1], coming, tracks.turns)
    if int(pieces.sum()) * tracks.targets.size > MOST_NUMBERS:
        return None
    if pieces.size and int(pieces.max()) > 1:
        times = _cut(times, pieces)
        rows, coming = _at_and_before(tracks, times)
    ways = np.concatenate([coming, np.zeros_like(rows[:1])])
    _shorten(rows[:-1], ways[:-1], tracks.turns)
    ways[:-1] -= rows[:-1]
    pace = np.append(1.0 / np.diff(times), 0.0)
    return Table(tracks.targets, tracks.turns, times.tolist(), times, pace, rows, ways)


def _at_and_before(tracks: Tracks, times: Doubles) -> tuple[Doubles, Doubles]:
    """The rows at all instants, and what they are just before all but the first."""
    rows = tracks.at(times)
    return rows, rows[1:] if tracks.is_smooth else tracks.at(times[1:], coming=True)


def _pieces(here: Doubles, there: Doubles, turns: int) -> Places:
    """Into how many rows each stretch between keys is cut, so that chords follow the arcs."""
    if not turns or not len(here):
        return np.ones(len(here), np.int64)
    a, b = (
        here[:, :turns].reshape(len(here), turns // 4, 4),
        there[:, :turns].reshape(len(here), turns // 4, 4),
    )
    cosines = np.minimum(1.0, np.abs(np.einsum("kij,kij->ki", a, b)).min(axis=1))
    return np.maximum(1, np.ceil(np.arccos(cosines) / FINE)).astype(np.int64)


def _cut(times: Doubles, pieces: Places) -> Doubles:
    """The instants, with each stretch between two cut into equal pieces."""
    stretch = np.repeat(np.arange(len(pieces)), pieces)
    number = np.arange(len(stretch)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    share = number / pieces[stretch]
    return np.append(times[stretch] + share * np.diff(times)[stretch], times[-1])


def _shorten(here: Doubles, there: Doubles, turns: int) -> None:
    """Give each rotation of `there` the sign that lies nearer, in place."""
    a = here[:, :turns].reshape(len(here), turns // 4, 4)
    b = there[:, :turns].reshape(len(here), turns // 4, 4)
    b[np.einsum("kij,kij->ki", a, b) < 0.0] *= -1.0
