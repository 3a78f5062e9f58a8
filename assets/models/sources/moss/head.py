"""The skin of Moss's head: rings from the lips outwards to the back of the skull.

The mouth is the middle of the mesh, so whatever it does the rows follow. Where an eye sits, a block
of the grid gives way to a second stack of rings. Built for x ≥ 0 and mirrored. Masks say which
point belongs to which lid or lip.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from workshop.fields import Array, gradient, project, ramp, shoot
from workshop.mesh import Index, Mesh, edges, mirrored, neighbour_mean, plain, without

from . import proportions as w
from .eyelids import angles, at, away_from_corners, edge, to_closing
from .form import head

CENTRE = np.array([0.0, -0.17, -0.05])
HALF = 56  # columns on one side, from the middle of the chin round the corner to the brow
RINGS = 30  # between the lips and the back of the skull
EYE_COLUMNS, EYE_RINGS = (36, 54), (3, 14)
ANGLE = np.linspace(-np.pi / 2, np.pi / 2, HALF + 1)
ALONG = 1 - np.abs(ANGLE) / (np.pi / 2)  # 0 in the middle of the lips, 1 at the corner
SIGN = np.sign(np.round(ANGLE, 9))
ROUND = np.pi / 2 * np.clip((1 - ALONG) / 0.30, 0, 1) ** 0.7  # how rings turn round the corner


def mouth_line(x: Array) -> Array:
    """Where the lips meet: a long quiet smile."""
    return w.MOUTH_Y + w.SMILE * x * x


def on_form(x: Array, y: Array) -> Array:
    start = np.stack([x, y, np.zeros_like(x)], axis=-1)
    return shoot(head, start, np.tile([0.0, 0.0, 1.0], (len(x), 1)), 1.6)


class Cage:
    """Points, quads and masks that are being collected."""

    def __init__(self) -> None:
        self.points: list[Array] = []
        self.quads: list[Index] = []
        self.masks: list[dict[str, Array]] = []
        self.count = 0

    def add(self, points: Array, **masks: Array | float) -> Index:
        """A row of points; returns their numbers."""
        self.points.append(points)
        n = len(points)
        self.masks.append({k: np.broadcast_to(np.float64(v), n) for k, v in masks.items()})
        self.count += n
        return np.arange(self.count - n, self.count)

    def bridge(self, outer: Index, inner: Index, closed: bool = False) -> None:
        a, b = (np.append(r, r[0]) if closed else r for r in (outer, inner))
        self.quads.append(np.stack([a[:-1], a[1:], b[1:], b[:-1]], -1))

    def mesh(self) -> Mesh:
        names = {name for row in self.masks for name in row}
        sizes = [len(p) for p in self.points]
        masks = {
            name: np.concatenate(
                [r.get(name, np.zeros(n)) for r, n in zip(self.masks, sizes, strict=True)]
            )
            for name in sorted(names)
        }
        return plain(np.concatenate(self.points), np.concatenate(self.quads)).marked(**masks)


# offset above and below the line, stands out, mouth weight, colour
LIPS = (
    (0.220, 0.230, 0.000, 0.30, 0.0),
    (0.160, 0.170, 0.000, 0.55, 0.0),
    (0.112, 0.122, 0.000, 0.80, 0.0),
    (0.078, 0.090, 0.004, 0.94, 0.1),
    (0.054, 0.066, 0.018, 1.0, 0.7),
    (0.034, 0.044, 0.034, 1.0, 1.0),
    (0.015, 0.020, 0.034, 1.0, 1.0),
    (0.001, 0.001, 0.016, 1.0, 1.0),
)
# height, depth behind the form
BAG = (
    (0.001, -0.020),
    (0.030, -0.055),
    (0.100, -0.085),
    (0.170, -0.150),
    (0.170, -0.330),
    (0.004, -0.520),
)


def _lips(cage: Cage) -> list[Index]:
    """The stack of the mouth, outermost ring first."""
    rows: list[Index] = []
    low = np.where(SIGN < 0, 1.0, np.where(SIGN > 0, 0.0, 0.5))
    for up, down, out, weight, colour in LIPS:
        h = np.where(SIGN > 0, up, down)
        x = w.MOUTH_W * ALONG + h * np.cos(ROUND)
        x[[0, -1]] = 0.0
        y = mouth_line(np.minimum(x, w.MOUTH_W)) + SIGN * h * np.maximum(
            np.sin(ROUND), 0.25 * (h < 0.01)
        )
        points = on_form(x, y)
        taper = np.clip(1 - ALONG**5, 0, 1) ** 0.7
        points = points + gradient(head, points) * (out * (0.35 + 0.65 * taper))[:, None]
        points[[0, -1], 0] = 0.0
        free = {0.30: 1.0, 0.55: 0.7, 0.80: 0.3}.get(weight, 0.0)
        rows.append(cage.add(points, mouth=weight, low=low, lip=colour, along=ALONG, free=free))
    base = on_form(w.MOUTH_W * ALONG, mouth_line(w.MOUTH_W * ALONG))
    inward = gradient(head, base)
    for height, depth in BAG:
        points = base + inward * depth
        points[:, 1] += SIGN * height * np.maximum(np.sin(ROUND), 0.06) ** 0.7
        points[[0, -1], 0] = 0.0
        inside = float(depth < -0.03)
        rows.append(
            cage.add(
                points, mouth=1.0, low=low, lip=1.0 - inside, bag=inside, deep=-depth, along=ALONG
            )
        )
    return rows


def _skull(cage: Cage, start: Array) -> list[Index]:
    """Rings from the outermost ring of the lips to the back, and the point that ends them."""
    d = start - CENTRE
    polar = np.arccos(d[:, 2] / np.linalg.norm(d, axis=1))
    azimuth = np.arctan2(d[:, 1], d[:, 0])
    azimuth[[0, -1]] = -np.pi / 2, np.pi / 2
    rows: list[Index] = []
    for k in range(1, RINGS):
        t = k / RINGS
        a = azimuth + (ANGLE - azimuth) * ramp(t, 0.0, 0.55)
        p = polar + (np.pi - polar) * t**1.06
        way = np.stack([np.sin(p) * np.cos(a), np.sin(p) * np.sin(a), np.cos(p)], -1)
        points = shoot(head, CENTRE, way, 2.4)
        points[[0, -1], 0] = 0.0
        rows.append(cage.add(points, free=1.0))
    return rows


# how far from the fold (0) to the edge (1), radius; beyond the edge it turns in under the lid
LID_ROWS = (
    (0.00, w.TURRET_R - 0.014, 0.0),
    (0.18, w.LID_R + 0.004, 0.0),
    (0.45, w.LID_R + 0.014, 0.0),
    (0.72, w.LID_R + 0.014, 0.0),
    (0.90, w.LID_R + 0.014, 0.4),
    (1.00, w.LID_R + 0.010, 1.0),
    (1.035, w.LID_R - 0.010, 1.0),
    (1.03, w.EYE_R + 0.018, 1.0),
    (0.86, w.EYE_R + 0.014, 1.0),
    (0.50, w.EYE_R + 0.014, 1.0),
    (0.10, w.EYE_R + 0.014, 1.0),
)


def _round_about(border: Array) -> Array:
    """An angle for each point of a block's border: where it lies round the opening, evened out."""
    side, height, _ = angles(border)
    height = np.where(height < -np.pi / 2, height + 2 * np.pi, height)
    seen = np.unwrap(np.arctan2(height / w.FOLD_UP, side / w.FOLD_SIDE))
    even = 2 * np.pi * np.arange(len(border)) / len(border)
    off = np.unwrap(seen - even)
    off = off - 2 * np.pi * np.round(off.mean() / (2 * np.pi))
    for _ in range(3):
        off = (np.roll(off, 1) + 2 * off + np.roll(off, -1)) / 4
    e = even + 0.7 * off
    outer, inner = int(np.argmin(np.abs(e))), int(np.argmin(np.abs(e - np.pi)))
    ends = [outer, inner, outer + len(e)]  # a point exactly on each corner
    return e - np.interp(np.arange(len(e)), ends, [e[outer], e[inner] - np.pi, e[outer]])


