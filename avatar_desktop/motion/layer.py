"""One clip that plays over part of a body for a while."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.motion.clip import Clip
from avatar_desktop.motion.clip_table import Table
from avatar_desktop.motion.inertia import STEP, Transition
from avatar_desktop.motion.masks import Mask
from avatar_desktop.motion.root_motion import RootMotion, Travel
from avatar_desktop.motion.rotation import conjugate, multiply, slerp
from avatar_desktop.motion.timing import Moment, Timing
from avatar_desktop.motion.tracks import Tracks

Doubles = NDArray[np.float64]
Places = NDArray[np.int64]

BASE, POSTURE, GESTURE, EXTRA, ADDITIVE = range(5)
"""The order of layers, each over those before."""
WRAP = 0.3
"""Seconds in which a loop whose end is not its start finds into its next round."""
FITS = 3e-3
"""Radians, or metres, between the end and the start of a loop that is left as it is."""
_NO_TURN = np.array([0.0, 0.0, 0.0, 1.0])


@dataclass(frozen=True, slots=True)
class Reach:
    """What one part of a clip may write through a mask."""

    number: int
    """Of the part, in its clip."""
    part: Table | Tracks
    columns: Places | None
    """Of the part's numbers; None for all."""
    targets: Places
    """Where they belong in a row of all numbers."""
    turns: int
    """How many of them, the first ones, are parts of rotations."""


def reaches(clip: Clip, mask: Mask) -> tuple[Reach, ...]:
    """The clip's parts as far as the mask lets them through."""
    found: list[Reach] = []
    for number, part in enumerate(clip.parts):
        columns = np.flatnonzero(mask.numbers[part.targets])
        turns = int(np.searchsorted(columns, part.turns))
        whole = len(columns) == len(part.targets)
        if len(columns):
            chosen = None if whole else columns
            found.append(Reach(number, part, chosen, part.targets[columns], turns))
    return tuple(found)


