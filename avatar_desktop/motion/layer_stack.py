"""The layers of one avatar in their order, and what is displayed of them at an instant.

Whenever layers come or go, the distance between what was displayed and what comes fades
(`inertia`), at the instant of the change and not of a frame: any frame rate shows the same motion.
"""

from __future__ import annotations

import math
from bisect import insort
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.motion.hierarchy import Locals
from avatar_desktop.motion.inertia import STEP, UNTOUCHED, Transition
from avatar_desktop.motion.layer import BASE, Layer

Doubles = NDArray[np.float64]


class LayerStack:
    """Who plays, who will, and the transition between what was displayed and what is."""

    def __init__(self, stand: Locals) -> None:
        """`stand` is the pose of a body that no layer moves."""
        self._stand = stand.flat
        self._nodes = len(stand.rotations)
        self._layers: list[Layer] = []
        self._live: list[Layer] = []
        self._changes: list[float] = []
        """Instants at which layers come or go, rising; not yet lived through."""
        self._transition: Transition | None = None
        self._shown = -math.inf

    def begin(self, at: float) -> float:
        """The first instant from `at` on that was not displayed yet; no number means now."""
        return max(at, self._shown) if math.isfinite(at) else self.now

    @property
    def now(self) -> float:
        """The instant that was displayed last."""
        return self._shown if math.isfinite(self._shown) else 0.0

    def of(self, rank: int) -> list[Layer]:
        """The layers of one rank that are not over."""
        return [each for each in self._layers if each.rank == rank]

    def plays(self, rank: int, t: float) -> bool:
        """Whether a layer of this rank has come by then and is not over."""
        return any(each.rank == rank and each.at <= t < each.until for each in self._layers)

    def numbered(self, number: int) -> list[Layer]:
        """One layer, in each of the forms that it takes one after the other."""
        return [each for each in self._layers if each.number == number]

    def add(self, layer: Layer) -> None:
        """Let a layer come when its time is there."""
        insort(self._layers, layer, key=_place)
        insort(self._changes, layer.at)
        if layer.until < math.inf:
            insort(self._changes, layer.until)

    def end(self, layers: Iterable[Layer], at: float, fade: float) -> None:
        """Let layers go at `at`, unless they are gone by then."""
        for each in layers:
            if each.until <= at:
                continue
            ended = replace(each, until=at, fade_out=fade)
            self._layers = [ended if item is each else item for item in self._layers]
            self._live = [ended if item is each else item for item in self._live]
            insort(self._changes, at)

    def display(self, t: float, row: Doubles) -> None:
        """Write what is seen at `t` into a row of all numbers."""
        while self._changes and self._changes[0] <= t:
            self._live_through(self._changes.pop(0))
        self._write(self._live, t, row)
        if self._transition is not None:
            self._transition.apply(t, row)
            if t >= self._transition.over:
                self._transition = None
        self._shown = t

    def _live_through(self, at: float) -> None:
        """Layers come or go at this instant."""
        before = self._live
        after = [each for each in self._layers if each.at <= at < each.until]
        self._layers = [each for each in self._layers if each.until > at]
        if after == before:
            return
        fades = self._fades(before, after)
        old, here = (self._row(before, t) for t in (at - STEP, at))
        if self._transition is not None:
            self._transition.apply(at - STEP, old)
            self._transition.apply(at, here)
        fresh = Transition.between(
            at,
            fades,
            (old, here),
            (self._row(after, at), self._row(after, at + STEP)),
            turns=self._nodes,
            glides=3 * self._nodes,
        )
        earlier = self._transition
        self._transition = fresh if earlier is None else earlier.followed_by(fresh, fades, at)
        self._live = after

    def _fades(self, before: list[Layer], after: list[Layer]) -> Doubles:
        """Seconds that each lane takes for a change; those that it does not touch are left."""
        fades = np.full(len(self._stand) - 3 * self._nodes, UNTOUCHED)
        is_first = not math.isfinite(self._shown) and all(each.rank != BASE for each in before)
        fresh = [each for each in after if each not in before]
        for each in sorted([*before, *fresh], key=_place):
            if each in before and each in after:
                if each.covers:
                    fades[each.lanes] = UNTOUCHED
            elif is_first:
                fades[each.lanes] = 0.0
            else:
                fades[each.lanes] = each.fade_in if each in after else each.fade_out
        return fades

    def _row(self, layers: Iterable[Layer], t: float) -> Doubles:
        return self._write(layers, t, np.empty_like(self._stand))

    def _write(self, layers: Iterable[Layer], t: float, row: Doubles) -> Doubles:
        np.copyto(row, self._stand)
        for each in layers:
            each.write(t, row)
        return row


def _place(layer: Layer) -> tuple[int, float, int]:
    return layer.rank, layer.at, layer.number
