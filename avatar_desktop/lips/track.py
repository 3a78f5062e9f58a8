"""The mouth of one clip over time."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TRACK_RATE = 100
"""Rows a second; dense enough for a seal of 40 ms, sparse enough to cost nothing."""


@dataclass(frozen=True, slots=True)
class MouthTrack:
    """Weights (rows × channels) at TRACK_RATE; row 0 stands at `lead` seconds before the sound."""

    rate: int
    channels: tuple[str, ...]
    weights: NDArray[np.float32]
    lead: float
    """Lips prepare: the track starts this many seconds before the clip's first sample."""

    def at(self, seconds: float) -> NDArray[np.float32]:
        """Weights at a time counted from the clip's first sample; zeros outside the track."""
        position = (seconds + self.lead) * self.rate
        last = len(self.weights) - 1
        if last < 0 or position <= -1.0 or position >= last + 1.0:
            return np.zeros(len(self.channels), dtype=np.float32)
        low = math.floor(position)
        part = np.float32(position - low)
        before = self.weights[low] if 0 <= low <= last else 0.0
        after = self.weights[low + 1] if 0 <= low + 1 <= last else 0.0
        return np.asarray(before * (1 - part) + after * part, dtype=np.float32)