def _eye(cage: Cage, grid: list[Index]) -> None:
    (c0, c1), (k0, k1) = EYE_COLUMNS, EYE_RINGS
    mid = (k0 + k1) // 2
    path = [(k, c0) for k in range(mid, k1)] + [(k1, c) for c in range(c0, c1)]
    path += [(k, c1) for k in range(k1, k0, -1)] + [(k0, c) for c in range(c1, c0, -1)]
    path += [(k, c0) for k in range(k0, mid)]
    loop = np.array([grid[k][c] for k, c in path])
    border = np.concatenate(cage.points)[loop]
    e = _round_about(border)
    up = np.sin(e) > -1e-9
    side = w.OPEN_SIDE * np.cos(e)
    top, low = edge(side, True), edge(side, False)
    lip = np.where(up, top, low)
    turn = to_closing(side, up)
    fold_side = w.FOLD_SIDE * np.cos(e)
    fold = np.where(up, w.FOLD_UP, w.FOLD_DOWN) * np.abs(np.sin(e)) ** 0.85
    b_side, b_height, b_r = angles(border)
    b_height = np.where(b_height - fold > np.pi, b_height - 2 * np.pi, b_height)
    b_height = np.where(fold - b_height > np.pi, b_height + 2 * np.pi, b_height)
    for share in (0.30, 0.58, 0.82):
        between = at(
            b_side + (fold_side - b_side) * share,
            b_height + (fold - b_height) * share,
            b_r + (w.TURRET_R - b_r) * min(1.0, share * 1.6),
        )
        row = cage.add(project(head, between, 4), free=1.0)
        cage.bridge(loop, row, closed=True)
        loop = row
    for share, radius, rim in LID_ROWS:
        s = min(share, 1.0)
        r = radius - np.where(up | (share < 0.9), 0.0, 0.008)  # the upper lid closes over the lower
        points = at(
            fold_side + (side - fold_side) * share,
            fold + (lip - fold) * share,
            r,
        )
        row = cage.add(
            points,
            lid_up=s * up.astype(float),
            lid_low=s * (~up).astype(float),
            lid_turn=turn,
            lid_mid=away_from_corners(side),
            lid=1.0,
            lid_s=share,
            rim=rim,
            crease=float(share == 0.0),
        )
        cage.bridge(loop, row, closed=True)
        loop = row


