"""Normals that a file does not bring, and what its triangles give to their corners."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Indices = NDArray[np.uint32]

_UP = np.array([[0.0], [0.0], [1.0]])


def upright(vertices: int) -> Floats:
    """(V, 3) normals of what has no surface."""
    return np.tile(_UP.T.astype(np.float32), (vertices, 1))


def smooth_normals(positions: Floats, indices: Indices) -> Floats:
    """(V, 3) normals, each the mean of the triangles around it by their size."""
    corners = indices.reshape(-1, 3).T
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        a, b = edges(positions, corners)
        faces = a[[1, 2, 0]] * b[[2, 0, 1]] - a[[2, 0, 1]] * b[[1, 2, 0]]
        normals = gathered(corners, faces, len(positions))
        lengths = np.sqrt((normals * normals).sum(axis=0))
        normals /= lengths
    normals[:, ~(lengths > 0.0) | ~np.isfinite(lengths)] = _UP
    return normals.T.astype(np.float32, order="C")


def edges(points: Floats, corners: Indices) -> tuple[Floats, Floats]:
    """(width, F) each: from the first corner of every triangle to the second and the third."""
    first, second, third = (points[corner].T for corner in corners)
    return np.subtract(second, first, order="C"), np.subtract(third, first, order="C")


def gathered(corners: Indices, of_faces: Floats | Doubles, vertices: int) -> Doubles:
    """(width, V) sums at the vertices of what each face (width, F) gives; `corners` is (3, F)."""
    width = len(of_faces)
    rows = np.arange(width, dtype=np.intp) * vertices
    places = np.add.outer(rows, corners.reshape(-1)).reshape(-1)
    given = np.concatenate((of_faces, of_faces, of_faces), axis=1).reshape(-1)
    sums = np.bincount(places, given, width * vertices).astype(np.float64, copy=False)
    return sums.reshape(width, vertices)