def lanes_of(parts: tuple[Reach, ...], nodes: int) -> Places:
    """The lanes of a row (quaternions, then numbers) that they write."""
    targets = np.concatenate([np.zeros(0, np.int64), *(reach.targets for reach in parts)])
    return np.unique(np.where(targets < 4 * nodes, targets // 4, targets - 3 * nodes))


@dataclass(frozen=True, slots=True)
class Seams:
    """For each part of a clip, what leads from the end of a round into the next."""

    forwards: tuple[Transition, ...]
    backwards: tuple[Transition, ...]


def seams_of(clip: Clip, root: RootMotion | None = None) -> Seams:
    """Made once for a loop; `root` takes out the way that a round makes over the ground."""
    ends, starts = clip.duration, 0.0

    def row(part: Table | Tracks, t: float) -> Doubles:
        numbers = part.row(t)
        if root is not None and clip.duration > 0.0:
            _carry(numbers, part.targets, root, -min(1.0, max(0.0, t / clip.duration)))
        return numbers

    def seam(part: Table | Tracks, last: float, first: float, step: float) -> Transition:
        lanes = part.turns // 4
        fades = np.full(len(part.targets) - 3 * lanes, WRAP)
        # a picture that glides on begins anew where it looks the same: it must not rush back
        fades[lanes:][part.targets[part.turns :] >= clip.first_look] = 0.0
        return Transition.between(
            0.0,
            fades,
            (row(part, last - step), row(part, last)),
            (row(part, first), row(part, first + step)),
            turns=lanes,
            least=FITS,
            longest=max(clip.duration, 1e-3),
        )

    return Seams(
        tuple(seam(part, ends, starts, STEP) for part in clip.parts),
        tuple(seam(part, starts, ends, -STEP) for part in clip.parts),
    )


def _carry(numbers: Doubles, targets: Places, root: RootMotion, share: float) -> None:
    """Move the root along its way, in numbers of one part of a clip or in a whole row."""
    for axis in range(3):
        numbers[targets == root.place + axis] += share * root.way[axis]


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """A clip in its place among the others; everything but the time is settled."""

    number: int
    rank: int
    clip: Clip
    parts: tuple[Reach, ...]
    lanes: Places
    timing: Timing
    began: float
    """When its clip begins."""
    at: float
    """From when on it is shown, and until when."""
    until: float = math.inf
    fade_in: float = 0.0
    fade_out: float = 0.0
    weight: float = 1.0
    reference: tuple[Doubles, ...] | None = None
    """An additive layer's own rest, by part: what differs from it is added."""
    seams: Seams | None = None
    root: RootMotion | None = None
    travel: Travel = "as authored"
    carried: Doubles = field(default_factory=lambda: np.zeros(3))
    """How far the body had come when this layer took over."""

    @property
    def covers(self) -> bool:
        """Nothing of what lies below is seen."""
        return self.weight >= 1.0 and self.reference is None

    def write(self, t: float, row: Doubles) -> None:
        """Put the clip at `t` over what the layers below left in `row`."""
        moment = self.timing.at(t - self.began)
        for number, reach in enumerate(self.parts):
            values = self._values(reach, moment)
            if self.reference is not None:
                _add(row, reach, values, self.reference[number], self.weight)
            elif self.weight < 1.0:
                _mix(row, reach, values, self.weight)
            else:
                row[reach.targets] = values
        if self.root is not None:
            row[self.root.place : self.root.place + 3] += self.travelled(t) - self._within(moment)

    def travelled(self, t: float) -> Doubles:
        """How far the body has come over the ground, in the space of the root's parent."""
        if self.root is None or self.travel != "moving":
            return self.carried
        moment = self.timing.at(t - self.began)
        way = moment.rounds + moment.since_wrap / max(self.clip.duration, 1e-9)
        return self.carried + (-way if self.timing.speed < 0.0 else way) * self.root.way

    def _within(self, moment: Moment) -> Doubles:
        """The part of the way that the clip itself has made in this round."""
        assert self.root is not None
        if self.travel == "as authored":
            return np.zeros(3)
        return self.root.way * (moment.own / max(self.clip.duration, 1e-9))

    def _values(self, reach: Reach, moment: Moment) -> Doubles:
        values = reach.part.row(moment.own)
        if moment.rounds and self.seams is not None:
            back = self.timing.speed < 0.0
            seams = self.seams.backwards if back else self.seams.forwards
            seams[reach.number].apply(moment.since_wrap, values)
        return values if reach.columns is None else values.take(reach.columns)


def _mix(row: Doubles, reach: Reach, values: Doubles, weight: float) -> None:
    below = row[reach.targets]
    turned, goal = _quaternions(below, reach), _quaternions(values, reach)
    turned[:] = slerp(turned, goal, weight)
    below[reach.turns :] += weight * (values[reach.turns :] - below[reach.turns :])
    row[reach.targets] = below


def _add(row: Doubles, reach: Reach, values: Doubles, rest: Doubles, weight: float) -> None:
    below = row[reach.targets]
    turned = _quaternions(below, reach)
    own = multiply(conjugate(_quaternions(rest, reach)), _quaternions(values, reach))
    turned[:] = multiply(turned, slerp(np.broadcast_to(_NO_TURN, own.shape), own, weight))
    below[reach.turns :] += weight * (values[reach.turns :] - rest[reach.turns :])
    row[reach.targets] = below


def _quaternions(numbers: Doubles, reach: Reach) -> Doubles:
    return numbers[: reach.turns].reshape(-1, 4)


def rest_of(parts: tuple[Reach, ...], avatar_row: Doubles | None = None) -> tuple[Doubles, ...]:
    """What an additive layer measures from: the clip's first frame, or a whole pose."""
    if avatar_row is not None:
        return tuple(avatar_row[reach.targets].copy() for reach in parts)
    rows = [(reach, reach.part.row(0.0)) for reach in parts]
    return tuple(row if reach.columns is None else row[reach.columns] for reach, row in rows)
