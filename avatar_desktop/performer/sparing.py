"""Poses for a window that is open all day: those of a calm body are found now and then only.

The pictures between show a share of the way from one to the next, so a calm body is seen a picture
or two late. The less it moves the fewer are found. What is quick or has a meaning (speech, a
gesture, a turn of the eyes) is always found on time, and so is the face of a blink, whose body is
as calm as before.
"""

from __future__ import annotations

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
        self._found: Pose | None = None
        self._way: Way | None = None
        """To the last pose that was found, where one leads there from the one before."""
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
        if self._way is None or self._shown >= self._pictures:
            return self._found
        return self._way.at(self._shown / self._pictures)

    def _find(self, t: float) -> None:
        gap, took, before = t - self._at, self._pictures, self._found
        self._found, self._at, self._way = self._performer.pose(t), t, None
        self._in_blinks = (self._in_blinks[1], self._performer.is_blinking(t))
        self._shown, self._pictures = 0, 1
        if self.is_calm and before is not None and 0.0 < gap <= WIDEST_GAP:
            self._way = Way(before, self._found)
            enough = LITTLE * _size(self._found) * took / max(self._way.length, 1e-9)
            self._pictures = round(min(max(2, enough), took + 1, MOST_PICTURES))


class Way:
    """From one pose to another that is almost alike: turns of a few degrees need no more than
    a mean."""

    def __init__(self, before: Pose, after: Pose) -> None:
        self._before, self._after = before, after
        self._world = after.world - before.world
        self._joints = tuple(
            there - here for there, here in zip(after.joints, before.joints, strict=True)
        )
        self._weights = after.weights - before.weights

    def at(self, share: float) -> Pose:
        before, after, part = self._before, self._after, np.float32(share)
        return Pose(
            world=_along(before.world, self._world, part),
            joints=tuple(
                _along(here, way, part)
                for here, way in zip(before.joints, self._joints, strict=True)
            ),
            weights=_along(before.weights, self._weights, part),
            surfaces=after.surfaces,
            hidden=after.hidden,
            lamps=after.lamps,
        )

    @property
    def length(self) -> float:
        """How far any joint goes."""
        return float(np.maximum.reduce(np.abs(self._world[:, :3, 3]), axis=None, initial=0.0))


def _along(here: Floats, way: Floats, share: np.float32) -> Floats:
    there = way * share
    there += here
    there.flags.writeable = False
    return there


def _size(pose: Pose) -> float:
    return float(np.ptp(pose.world[:, 1, 3])) if len(pose.world) else 1.0
