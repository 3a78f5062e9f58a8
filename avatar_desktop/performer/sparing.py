"""Poses for a window that is open all day: those of a calm body are found now and then only.

The pictures between show a share of the way from one to the next, so a calm body is seen a picture
or two late. The less it moves the fewer are found. What is quick or has a meaning (speech, a
gesture, a turn of the eyes) is always found on time, and so is the face of a blink, whose body is
as calm as before.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.pose import Pose
from avatar_desktop.performer.performer import Performer

Floats = NDArray[np.float32]

WIDEST_GAP = 0.15
"""Seconds between two poses that are near enough for a straight way between them."""
MOST_PICTURES = 4
"""From one pose to the next; two at least."""
LITTLE = 0.0036
"""Of the body's size: a way from one pose to the next that more pictures may share."""


class SparingPoses:
    """What one performer shows in a window, picture after picture."""

    def __init__(self, performer: Performer) -> None:
        self._performer = performer
        self._before: Pose | None = None
        self._found: Pose | None = None
        self._at = float("-inf")
        """When the last pose was found."""
        self._in_blinks = (False, False)
        """Whether each of the two was found in the midst of a blink."""
        self._shown = self._pictures = 1
        """Of the way to the last pose, and how many pictures that takes."""
        self.is_calm = False
        """Whether the picture asked for last is one of a calm body."""

    def pose(self, t: float) -> Pose:
        """The avatar at stage time `t`, or, while nothing but its breath moves, just before it."""
        pose = self._body(t)
        if self.is_calm and (any(self._in_blinks) or self._performer.is_blinking(t)):
            return self._performer.with_face(pose, t)
        return pose

    def _body(self, t: float) -> Pose:
        self.is_calm = self._performer.live(t)
        if not self.is_calm or self._shown >= self._pictures:
            self._find(t)
        self._shown += 1
        assert self._found is not None
        if self._shown >= self._pictures or self._before is None:
            return self._found
        return part_way(self._before, self._found, self._shown / self._pictures)

    def _find(self, t: float) -> None:
        gap, took = t - self._at, self._pictures
        self._before, self._found, self._at = self._found, self._performer.pose(t), t
        self._in_blinks = (self._in_blinks[1], self._performer.is_blinking(t))
        self._shown, self._pictures = 0, 1
        if self.is_calm and self._before is not None and 0.0 < gap <= WIDEST_GAP:
            a_picture = _way(self._before, self._found) / took
            enough = LITTLE * _size(self._found) / max(a_picture, 1e-9)
            self._pictures = round(min(max(2, enough), took + 1, MOST_PICTURES))


def part_way(before: Pose, after: Pose, share: float) -> Pose:
    """Between two poses that are almost alike; turns of a few degrees need no more than a mean."""
    same_face = np.array_equal(before.weights, after.weights)
    return replace(
        after,
        world=_mixed(before.world, after.world, share),
        joints=tuple(
            _mixed(*pair, share) for pair in zip(before.joints, after.joints, strict=True)
        ),
        weights=after.weights if same_face else _mixed(before.weights, after.weights, share),
    )


def _mixed(one: Floats, other: Floats, share: float) -> Floats:
    mixed = other - one
    mixed *= np.float32(share)
    mixed += one
    mixed.flags.writeable = False
    return mixed


def _way(one: Pose, other: Pose) -> float:
    """How far any joint is from where it was."""
    ways = other.world[:, :3, 3] - one.world[:, :3, 3]
    return float(np.maximum.reduce(np.abs(ways, out=ways), axis=None, initial=0.0))


def _size(pose: Pose) -> float:
    return float(np.ptp(pose.world[:, 1, 3])) if len(pose.world) else 1.0
