"""The cage of Wren's head: a cube-sphere grid with ring stacks round eye, mouth and neck.

Built for x ≥ 0 and mirrored, so it is symmetric by construction. Masks on the points say what
belongs to which lid or lip; subdivision carries them to the dense mesh.
"""

from __future__ import annotations

import numpy as np
from workshop.fields import Array, project, shoot
from workshop.mesh import Mesh, edges, mirrored, neighbour_mean, plain, relax, subdivide, without

from .form import head
from .proportions import (
    EYE,
    EYE_R,
    HALF_WIDTH,
    LID_DOWN,
    LID_R,
    LID_UP,
    MOUTH_W,
    MOUTH_Y,
    OPENING,
)

CENTRE = np.array([0.0, -0.16, -0.25])
ACROSS = [0.0, 0.030, 0.060, 0.094, 0.18, 0.272, 0.364, 0.456, 0.55, 0.645, 0.76, 0.88, 1.0]
UPWARD = [
    -1,
    -0.91,
    -0.82,
    -0.735,
    -0.68,
    -0.62,
    -0.565,
    -0.51,
    -0.465,
    -0.42,
    -0.375,
    -0.325,
    -0.275,
    -0.22,
    -0.165,
    -0.11,
    -0.05,
    0.03,
    0.11,
    0.2,
    0.3,
    0.42,
    0.55,
    0.69,
    0.84,
    1.0,
]
DEPTH = list(np.tan(np.linspace(np.pi / 4, -np.pi / 4, 11)))
EYE_COLUMNS, EYE_ROWS = (3, 9), (10, 18)
MOUTH_COLUMNS, MOUTH_ROWS = (0, 5), (3, 7)
NECK_COLUMNS, NECK_DEPTHS = (0, 7), (3, 8)


class Cage:
    """Points and quads that are being collected; ends as a Mesh."""

    def __init__(self) -> None:
        self.points: list[Array] = []
        self.quads: list[tuple[int, int, int, int]] = []
        self.masks: dict[int, dict[str, float]] = {}
        self.known: dict[tuple[float, ...], int] = {}

    def direction(self, u: float, v: float, w: float) -> int:
        key = (round(u, 6), round(v, 6), round(w, 6))
        if key not in self.known:
            self.known[key] = self.add(np.array([u, v, w]), free=1.0)
        return self.known[key]

    def add(self, point: Array, **masks: float) -> int:
        self.points.append(point)
        self.masks[len(self.points) - 1] = masks
        return len(self.points) - 1

    def bridge(self, outer: list[int], inner: list[int], closed: bool) -> None:
        n = len(outer)
        for i in range(n if closed else n - 1):
            j = (i + 1) % n
            self.quads.append((outer[i], outer[j], inner[j], inner[i]))

    def mesh(self) -> Mesh:
        mesh = plain(np.array(self.points), np.array(self.quads))
        names = {name for m in self.masks.values() for name in m}
        values = {
            n: np.array([self.masks[i].get(n, 0.0) for i in range(len(self.points))]) for n in names
        }
        return mesh.marked(**values)


def _block(i: int, columns: tuple[int, int], rows: tuple[int, int], j: int) -> bool:
    return columns[0] <= i < columns[1] and rows[0] <= j < rows[1]


def _grid(cage: Cage) -> None:
    """The five and a half faces of the cube, less the blocks of eye, mouth and neck."""
    nu, nv, nw = len(ACROSS) - 1, len(UPWARD) - 1, len(DEPTH) - 1
    for i in range(nu):
        for j in range(nv):
            u, u2, v, v2 = ACROSS[i], ACROSS[i + 1], UPWARD[j], UPWARD[j + 1]
            carved = _block(i, EYE_COLUMNS, EYE_ROWS, j) or _block(i, MOUTH_COLUMNS, MOUTH_ROWS, j)
            if not carved:
                corners = ((u, v), (u2, v), (u2, v2), (u, v2))
                cage.quads.append(tuple(cage.direction(a, b, 1.0) for a, b in corners))
            corners = ((u, v), (u, v2), (u2, v2), (u2, v))
            cage.quads.append(tuple(cage.direction(a, b, -1.0) for a, b in corners))
    for k in range(nw):
        w, w2 = DEPTH[k], DEPTH[k + 1]
        for j in range(nv):
            v, v2 = UPWARD[j], UPWARD[j + 1]
            corners = ((v, w), (v, w2), (v2, w2), (v2, w))
            cage.quads.append(tuple(cage.direction(1.0, a, b) for a, b in corners))
        for i in range(nu):
            u, u2 = ACROSS[i], ACROSS[i + 1]
            corners = ((u, w), (u2, w), (u2, w2), (u, w2))
            cage.quads.append(tuple(cage.direction(a, 1.0, b) for a, b in corners))
            if not _block(i, NECK_COLUMNS, NECK_DEPTHS, k):
                corners = ((u, w), (u, w2), (u2, w2), (u2, w))
                cage.quads.append(tuple(cage.direction(a, -1.0, b) for a, b in corners))


