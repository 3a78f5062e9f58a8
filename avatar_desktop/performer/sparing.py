"""Poses for a window that is open all day: while the body is calm only every second one is found.

The one between is half way from its neighbours, so the calm body is seen one frame late. What is
quick or has a meaning (speech, a gesture, a blink, a turn of the eyes) is always found on time.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.pose import Pose
from avatar_desktop.performer.performer import Performer

Floats = NDArray[np.float32]

WIDEST_GAP = 0.12
"""Seconds between two poses that are near enough for a straight way between them."""


class SparingPoses:
    """What one performer shows in a window, frame after frame."""

    def __init__(self, performer: Performer) -> None:
        self._performer = performer
        self._found: Pose | None = None
        self._at = float("-inf")
        """When the last pose was found."""
        self._is_due = False
        """Whether the last pose that was found is still to be shown as it is."""

    def pose(self, t: float) -> Pose:
        """The avatar at stage time `t`, or, while nothing but its breath moves, just before it."""
        if self._is_due and self._found is not None and self._performer.is_calm(t):
            self._is_due = False
            return self._found
        before, gap = self._found, t - self._at
        self._found, self._at = self._performer.pose(t), t
        self._is_due = 0.0 < gap <= WIDEST_GAP and self._performer.is_calm(t)
        return half_way(before, self._found) if self._is_due and before else self._found


def half_way(before: Pose, after: Pose) -> Pose:
    """Between two poses that are almost alike; turns of a few degrees need no more than a mean."""
    same_face = np.array_equal(before.weights, after.weights)
    return replace(
        after,
        world=_mean(before.world, after.world),
        joints=tuple(map(_mean, before.joints, after.joints)),
        weights=after.weights if same_face else _mean(before.weights, after.weights),
    )


def _mean(one: Floats, other: Floats) -> Floats:
    mean = one + other
    mean *= np.float32(0.5)
    mean.flags.writeable = False
    return mean
