"""Meshes as plain arrays: join, subdivide, relax, wrap a field, measure normals."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from .fields import Array, Field, project

Index = NDArray[np.int64]


@dataclass(frozen=True)
class Mesh:
    """Points, triangles or quads (never mixed), colours, and named per-point masks."""

    points: Array
    faces: Index
    colour: Array
    masks: dict[str, Array] = field(default_factory=dict)

    def mask(self, name: str) -> Array:
        return self.masks.get(name, np.zeros(len(self.points)))

    def painted(self, colour: Array | tuple[float, float, float]) -> Mesh:
        return replace(self, colour=np.broadcast_to(colour, self.points.shape).copy())

    def marked(self, **masks: Array | float) -> Mesh:
        full = {k: np.broadcast_to(np.float64(v), len(self.points)) for k, v in masks.items()}
        return replace(self, masks={**self.masks, **full})


def plain(points: Array, faces: Index) -> Mesh:
    return Mesh(points, faces, np.ones_like(points))


def outward(mesh: Mesh) -> Mesh:
    """The mesh with its faces turned so that they look away from its middle."""
    p = mesh.points - mesh.points.mean(0)
    a, b, c = (p[triangles(mesh.faces)[:, i]] for i in range(3))
    inside_out = np.sum(a * np.cross(b, c)) < 0
    return replace(mesh, faces=mesh.faces[:, ::-1]) if inside_out else mesh


def triangles(faces: Index) -> Index:
    if faces.shape[1] == 3:
        return faces
    return np.concatenate([faces[:, [0, 1, 2]], faces[:, [0, 2, 3]]])


def join(parts: list[Mesh]) -> Mesh:
    """One triangle mesh out of many; masks that a part lacks are zero there."""
    offsets = np.cumsum([0] + [len(m.points) for m in parts])
    names = {name for m in parts for name in m.masks}
    return Mesh(
        np.concatenate([m.points for m in parts]),
        np.concatenate([triangles(m.faces) + o for m, o in zip(parts, offsets, strict=False)]),
        np.concatenate([m.colour for m in parts]),
        {name: np.concatenate([m.mask(name) for m in parts]) for name in sorted(names)},
    )


def normals(points: Array, tris: Index) -> Array:
    """Area-weighted point normals."""
    a, b, c = (points[tris[:, i]] for i in range(3))
    face = np.cross(b - a, c - a)
    total = np.zeros_like(points)
    for i in range(3):
        np.add.at(total, tris[:, i], face)
    return total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-20)


def edges(faces: Index) -> tuple[Index, Index]:
    """Unique sorted edges, and for each face corner the edge that leaves it."""
    n = faces.shape[1]
    pairs = np.stack([faces, np.roll(faces, -1, axis=1)], axis=2).reshape(-1, 2)
    unique, inverse = np.unique(np.sort(pairs, axis=1), axis=0, return_inverse=True)
    return unique, inverse.reshape(-1, n)


def neighbour_mean(values: Array, edge: Index) -> Array:
    total = np.zeros_like(values)
    count = np.zeros(len(values))
    for i, j in ((0, 1), (1, 0)):
        np.add.at(total, edge[:, i], values[edge[:, j]])
        np.add.at(count, edge[:, i], 1.0)
    shape = (-1,) + (1,) * (values.ndim - 1)
    return total / np.maximum(count, 1.0).reshape(shape)


def relax(mesh: Mesh, weight: Array, rounds: int, form: Field | None = None) -> Mesh:
    """Even out the spacing; `weight` says how free each point is. Stays on the form if given."""
    edge, _ = edges(mesh.faces)
    points = mesh.points
    free = weight > 1e-6
    for _ in range(rounds):
        points = points + (neighbour_mean(points, edge) - points) * weight[:, None]
        if form is not None:
            moved = points.copy()
            moved[free] = project(form, points[free], 1)
            points = points + (moved - points) * np.minimum(1.0, weight * 1.5)[:, None]
    return replace(mesh, points=points)


def _catmull_clark(values: Array, faces: Index, edge: Index, corner_edge: Index) -> Array:
    """The Catmull–Clark rule on any per-point values (positions and masks alike)."""
    n_points, n_edges = len(values), len(edge)
    face_mean = values[faces].mean(axis=1)
    touching = np.zeros(n_edges)
    np.add.at(touching, corner_edge.ravel(), 1.0)
    face_sum = np.zeros((n_edges, values.shape[1]))
    for k in range(faces.shape[1]):
        np.add.at(face_sum, corner_edge[:, k], face_mean)
    middle = values[edge].mean(axis=1)
    inner = touching >= 2
    edge_point = np.where(inner[:, None], (middle * 2 + face_sum) / (2 + touching)[:, None], middle)
    valence = np.zeros(n_points)
    rim = np.zeros(n_points)
    around_edges = np.zeros_like(values)
    rim_sum = np.zeros_like(values)
    for k in range(2):
        np.add.at(valence, edge[:, k], 1.0)
        np.add.at(around_edges, edge[:, k], middle)
        np.add.at(rim, edge[~inner, k], 1.0)
        np.add.at(rim_sum, edge[~inner, k], middle[~inner])
    face_count = np.zeros(n_points)
    around_faces = np.zeros_like(values)
    for k in range(faces.shape[1]):
        np.add.at(face_count, faces[:, k], 1.0)
        np.add.at(around_faces, faces[:, k], face_mean)
    n = np.maximum(valence, 1)[:, None]
    smooth = (
        around_faces / np.maximum(face_count, 1)[:, None] + 2 * around_edges / n + (n - 3) * values
    ) / n
    border = 0.5 * values + 0.5 * rim_sum / np.maximum(rim, 1)[:, None]
    point = np.where((rim > 0)[:, None], border, smooth)
    return np.concatenate([point, edge_point, face_mean])


def subdivide(mesh: Mesh) -> Mesh:
    """One Catmull–Clark level for quads; colours and masks ride along."""
    edge, corner_edge = edges(mesh.faces)
    names = list(mesh.masks)
    columns = [mesh.points, mesh.colour, *(mesh.masks[name][:, None] for name in names)]
    new = _catmull_clark(np.concatenate(columns, axis=1), mesh.faces, edge, corner_edge)
    first_edge, first_face = len(mesh.points), len(mesh.points) + len(edge)
    rows = np.arange(len(mesh.faces)) + first_face
    quads = [
        np.stack(
            [
                mesh.faces[:, k],
                corner_edge[:, k] + first_edge,
                rows,
                corner_edge[:, k - 1] + first_edge,
            ],
            axis=1,
        )
        for k in range(4)
    ]
    masks = {name: new[:, 6 + i] for i, name in enumerate(names)}
    return Mesh(new[:, :3], np.concatenate(quads), new[:, 3:6], masks)


def mirrored(half: Mesh, tolerance: float = 1e-7) -> Mesh:
    """The whole from its half at x ≥ 0; points on the middle plane are shared."""
    n = len(half.points)
    middle = np.abs(half.points[:, 0]) < tolerance
    twin = np.where(middle, np.arange(n), 0)
    twin[~middle] = n + np.arange(int((~middle).sum()))
    flip = half.points[~middle] * np.array([-1.0, 1.0, 1.0])
    return Mesh(
        np.concatenate([half.points, flip]),
        np.concatenate([half.faces, twin[half.faces[:, ::-1]]]),
        np.concatenate([half.colour, half.colour[~middle]]),
        {name: np.concatenate([v, v[~middle]]) for name, v in half.masks.items()},
    )


def without(mesh: Mesh, dropped: NDArray[np.bool_]) -> Mesh:
    """The mesh less the faces marked, and less the points nothing uses any more."""
    faces = mesh.faces[~dropped]
    used, inverse = np.unique(faces, return_inverse=True)
    return Mesh(
        mesh.points[used],
        inverse.reshape(faces.shape),
        mesh.colour[used],
        {name: v[used] for name, v in mesh.masks.items()},
    )


def wrap(form: Field, low: tuple[float, ...], high: tuple[float, ...], step: float) -> Mesh:
    """Quads around the zero level of a field (surface nets), pulled onto it and evened out."""
    axes = [np.arange(a - step, b + 2 * step, step) for a, b in zip(low, high, strict=True)]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    value = form(grid.reshape(-1, 3)).reshape(grid.shape[:3])
    shape = tuple(s - 1 for s in value.shape)
    total = np.zeros((*shape, 3))
    count = np.zeros(shape)
    for axis in range(3):
        a = np.moveaxis(value, axis, 0)
        g = np.moveaxis(grid, axis, 0)
        cut = (a[:-1] < 0) != (a[1:] < 0)
        gap = np.where(cut, a[:-1] - a[1:], 1.0)
        t = np.where(cut, a[:-1] / gap, 0.0)
        crossing = g[:-1] + (g[1:] - g[:-1]) * t[..., None]
        crossing = np.moveaxis(np.where(cut[..., None], crossing, 0.0), 0, axis)
        cut = np.moveaxis(cut, 0, axis)
        _spread(total, count, crossing, cut, axis)
    used = count > 0
    number = np.full(shape, -1, dtype=np.int64)
    number[used] = np.arange(int(used.sum()))
    points = total[used] / count[used][:, None]
    faces = np.concatenate([_net_faces(value, number, axis) for axis in range(3)])
    mesh = plain(project(form, points, 2), faces)
    return relax(mesh, np.full(len(points), 0.5), 4, form)


def _spread(total: Array, count: Array, crossing: Array, cut: NDArray[np.bool_], axis: int) -> None:
    """Add each edge crossing to the four cells around that edge."""
    n = list(total.shape[:3])
    others = [a for a in range(3) if a != axis]
    for da in (0, 1):
        for db in (0, 1):
            source = [slice(None)] * 3
            target = [slice(None)] * 3
            for other, d in zip(others, (da, db), strict=True):
                source[other] = slice(d, d + n[other])
            total[tuple(target)] += crossing[tuple(source)]
            count[tuple(target)] += cut[tuple(source)]


def _net_faces(value: Array, number: Index, axis: int) -> Index:
    a = np.moveaxis(value, axis, 0)
    numbered = np.moveaxis(number, axis, 0)
    low, high = a[:-1, 1:-1, 1:-1] < 0, a[1:, 1:-1, 1:-1] < 0
    around = np.stack(
        [
            numbered[:, i : i + low.shape[1], j : j + low.shape[2]]
            for i, j in ((0, 0), (1, 0), (1, 1), (0, 1))
        ],
        axis=-1,
    )
    flip = axis == 1  # moving the axis to the front turns the handedness of this one
    out, back = around[low & ~high], around[~low & high]
    if flip:
        out, back = back, out
    return np.concatenate([out, back[:, ::-1]])
