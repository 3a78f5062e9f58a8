"""A woven surface: a picture of stitches as bumps, and where each point lies on the weave."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .fields import Array
from .mesh import Index, Mesh, triangles
from .png import png


def stockinette(size: int = 64, depth: float = 0.9) -> bytes:
    """One stitch, a V of two legs, as a tile of surface directions."""
    at = (np.arange(size) + 0.5) / size
    u, v = np.meshgrid(at, at)
    height = np.zeros_like(u)
    for side in (-1.0, 1.0):
        for shift in (-1.0, 0.0, 1.0):
            # a leg runs from the middle of the stitch upwards and outwards
            s = np.clip(1.0 - (v - shift) - 0.05, -0.25, 1.25)
            middle = 0.5 + side * (0.09 + 0.29 * s)
            across = (u - middle) / 0.235
            ends = 1 - np.clip(np.abs(s - 0.5) - 0.35, 0, None) ** 2 * 1.5
            height = np.maximum(height, np.sqrt(np.clip(1 - across**2, 0, 1)) * ends)
    slope_x = (np.roll(height, -1, 1) - np.roll(height, 1, 1)) * size / 2 * 0.12 * depth
    slope_y = (np.roll(height, -1, 0) - np.roll(height, 1, 0)) * size / 2 * 0.12 * depth
    normal = np.stack([-slope_x, slope_y, np.ones_like(u)], -1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    return png(np.uint8(np.round((normal * 0.5 + 0.5) * 255)))


@dataclass(frozen=True)
class Laid:
    """Where points lie on the weave: each on a chart, with a place on every chart."""

    chart: Index
    u: Array  # (charts, points)
    v: Array
    lap: Array
    """How long each chart is in u, all the way round."""


def woven(mesh: Mesh, held: Array, laid: Laid) -> tuple[Mesh, Array]:
    """The mesh with `weave_u` and `weave_v`, cut where charts meet or a chart closes its round.

    What belongs together keeps its place, so that normals go on over the cut. Returns the shares
    of the new points too.
    """
    faces = triangles(mesh.faces)
    votes = np.sort(laid.chart[faces], axis=1)
    own = np.where(votes[:, 0] == votes[:, 1], votes[:, 0], votes[:, 1])
    corner = laid.u[own[:, None], faces]
    turn = np.round((corner[:, :1] - corner) / laid.lap[own][:, None]).astype(np.int64)
    key = np.stack([faces, np.repeat(own[:, None], 3, 1), turn], -1).reshape(-1, 3)
    unique, inverse = np.unique(key, axis=0, return_inverse=True)
    point, label, laps = unique.T
    cut = Mesh(
        mesh.points[point],
        inverse.reshape(-1, 3),
        mesh.colour[point],
        {name: values[point] for name, values in mesh.masks.items()},
    )
    u = laid.u[label, point] + laps * laid.lap[label]
    return replace(cut, masks={**cut.masks, "weave_u": u, "weave_v": laid.v[label, point]}), held[
        point
    ]


def tangents(mesh: Mesh, normal: Array) -> Array:
    """(n, 4): where u grows on the surface, and on which side v shrinks."""
    a, b, c = (mesh.faces[:, i] for i in range(3))
    p = mesh.points
    u, v = mesh.mask("weave_u"), mesh.mask("weave_v")
    e1, e2 = p[b] - p[a], p[c] - p[a]
    u1, u2, v1, v2 = (x[:, None] for x in (u[b] - u[a], u[c] - u[a], v[b] - v[a], v[c] - v[a]))
    turned = np.sign(u1 * v2 - u2 * v1)
    across, up = turned * (e1 * v2 - e2 * v1), turned * (e1 * u2 - e2 * u1)
    sums = np.zeros((2, len(p), 3))
    for corner in (a, b, c):
        np.add.at(sums[0], corner, across)
        np.add.at(sums[1], corner, up)
    along = sums[0] - normal * np.sum(sums[0] * normal, axis=1, keepdims=True)
    size = np.linalg.norm(along, axis=1, keepdims=True)
    spare = np.cross(normal, np.where(np.abs(normal[:, :1]) < 0.7, [[1.0, 0, 0]], [[0, 1.0, 0]]))
    spare /= np.linalg.norm(spare, axis=1, keepdims=True)
    along = np.where(size > 1e-9, along / np.maximum(size, 1e-9), spare)
    side = np.sum(np.cross(normal, along) * sums[1], axis=1)
    return np.concatenate([along, np.where(side < 0, -1.0, 1.0)[:, None]], axis=1)
