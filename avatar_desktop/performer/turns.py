"""Which of several motions comes next: each in its turn, in no order, none twice running."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


class Turns:
    """Deals names as cards are dealt, and shuffles when all have been played."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._left: list[str] = []
        self._names: tuple[str, ...] = ()
        self._last = ""

    def next(self, names: Sequence[str]) -> str:
        """One of the names; not the last one, where there is a choice."""
        if tuple(names) != self._names:
            self._names, self._left = tuple(names), []
        if not self._left:
            places = self._rng.permutation(len(names))
            left = [names[int(place)] for place in places]
            if len(names) > 1 and left[-1] == self._last:
                left.insert(0, left.pop())
            if not self._last:  # what comes first of all is what is ready first
                left.remove(names[0])
                left.append(names[0])
            self._left = left
        self._last = self._left.pop()
        return self._last
