"""Poses for a window that is open all day: those of a calm body are found now and then only.

The pictures between lie on the way to where the body will be if it goes on as it does. The less it
moves the fewer are found. What is quick or has a meaning (speech, a gesture, a turn of the eyes) is
always found on time, and so is the face of a blink, whose body is as calm as before.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.pose import Pose
from avatar_desktop.performer.performer import Performer

Floats = NDArray[np.float32]

WIDEST_GAP = 0.18
"""Seconds between two poses that tell where the body is going."""
FEWEST, MOST_PICTURES = 2, 5
"""From one pose to the next."""
LITTLE = 0.005
"""Of the body's size: the way from one pose to the next at most; a longer one is cut."""


class SparingPoses:
    """What one performer shows in a window, picture after picture."""

    def __init__(self, performer: Performer) -> None:
        self._performer = performer
        self._found: Pose | None = None
        """The last pose of a calm body."""
        self._at = float("-inf")
        """When it was found."""
        self._in_blinks = (False, False)
        """Whether the last two were found in the midst of a blink."""
        self._way: Way | None = None
        """To where the body is expected when the next pose is found."""
        self._gone = self._pictures = 1
        """How many pictures that way takes, and how many were shown."""
        self._shown: Pose | None = None
        self.is_calm = False
        """Whether the picture asked for last is one of a calm body."""

    def pose(self, t: float) -> Pose:
        """The avatar at stage time `t`, or, while nothing but its breath moves, very near it."""
        self._shown = pose = self._body(t)
        if self.is_calm and (any(self._in_blinks) or self._performer.is_blinking(t)):
            self._shown = pose = self._performer.with_face(pose, t)
        return pose

    def _body(self, t: float) -> Pose:
        self.is_calm = self._performer.live(t)
        if not self.is_calm:
            self._found = self._way = None
            return self._performer.pose(t)
        if self._way is None or self._gone >= self._pictures:
            found = self._find(t)
            if self._way is None:
                return found
        self._gone += 1
        return self._way.at(self._gone / self._pictures)

    def _find(self, t: float) -> Pose:
        gap, took, before = t - self._at, self._pictures, self._found
        found = self._found = self._performer.pose(t)
        self._at, self._way = t, None
        self._in_blinks = (self._in_blinks[1], self._performer.is_blinking(t))
        self._gone, self._pictures = 0, 1
        if before is None or self._shown is None or not 0.0 < gap <= WIDEST_GAP:
            return found
        a_picture = _length(before, found) / took
        enough = LITTLE * _size(found) / max(a_picture, 1e-9)
        self._pictures = int(min(max(FEWEST, enough), MOST_PICTURES))
        self._way = Way(self._shown, before, found, (self._pictures - 1) / took)
        return found


class Way:
    """From what is shown to where a body will be that goes on as it went from one pose to
    another. Its turns are of a few degrees: they need no more than a mean."""

    def __init__(self, shown: Pose, before: Pose, found: Pose, on: float) -> None:
        self._shown, self._found = shown, found
        share = np.float32(on)
        self._world = _ahead(shown.world, before.world, found.world, share)
        self._joints = tuple(
            _ahead(*three, share)
            for three in zip(shown.joints, before.joints, found.joints, strict=True)
        )
        self._weights = found.weights - shown.weights

    def at(self, share: float) -> Pose:
        """What is shown after this share of the way."""
        shown, found, part = self._shown, self._found, np.float32(share)
        return Pose(
            world=_along(shown.world, self._world, part),
            joints=tuple(
                _along(here, way, part)
                for here, way in zip(shown.joints, self._joints, strict=True)
            ),
            weights=_along(shown.weights, self._weights, part),
            surfaces=found.surfaces,
            hidden=found.hidden,
            lamps=found.lamps,
        )


def _ahead(shown: Floats, before: Floats, found: Floats, share: np.float32) -> Floats:
    """The way from what is shown to what comes as far after `found` as this share says."""
    way = found - before
    way *= share
    way += found
    way -= shown
    return way


def _along(here: Floats, way: Floats, share: np.float32) -> Floats:
    there = way * share
    there += here
    there.flags.writeable = False
    return there


def _length(before: Pose, found: Pose) -> float:
    """How far any joint went."""
    ways = found.world[:, :3, 3] - before.world[:, :3, 3]
    return float(np.maximum.reduce(np.abs(ways, out=ways), axis=None, initial=0.0))


def _size(pose: Pose) -> float:
    return float(np.ptp(pose.world[:, 1, 3])) if len(pose.world) else 1.0
