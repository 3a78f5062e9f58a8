"""Takes the folds out of a shape: triangles that it would turn against the surface around them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .fields import Array
from .mesh import Index, edges, neighbour_mean

FLAT, FOLDED = 0.40, 0.18
"""Cosines to the surface around: what counts as lying in it, and as turned against it."""


def turned(rest: Array, points: Array, tris: Index) -> NDArray[np.bool_]:
    """Triangles that lie in the surface at rest and look against it now, and are no mere line."""
    before, size = _with_neighbours(rest, tris)
    after, left = _with_neighbours(points, tris)
    return (before > FLAT) & (after < FOLDED) & (left > 0.06 * size)


def _with_neighbours(points: Array, tris: Index) -> tuple[Array, Array]:
    """Cosine between each triangle's normal and that of the surface around it; its area, twice."""
    a, b, c = (points[tris[:, i]] for i in range(3))
    normal = np.cross(b - a, c - a)
    around = np.zeros_like(points)
    for k in range(3):
        for axis in range(3):
            around[:, axis] += np.bincount(tris[:, k], normal[:, axis], len(points))
    near = around[tris].sum(axis=1) - 3 * normal
    size = np.linalg.norm(normal, axis=1)
    cosine = (normal * near).sum(axis=1) / np.maximum(size * np.linalg.norm(near, axis=1), 1e-20)
    return cosine, size


def unfolded(points: Array, tris: Index, move: Array, under: Array, rounds: int = 60) -> Array:
    """The move, ironed where it folds; `under` is what the face wears below it."""
    moving = tris[move[tris].any(axis=(1, 2))]
    if not len(moving):
        return move
    bad = turned(points, points + under + move, moving)
    near = np.zeros(len(points), dtype=bool)
    for _ in range(7):  # the patch around the folds; its border stays
        near[moving[bad]] = True
        bad = near[moving].any(axis=1)
    used, own = np.unique(moving[bad], return_inverse=True)
    own = own.reshape(-1, 3)
    done = move.copy()
    done[used] = _ironed(points[used], own, move[used], (points + under)[used], rounds)
    return done


def _ironed(rest: Array, tris: Index, move: Array, below: Array, rounds: int) -> Array:
    if not len(tris):
        return move
    edge, _ = edges(tris)
    for turn in range(rounds):
        bad = turned(rest, below + move, tris)
        if not bad.any():
            break
        near = np.zeros(len(rest))
        near[tris[bad].ravel()] = 1.0
        for _ in range(1 + turn // 12):  # what resists is taken with more of its surroundings
            near = np.maximum(near, np.minimum(1.0, 2.0 * neighbour_mean(near, edge)))
        move = move + (neighbour_mean(move, edge) - move) * (0.5 * near)[:, None]
    return move
