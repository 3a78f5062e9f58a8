"""The lower lip of a face, found as what an open vowel moves down most.

Promise: says of any shape of the face how far it takes that lip down, of what the vowel does; 0 for
a face whose mouth does not move.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar

Floats = NDArray[np.float32]

_MOVES_MUCH = 0.6
"""Of the way down of the vertex that goes furthest."""


class LowerLip:
    """Vertices of one avatar, and the way down of each under each of its morph targets."""

    def __init__(self, avatar: Avatar, wide: Floats | None) -> None:
        """`wide` is the weight vector of the open vowel, or None."""
        self._ways: list[tuple[slice, NDArray[np.float64]]] = []
        self._whole = 0.0
        if wide is None:
            return
        parts = [
            (mesh.morphs, -part.target_positions[:, :, 1].astype(np.float64))
            for mesh in avatar.meshes
            for part in mesh.primitives
            if part.target_positions is not None and wide[mesh.morphs].any()
        ]
        drops = [wide[morphs] @ ways for morphs, ways in parts]
        furthest = max((float(drop.max(initial=0.0)) for drop in drops), default=0.0)
        if furthest <= 0.0:
            return
        self._ways = [
            (morphs, ways[:, drop > _MOVES_MUCH * furthest])
            for (morphs, ways), drop in zip(parts, drops, strict=True)
        ]
        self._whole = self._sum(wide)

    def parting(self, row: Floats) -> float:
        """How far the lip goes down under these weights, of what the vowel does; never below 0."""
        return max(0.0, self._sum(row) / self._whole) if self._whole > 0.0 else 0.0

    def _sum(self, row: Floats) -> float:
        return sum(float((row[morphs] @ ways).sum()) for morphs, ways in self._ways)
