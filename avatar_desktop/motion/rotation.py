"""Quaternions in bulk: (…, 4) arrays, x y z w, always of length one.

`a * b` turns by b first. Angles are radians.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
Turn = tuple[float, float, float, float]
"""One quaternion in plain numbers."""

_HALF_DEGREE = math.radians(0.5)
_CONJUGATE = np.array([-1.0, -1.0, -1.0, 1.0])
_ALMOST_SAME = 0.9995
"""Above this dot product the chord is as good as the arc."""


def _product() -> Doubles:
    """(16, 4): from each number of one times each of another to the numbers of a product."""
    x, y, z, w = range(4)
    table = np.zeros((4, 4, 4))
    for number, (a, b) in enumerate(((y, z), (z, x), (x, y))):
        table[w, number, number] = table[number, w, number] = table[a, b, number] = 1.0
        table[b, a, number] = table[number, number, w] = -1.0
    table[w, w, w] = 1.0
    return table.reshape(16, 4)


SUMS = np.ones((4, 4))
"""What rows of four are multiplied by for their sums, in every column."""
_ONE, _OTHER = np.repeat(np.arange(4), 4), np.tile(np.arange(4), 4)
_PRODUCT = _product()


def squares(rows: Doubles) -> Doubles:
    """Of the lengths of rows of four, in every column: for few of them the fastest way."""
    return (rows * rows).dot(SUMS)


def multiply(a: Doubles, b: Doubles) -> Doubles:
    """The turn b followed by the turn a."""
    return (a.take(_ONE, -1) * b.take(_OTHER, -1)) @ _PRODUCT


def conjugate(q: Doubles) -> Doubles:
    """The turn back."""
    return q * _CONJUGATE


def rotate(q: Doubles, vectors: Doubles) -> Doubles:
    """The vectors, turned."""
    axis = q[..., :3]
    twice = 2.0 * _cross(axis, vectors)
    return vectors + q[..., 3:] * twice + _cross(axis, twice)


def _cross(a: Doubles, b: Doubles) -> Doubles:
    """As numpy's, in a third of the time for the few rows that there are."""
    ax, ay, az = a[..., 0], a[..., 1], a[..., 2]
    bx, by, bz = b[..., 0], b[..., 1], b[..., 2]
    return np.stack([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx], axis=-1)


def matrices(q: Doubles) -> Doubles:
    """(…, 3, 3) the same turns for column vectors."""
    x, y, z, w = q[..., 0], q[..., 1], q[..., 2], q[..., 3]
    rows = [
        [1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y - z * w), 2.0 * (x * z + y * w)],
        [2.0 * (x * y + z * w), 1.0 - 2.0 * (x * x + z * z), 2.0 * (y * z - x * w)],
        [2.0 * (x * z - y * w), 2.0 * (y * z + x * w), 1.0 - 2.0 * (x * x + y * y)],
    ]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def unit(q: Doubles) -> Doubles:
    """The same turns with length one; nothing at all becomes no turn."""
    lengths = np.sqrt(np.einsum("...i,...i->...", q, q))[..., None]
    safe = np.where(lengths > 1e-12, q, (0.0, 0.0, 0.0, 1.0))
    return safe / np.where(lengths > 1e-12, lengths, 1.0)


def slerp(a: Doubles, b: Doubles, share: Doubles | float) -> Doubles:
    """From a towards b along the shorter arc; `share` is a number or one per turn."""
    part = np.asarray(share, np.float64)
    dots = np.einsum("...i,...i->...", a, b)
    sign = np.where(dots < 0.0, -1.0, 1.0)
    cosine = np.minimum(np.abs(dots), 1.0)
    angle = np.arccos(np.minimum(cosine, _ALMOST_SAME))
    sine = np.sin(angle)
    near = cosine > _ALMOST_SAME
    keep = np.where(near, 1.0 - part, np.sin((1.0 - part) * angle) / sine)
    take = np.where(near, part, np.sin(part * angle) / sine) * sign
    mixed = keep[..., None] * a + take[..., None] * b
    mixed /= np.sqrt(np.einsum("...i,...i->...", mixed, mixed))[..., None]
    return mixed


def to_vector(q: Doubles) -> Doubles:
    """Axis times angle, the shorter way round."""
    axis, cosine = q[..., :3], q[..., 3]
    sine = np.maximum(np.sqrt(np.vecdot(axis, axis)), 1e-9)
    angle = np.arctan2(sine, np.abs(cosine))
    return axis * np.copysign(2.0 * angle / sine, cosine)[..., None]


def from_vector(vectors: Doubles) -> Doubles:
    """The turn about an axis by the length of the vector."""
    angle = np.maximum(np.sqrt(np.vecdot(vectors, vectors)), 1e-9)
    half = 0.5 * angle
    out = np.empty((*vectors.shape[:-1], 4))
    np.multiply(vectors, (np.sin(half) / angle)[..., None], out[..., :3])
    out[..., 3] = np.cos(half)
    return out


def from_axes(x: Doubles, y: Doubles, z: Doubles) -> Doubles:
    """The turn that carries the coordinate axes onto three unit vectors at right angles."""
    axes = np.stack([x, y, z], axis=1)
    trace = float(np.trace(axes))
    if trace > 0.0:
        w = np.sqrt(1.0 + trace) / 2.0
        off = axes - axes.T
        return unit(np.array([off[2, 1], off[0, 2], off[1, 0], 4.0 * w * w]))
    i = int(np.argmax(np.diagonal(axes)))
    j, k = (i + 1) % 3, (i + 2) % 3
    out = np.zeros(4)
    out[i] = 1.0 + axes[i, i] - axes[j, j] - axes[k, k]
    out[j], out[k] = axes[j, i] + axes[i, j], axes[k, i] + axes[i, k]
    out[3] = axes[k, j] - axes[j, k]
    return unit(out)


def between(a: Doubles, b: Doubles) -> Doubles:
    """The smallest turn that brings direction a onto direction b."""
    a, b = a / np.linalg.norm(a), b / np.linalg.norm(b)
    w = 1.0 + float(a @ b)
    if w < 1e-9:
        aside = np.cross(a, (0.0, 1.0, 0.0) if abs(a[1]) < 0.9 else (1.0, 0.0, 0.0))
        return unit(np.append(aside, 0.0))
    return unit(np.append(np.cross(a, b), w))


def euler(pitch: float, yaw: float, roll: float) -> Doubles:
    """Degrees: rolled about z, then pitched about x, then turned about y."""
    return np.array(euler_turn(pitch, yaw, roll))


def euler_turn(pitch: float, yaw: float, roll: float) -> Turn:
    """The same in plain numbers, because a body needs a dozen of them in every frame."""
    hx, hy, hz = pitch * _HALF_DEGREE, yaw * _HALF_DEGREE, roll * _HALF_DEGREE
    cx, cy, cz = math.cos(hx), math.cos(hy), math.cos(hz)
    sx, sy, sz = math.sin(hx), math.sin(hy), math.sin(hz)
    return (
        cy * sx * cz + sy * cx * sz,
        sy * cx * cz - cy * sx * sz,
        cy * cx * sz - sy * sx * cz,
        cy * cx * cz + sy * sx * sz,
    )