def almond(angle: Array) -> tuple[Array, Array]:
    """The eye opening as a curve, offsets from its middle; 0 is the outer corner, π/2 the top."""
    c, s = np.cos(angle), np.sin(angle)
    x = HALF_WIDTH * np.sign(c) * np.abs(c) ** 0.94
    up = np.abs(s) ** 0.92
    lean = -0.016 * up  # the peak leans towards the nose
    y = np.where(s >= 0, LID_UP * up, -LID_DOWN * np.abs(s) ** 1.05)
    return x + lean * (s > 0), y + 0.030 * c


def lid_heights(x: Array) -> tuple[Array, Array, Array]:
    """Heights of the upper edge, the lower edge and the closing line over |x|."""
    t = np.clip((np.abs(x) - OPENING[0]) / HALF_WIDTH, -1, 1)
    angle = np.linspace(0, np.pi, 181)
    ux, uy = almond(angle)
    lx, ly = almond(-angle)
    at = t * HALF_WIDTH
    up = np.interp(at, ux[::-1], uy[::-1]) + OPENING[1]
    down = np.interp(at, lx[::-1], ly[::-1]) + OPENING[1]
    return up, down, up + (down - up) * 0.80


def on_lid(x: Array, y: Array, radius: float) -> Array:
    """Points of the sphere of that radius round the left eye's ball."""
    rest = radius**2 - (x - EYE[0]) ** 2 - (y - EYE[1]) ** 2
    return np.stack([x, y, EYE[2] + np.sqrt(np.maximum(rest, 0.01))], axis=-1)


def on_form(x: Array, y: Array) -> Array:
    start = np.stack([x, y, np.full_like(x, 0.2)], axis=-1)
    return shoot(head, start, np.tile([0.0, 0.0, 1.0], (len(x), 1)), 1.0)


# scale of the almond, how far it follows the lid, how deep below the lid sphere
EYE_RINGS = (
    ("free", 1.66, 0.03),
    ("free", 1.42, 0.13),
    ("crease", 1.24, 0.38),
    ("form", 1.12, 0.76),
    ("edge", 1.035, 1.0),
    ("edge", 0.995, 1.0),
    ("rim", 0.985, 1.0),
    ("behind", 1.05, 1.0),
    ("behind", 1.22, 1.0),
)


def _eye(cage: Cage) -> None:
    (c0, c1), (r0, r1) = EYE_COLUMNS, EYE_ROWS
    mid = (r0 + r1) // 2
    path = [(c1, j) for j in range(mid, r1)] + [(i, r1) for i in range(c1, c0, -1)]
    path += [(c0, j) for j in range(r1, r0, -1)] + [(i, r0) for i in range(c0, c1)]
    path += [(c1, j) for j in range(r0, mid)]
    loop = [cage.direction(ACROSS[i], UPWARD[j], 1.0) for i, j in path]
    n = len(loop)
    angle = 2 * np.pi * np.arange(n) / n
    ax, ay = almond(angle)
    upper, lower = np.sin(angle) > 0.01, np.sin(angle) < -0.01
    for kind, scale, lid in EYE_RINGS:
        grow_y = scale + (0.10 if kind == "crease" else 0.0)
        x, y = OPENING[0] + ax * scale, OPENING[1] + ay * grow_y
        if kind in ("free", "form", "crease"):
            points = on_form(x, y)
            if kind == "crease":
                points[:, 2] -= 0.020 * np.clip(np.sin(angle - 0.10), 0, 1) ** 1.5
            elif kind == "form":
                points[:, 2] += 0.006 * np.clip(np.sin(angle), 0, 1)
        else:
            radius = {"edge": LID_R + 0.006, "rim": EYE_R + 0.014, "behind": EYE_R + 0.006}[kind]
            radius -= 0.008 if (kind, scale) == ("edge", 0.99) else 0.0
            points = on_lid(x, y, radius)
        ring = [
            cage.add(
                p,
                free=1.0 if kind == "free" else 0.0,
                lid_up=lid * u,
                lid_low=lid * w,
                lid_x=dx,
                lid=1.0 if kind != "free" else 0.3,
                rim=float(kind in ("rim", "behind")),
                liner=float(kind == "rim" or scale == 0.995) * float(u),
                crease=float(kind == "crease") * max(float(np.sin(a - 0.10)), 0.0) ** 1.5,
            )
            for p, dx, u, w, a in zip(points, ax, upper, lower, angle, strict=True)
        ]
        cage.bridge(loop, ring, closed=True)
        loop = ring


