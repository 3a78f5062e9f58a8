"""Hair, scarves and tails: what swings by itself (VRMC_springBone) behind the animated body.

The state moves in steps of 1/60 s that lie fast on the clock, each with the body as it was at
that instant, found between the frames on both sides. A frame between two steps is shown by a
share of the next step that is then thrown away. So the motion is the same at any frame rate, and
at 60 frames a second it is what the reference implementation does in one step a frame. A screen of
about that rate never is quite on time: a frame that lasts nearly a step is then one, of its own
length, for half of the work.

What hardly moves takes one longer step now and then instead, and follows its anchor in between: it
is within a millimetre or two of where the short ones lead, for a small part of the work. Hair of an
avatar that only breathes is so calm most of the time.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.motion.hierarchy import Locals, PoseBuilder
from avatar_desktop.motion.swing import STEP, Swing

Doubles = NDArray[np.float64]

LONGEST_GAP = 0.25
"""After more seconds without a frame what swings is taken along instead of simulated."""
FASTEST = 12.0
"""Body heights a second: what is faster was put there and did not move there."""
SHORTEST_JUMP = 0.15
"""Body heights: no shorter way is a jump, however short the frame."""
MOST_SETTLING = 60
_SETTLING_SHARE = 6.0
"""Steps larger than life bring a chain to rest sooner, and to the same rest."""
_STILL = 1e-5
_ON_THE_STEP = 1e-6
CALM = 5e-4
"""Body heights that a tail, or the place of a chain, goes in one step at most while it is calm."""
BRISK = 1e-3
"""The same of one that is not calm but may take two steps at once where frames are few; twice as
far and four steps where they are very few."""
SUDDEN = 2e-3
"""Body heights that the place of a calm chain goes in a frame at most, for all the steps that the
chain is behind to be taken at once."""
_FEW_FRAMES, _VERY_FEW_FRAMES = 1.9 * STEP, 4.5 * STEP
_STRIDE = 3.0
"""Steps that a calm chain takes at once, at least; until then it follows its anchor."""
_LEAST_STRIDE, _LONGEST_STRIDE = 0.75, 10.5
"""The same for the first ones; speeds are not taken from shorter ones."""
_AS_LONG, _WHOLE = (0.9, 1.1), 1.75
"""Steps from frame to frame, and since the state was accepted, that are taken as one."""


class Springs:
    """Everything that swings on one avatar; the caller's time moves it, nothing else does."""

    def __init__(self, avatar: Avatar) -> None:
        self._swing = Swing(avatar)
        self.nodes = self._swing.nodes
        """The nodes that swing, in the order of the matrices that come back."""
        self.anchors = self._swing.anchors
        """The nodes whose world matrices (A, 4, 4) go in."""
        self._height = _height(avatar)
        self._then, self._now = self._swing.held.copy(), self._swing.held.copy()
        self._at: float | None = None
        self._rests = False
        """Whether it was calm in the last frame."""
        self._lived = 0.0
        """How far the state has come, in steps; whole ones unless it was calm."""

    def start(self, t: float, anchors: Doubles) -> Doubles:
        """Begin as the animation alone would have it, without speed."""
        self._take(anchors)
        self._swing.rest()
        self._lived = _steps_until(t)
        return self._shown(t)

    def settle(self, t: float, anchors: Doubles) -> Doubles:
        """Begin hanging, as if nothing had moved for long."""
        self._take(anchors)
        self._swing.rest()
        for _ in range(MOST_SETTLING):
            self._swing.solve(_SETTLING_SHARE)
            self._swing.accept()
            is_still = self._swing.haste < _STILL * self._height * self._swing.size
            self._swing.calm()
            if is_still:
                break
        self._swing.solve(0.0)
        self._lived = _steps_until(t)
        return self._shown(t)

    def advance(self, t: float, anchors: Doubles) -> Doubles:
        """World matrices of the swinging nodes at `t`; the same `t` again is a pause.

        The first time, and when time goes back, it begins anew. The result is overwritten.
        """
        if self._at is None or t < self._at:
            self._rests = False
            return self.settle(t, anchors)
        gap = t - self._at
        self._take(anchors)
        way = self._swing.way(self._then, self._now)
        if gap > LONGEST_GAP:
            self._swing.carry(self._then)
            self._swing.calm()
            self._lived = _steps_until(t)
        elif self._jumped(way, gap):
            self._swing.carry(self._then)
            np.copyto(self._then, self._now)
            way = 0.0
        elif self._is_calm(way, gap, t / STEP - self._lived):
            if self._rests and t / STEP - self._lived < _STRIDE:
                self._swing.follow()
            else:
                self._live_on(t / STEP)
            self._rests = True
            return self._shown(t)
        self._rests = False
        self._step_by_step(t, gap, way)
        return self._shown(t)

    def _step_by_step(self, t: float, gap: float, way: float) -> None:
        begin, end = self._lived, t / STEP
        if _AS_LONG[0] <= gap / STEP <= _AS_LONG[1] and end - begin >= _LEAST_STRIDE:
            is_late = end - begin > _WHOLE  # it was calm, or frames were shorter
            if is_late and way > SUDDEN * self._height * self._swing.size:
                self._between(0.0)
                self._live_on((t - gap) / STEP)
                self._between(1.0)
                is_late = False
            self._live_on(end, as_step=not is_late)
            return
        stride = self._brisk_stride(gap, way)
        step, last = math.floor(begin + 0.5), math.floor(end + _ON_THE_STEP)
        while step < last:  # after calm the first one is longer or shorter
            step = min(step + stride, last)
            self._between(1.0 - (t - step * STEP) / gap)
            self._live_on(step)
        rest = end - self._lived
        if self._lived == begin or rest > _ON_THE_STEP:
            self._between(1.0)
            self._swing.solve(max(0.0, rest))

    def _live_on(self, until: float, *, as_step: bool = False) -> None:
        stride = until - self._lived
        if abs(stride - 1.0) < _ON_THE_STEP:
            stride = 1.0
        self._swing.solve(stride, as_step=as_step)
        self._swing.accept(stride)
        self._lived = until

    def _is_calm(self, way: float, gap: float, stride: float) -> bool:
        """Neither the anchors nor what hangs on them go far in a step."""
        if not (self._rests or stride >= _LEAST_STRIDE) or stride > _LONGEST_STRIDE:
            return False
        little = CALM * self._height * self._swing.size
        if way > little * gap / STEP or not self._swing.can_follow:
            return False
        return self._swing.haste < little

    def _brisk_stride(self, gap: float, way: float) -> int:
        """Steps at once where frames are few, and neither the anchors nor what hangs on them go
        far in so many."""
        times = 2 if gap >= _VERY_FEW_FRAMES else 1
        some = times * BRISK * self._height * self._swing.size
        if gap < _FEW_FRAMES or self._swing.haste > some or way >= some * gap / STEP:
            return 1
        return 2 * times

    def _shown(self, t: float) -> Doubles:
        self._at = t
        self._then, self._now = self._now, self._then
        return self._swing.world

    def _take(self, anchors: Doubles) -> None:
        self._now[:-1] = anchors.swapaxes(1, 2)
        np.copyto(self._swing.held, self._now)
        self._swing.resize()

    def _between(self, share: float) -> None:
        """Hold the anchors where they were between the last frame and this one."""
        held = self._swing.held
        if share >= 1.0 - _ON_THE_STEP:
            np.copyto(held, self._now)
            return
        np.subtract(self._now, self._then, out=held)
        held *= max(0.0, share)
        held += self._then

    def _jumped(self, way: float, gap: float) -> bool:
        """A chain's place went farther since the last frame than anything moves."""
        return way > max(SHORTEST_JUMP, FASTEST * gap) * self._height * self._swing.size


def _steps_until(t: float) -> int:
    return math.floor(t / STEP + _ON_THE_STEP)


def _height(avatar: Avatar) -> float:
    """How large the avatar is at rest."""
    builder = PoseBuilder(avatar)
    builder.solve(Locals.at_rest(avatar))
    places = builder.world_of(builder.places_of(range(len(avatar.skeleton.names))))[:, :3, 3]
    return max(float(np.ptp(places, axis=0).max()), 1e-3) if len(places) else 1.0
