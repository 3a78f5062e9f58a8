"""What lies in and on the head: eyes, catch-lights, brows, teeth, tongue, and the painted skin."""

from __future__ import annotations

import numpy as np
from workshop.fields import Array, blob, gradient, ramp
from workshop.mesh import Mesh, join, outward, plain
from workshop.shapes import both, grid_faces, ring, sweep

from . import proportions as w
from .eyelids import at, frame
from .form import head
from .head import mouth_line, on_form

LIGHT_SPOTS = ((-0.19, 0.20, 0.115), (0.20, -0.20, 0.050))


def eyeball() -> Mesh:
    """The front of the left ball: a lying pupil inside a round iris inside a pale ball."""
    n = 44
    pupil = np.array([0.0, 0.45, 0.80, 1.0])
    iris = np.array([0.12, 0.30, 0.48, 0.64, 0.78, 0.88, 0.94, 1.0])
    white = np.array([1.05, 1.2, 1.4, 1.65, 1.9, 2.15])
    a = 2 * np.pi * np.arange(n) / n
    c, s = np.cos(a), np.sin(a)
    lying = 1 / (np.abs(c / w.PUPIL_WIDE) ** 2.6 + np.abs(s / w.PUPIL_TALL) ** 2.6) ** (1 / 2.6)
    rows = [lying * k for k in pupil]
    rows += [lying * 1.02 + (w.IRIS - lying * 1.02) * k for k in np.r_[0.0, iris]]
    rows += [np.full(n, w.IRIS * k) for k in white]
    t = np.stack(rows)
    where = np.repeat(np.r_[pupil - 2, 0.0, iris, white], n)
    a = np.tile(a, len(rows))
    t = t.ravel()
    f = t / w.IRIS
    radius = w.EYE_R - 0.040 * ramp(f, 1.0, 0.72)
    local = np.stack([np.sin(t) * np.cos(a), np.sin(t) * np.sin(a), np.cos(t)], -1)
    points = (local * radius[:, None]) @ frame(w.GAZE_YAW) + w.EYE
    faces = grid_faces(len(rows), n, closed=True)[:, ::-1]
    return Mesh(points, faces, _iris_colour(where, f, a), {"eye": np.ones(len(t))})


def _iris_colour(where: Array, f: Array, a: Array) -> Array:
    """`where` is below 0 in the pupil, 0…1 across the iris, above 1 on the pale of the ball."""
    up = np.sin(a) * np.clip(f, 0, 1)
    light = np.clip(0.52 - 0.60 * up, 0, 1)[:, None]
    colour = w.IRIS_DARK + (w.IRIS_MID - w.IRIS_DARK) * np.clip(light * 2.2, 0, 1)
    colour = colour + (w.IRIS_LIGHT - colour) * np.clip(light * 2 - 0.9, 0, 1)
    fleck = 1 + 0.13 * np.sin(a * 13 + 0.4) * np.sin(a * 7 + 1.1) * ramp(where, 0.0, 0.3)
    colour = colour * fleck[:, None]
    soft = ramp(where, 0.32, 0.0)[:, None] * 0.80  # the pupil has no hard border
    colour = colour + (w.IRIS_DARK * 0.55 - colour) * soft
    limbal = ramp(where, 0.74, 0.98)[:, None]
    colour = colour + (w.IRIS_DARK * 0.42 - colour) * limbal * 0.85
    colour = np.where((where <= 0.0)[:, None], w.PUPIL, colour)
    shade = 1 - 0.40 * ramp(np.clip(f, 0, 2) * np.sin(a), 0.25, 1.05)
    pale = w.BALL * np.stack([shade**0.8, shade, shade**1.1], -1)
    return np.where((where > 1.001)[:, None], pale, colour)


def catch_lights() -> Mesh:
    """Two discs just over each iris; they stay where the light is, whatever the eye does."""
    parts: list[Mesh] = []
    for x, y, size in LIGHT_SPOTS:
        for side in (1.0, -1.0):
            yaw = w.GAZE_YAW * side + x
            forward = np.array([np.sin(yaw) * np.cos(y), np.sin(y), np.cos(yaw) * np.cos(y)])
            across = np.cross([0.0, 1.0, 0.0], forward)
            across /= np.linalg.norm(across)
            up = np.cross(forward, across)
            n = 18
            circle = size * ring(n)
            rim = forward + circle[:, :1] * across + circle[:, 1:] * up
            points = np.concatenate([[forward], rim / np.linalg.norm(rim, axis=1, keepdims=True)])
            i = np.arange(n)
            faces = np.stack([np.zeros(n, dtype=int), 1 + i, 1 + (i + 1) % n], -1)
            centre = w.EYE * np.array([side, 1, 1])
            parts.append(plain(points * (w.EYE_R * 1.010) + centre, faces))
    return join(parts).marked(eye=1.0)


