"""What Moss wears: a wide mustard raincoat with toggles, pockets, hood and cords; rubber boots."""

from __future__ import annotations

import numpy as np
from workshop.fields import Array, capsule, carve, ellipsoid, gradient, ramp, shoot, sphere, union
from workshop.mesh import Mesh, join, outward, plain, wrap
from workshop.shapes import both, grid_faces, ring, rope

from . import proportions as w
from .skeleton import CORD, JOINTS, WRIST

Y = w.SHOULDER_Y
ELBOW = JOINTS["leftLowerArm"]
SHOULDER = JOINTS["leftUpperArm"]
HEM = -2.66
# height, half-width, half-depth, middle z
TRUNK = np.array(
    [
        (-0.86, 0.40, 0.37, -0.14),
        (-1.00, 0.47, 0.43, -0.14),
        (-1.15, 0.56, 0.50, -0.13),
        (-1.40, 0.66, 0.60, -0.10),
        (-1.70, 0.76, 0.71, -0.06),
        (-2.00, 0.84, 0.78, -0.03),
        (-2.30, 0.90, 0.82, -0.02),
        (-2.70, 0.98, 0.88, -0.02),
    ]
)


def _trunk(y: Array) -> tuple[Array, Array, Array]:
    """Half-width, half-depth and middle of the coat over the height, rounded."""
    span = np.linspace(-0.12, 0.12, 5)
    at = y[:, None] + span
    wide, deep, middle = (np.interp(-at, -TRUNK[:, 0], TRUNK[:, k]).mean(axis=1) for k in (1, 2, 3))
    return wide, deep, middle


def coat_form(p: Array) -> Array:
    q = p.copy()
    q[:, 0] = np.abs(q[:, 0])
    x, y, z = q.T
    wide, deep, middle = _trunk(y)
    around = np.arctan2(x, z - middle)
    flare = 1 + 0.030 * np.cos(around * 7 + 0.6) * ramp(y, -1.9, -2.6)
    d = (np.hypot(x / wide, (z - middle) / deep) / flare - 1) * np.minimum(wide, deep) * 0.94
    d = -union(-d, y - HEM, 0.06)
    d = -union(-d, -0.92 - y, 0.10)
    start = SHOULDER + np.array([-0.22, 0.02, 0])
    arm = capsule(q, tuple(start), tuple(ELBOW), 0.265, 0.240)
    cut = capsule(q, tuple(ELBOW), tuple(WRIST - np.array([0.06, 0, 0])), 0.240, 0.255)
    cut = -union(-cut, WRIST[0] - 0.06 - x, 0.05)
    fold = np.exp(-(((x - ELBOW[0]) / 0.15) ** 2)) + 0.7 * np.exp(-(((x - 0.72) / 0.10) ** 2))
    folds = 0.012 * np.sin(x * 40 + 2.2 * np.sin(z * 8)) * fold * (x > 0.6)
    return union(d, union(arm, cut, 0.10) + folds, 0.20)


def on_coat(x: Array, y: Array, raised: Array | float = 0.0) -> Array:
    """Points of the coat's front."""
    start = np.stack([x, y, np.full_like(x, -0.05)], axis=-1)
    points = shoot(coat_form, start, np.tile([0.0, 0.0, 1.0], (len(x), 1)), 1.6)
    return points + gradient(coat_form, points) * np.reshape(raised, (-1, 1))


def coat() -> Mesh:
    mesh = wrap(coat_form, (-1.7, HEM - 0.06, -1.05), (1.7, -0.85, 1.05), 0.074)
    p = mesh.points
    c = np.tile(w.COAT, (len(p), 1))
    low = ramp(p[:, 1], -2.1, HEM)[:, None]
    c = c + (w.COAT_DARK - c) * (0.28 * low)
    under = ramp(gradient(coat_form, p)[:, 1], -0.75, -0.95)[:, None] * (p[:, 1:2] < HEM + 0.08)
    c = c + (w.COAT_INSIDE - c) * under
    return Mesh(p, mesh.faces, c, {})


