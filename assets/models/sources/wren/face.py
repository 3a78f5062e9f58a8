"""What lies in and on the head: eyes, catch-lights, lashes, brows, teeth, tongue, ears."""

from __future__ import annotations

import numpy as np
from workshop.fields import Array, blob, gradient, project, ramp, shoot
from workshop.mesh import Mesh, join, outward, plain
from workshop.shapes import both, grid_faces, sweep

from . import proportions as w
from .cage import lid_heights, mouth_line, on_lid
from .form import head


def _eye_frame() -> Array:
    """Rows: across, up and forward of the left eye, yawed outwards."""
    s, c = np.sin(w.EYE_YAW), np.cos(w.EYE_YAW)
    return np.array([[c, 0, -s], [0, 1, 0], [s, 0, c]])


# shares of the iris's radius
IRIS_RINGS = (
    *(0.0, 0.22, 0.43, 0.455, 0.53, 0.61, 0.69, 0.77, 0.84, 0.89, 0.94, 0.98),
    *(1.01, 1.06, 1.15, 1.28, 1.48, 1.72),
)


def eyeball() -> Mesh:
    """The front cap of the left ball: rings round the pupil, the iris dished inwards."""
    iris = w.IRIS
    rings = iris * np.array(IRIS_RINGS)
    n = 40
    angle = 2 * np.pi * np.arange(n) / n
    t, a = np.meshgrid(rings, angle, indexing="ij")
    f = t / iris
    dish = 0.045 * ramp(f, 1.0, 0.80) * (1 - 0.25 * (1 - np.clip(f, 0, 1)))
    radius = w.EYE_R - dish
    local = (
        np.stack([np.sin(t) * np.cos(a), np.sin(t) * np.sin(a), np.cos(t)], -1) * radius[..., None]
    )
    points = local.reshape(-1, 3) @ _eye_frame() + w.EYE
    f, a = f.ravel(), a.ravel()
    colour = _iris_colour(f, a)
    return Mesh(
        points, grid_faces(len(rings), n, closed=True)[:, ::-1], colour, {"eye": np.ones(len(f))}
    )


def _iris_colour(f: Array, a: Array) -> Array:
    """Deep above, glowing below; a dark ring outside, a paler one round the pupil."""
    up = np.sin(a)
    light = np.clip(0.44 - 0.66 * up * np.clip(f, 0, 1), 0, 1)[:, None]
    colour = w.IRIS_DARK + (w.IRIS_MID - w.IRIS_DARK) * np.clip(light * 2, 0, 1)
    colour = colour + (w.IRIS_LIGHT - colour) * np.clip(light * 2 - 1, 0, 1)
    streak = 0.16 * np.sin(a * 11 + 0.7) * np.sin(a * 5 + 2.0) + 0.10 * np.sin(a * 17 + 1.1)
    colour = colour * (1 + streak * ramp(f, 0.42, 0.6) * ramp(f, 1.0, 0.8))[:, None]
    collar = (ramp(f, 0.45, 0.50) * ramp(f, 0.66, 0.52))[:, None]
    colour = colour + (w.IRIS_LIGHT - colour) * collar * 0.30
    limbal = ramp(f, 0.78, 0.97)[:, None]
    colour = colour + (w.LIMBAL - colour) * limbal * 0.92
    colour = np.where((f < 0.44)[:, None], w.PUPIL, colour)
    lid = ramp(np.clip(f, 0, 2) * up, 0.20, 0.95)  # the upper lid's soft shadow
    colour = colour * (1 - 0.50 * lid)[:, None]
    round_ = ramp(f, 1.0, 1.5)
    white = (
        w.SCLERA + (w.SCLERA_DEEP - w.SCLERA) * np.clip(0.75 * lid + 0.65 * round_, 0, 1)[:, None]
    )
    edge = ramp(f, 0.985, 1.03)[:, None]
    return colour + (white - colour) * edge


