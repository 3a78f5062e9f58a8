"""Ambient occlusion of points, by looking at the scene from many sides with a depth picture."""

from __future__ import annotations

import numpy as np

from .fields import Array
from .mesh import Index

SIZE = 320


def _directions(count: int) -> Array:
    i = np.arange(count) + 0.5
    y = 1 - 2 * i / count
    a = np.pi * (1 + 5**0.5) * i
    r = np.sqrt(1 - y * y)
    return np.stack([np.cos(a) * r, y, np.sin(a) * r], -1)


def _samples(points: Array, tris: Index, spacing: float) -> Array:
    """Points scattered evenly over the triangles, in a fixed order."""
    a, b, c = (points[tris[:, i]] for i in range(3))
    longest = np.max(
        [
            np.linalg.norm(b - a, axis=1),
            np.linalg.norm(c - b, axis=1),
            np.linalg.norm(a - c, axis=1),
        ],
        axis=0,
    )
    steps = np.clip(np.ceil(longest / spacing).astype(int), 1, 24)
    made = []
    for n in np.unique(steps):
        some = steps == n
        i, j = np.meshgrid(np.arange(n + 1), np.arange(n + 1), indexing="ij")
        keep = i + j <= n
        u, v = i[keep] / n, j[keep] / n
        made.append(
            (
                a[some, None] * (1 - u - v)[None, :, None]
                + b[some, None] * u[None, :, None]
                + c[some, None] * v[None, :, None]
            ).reshape(-1, 3)
        )
    return np.concatenate(made)


def openness(
    points: Array,
    normal: Array,
    tris: Index,
    *,
    views: int = 120,
    bias: float = 0.03,
    sky: float = 0.35,
) -> Array:
    """0 (buried) to 1 (open) for each point: how much of its half-space sees the outside.

    `sky` favours light from above.
    """
    cell = (points.max(0) - points.min(0)).max() * 1.05 / SIZE
    cloud = _samples(points, tris, cell * 0.9)
    lit, whole = np.zeros(len(points)), np.zeros(len(points))
    raised = points + normal * bias
    middle = (points.max(0) + points.min(0)) / 2
    for d in _directions(views):
        weight = np.clip(normal @ d, 0, None) * (1 + sky * d[1])
        helper = np.array([1.0, 0.0, 0.0]) if abs(d[0]) < 0.9 else np.array([0.0, 1.0, 0.0])
        u = np.cross(d, helper)
        u /= np.linalg.norm(u)
        v = np.cross(d, u)
        frame = np.stack([u, v, d], axis=1)
        depth = np.full((SIZE * 2) ** 2, -1e9)
        q = (cloud - middle) @ frame
        at = _cells(q, cell)
        np.maximum.at(depth, at, q[:, 2])
        r = (raised - middle) @ frame
        seen = r[:, 2] + bias > depth[_cells(r, cell)]
        lit += weight * seen
        whole += weight
    return lit / np.maximum(whole, 1e-9)


def _cells(q: Array, cell: float) -> Index:
    i = np.clip((q[:, 0] / cell + SIZE).astype(np.int64), 0, 2 * SIZE - 1)
    j = np.clip((q[:, 1] / cell + SIZE).astype(np.int64), 0, 2 * SIZE - 1)
    return i * 2 * SIZE + j