def head_mesh() -> Mesh:
    cage = Cage()
    lips = _lips(cage)
    grid = [lips[0], *_skull(cage, np.concatenate(cage.points)[lips[0]])]
    for outer, inner in pairwise(lips):
        cage.bridge(outer, inner)
    (c0, c1), (k0, k1) = EYE_COLUMNS, EYE_RINGS
    for k in range(len(grid) - 1):
        inner, outer = grid[k], grid[k + 1]
        if k0 <= k < k1:
            cage.bridge(outer[: c0 + 1], inner[: c0 + 1])
            cage.bridge(outer[c1:], inner[c1:])
        else:
            cage.bridge(outer, inner)
    _eye(cage, grid)
    back = cage.add(shoot(head, CENTRE, np.array([[0.0, 0.0, -1.0]]), 2.4), free=0.0)
    cage.quads.append(
        np.stack([np.full(HALF, back[0]), np.full(HALF, back[0]), grid[-1][1:], grid[-1][:-1]], -1)
    )
    return _split(_relaxed(mirrored(cage.mesh())))


def _split(mesh: Mesh) -> Mesh:
    """Quads as triangles, each along its shorter diagonal; turned to look outwards."""
    p, f = mesh.points, mesh.faces
    across = np.linalg.norm(p[f[:, 0]] - p[f[:, 2]], axis=1)
    other = np.linalg.norm(p[f[:, 1]] - p[f[:, 3]], axis=1)
    turned = np.where((other < across - 1e-9)[:, None], np.roll(f, -1, axis=1), f)
    tris = np.concatenate([turned[:, [0, 1, 2]], turned[:, [0, 2, 3]]])
    alike = (tris == np.roll(tris, 1, axis=1)).any(axis=1)
    mesh = without(Mesh(p, tris, mesh.colour, mesh.masks), alike)
    a, b, c = (mesh.points[mesh.faces[:, k]] for k in range(3))
    inside_out = np.sum(a * np.cross(b - a, c - a)) < 0
    faces = mesh.faces[:, ::-1] if inside_out else mesh.faces
    return Mesh(mesh.points, faces, mesh.colour, mesh.masks)


def _relaxed(mesh: Mesh) -> Mesh:
    """Even out the free part, on the form all the time."""
    free = mesh.mask("free")
    edge_, _ = edges(mesh.faces)
    points, some = mesh.points, free > 0
    middle = np.abs(points[:, 0]) < 1e-9
    for _ in range(18):
        points = points + (neighbour_mean(points, edge_) - points) * (free * 0.5)[:, None]
        points[some] = project(head, points[some], 1)
        points[middle, 0] = 0.0
    return Mesh(points, mesh.faces, mesh.colour, mesh.masks)
