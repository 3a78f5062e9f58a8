"""Directions as three plain numbers: for a handful of them, quicker than arrays. No GL."""

from __future__ import annotations

import math

Vector = tuple[float, float, float]

_SHORTEST = 1e-12


def unit(vector: Vector, fallback: Vector) -> Vector:
    """Of length one; the fallback for what has no direction."""
    x, y, z = vector
    length = math.hypot(x, y, z)
    if not length > _SHORTEST:  # not a number, too
        return fallback
    return (x / length, y / length, z / length)


def cross(a: Vector, b: Vector) -> Vector:
    """At right angles to both."""
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


def dot(a: Vector, b: Vector) -> float:
    """How far they point the same way."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def between(a: Vector, b: Vector) -> Vector:
    """From the first to the second."""
    return (b[0] - a[0], b[1] - a[1], b[2] - a[2])