def lip_taper(x: Array) -> Array:
    return np.clip(1 - (np.abs(x) / MOUTH_W) ** 2.2, 0, 1)


def mouth_line(x: Array) -> Array:
    """Where the lips meet: a trace of a smile that lives in the corners."""
    t = np.abs(x) / MOUTH_W
    return MOUTH_Y + 0.026 * t**2 + 0.012 * np.clip(t - 0.55, 0, 0.6) ** 2 / 0.2


# name, half-width factor, upper and lower height, how far both stand out, mouth weight, colour
LIP_RINGS = (
    ("free", 1.82, 0.160, 0.190, 0.000, 0.000, 0.20, 0.0),
    ("blend", 1.38, 0.100, 0.124, 0.002, -0.010, 0.70, 0.0),
    ("border", 1.12, 0.060, 0.080, 0.011, 0.006, 0.95, 0.12),
    ("lip", 1.03, 0.044, 0.062, 0.022, 0.026, 1.0, 0.80),
    ("peak", 0.99, 0.021, 0.034, 0.033, 0.042, 1.0, 1.0),
    ("contact", 0.975, -0.001, -0.001, 0.014, 0.014, 1.0, 1.0),
    ("inner", 0.95, -0.001, -0.001, -0.024, -0.024, 1.0, 1.0),
    ("bag", 0.95, 0.055, 0.055, -0.060, -0.060, 1.0, 0.0),
    ("bag", 1.05, 0.100, 0.110, -0.130, -0.130, 1.0, 0.0),
    ("bag", 1.02, 0.100, 0.110, -0.320, -0.320, 1.0, 0.0),
    ("bag", 0.70, 0.0, 0.0, -0.420, -0.420, 1.0, 0.0),
)


def _bow(name: str, x: Array) -> Array:
    """What the middle of the upper lip adds to its height: a cupid's bow over a soft tubercle."""
    dip, peaks = np.exp(-((x / 0.026) ** 2)), np.exp(-(((x - 0.050) / 0.030) ** 2))
    if name in ("border", "lip"):
        return 0.006 * peaks - 0.012 * dip
    return 0.003 * dip if name == "peak" else 0.0 * x


def _lip_points(ring: tuple, angle: Array) -> Array:
    name, wide, up, down, out_up, out_down = ring[:6]
    upper = angle > 0.01
    x = MOUTH_W * wide * np.cos(angle) ** 0.85
    x[[0, -1]] = 0.0
    taper = np.abs(np.sin(angle)) ** (0.78 if wide < 1.2 else 1.0)
    height = np.where(upper, up, -down) * taper + _bow(name, x) * upper
    y = mouth_line(np.minimum(x, MOUTH_W * 1.1)) + height
    points = on_form(x, y)
    out = np.where(upper, out_up, out_down)
    if out_up < 0:  # inside the mouth
        points[:, 2] = on_form(x, mouth_line(x))[:, 2] + out
        return points
    lips = lip_taper(x)
    points[:, 2] += out * (0.30 + 0.70 * lips)
    if wide < 1.2:  # the corners lie in little hollows
        points[:, 2] -= 0.012 * (1 - lips)
    if name == "blend":  # the groove from the nose to the bow
        points[:, 2] -= 0.007 * upper * np.exp(-((x / 0.030) ** 2))
    return points


