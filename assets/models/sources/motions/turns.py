"""Quaternions in bulk: (…, 4) arrays, x y z w. `a * b` turns by b first; angles are degrees."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Angles = tuple[float, float, float]
"""Pitch (down), yaw (to the left), roll (the left side up)."""

NONE = np.array([0.0, 0.0, 0.0, 1.0])


def multiply(a: Array, b: Array) -> Array:
    """The turn b followed by the turn a."""
    v = a[..., 3:] * b[..., :3] + b[..., 3:] * a[..., :3] + np.cross(a[..., :3], b[..., :3])
    w = a[..., 3:] * b[..., 3:] - (a[..., :3] * b[..., :3]).sum(-1, keepdims=True)
    return np.concatenate([v, w], axis=-1)


def back(q: Array) -> Array:
    """The turn back."""
    return q * np.array([-1.0, -1.0, -1.0, 1.0])


def rotate(q: Array, vectors: Array) -> Array:
    twice = 2.0 * np.cross(q[..., :3], vectors)
    return vectors + q[..., 3:] * twice + np.cross(q[..., :3], twice)


def about(axis: int, degrees: ArrayLike) -> Array:
    half = np.radians(np.asarray(degrees, np.float64)) / 2.0
    q = np.zeros((*half.shape, 4))
    q[..., axis], q[..., 3] = np.sin(half), np.cos(half)
    return q


def euler(angles: Angles) -> Array:
    """Rolled about z, then pitched about x, then turned about y."""
    pitch, yaw, roll = angles
    return multiply(about(1, yaw), multiply(about(0, pitch), about(2, roll)))


def to_vector(q: Array) -> Array:
    """Axis times angle in radians, the shorter way round."""
    q = np.where(q[..., 3:] < 0.0, -q, q)
    sine = np.linalg.norm(q[..., :3], axis=-1, keepdims=True)
    angle = 2.0 * np.arctan2(sine, q[..., 3:])
    return q[..., :3] * np.where(sine > 1e-9, angle / np.maximum(sine, 1e-9), 2.0)


def from_vector(v: Array) -> Array:
    angle = np.linalg.norm(v, axis=-1, keepdims=True)
    scale = np.where(angle > 1e-9, np.sin(angle / 2.0) / np.maximum(angle, 1e-9), 0.5)
    return np.concatenate([v * scale, np.cos(angle / 2.0)], axis=-1)


def share(q: Array, part: float) -> Array:
    """So much of a turn."""
    return from_vector(to_vector(q) * part)


def unit(v: Array) -> Array:
    return v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), 1e-12)


def from_axes(x: Array, y: Array) -> Array:
    """(…, 4) the turns that carry the coordinate axes onto x and, as nearly as may be, y."""
    x = unit(x)
    z = unit(np.cross(x, y))
    y = np.cross(z, x)
    m = np.stack([x, y, z], axis=-1)
    w = np.sqrt(np.maximum(0.0, 1.0 + m[..., 0, 0] + m[..., 1, 1] + m[..., 2, 2])) / 2.0
    i = np.sqrt(np.maximum(0.0, 1.0 + m[..., 0, 0] - m[..., 1, 1] - m[..., 2, 2])) / 2.0
    j = np.sqrt(np.maximum(0.0, 1.0 - m[..., 0, 0] + m[..., 1, 1] - m[..., 2, 2])) / 2.0
    k = np.sqrt(np.maximum(0.0, 1.0 - m[..., 0, 0] - m[..., 1, 1] + m[..., 2, 2])) / 2.0
    i = np.copysign(i, m[..., 2, 1] - m[..., 1, 2])
    j = np.copysign(j, m[..., 0, 2] - m[..., 2, 0])
    k = np.copysign(k, m[..., 1, 0] - m[..., 0, 1])
    return unit(np.stack([i, j, k, w], axis=-1))


def between(a: Array, b: Array) -> Array:
    """The smallest turns that bring the directions a onto b."""
    a, b = unit(a), unit(b)
    w = 1.0 + (a * b).sum(-1, keepdims=True)
    return unit(np.concatenate([np.cross(a, b), np.maximum(w, 1e-9)], axis=-1))