def catch_lights() -> Mesh:
    """Two discs just over each iris; they stay where the light is, whatever the eye does."""
    parts = []
    for x, y, size in ((-0.155, 0.150, 0.088), (0.160, -0.185, 0.042)):
        for side in (1.0, -1.0):
            yaw = w.EYE_YAW * side + x
            forward = np.array([np.sin(yaw) * np.cos(y), np.sin(y), np.cos(yaw) * np.cos(y)])
            across = np.cross([0.0, 1.0, 0.0], forward)
            across /= np.linalg.norm(across)
            up = np.cross(forward, across)
            n = 16
            a = 2 * np.pi * np.arange(n) / n
            rim = forward + size * (np.cos(a)[:, None] * across + np.sin(a)[:, None] * up)
            points = np.concatenate([[forward], rim / np.linalg.norm(rim, axis=1, keepdims=True)])
            centre = w.EYE * np.array([side, 1, 1])
            i = np.arange(n)
            faces = np.stack([np.zeros(n, dtype=int), 1 + i, 1 + (i + 1) % n], -1)
            parts.append(plain(points * (w.EYE_R * 1.012) + centre, faces))
    return join(parts).marked(eye=1.0)


def lashes() -> Mesh:
    """A dark sweep along the upper lid that lifts off towards the outside, and a hint below."""
    return both(join([_upper_lash(), _lower_lash()]).painted(w.LASH)).marked(lash=1.0)


def _upper_lash() -> Mesh:
    s = np.linspace(0, 1, 37)
    t = -0.97 + 1.94 * s
    x = w.OPENING[0] + w.HALF_WIDTH * t
    last = w.OPENING[0] + 0.86 * w.HALF_WIDTH  # beyond it the edge dives to the corner
    up = lid_heights(np.minimum(x, last))[0] - 0.34 * np.maximum(x - last, 0)
    wing = ramp(s, 0.82, 1.0)
    long = (0.004 + 0.044 * ramp(s, 0.02, 0.66)) * (1 - 0.50 * wing)
    thick = 0.003 + 0.012 * ramp(s, 0.0, 0.35) * (1 - 0.7 * wing)
    lean = 0.010 * ramp(s, 0.4, 0.9) + 0.034 * wing
    low = on_lid(x, up - thick, w.LID_R + 0.001)
    high = on_lid(x, up + thick, w.LID_R + 0.002)
    tip = on_lid(x + lean, up + 0.30 * long + 0.030 * wing, w.LID_R + 0.004)
    tip += np.stack([0.25 * long, 0.30 * long, 0.72 * long * (1 - 0.5 * wing)], -1)
    mid = 0.5 * (low + tip) + np.array([0.0, -0.10, 0.04]) * long[:, None]
    inner = on_lid(x, up, w.LID_R - 0.016)
    points = np.stack([low, mid, tip, high, inner], axis=1).reshape(-1, 3)
    held = np.repeat(np.minimum(x - w.OPENING[0], 0.86 * w.HALF_WIDTH), 5)
    mesh = outward(plain(points, grid_faces(len(s), 5, closed=True)))
    return mesh.marked(lid_up=1.0, lid=1.0, lid_x=held)


def _lower_lash() -> Mesh:
    s = np.linspace(0, 1, 9)
    x = w.OPENING[0] + w.HALF_WIDTH * (0.46 + 0.50 * s)
    _, down, _ = lid_heights(x)
    thick = 0.008 * np.sin(np.pi * np.clip(s, 0.03, 0.97)) ** 0.7
    rows = [
        on_lid(x, down - 0.004 - thick * k, w.LID_R + r)
        for k, r in ((0.0, 0.004), (0.5, 0.010), (1.0, 0.004), (0.5, -0.004))
    ]
    points = np.stack(rows, axis=1).reshape(-1, 3)
    mesh = outward(plain(points, grid_faces(len(s), 4, closed=True)))
    return mesh.marked(lid_low=1.0, lid=1.0, lid_x=np.repeat(x - w.OPENING[0], 4))


