"""Signed-distance forms: the sculptor's clay. Functions of points (n, 3) giving (n,) distances.

Negative is inside. Everything is plain numpy; nothing here knows about meshes or characters.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Field = Callable[[Array], Array]


def ramp(x: Array | float, low: float, high: float) -> Array:
    """Smooth step from 0 at `low` to 1 at `high` (also falling, when high < low)."""
    t = np.clip((np.asarray(x, dtype=np.float64) - low) / (high - low), 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


def blob(points: Array, centre: tuple[float, float, float], radius: float | Array) -> Array:
    """Gaussian bump of height 1 at `centre`; `radius` may differ by axis."""
    d = (points - np.asarray(centre)) / np.asarray(radius)
    return np.exp(-np.sum(d * d, axis=-1))


def ellipsoid(p: Array, centre: tuple[float, float, float], radii: tuple[float, ...]) -> Array:
    q = p - np.asarray(centre)
    r = np.asarray(radii)
    k0 = np.linalg.norm(q / r, axis=-1)
    k1 = np.linalg.norm(q / (r * r), axis=-1)
    return k0 * (k0 - 1.0) / np.maximum(k1, 1e-9)


def sphere(p: Array, centre: tuple[float, float, float], radius: float) -> Array:
    return np.linalg.norm(p - np.asarray(centre), axis=-1) - radius


def capsule(
    p: Array,
    a: tuple[float, float, float],
    b: tuple[float, float, float],
    ra: float,
    rb: float | None = None,
) -> Array:
    """A rod from a to b whose radius runs from ra to rb."""
    rb = ra if rb is None else rb
    start, axis = np.asarray(a), np.asarray(b) - np.asarray(a)
    t = np.clip((p - start) @ axis / (axis @ axis), 0.0, 1.0)
    return np.linalg.norm(p - start - t[:, None] * axis, axis=-1) - (ra + (rb - ra) * t)


def union(a: Array, b: Array, k: float) -> Array:
    """Smooth minimum; `k` is the width of the fillet."""
    h = np.maximum(k - np.abs(a - b), 0.0) / k
    return np.minimum(a, b) - h * h * h * k / 6.0


def carve(a: Array, b: Array, k: float) -> Array:
    """Take b away from a, with a fillet of width k."""
    return -union(-a, b, k)


def gradient(field: Field, p: Array, step: float = 1e-3) -> Array:
    """Unit normals of the field by central differences."""
    g = np.empty_like(p)
    for axis in range(3):
        offset = np.zeros(3)
        offset[axis] = step
        g[:, axis] = field(p + offset) - field(p - offset)
    return g / np.maximum(np.linalg.norm(g, axis=1, keepdims=True), 1e-12)


def project(field: Field, p: Array, rounds: int = 3, level: Array | float = 0.0) -> Array:
    """Move points along the gradient until the field reads `level`."""
    for _ in range(rounds):
        p = p - gradient(field, p) * (field(p) - level)[:, None]
    return p


def shoot(field: Field, origin: Array, direction: Array, far: float, near: float = 0.0) -> Array:
    """Where rays leave the form: bisection between `near` (inside) and `far` (outside)."""
    d = direction / np.linalg.norm(direction, axis=-1, keepdims=True)
    low = np.full(len(d), near)
    high = np.full(len(d), far)
    for _ in range(40):
        middle = (low + high) / 2
        inside = field(origin + d * middle[:, None]) < 0
        low = np.where(inside, middle, low)
        high = np.where(inside, high, middle)
    return origin + d * low[:, None]