def _band(path: Array, across: Array, up: Array, shape: Array) -> Mesh:
    """A closed ring of one cross-section."""
    n = len(path)
    whole = np.repeat(shape[None], n, axis=0)
    points = path[:, None] + across[:, None] * whole[..., :1] + up[:, None] * whole[..., 1:]
    faces = grid_faces(n, shape.shape[0], closed=True)
    last = np.stack(
        [
            (n - 1) * shape.shape[0] + np.arange(shape.shape[0]),
            (n - 1) * shape.shape[0] + (np.arange(shape.shape[0]) + 1) % shape.shape[0],
            (np.arange(shape.shape[0]) + 1) % shape.shape[0],
            np.arange(shape.shape[0]),
        ],
        -1,
    )
    return outward(plain(points.reshape(-1, 3), np.concatenate([faces, last])))


def hem() -> Mesh:
    n = 96
    a = 2 * np.pi * np.arange(n) / n
    wide, deep, middle = (float(v[0]) for v in _trunk(np.array([HEM])))
    flare = 1 + 0.030 * np.cos(np.abs(np.arctan2(np.sin(a), np.cos(a))) * 7 + 0.6)
    path = np.stack(
        [wide * flare * np.sin(a), np.full(n, HEM + 0.035), middle + deep * flare * np.cos(a)], -1
    )
    out = np.stack([np.sin(a), 0 * a, np.cos(a)], -1)
    up = np.tile([0.0, 1.0, 0.0], (n, 1))
    return _band(path, out, up, ring(6) * [0.026, 0.050]).painted(w.COAT_DARK)


def cuff() -> Mesh:
    n = 36
    a = 2 * np.pi * np.arange(n) / n
    r = 0.252
    end = WRIST[0] - 0.085
    path = np.stack([np.full(n, end), Y + r * np.sin(a), WRIST[2] + r * np.cos(a)], -1)
    out = np.stack([0 * a, np.sin(a), np.cos(a)], -1)
    along = np.tile([1.0, 0.0, 0.0], (n, 1))
    fold = ring(8) * [0.034, 0.075]
    return _band(path, out, along, fold).painted(w.COAT_DARK)


def placket() -> Mesh:
    """The flap that covers the opening, a little to his left."""
    rows = 30
    y = np.linspace(-1.06, HEM + 0.05, rows)
    shape = [(-0.115, 0.002), (-0.105, 0.026), (0.095, 0.030), (0.118, 0.002)]
    columns = [on_coat(np.full(rows, 0.03 + x), y, out) for x, out in shape]
    points = np.stack(columns, axis=1).reshape(-1, 3)
    mesh = plain(points, grid_faces(rows, len(shape)))
    mesh = _facing(mesh, np.array([0.0, 0.0, 1.0]))
    shade = np.tile([0.62, 1.0, 1.0, 0.72], rows)[:, None]
    return Mesh(mesh.points, mesh.faces, w.COAT * 1.04 * shade, {})


def _facing(mesh: Mesh, way: Array) -> Mesh:
    """Turn an open sheet so that it looks that way."""
    a, b, c = (mesh.points[mesh.faces[:, k]] for k in range(3))
    ahead = float(np.sum(np.cross(b - a, c - a) @ way))
    return mesh if ahead > 0 else Mesh(mesh.points, mesh.faces[:, ::-1], mesh.colour, mesh.masks)


TOGGLES = (-1.34, -1.68, -2.02)


