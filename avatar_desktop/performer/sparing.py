"""Poses for a window that is open all day: those of a calm body are found now and then only.

What a body will do that is left alone is known beforehand. So it is found a little ahead, and the
pictures until then lie on the way there. What is quick or has a meaning (speech, a gesture) is
found for its own instant, and so is the face of a blink or of eyes that jump, whose body is calm.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.pose import Pose
from avatar_desktop.performer.performer import Performer

Floats = NDArray[np.float32]

LONGEST_WAY = 0.2
"""Seconds between two poses; where they are farther apart the body is found where it is."""
SWIFT = 0.2
"""Heights of the body a second; one that moves so fast is found where it is."""


class SparingPoses:
    """What one performer shows in a window, picture after picture."""

    ahead = 0.137
    """Seconds beyond the present picture that a calm body is found."""

    def __init__(self, performer: Performer) -> None:
        self._performer = performer
        self._found: Pose | None = None
        """The last pose of a calm body."""
        self._at = float("-inf")
        """Its instant."""
        self._in_blinks = (False, False)
        """Whether the last two were found in the midst of a blink."""
        self._face_is_calm = True
        """Whether lids and eyes stay as they are from one of these to the other."""
        self._way: Way | None = None
        """To the last pose from the one before, where it lies ahead."""
        self._is_swift = False
        self.is_calm = False
        """Whether the picture asked for last is one of a calm body."""

    def pose(self, t: float, foreseen: float | None = None) -> Pose:
        """The avatar at stage time `t`, or, while nothing but its breath moves, very near it.

        Nothing is found for an instant later than `foreseen`, which is `ahead` of `t` by itself.
        """
        if self._way is None or t > self._at:
            self._way = self._way_from(t, t + self.ahead if foreseen is None else foreseen)
        self.is_calm = self._performer.is_calm(t)
        if self._way is None or not self.is_calm:
            return self._own(t)
        pose = self._way.at(t)
        is_blinking = self._performer.is_blinking(t)
        if self._face_is_calm and not is_blinking:
            return pose
        pose = self._performer.with_face(pose, t)
        if not (is_blinking or self._in_blinks[1] or self._performer.looked_elsewhere(t)):
            self._go_on_from(pose, t)
        return pose

    def _own(self, t: float) -> Pose:
        """The pose of this very instant."""
        self._way = None
        pose = self._find(t)
        self.is_calm = self._performer.is_calm(t)
        if not self.is_calm:
            self._found = None
        return pose

    def _way_from(self, t: float, foreseen: float) -> Way | None:
        """From the last pose to one ahead."""
        before, then = self._found, self._at
        if before is None or not 0.0 < foreseen - then <= LONGEST_WAY:
            return None
        if self._is_swift or not self._performer.is_calm(t):
            return None
        way = Way(before, then, self._find(foreseen), foreseen)
        looked = self._performer.looked_elsewhere(then)
        self._face_is_calm = not (looked or any(self._in_blinks))
        return way

    def _go_on_from(self, pose: Pose, t: float) -> None:
        """Lids and eyes have come to rest: the rest of the way is theirs too."""
        if self._found is not None and t < self._at:
            self._way, self._face_is_calm = Way(pose, t, self._found, self._at), True

    def _find(self, t: float) -> Pose:
        before, gap = self._found, t - self._at
        found = self._found = self._performer.pose(t)
        self._at = t
        self._is_swift = before is None or _length(before, found) > SWIFT * _size(found) * gap
        self._in_blinks = (self._in_blinks[1], self._performer.is_blinking(t))
        return found


class Way:
    """From a pose to a later one. Its turns are of a few degrees: they need no more than a mean."""

    def __init__(self, start: Pose, began: float, end: Pose, ends: float) -> None:
        self._end, self._ends = end, ends
        self._seconds = ends - began
        self._world = start.world - end.world
        self._joints = tuple(
            here - there for here, there in zip(start.joints, end.joints, strict=True)
        )
        self._weights = start.weights - end.weights

    def at(self, t: float) -> Pose:
        """What is shown at an instant of it."""
        end, left = self._end, np.float32((self._ends - t) / self._seconds)
        return Pose(
            world=_before(end.world, self._world, left),
            joints=tuple(
                _before(there, way, left)
                for there, way in zip(end.joints, self._joints, strict=True)
            ),
            weights=_before(end.weights, self._weights, left),
            surfaces=end.surfaces,
            hidden=end.hidden,
            lamps=end.lamps,
        )


def _before(there: Floats, way: Floats, left: np.float32) -> Floats:
    here = way * left
    here += there
    here.flags.writeable = False
    return here


def _length(before: Pose, found: Pose) -> float:
    """How far any joint went."""
    ways = found.world[:, :3, 3] - before.world[:, :3, 3]
    return float(np.maximum.reduce(np.abs(ways, out=ways), axis=None, initial=0.0))


def _size(pose: Pose) -> float:
    return float(np.ptp(pose.world[:, 1, 3])) if len(pose.world) else 1.0