def _anchored(mesh: Mesh, anchor: Array) -> Mesh:
    """Points that move as the skin at their anchor does, so that the part keeps its form."""
    x, y, z = anchor.T
    return mesh.marked(anchored=1.0, anchor_x=x, anchor_y=y, anchor_z=z)


def brows() -> Mesh:
    """Flat tapered sweeps, sunk a little in the skin: soft at the nose, fine at the temple."""
    s = np.linspace(0, 1, 25)
    x = 0.140 + 0.425 * s
    y = 0.018 + 0.100 * np.sin(np.pi * (0.08 + 0.60 * s)) - 0.066 * s**2
    half = 0.037 * np.interp(
        s, [0, 0.05, 0.14, 0.36, 0.66, 0.90, 1], [0.10, 0.52, 0.84, 1.0, 0.74, 0.34, 0.04]
    )
    start = np.stack([x, y, np.full_like(x, 0.8)], -1)
    path = project(head, start, 6)
    normal = gradient(head, path)
    along = np.gradient(path, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    up = np.cross(normal, along)
    up /= np.linalg.norm(up, axis=1, keepdims=True)
    corner = np.array([[-1.0, 0.0], [-0.55, 0.34], [0.0, 0.46], [0.6, 0.34], [1.0, 0.0], [0, -0.5]])
    shape = np.stack([np.outer(half, corner[:, 0]), np.outer(half * 0 + 0.016, corner[:, 1])], -1)
    mesh = _anchored(sweep(path, up, normal, shape), np.repeat(path, 6, axis=0))
    soft = ramp(np.repeat(s, 6), 0.22, 0.0)[:, None]
    return both(mesh.painted(w.BROW + (w.BROW_SOFT - w.BROW) * soft)).marked(brow=1.0)


# |x|, y, size; the left cheek has all of them, the right one misses some
FRECKLES = (
    (0.150, -0.475, 0.0115),
    (0.205, -0.520, 0.0140),
    (0.265, -0.492, 0.0105),
    (0.315, -0.545, 0.0135),
    (0.375, -0.505, 0.0110),
    (0.420, -0.560, 0.0120),
    (0.240, -0.570, 0.0100),
    (0.350, -0.600, 0.0105),
    (0.060, -0.445, 0.0100),
)


def freckles() -> Mesh:
    """Little discs a hair's breadth over the cheeks; they follow the skin's own fields."""
    parts: list[Mesh] = []
    angle = 2 * np.pi * np.arange(8) / 8
    for i, (x, y, size) in enumerate(FRECKLES):
        for side in (1.0, -1.0):
            if side < 0 and i % 3 == 1:
                continue
            shift = 0.012 * side * (i % 2)
            flat_x = side * (x + shift) + size * np.r_[0.0, np.cos(angle)]
            flat_y = y + 0.8 * shift + 0.85 * size * np.r_[0.0, np.sin(angle)]
            start = np.stack([flat_x, flat_y, np.full(9, 0.3)], -1)
            points = shoot(head, start, np.tile([0.0, 0.0, 1.0], (9, 1)), 1.0)
            points += gradient(head, points) * 0.0045
            n = np.arange(8)
            faces = np.stack([np.zeros(8, dtype=int), 1 + n, 1 + (n + 1) % 8], -1)
            parts.append(_anchored(plain(points, faces), np.repeat(points[:1], 9, axis=0)))
    tone = w.SKIN + (w.SHADE * 0.9 - w.SKIN) * 0.55
    return join(parts).painted(tone)


def _arch(y: float, height: float, front: float, wide: float, edge: float) -> Mesh:
    """A row of teeth, rounded at the biting edge (`edge` is +1 for the lower row's)."""
    n = 33
    angle = np.linspace(-1.45, 1.45, n)
    deep = 0.30
    path = np.stack(
        [wide * np.sin(angle), np.full_like(angle, y), front - deep + deep * np.cos(angle)], -1
    )
    out = np.stack([np.sin(angle), 0 * angle, np.cos(angle)], -1)
    up = np.tile([0.0, 1.0, 0.0], (n, 1))
    corner = np.array(
        [[0.004, -0.5], [0.020, -0.40], [0.026, 0.0], [0.018, 0.5], [-0.05, 0.5], [-0.05, -0.5]]
    )
    if edge > 0:
        corner = (corner * [1, -1])[::-1]
    size = height * (1 - 0.45 * (np.abs(angle) / 1.45) ** 2)
    shape = np.stack([np.tile(corner[:, 0], (n, 1)), np.outer(size, corner[:, 1])], axis=-1)
    shape[..., 1] -= (edge * 0.5 * (height - size))[:, None]
    mesh = sweep(path, out, up, shape)
    dim = 1 - 0.35 * ramp(np.abs(np.repeat(angle, 6)), 0.2, 1.2)[:, None]
    return mesh.painted(w.TEETH * dim)


def teeth() -> Mesh:
    upper = _arch(w.MOUTH_Y + 0.024, 0.078, 0.735, 0.195, -1.0).marked(jaw=0.0)
    lower = _arch(w.MOUTH_Y - 0.104, 0.060, 0.715, 0.170, 1.0).marked(jaw=0.96)
    return join([upper, lower]).marked(bag=1.0, tooth=1.0)


def tongue() -> Mesh:
    s = np.linspace(0.0, 1.0, 12)
    front = 0.690
    z = front - 0.34 * (1 - s)
    y = w.MOUTH_Y - 0.098 + 0.02 * np.sin(np.pi * s)
    path = np.stack([0 * s, y, z], -1)
    size = np.sqrt(np.clip(1 - np.clip((s - 0.55) / 0.45, 0, 1) ** 2, 0.0, 1))
    size[-1] = 0.02
    angle = 2 * np.pi * np.arange(12) / 12
    shape = np.stack(
        [np.outer(0.105 * size, np.cos(angle)), np.outer(0.036 * size, np.sin(angle))], -1
    )
    shape[..., 1] -= 0.012 * np.outer(
        size, np.exp(-((np.cos(angle) / 0.25) ** 2)) * (np.sin(angle) > 0)
    )
    across = np.tile([1.0, 0.0, 0.0], (12, 1))
    up = np.tile([0.0, 1.0, 0.0], (12, 1))
    mesh = sweep(path, across, up, shape).painted(w.TONGUE)
    return mesh.marked(bag=1.0, jaw=0.95, tongue=np.repeat(ramp(s, 0.25, 1.0), 12), tongue_all=1.0)


def ear() -> Mesh:
    """Rings from the outline to the hollow: a rim that rolls in, a fold behind, a small lobe."""
    n = 28
    angle = 2 * np.pi * np.arange(n) / n
    radius = np.array([1.0, 1.0, 0.94, 0.85, 0.75, 0.64, 0.52, 0.38, 0.24, 0.08])
    rim = np.array([-0.10, 0.02, 0.078, 0.080, 0.034, 0.022, 0.000, -0.020, -0.040, -0.045])
    fold = np.array([0.0, 0.0, 0.0, 0.0, 0.006, 0.036, 0.052, 0.018, 0.0, 0.0])
    c, s = np.cos(angle), np.sin(angle)
    front, below = np.clip(c, 0, 1), np.clip(-s, 0, 1)
    x = 0.145 * c * (1 - 0.34 * below**1.5) * np.where(c > 0, 0.72, 1.0)
    y = 0.230 * s * (1 + 0.06 * below)
    behind = np.clip(0.35 - c, 0, 1) * (1 - 0.8 * below)
    points = []
    for r, h, f in zip(radius, rim, fold, strict=True):
        height = h * (1 - 0.80 * front) * (1 - 0.45 * below * (r > 0.7)) + f * behind
        hollow = 1 - r  # it lies towards the cheek, under the middle
        points.append(np.stack([x * r + 0.022 * hollow, y * r - 0.030 * hollow, height], -1))
    local = np.concatenate(points)
    mesh_faces = grid_faces(len(radius), n, closed=True)[:, ::-1]
    yaw = 0.42
    out = np.array([np.cos(yaw), 0.10, -np.sin(yaw)])
    out /= np.linalg.norm(out)
    up = np.array([0.05, 1.0, -0.12])
    up -= out * (up @ out)
    up /= np.linalg.norm(up)
    forward = np.cross(up, out) * -1.0
    base = np.array([0.825, -0.36, -0.09])
    world = base + local[:, :1] * forward + local[:, 1:2] * up + local[:, 2:] * out
    deep = ramp(local[:, 2], 0.05, -0.04)[:, None]
    colour = w.SKIN + (w.BLUSH - w.SKIN) * (0.30 + 0.55 * deep)
    mesh = Mesh(world, mesh_faces, colour, {"ear": np.ones(len(world))})
    return both(mesh)


def skin_colour(mesh: Mesh) -> Array:
    """Painted skin: rosy cheeks and nose, deeper lid crease, cooler throat, soft lips."""
    p = mesh.points.copy()
    p[:, 0] = np.abs(p[:, 0])

    def mix(colour: Array, target: Array, amount: Array) -> Array:
        return colour + (target - colour) * np.clip(amount, 0, 1)[:, None]

    c = np.tile(w.SKIN, (len(p), 1))
    c = mix(c, w.BLUSH, 0.58 * blob(p, (0.47, -0.545, 0.62), (0.20, 0.13, 0.4)))
    c = mix(c, w.BLUSH, 0.48 * blob(p, (0.0, -0.53, 0.97), (0.12, 0.08, 0.16)))
    c = mix(c, w.BLUSH, 0.11 * blob(p, (0.22, -0.86, 0.62), (0.40, 0.24, 0.6)))
    c = mix(c, w.BLUSH, 0.20 * blob(p, (0.0, -1.02, 0.62), (0.2, 0.1, 0.3)))
    c = mix(c, w.BLUSH * 0.45, 0.75 * blob(p, (0.036, -0.562, 0.90), (0.020, 0.013, 0.05)))
    c = mix(c, w.SHADE, 0.34 * blob(p, (0.34, -0.13, 0.70), (0.24, 0.07, 0.4)))
    c = mix(c, w.SHADE, 0.28 * ramp(p[:, 1], -0.98, -1.25))
    c = mix(c, w.BLUSH * 0.72, 0.50 * mesh.mask("crease"))
    c = mix(c, w.BLUSH * 0.62, 0.72 * np.clip(mesh.mask("rim"), 0, 1))
    c = mix(c, w.LASH, 0.9 * ramp(mesh.mask("liner"), 0.25, 0.8))
    lip = np.clip(mesh.mask("lip"), 0, 1)
    over = p[:, 1] - mouth_line(p[:, 0])
    c = mix(c, w.LIP, (0.50 + 0.22 * (over > 0)) * lip)
    c = mix(
        c, w.LIP_LIGHT, 0.45 * lip * blob(p, (0.0, w.MOUTH_Y - 0.042, 0.9), (0.075, 0.020, 0.3))
    )
    c = mix(c, w.MOUTH, 0.62 * lip * np.exp(-((over / 0.011) ** 2)))
    c = mix(
        c,
        w.BLUSH * 0.7,
        0.55 * blob(p, (1.04 * w.MOUTH_W, w.MOUTH_Y + 0.034, 0.8), (0.022, 0.020, 0.2)),
    )
    return mix(c, w.MOUTH, np.clip(mesh.mask("bag") * 1.3, 0, 1))
