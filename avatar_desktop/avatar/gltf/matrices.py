"""A matrix of a node as the translation, rotation and scale that it is made of."""

from __future__ import annotations

import math
from collections.abc import Sequence

from avatar_desktop.avatar.gltf.document import Vec3, Vec4

UPRIGHT: Vec4 = (0.0, 0.0, 0.0, 1.0)


def decomposed(columns: Sequence[float]) -> tuple[Vec3, Vec4, Vec3]:
    """Translation, rotation and scale of 16 numbers that a file writes by columns.

    A mirror becomes a negative scale along x; what is skewed loses its skew.
    """
    x0, x1, x2, _, y0, y1, y2, _, z0, z1, z2, _, *place, _ = columns
    across, up, deep = math.hypot(x0, x1, x2), math.hypot(y0, y1, y2), math.hypot(z0, z1, z2)
    volume = x0 * (y1 * z2 - y2 * z1) + x1 * (y2 * z0 - y0 * z2) + x2 * (y0 * z1 - y1 * z0)
    if volume < 0.0:
        across = -across
    by = (across or 1.0, up or 1.0, deep or 1.0)
    x: Vec3 = (x0 / by[0], x1 / by[0], x2 / by[0])
    y: Vec3 = (y0 / by[1], y1 / by[1], y2 / by[1])
    z: Vec3 = (z0 / by[2], z1 / by[2], z2 / by[2])
    if not (across and up and deep):  # squeezed flat: the other two know where it would point
        x = x if across else _at_right_angles(y, z)
        y = y if up else _at_right_angles(z, x)
        z = z if deep else _at_right_angles(x, y)
    return (place[0], place[1], place[2]), _quaternion(x, y, z), (across, up, deep)


def _at_right_angles(a: Vec3, b: Vec3) -> Vec3:
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


def _quaternion(x: Vec3, y: Vec3, z: Vec3) -> Vec4:
    """The quaternion of three axes, from its largest component.

    The rows are four times the products of every two components.
    """
    xy, xz, yz = x[1] + y[0], x[2] + z[0], y[2] + z[1]
    xw, yw, zw = y[2] - z[1], z[0] - x[2], x[1] - y[0]
    rows = (
        (1.0 + x[0] - y[1] - z[2], xy, xz, xw),
        (xy, 1.0 - x[0] + y[1] - z[2], yz, yw),
        (xz, yz, 1.0 - x[0] - y[1] + z[2], zw),
        (xw, yw, zw, 1.0 + x[0] + y[1] + z[2]),
    )
    squares = (rows[0][0], rows[1][1], rows[2][2], rows[3][3])
    a, b, c, d = rows[squares.index(max(squares))]
    length = math.hypot(a, b, c, d)
    return (a / length, b / length, c / length, d / length) if length > 0.0 else UPRIGHT