def brows() -> Mesh:
    """Two leaves of moss over the eyes, on a shell round the ball, so they slide and never cut."""
    s = np.linspace(0, 1, 23)  # from the inner end to the tip
    side = -0.66 + 1.52 * s
    height = 0.93 + 0.13 * np.sin(np.pi * (0.12 + 0.75 * s)) - 0.16 * s**2
    half = 0.165 * np.interp(
        s, [0, 0.05, 0.2, 0.5, 0.8, 0.95, 1], [0.05, 0.45, 0.85, 1, 0.62, 0.2, 0.02]
    )
    thick = 0.062 * np.interp(s, [0, 0.1, 0.5, 0.9, 1], [0.1, 0.7, 1, 0.5, 0.1])
    low = w.TURRET_R + 0.004
    corner = [
        (-1.0, 0.0),
        (-0.62, 0.75),
        (-0.12, 1.05),
        (0.0, 0.86),
        (0.12, 1.05),
        (0.62, 0.75),
        (1.0, 0.0),
        (0.0, -0.6),
    ]
    rows = [at(side, height + half * u, low + thick * v) for u, v in corner]
    points = np.stack(rows, axis=1).reshape(-1, 3)
    mesh = outward(plain(points, grid_faces(len(s), len(corner), closed=True)))
    vein = np.tile([1.0, 1.06, 1.12, 0.80, 1.12, 1.06, 1.0, 0.8], len(s))[:, None]
    tone = w.BROW + (w.SPOT * 1.25 - w.BROW) * np.repeat(s, len(corner))[:, None] * 0.6
    mesh = Mesh(points, mesh.faces, tone * vein, {})
    return both(mesh.marked(brow=1.0, brow_s=np.repeat(s, len(corner))))


def _row_of_teeth(reach: float, upper: bool) -> Mesh:
    """One soft scalloped band behind a lip."""
    n, count = 85, 14
    x = np.linspace(-reach, reach, n)
    base = on_form(x, mouth_line(x))
    inward = gradient(head, base)
    tooth = np.abs(np.sin(np.pi * count / 2 * (x / reach + 1)))
    rounded = 0.72 + 0.28 * tooth**0.35
    end = np.clip(1 - (np.abs(x) / reach) ** 6, 0.05, 1) ** 0.6
    tall, sign = (0.074, 1.0) if upper else (0.058, -1.0)
    gap = 0.006 if upper else 0.012
    profile = ((0.010, 0.062), (0.052, 0.060), (0.098, 0.070), (0.098, 0.110), (0.006, 0.104))
    rows = []
    for k, (height, depth) in enumerate(profile):
        tip = k in (0, 4)
        h = gap + tall * (1 - rounded * end) if tip else np.full(n, height * tall / 0.08)
        p = base + inward * -(depth + 0.006 * (1 - tooth))[:, None]
        p[:, 1] += sign * h
        rows.append(p)
    points = np.stack(rows, axis=1).reshape(-1, 3)
    return outward(plain(points, grid_faces(n, len(profile), closed=True)))


def teeth() -> Mesh:
    upper = _row_of_teeth(0.43, upper=True).marked(jaw=0.0)
    lower = _row_of_teeth(0.39, upper=False).marked(jaw=1.0)
    return join([upper, lower]).painted(w.TEETH).marked(bag=1.0, tooth=1.0)


def tongue() -> Mesh:
    """Broad and flat, its tip just behind the lower teeth."""
    s = np.linspace(0.0, 1.0, 16)
    n = 16
    front = float(on_form(np.zeros(1), np.array([w.MOUTH_Y]))[0, 2])
    z = front - 0.145 - 0.42 * (1 - s)
    y = w.MOUTH_Y - 0.085 + 0.020 * np.sin(np.pi * s)
    path = np.stack([0 * s, y, z], -1)
    size = np.sqrt(np.clip(1 - np.clip((s - 0.45) / 0.55, 0, 1) ** 2.4, 0.0, 1))
    size[-1] = 0.03
    circle = ring(n)
    shape = np.stack(
        [np.outer(0.235 * size, circle[:, 0]), np.outer(0.046 * size**0.6, circle[:, 1])], -1
    )
    groove = np.exp(-((circle[:, 0] / 0.22) ** 2)) * (circle[:, 1] > 0)
    shape[..., 1] -= 0.016 * np.outer(size, groove)
    across = np.tile([1.0, 0.0, 0.0], (len(s), 1))
    up = np.tile([0.0, 1.0, 0.0], (len(s), 1))
    mesh = sweep(path, across, up, shape).painted(w.TONGUE)
    return mesh.marked(bag=1.0, jaw=0.97, tongue=np.repeat(ramp(s, 0.15, 1.0), n), tongue_all=1.0)


