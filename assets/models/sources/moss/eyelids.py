"""The geometry of the eye: its own frame, the lids' edges, and how they turn round the ball.

In the frame a direction has a side angle (towards the outer corner) and a height angle; a lid turns
about the axis through both corners, so its points keep their side angle and their radius.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from workshop.fields import Array, ramp

from . import proportions as w


def frame(yaw: float) -> Array:
    """Rows: across (outwards), up and forward of the left eye."""
    s, c = np.sin(yaw), np.cos(yaw)
    return np.array([[c, 0.0, -s], [0.0, 1.0, 0.0], [s, 0.0, c]])


FRAME = frame(w.EYE_YAW)


def at(side: Array, height: Array, radius: Array | float) -> Array:
    """Points round the left eye."""
    local = np.stack(
        [np.sin(side), np.cos(side) * np.sin(height), np.cos(side) * np.cos(height)], -1
    )
    return w.EYE + (local @ FRAME) * np.reshape(radius, (-1, 1))


def angles(points: Array) -> tuple[Array, Array, Array]:
    """Side angle, height angle and radius of points by the left eye."""
    local = (points - w.EYE) @ FRAME.T
    r = np.linalg.norm(local, axis=1)
    side = np.arcsin(np.clip(local[:, 0] / np.maximum(r, 1e-9), -1, 1))
    return side, np.arctan2(local[:, 1], local[:, 2]), r


def edge(side: Array, upper: bool) -> Array:
    """Height angle of a lid's edge."""
    rest = np.clip(1 - (side / w.OPEN_SIDE) ** 2, 0, 1)
    return (w.OPEN_UP if upper else w.OPEN_DOWN) * rest**0.66


def closing(side: Array) -> Array:
    """Where the lids meet."""
    up, down = edge(side, True), edge(side, False)
    return (up + (down - up) * w.CLOSE_SHARE) * away_from_corners(side)


def to_closing(side: Array, upper: NDArray[np.bool_]) -> Array:
    """How far a lid turns from its edge: a little over the line, but at the corners short."""
    over = 0.008 - 0.010 * (1 - away_from_corners(side))
    line = closing(side) + np.where(upper, -over, over)
    return line - np.where(upper, edge(side, True), edge(side, False))


def away_from_corners(side: Array) -> Array:
    """0 where the lids are joined, 1 over most of the opening."""
    return ramp(np.abs(side), 0.95 * w.OPEN_SIDE, 0.62)


def turned(points: Array, by: Array) -> Array:
    """Points of the left eye turned about the axis of its corners; up is positive."""
    side, height, r = angles(points)
    return at(side, height + by, r)
