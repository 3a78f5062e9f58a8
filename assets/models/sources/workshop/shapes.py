"""Meshes laid out as grids: faces of a grid, tubes along a path, left and right."""

from __future__ import annotations

import numpy as np

from .fields import Array
from .mesh import Index, Mesh, join, outward, plain, triangles


def grid_faces(rows: int, columns: int, closed: bool = False) -> Index:
    """Quads over a row-major grid; `closed` joins the last column to the first."""
    i = np.arange(rows - 1)[:, None] * columns
    j = np.arange(columns if closed else columns - 1)[None, :]
    k = (j + 1) % columns
    quads = [i + j, i + k, i + columns + k, i + columns + j]
    return np.stack([np.broadcast_to(q, (rows - 1, j.shape[1])) for q in quads], -1).reshape(-1, 4)


def sweep(path: Array, across: Array, up: Array, shape: Array) -> Mesh:
    """A tube: `shape` (rows, n, 2) is laid in the plane of `across` and `up` along the path."""
    rows, n = shape.shape[:2]
    points = (
        path[:, None, :] + across[:, None, :] * shape[..., 0:1] + up[:, None, :] * shape[..., 1:2]
    ).reshape(-1, 3)
    return outward(plain(points, grid_faces(rows, n, closed=True)))


def ring(n: int) -> Array:
    """The unit circle in n steps."""
    angle = 2 * np.pi * np.arange(n) / n
    return np.stack([np.cos(angle), np.sin(angle)], -1)


def rope(path: Array, size: Array | float, side: tuple[float, float, float], n: int = 8) -> Mesh:
    """A round tube along a path; `side` is a direction it never runs along. The ends are shut."""
    path = np.concatenate([path[:1], path, path[-1:]])
    size = np.broadcast_to(np.float64(size), len(path) - 2)
    size = np.concatenate([[1e-4], size, [1e-4]])
    along = np.gradient(path[1:-1], axis=0)
    along = np.concatenate([along[:1], along, along[-1:]])
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    across = np.cross(along, np.asarray(side))
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    up = np.cross(across, along)
    return sweep(path, across, up, size[:, None, None] * ring(n)[None])


def flipped(mesh: Mesh) -> Mesh:
    """The other side; a mask `anchor_x` is a place and goes over with it."""
    twin = mesh.points * np.array([-1.0, 1.0, 1.0])
    masks = mesh.masks
    if "anchor_x" in masks:
        masks = masks | {"anchor_x": -masks["anchor_x"]}
    return Mesh(twin, mesh.faces[:, ::-1], mesh.colour, masks)


def both(mesh: Mesh) -> Mesh:
    part = Mesh(mesh.points, triangles(mesh.faces), mesh.colour, mesh.masks)
    return join([part, flipped(part)])