# |x|, y, z, radius: soft spots on the crown, the turrets and the back; left and right differ
SPOTS = (
    (0.10, 0.60, 0.10, 0.13, 1),
    (-0.16, 0.62, -0.18, 0.16, 1),
    (0.26, 0.58, -0.40, 0.13, 1),
    (0.92, 0.30, -0.10, 0.13, 0),
    (0.98, 0.02, -0.38, 0.17, 0),
    (0.78, 0.30, -0.50, 0.12, 0),
    (0.50, 0.40, -0.66, 0.17, 1),
    (-0.40, 0.30, -0.74, 0.15, 1),
    (0.08, 0.22, -0.90, 0.16, 1),
    (0.86, -0.14, -0.58, 0.12, 0),
    (0.84, 0.78, 0.02, 0.12, 0),
    (0.60, 0.90, -0.04, 0.10, 0),
    (0.97, 0.13, 0.24, 0.080, 0),
    (1.02, -0.02, 0.08, 0.060, 0),
    (0.085, 0.46, 0.66, 0.085, 1),
    (-0.10, 0.40, 0.74, 0.060, 1),
    (-0.02, 0.31, 0.83, 0.042, 1),
    (0.90, 0.20, 0.46, 0.050, 0),
)


def _mix(colour: Array, target: Array, amount: Array) -> Array:
    return colour + (target - colour) * np.clip(amount, 0, 1)[:, None]


def throat(mesh: Mesh) -> Array:
    """1 on the pale skin below the mouth, softly bordered."""
    x, y, z = np.abs(mesh.points[:, 0]), mesh.points[:, 1], mesh.points[:, 2]
    below = ramp(y - mouth_line(np.minimum(x, 0.85)), -0.01, -0.13)
    return below * ramp(x, 1.02, 0.70) * ramp(z, -0.15, 0.20) * (1 - mesh.mask("bag"))


def skin_colour(mesh: Mesh) -> Array:
    """Light green face, deep green back, cream below the mouth, rosy cheeks, spots."""
    p = mesh.points.copy()
    p[:, 0] = np.abs(p[:, 0])
    x, y, z = p.T
    c = np.tile(w.GREEN, (len(p), 1))
    c = _mix(c, w.GREEN_LIGHT, 0.75 * blob(p, (0.0, -0.02, 0.92), np.array((0.75, 0.36, 0.7))))
    c = _mix(c, w.GREEN_DEEP, 0.75 * ramp(z, 0.10, -0.75) * ramp(y, -0.75, -0.2))
    c = _mix(c, w.GREEN_DEEP, 0.30 * ramp(y, 0.35, 0.95))
    for sx, sy, sz, r, single in SPOTS:
        q = mesh.points if single else p
        d = np.linalg.norm((q - np.array([sx, sy, sz])), axis=1)
        c = _mix(c, w.SPOT, 0.62 * ramp(d, r * 1.15, r * 0.55))
    cream = throat(mesh)
    mouth = np.clip(mesh.mask("mouth"), 0, 1)
    below = mouth * ramp(mesh.mask("low"), 0.5, 0.9) * (1 - mesh.mask("lip"))
    c = _mix(c, w.CREAM, np.maximum(cream, below * ramp(x, 0.80, 0.55)))
    c = _mix(c, w.CREAM_SHADE, 0.45 * cream * ramp(y, -0.55, -0.95))
    c = _mix(c, w.BLUSH, 0.62 * blob(p, (0.76, -0.03, 0.60), np.array((0.17, 0.125, 0.4))))
    c = _mix(c, w.NOSTRIL, 0.95 * blob(p, (0.128, 0.066, 0.95), np.array((0.046, 0.030, 0.12))))
    c = _lid_colour(mesh, c)
    lip = np.clip(mesh.mask("lip"), 0, 1) * (1 - mesh.mask("bag"))
    lower = ramp(mesh.mask("low"), 0.4, 0.6)
    c = _mix(c, w.LIP, 0.55 * lip * (1 - lower))
    c = _mix(c, w.CREAM_SHADE, 0.55 * lip * lower)
    seam = np.exp(-(((y - mouth_line(x)) / 0.010) ** 2)) * lip
    c = _mix(c, w.SEAM, 0.75 * seam)
    return _mix(c, w.MOUTH, np.clip(mesh.mask("bag") * 1.3, 0, 1))


def _lid_colour(mesh: Mesh, c: Array) -> Array:
    s = mesh.mask("lid_s")
    lid = mesh.mask("lid")
    up = lid * (mesh.mask("lid_up") > 0)
    c = _mix(c, w.LID, 0.75 * up * ramp(s, 0.0, 0.3))
    c = _mix(c, w.GREEN_LIGHT, 0.55 * lid * (1 - (mesh.mask("lid_up") > 0)))
    c = _mix(c, w.LID_RIM, 0.80 * np.clip(mesh.mask("rim"), 0, 1))
    return _mix(c, w.GREEN_DEEP, 0.60 * mesh.mask("crease"))
