"""Indices as plain points, lines and triangles, and the normals a file does not bring."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.gltf.accessors import integers
from avatar_desktop.avatar.gltf.document import Primitive as PrimitiveSpec
from avatar_desktop.avatar.gltf.source import Source
from avatar_desktop.errors import AvatarError

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Indices = NDArray[np.uint32]

POINTS, LINES, TRIANGLES = 0, 1, 4
_PER_DRAWN = {POINTS: 1, LINES: 2, TRIANGLES: 3}
_UP = np.array([[0.0], [0.0], [1.0]])


def read_indices(
    source: Source, spec: PrimitiveSpec, vertices: int, place: str
) -> tuple[int, Indices]:
    """The plain mode and a flat list of vertices for it."""
    if spec.indices is None:
        flat = np.arange(vertices, dtype=np.uint32)
    else:
        raw = integers(source, spec.indices, ("SCALAR",), f"{place}.indices")[:, 0]
        if len(raw) and int(raw.max()) >= vertices:
            raise AvatarError(
                f"An index points past the {vertices} vertices.",
                kind="bounds",
                place=f"{place}.indices",
            )
        flat = raw.astype(np.uint32)
    mode, unrolled = _unrolled(flat, spec.mode)
    whole = len(unrolled) // _PER_DRAWN[mode] * _PER_DRAWN[mode]
    if whole != len(unrolled):
        what = "triangle" if mode == TRIANGLES else "line"
        source.warn(f"The last indices of {place} make no whole {what}.")
    return mode, unrolled[:whole]


def smooth_normals(positions: Floats, indices: Indices, mode: int) -> Floats:
    """Area-weighted vertex normals; the renderer facets them where `flat_shaded` says so."""
    if mode != TRIANGLES or not len(indices):
        return np.tile(_UP.T.astype(np.float32), (len(positions), 1))
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


def _unrolled(flat: Indices, mode: int) -> tuple[int, Indices]:
    """Loops, strips and fans as plain lines and triangles."""
    if mode in _PER_DRAWN:
        return mode, flat
    if mode in (2, 3):
        following = np.roll(flat, -1)
        pairs = np.stack([flat, following], axis=1)
        return LINES, (pairs if mode == 2 and len(flat) > 1 else pairs[:-1]).reshape(-1)
    if len(flat) < 3:
        return TRIANGLES, flat[:0]
    if mode == 6:
        centre = np.full(len(flat) - 2, flat[0], np.uint32)
        return TRIANGLES, np.stack([flat[1:-1], flat[2:], centre], axis=1).reshape(-1)
    triangles = np.stack([flat[:-2], flat[1:-1], flat[2:]], axis=1)
    triangles[1::2] = triangles[1::2, [0, 2, 1]]
    return TRIANGLES, triangles.reshape(-1)