def toggles() -> Mesh:
    """Wooden pegs in loops of cord."""
    parts: list[Mesh] = []
    for height in TOGGLES:
        x = np.linspace(-0.095, 0.095, 7) + 0.03
        path = on_coat(x, np.full(7, height), 0.062)
        size = 0.034 * np.array([0.62, 0.92, 1.0, 0.86, 1.0, 0.92, 0.62])
        parts.append(rope(path, size, (0.0, 1.0, 0.0), 10).painted(w.WOOD))
        turn = np.linspace(0.35, 2 * np.pi - 0.35, 15)
        for sign in (1.0, -1.0):
            loop_x = 0.03 + sign * (0.145 - 0.125 * np.cos(turn))
            loop = on_coat(loop_x, height + 0.048 * np.sin(turn), 0.034)
            parts.append(rope(loop, 0.013, (0.0, 0.0, 1.0), 6).painted(w.CORD))
    return join(parts)


def pockets() -> Mesh:
    """A flap on each side, its lower edge round."""
    n, rows = 13, 5
    u = np.linspace(-1, 1, n)
    parts: list[Mesh] = []
    v = np.linspace(0, 1, rows)
    drop = 0.17 * (1 - 0.35 * np.abs(u) ** 5)
    x = 0.50 + 0.185 * np.repeat(u[None], rows, 0)
    y = -2.02 - v[:, None] * drop[None]
    raised = np.where((v[:, None] == 0) | (np.abs(u)[None] > 0.99), 0.004, 0.036)
    raised = np.broadcast_to(raised, x.shape).copy()
    raised[-1] = 0.040
    sheet = on_coat(x.ravel(), y.ravel(), raised.ravel())
    under = on_coat(x[-1], y[-1] - 0.004, 0.002)
    points = np.concatenate([sheet, under])
    mesh = _facing(plain(points, grid_faces(rows + 1, n)), np.array([0.0, 0.0, 1.0]))
    shade = np.ones(len(points))
    shade[-n:] = 0.55
    shade[-2 * n : -n] = 0.86
    parts.append(Mesh(mesh.points, mesh.faces, w.COAT * 1.03 * shade[:, None], {}))
    button = on_coat(np.array([0.50]), np.array([-2.135]), 0.045)[0]
    normal = gradient(coat_form, button[None])[0]
    path = button + np.linspace(-0.02, 0.012, 3)[:, None] * normal
    parts.append(rope(path, np.array([0.030, 0.030, 0.020]), (0.0, 1.0, 0.0), 10).painted(w.WOOD))
    return both(join(parts))


def hood_form(p: Array) -> Array:
    """The hood down: a soft roll round the neck that widens to a bag behind."""
    q = p.copy()
    q[:, 0] = np.abs(q[:, 0])
    tilt = q.copy()
    tilt[:, 1] += (
        0.915
        + 0.30 * (q[:, 2] + 0.14) * (q[:, 2] > -0.14) * 1.0
        - 0.10 * (-q[:, 2] - 0.14) * (q[:, 2] < -0.14)
    )
    along = np.hypot(tilt[:, 0], tilt[:, 2] + 0.13)
    roll = np.hypot(along - 0.53, tilt[:, 1] * 0.80) - 0.125
    bag = ellipsoid(q, (0, -1.08, -0.66), (0.60, 0.36, 0.24))
    bag = union(bag, capsule(q, (0, -1.22, -0.72), (0, -1.48, -0.78), 0.24, 0.12), 0.26)
    bag = carve(bag, ellipsoid(q, (0, -0.78, -0.62), (0.46, 0.30, 0.15)), 0.10)
    d = union(roll, bag, 0.16)
    return carve(d, sphere(q, (0.0, -1.00, 0.68), 0.23), 0.10)  # the opening under the chin


def hood() -> Mesh:
    mesh = wrap(hood_form, (-0.75, -1.72, -1.12), (0.75, -0.68, 0.65), 0.062)
    p = mesh.points
    c = np.tile(w.COAT, (len(p), 1))
    inside = ramp(hood_form(p + np.array([0.0, 0.06, 0.0])), 0.02, -0.02)
    deep = ramp(np.hypot(p[:, 0] / 0.34, (p[:, 2] + 0.58) / 0.17), 1.0, 0.6) * ramp(
        p[:, 1], -0.86, -1.0
    )
    c = c + (w.COAT_INSIDE - c) * np.clip(deep + 0 * inside, 0, 1)[:, None]
    return Mesh(p, mesh.faces, c, {})