def _mouth(cage: Cage) -> None:
    """Half a ring stack, from the middle of the upper lip round the corner to the lower."""
    (_, c1), (r0, r1) = MOUTH_COLUMNS, MOUTH_ROWS
    path = [(i, r1) for i in range(c1)] + [(c1, j) for j in range(r1, r0, -1)]
    path += [(i, r0) for i in range(c1, -1, -1)]
    loop = [cage.direction(ACROSS[i], UPWARD[j], 1.0) for i, j in path][::-1]
    # from the bottom middle (-π/2) through the corner (0) to the top middle (π/2)
    angle = np.linspace(-np.pi / 2, np.pi / 2, len(loop))
    upper, lower = angle > 0.01, angle < -0.01
    for name, wide, *rest in LIP_RINGS:
        weight, colour = rest[4:]
        points = _lip_points((name, wide, *rest), angle)
        ring = [
            cage.add(
                p,
                free=1.0 if name == "free" else 0.0,
                mouth=weight,
                low=0.5 + 0.5 * (float(w) - float(u)) * (wide != 0.70),
                lip=colour,
                bag=float(name == "bag"),
            )
            for p, u, w in zip(points, upper, lower, strict=True)
        ]
        cage.bridge(loop, ring, closed=False)
        loop = ring


# y, half-width, half-depth, middle z
NECK_RINGS = (
    ("free", -1.02, 0.330, 0.330, -0.155),
    ("blend", -1.11, 0.268, 0.280, -0.175),
    ("neck", -1.21, 0.248, 0.256, -0.195),
    ("neck", -1.32, 0.250, 0.260, -0.22),
    ("neck", -1.45, 0.275, 0.265, -0.235),
    ("neck", -1.58, 0.33, 0.27, -0.24),
)


def _neck(cage: Cage) -> None:
    (_, c1), (k0, k1) = NECK_COLUMNS, NECK_DEPTHS
    path = [(i, k0) for i in range(c1)] + [(c1, k) for k in range(k0, k1)]
    path += [(i, k1) for i in range(c1, -1, -1)]
    loop = [cage.direction(ACROSS[i], -1.0, DEPTH[k]) for i, k in path][::-1]
    angle = np.linspace(np.pi, 0, len(loop))  # from the nape to the throat
    for name, y, wide, deep, z in NECK_RINGS:
        x = wide * np.sin(angle)
        x[[0, -1]] = 0.0
        rise = 0.05 * (1 - np.cos(angle)) * (y > -1.2)  # the nape starts higher
        points = np.stack([x, y + rise, z + deep * np.cos(angle)], axis=-1)
        ring = [cage.add(p, free=float(name == "free"), neck=1.0) for p in points]
        cage.bridge(loop, ring, closed=False)
        loop = ring


def head_mesh() -> Mesh:
    """The dense head: cage, one subdivision, wrapped on the form again."""
    cage = Cage()
    _grid(cage)
    _eye(cage)
    _mouth(cage)
    _neck(cage)
    mesh = cage.mesh()
    grid = np.array(sorted(cage.known.values()))
    points = mesh.points.copy()
    points[grid] = shoot(head, CENTRE, points[grid], 2.2)
    mesh = mirrored(Mesh(points, mesh.faces, mesh.colour, mesh.masks))
    mesh = without(mesh, np.zeros(len(mesh.faces), dtype=bool))
    mesh = relax(mesh, mesh.mask("free") * 0.6, 14, head)
    dense = _wrapped(subdivide(mesh))
    x, y, z = dense.points.T
    covered = ((y > 0.55) & (z < 0.25)) | ((z < np.where(x > 0, -0.32, -0.16)) & (y > -0.62))
    return without(dense, covered[dense.faces].all(axis=1))


def _wrapped(mesh: Mesh) -> Mesh:
    """Pull the free part onto the form, ironing it five times on the way."""
    free = mesh.mask("free") ** 2 * (1 - np.clip(mesh.mask("neck") * 1.5, 0, 1))
    edge, _ = edges(mesh.faces)
    points = mesh.points
    some = free > 1e-4
    for _ in range(5):
        points = points + (neighbour_mean(points, edge) - points) * (free * 0.5)[:, None]
        moved = project(head, points[some], 2)
        points = points.copy()
        points[some] += (moved - points[some]) * free[some, None]
    return Mesh(points, mesh.faces, mesh.colour, mesh.masks)
