"""Times for a voice that tells none: its sound is laid beside espeak's reading of the same text.

Promise: phones lie end to end over the whole sound, and the answer says how good its times are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.voice.clip import Phone, Timing
from avatar_desktop.voice.engine import go_on_unless
from avatar_desktop.voice.features import RATE, Rows, Sound, at_16k, features, speech_bounds
from avatar_desktop.voice.words import Mark

HOP: Final = 80
MOST_FRAMES: Final = 2400
"""Longer sounds are compared in longer steps: the work grows with the square."""
STEP_PENALTY: Final = 0.15
"""Of the median cost, for each step that one voice takes alone."""
MOST_UNLIKE: Final = 0.93
"""Mean cost of the path against the cost at large; above, the two say different things."""
DIAGONALS_A_LOOK: Final = 64
Knots = NDArray[np.float64]
_SILENCE: Final = Phone(0, 0, "", 0)
_LENGTHS: Final = (0.4, 2.5)


@dataclass(frozen=True, slots=True)
class Times:
    """What is said when, in samples of a sound."""

    phones: tuple[Phone, ...]
    marks: tuple[Mark, ...]
    timing: Timing = "exact"

    def moved(self, knots: Knots, to: Knots, length: int) -> Times:
        """The same on another line of time: `knots` there are `to` here, straight in between."""

        def place(sample: int) -> int:
            return min(length, max(0, round(float(np.interp(sample, knots, to)))))

        spans = [(place(phone.start), place(phone.end), phone) for phone in self.phones]
        if spans and spans[0][0] > 0:
            spans.insert(0, (0, spans[0][0], _SILENCE))
        if spans and spans[-1][1] < length:
            spans.append((spans[-1][1], length, _SILENCE))
        phones = tuple(Phone(a, b, phone.ipa, phone.stress) for a, b, phone in spans if b > a)
        marks = tuple((char, place(at)) for char, at in self.marks)
        return Times(phones, marks, self.timing)

    def stretched(self, factor: float, length: int) -> Times:
        """All times longer by a factor; the last phone ends with the sound."""
        whole = self.phones[-1].end if self.phones else 1
        return self.moved(np.array((0.0, whole)), np.array((0.0, whole * factor)), length)


def _wanted() -> bool:
    return False


def fitted(
    sound: Sound,
    rate: int,
    reading: Sound,
    reading_rate: int,
    times: Times,
    *,
    is_cancelled: Callable[[], bool] = _wanted,
) -> Times:
    """The times of a reading, carried over to another voice's sound of the same text.

    Raises Cancelled soon after nobody wants them any more.
    """
    if not times.phones or not len(sound):
        return Times((), (), "estimated")
    ours, theirs = speech_bounds(sound, rate), speech_bounds(reading, reading_rate)
    length = (ours[1] - ours[0]) / rate / max(1e-3, (theirs[1] - theirs[0]) / reading_rate)
    if ours[1] > ours[0] and _LENGTHS[0] < length < _LENGTHS[1]:
        ours_spoken = at_16k(sound[slice(*ours)], rate)
        theirs_spoken = at_16k(reading[slice(*theirs)], reading_rate)
        path = _path(ours_spoken, theirs_spoken, is_cancelled)
        if path is not None:
            # Before and after the speech time goes on as it does, it is not stretched.
            before = min(ours[0] / rate, theirs[0] / reading_rate)
            after = min((len(sound) - ours[1]) / rate, (len(reading) - theirs[1]) / reading_rate)
            there = _edged(theirs[0] + path[1] / RATE * reading_rate, before, after, reading_rate)
            here = _edged(ours[0] + path[0] / RATE * rate, before, after, rate)
            placed = times.moved(there, here, len(sound))
            return Times(placed.phones, placed.marks, "aligned")
    knots = [0.0, float(theirs[0]), float(theirs[1]), float(len(reading))]
    to = [0.0, float(ours[0]), float(ours[1] or len(sound)), float(len(sound))]
    placed = times.moved(np.array(knots), np.array(to), len(sound))
    return Times(placed.phones, placed.marks, "estimated")


def _edged(
    samples: NDArray[np.float64], before: float, after: float, rate: int
) -> NDArray[np.float64]:
    """With one more knot before and after, so many seconds away."""
    return np.array([samples[0] - before * rate - 1, *samples, samples[-1] + after * rate + 1])


def _path(
    ours: Sound, theirs: Sound, is_cancelled: Callable[[], bool]
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Samples that belong together, rising in the second voice; None where they are too unlike."""
    hop = HOP * max(1, -(-max(len(ours), len(theirs)) // (HOP * MOST_FRAMES)))
    seen = features(ours, hop)
    go_on_unless(is_cancelled)
    cost = _costs(seen, features(theirs, hop))
    go_on_unless(is_cancelled)
    typical = float(np.median(cost))
    rows, columns = _cheapest(cost, STEP_PENALTY * typical, is_cancelled)
    if float(cost[rows, columns].mean()) > MOST_UNLIKE * typical:
        return None
    # One place here for each place there: the middle of those that share it.
    there, first = np.unique(columns, return_index=True)
    here = np.add.reduceat(rows.astype(np.float64), first) / np.diff([*first, len(rows)])
    return here * hop, there.astype(np.float64) * hop


def _costs(ours: Rows, theirs: Rows) -> Rows:
    squares = np.square(ours).sum(axis=1)[:, None] + np.square(theirs).sum(axis=1)
    return np.sqrt(np.maximum(squares - 2 * (ours @ theirs.T), 0)).astype(np.float32)


def _cheapest(
    cost: Rows, penalty: float, is_cancelled: Callable[[], bool]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The cheapest way through the costs, from corner to corner, a whole diagonal at a time."""
    height, width = cost.shape
    flat = np.ascontiguousarray(cost)
    moves = np.zeros((height + width - 1, height), np.int8)
    nothing = np.full(height + 1, np.inf)
    before, last = nothing.copy(), nothing.copy()
    last[1] = flat[0, 0]
    for diagonal in range(1, height + width - 1):
        if diagonal % DIAGONALS_A_LOOK == 0:
            go_on_unless(is_cancelled)
        low, high = max(0, diagonal - width + 1), min(diagonal, height - 1) + 1
        rows = np.arange(low, high)
        # Place i + 1 holds row i: from both, from our step alone, from theirs alone.
        ways = np.stack(
            (before[low:high], last[low:high] + penalty, last[low + 1 : high + 1] + penalty)
        )
        best = ways.argmin(axis=0)
        moves[diagonal, low:high] = best
        here = nothing.copy()
        here[low + 1 : high + 1] = ways[best, np.arange(high - low)] + flat[rows, diagonal - rows]
        before, last = last, here
    row, column = height - 1, width - 1
    path = [(row, column)]
    while row or column:
        move = moves[row + column, row]
        row, column = row - (move != 2), column - (move != 1)
        path.append((row, column))
    found = np.array(path[::-1], np.intp)
    return found[:, 0], found[:, 1]