def cords() -> Mesh:
    """Two cords that hang from the collar, a bead at each end."""
    s = np.linspace(0, 1, 16)
    path = np.stack([np.interp(s, np.linspace(0, 1, 4), CORD[:, k]) for k in range(3)], -1)
    for _ in range(3):
        path[1:-1] = (path[:-2] + 2 * path[1:-1] + path[2:]) / 4
    flat = on_coat(path[:, 0], path[:, 1], 0.030 + 0.02 * s)
    path[:, 2] = np.where(s < 0.15, path[:, 2], np.maximum(path[:, 2], flat[:, 2]))
    size = np.full(16, 0.019)
    cord = rope(path, size, (0.0, 0.0, 1.0), 7).painted(w.CORD)
    cord = cord.marked(cord=np.repeat(np.r_[0.0, s, 1.0], 7))
    end = path[-1]
    knot = np.linspace(0.03, -0.10, 9)
    bead_path = end + np.stack([0 * knot, knot, 0 * knot], -1)
    round_ = np.sqrt(np.clip(1 - np.linspace(-1, 1, 9) ** 2, 0.02, 1)) * 0.050
    bead = rope(bead_path, round_, (0.0, 0.0, 1.0), 10).painted(w.WOOD).marked(cord=1.0)
    return both(join([cord, bead]))


def boot_form(p: Array) -> Array:
    a = JOINTS["leftFoot"]
    d = capsule(p, (a[0], -3.00, a[2]), (a[0], -3.38, a[2]), 0.228, 0.205)
    d = union(d, ellipsoid(p, (a[0] + 0.01, -3.43, 0.10), (0.218, 0.165, 0.345)), 0.12)
    d = union(d, sphere(p, (a[0] + 0.015, -3.40, 0.22), 0.175), 0.10)
    d = -union(-d, p[:, 1] - (w.GROUND + 0.05), 0.03)
    return -union(-d, -2.93 - p[:, 1], 0.02)


def sole_form(p: Array) -> Array:
    q = p.copy()
    q[:, 1] = w.GROUND + 0.12
    d = boot_form(q) - 0.030
    slab = np.abs(p[:, 1] - (w.GROUND + 0.042)) - 0.042
    return -union(-d, -slab, 0.03)


def boots() -> Mesh:
    boot = wrap(boot_form, (0.05, -3.62, -0.42), (0.68, -2.86, 0.52), 0.056)
    y = boot.points[:, 1:2]
    colour = w.BOOT + (w.BOOT_LIGHT - w.BOOT) * ramp(boot.points[:, 2:], 0.15, 0.40) * 0.4
    boot = Mesh(boot.points, boot.faces, colour * (0.9 + 0.1 * ramp(y, -3.4, -3.0)), {})
    sole = wrap(sole_form, (0.0, -3.62, -0.45), (0.75, -3.44, 0.56), 0.052).painted(w.SOLE)
    n = 28
    a = 2 * np.pi * np.arange(n) / n
    foot = JOINTS["leftFoot"]
    path = np.stack(
        [foot[0] + 0.222 * np.sin(a), np.full(n, -2.945), foot[2] + 0.222 * np.cos(a)], -1
    )
    out = np.stack([np.sin(a), 0 * a, np.cos(a)], -1)
    up = np.tile([0.0, 1.0, 0.0], (n, 1))
    rim = _band(path, out, up, ring(8) * [0.034, 0.042]).painted(w.BOOT_LIGHT)
    return both(join([boot, sole, rim]))


def trimmings() -> Mesh:
    """Everything sewn to the coat."""
    return join([both(cuff()), hem(), placket(), toggles(), pockets()])
