"""Wren from the hips down: slim rolled trousers, coral socks, ankle boots with thick soles."""

from __future__ import annotations

import numpy as np
from workshop.bind import borrowed, evened
from workshop.fields import Array, capsule, ellipsoid, ramp, shoot, union
from workshop.mesh import Mesh, join, outward, plain, triangles, without, wrap
from workshop.shapes import both, grid_faces, sweep

from . import proportions as w
from .skeleton import ANKLE_Y, COLUMN, HIP_Y, JOINTS, KNEE_Y, NAMES

HIP, KNEE, ANKLE, TOES = (
    JOINTS[f"left{bone}"] for bone in ("UpperLeg", "LowerLeg", "Foot", "Toes")
)
GROUND = w.GROUND
TURN_UP = ANKLE_Y + 0.40  # where the trousers end
BOOT_TOP = ANKLE_Y + 0.18
SOLE = 0.14  # how thick
HEEL_Z, TIP_Z = -0.575, 0.685


def trousers_form(p: Array) -> Array:
    q = p.copy()
    q[:, 0] = np.abs(q[:, 0])
    x, y, z = q.T
    d = ellipsoid(q, (0, -3.55, -0.20), (0.60, 0.48, 0.385))
    d = union(d, ellipsoid(q, (0.21, -3.70, -0.32), (0.31, 0.33, 0.25)), 0.24)
    thigh = capsule(q, tuple(HIP), tuple(KNEE), 0.318, 0.208)
    calf = capsule(q, tuple(KNEE), (KNEE[0], TURN_UP - 0.1, -0.25), 0.206, 0.166)
    swell = ellipsoid(q, (KNEE[0], KNEE[1] - 0.46, -0.262), (0.200, 0.46, 0.200))
    leg = union(union(thigh, calf, 0.10), swell, 0.16)
    d = union(d, leg, 0.10)
    back = ramp(z, -0.10, -0.26)
    knee = 0.011 * np.exp(-(((y - KNEE_Y) / 0.20) ** 2)) * np.sin(y * 44 + 2 * np.sin(x * 9)) * back
    low = (
        0.012
        * np.exp(-(((y - TURN_UP - 0.30) / 0.20) ** 2))
        * np.sin(y * 32 + 3 * np.sin(x * 7 + z * 5))
    )
    crease = (
        0.010 * np.exp(-((np.hypot(y + 3.92, x - 0.16) / 0.22) ** 2)) * np.sin((y - 0.8 * x) * 30)
    )
    return d + knee + low + crease * ramp(z, -0.25, -0.05)


def hold_legs(p: Array) -> Array:
    """First shares by height; the crotch belongs to both sides and to the hips."""
    held = np.zeros((len(p), len(NAMES)))
    x, y, z = p.T
    side = ramp(np.abs(x), 0.0, 0.14)
    front = ramp(z, -0.14, 0.10)
    thigh = ramp(y, HIP_Y + 0.26 + 0.22 * front, HIP_Y - 0.34)
    thigh = thigh * np.maximum(side, ramp(y, HIP_Y - 0.30, HIP_Y - 0.50))
    half = 1 - np.abs(2 * thigh - 1)
    upper = np.clip(2 * thigh - 1, 0, 1)
    knee = np.clip((KNEE_Y - y) / 0.21, -1, 1)
    ankle = ramp(y, ANKLE_Y + 0.16, ANKLE_Y - 0.02)
    toes = ramp(z, TOES[2] - 0.11, TOES[2] + 0.12) * ramp(y, ANKLE_Y + 0.05, ANKLE_Y - 0.12)
    below = np.clip(knee, 0, 1)
    shares = {
        "UpperLegHalf": half,
        "UpperLeg": upper * np.clip(-knee, 0, 1),
        "LowerLegHalf": upper * (1 - np.abs(knee)),
        "LowerLeg": below * (1 - ankle),
        "Foot": below * ankle * (1 - toes),
        "Toes": below * ankle * toes,
    }
    for name, here in (("left", x > 0), ("right", x <= 0)):
        for bone, share in shares.items():
            held[:, COLUMN[name + bone]] = share * here
    held[:, COLUMN["hips"]] = np.clip(1 - held.sum(axis=1), 0, 1)
    return held / held.sum(axis=1, keepdims=True)


def _tube(rings: list[tuple[float, float, float, float]], n: int = 28) -> Mesh:
    """Through rings (y, half width, half depth, z) round the left leg."""
    a = 2 * np.pi * np.arange(n) / n
    points = [
        np.stack([HIP[0] + wide * np.sin(a), np.full(n, y), z + deep * np.cos(a)], -1)
        for y, wide, deep, z in rings
    ]
    mesh = plain(np.concatenate(points), grid_faces(len(rings), n, closed=True))
    return outward(mesh)


def turn_up() -> Mesh:
    """The rolled end of a trouser leg."""
    y, z = TURN_UP, -0.252
    profile = (
        (0.13, 0.172),
        (0.13, 0.196),
        (0.10, 0.210),
        (-0.085, 0.216),
        (-0.11, 0.206),
        (-0.11, 0.178),
        (0.0, 0.168),
    )
    return _tube([(y + h, r, r, z) for h, r in profile]).painted(w.TROUSERS * 1.35)


def sock() -> Mesh:
    n, rings = 40, []
    for i, t in enumerate(np.linspace(0, 1, 5)):
        y = TURN_UP + 0.02 + (BOOT_TOP - 0.06 - TURN_UP - 0.02) * t
        rings.append((y, 0.137 + 0.006 * (i % 2), 0.137 + 0.006 * (i % 2), -0.252))
    mesh = _tube(rings, n)
    shade = 1 - 0.16 * (np.arange(n) % 2)
    return mesh.painted(w.CORAL * np.tile(shade, len(rings))[:, None])


def boot_form(p: Array) -> Array:
    """The left boot without its sole."""
    x = p[:, 0] - HIP[0]
    q = p.copy()
    q[:, 0] = x
    floor = GROUND + SOLE * 0.7
    shaft = capsule(q, (0, BOOT_TOP + 0.10, -0.262), (0, ANKLE_Y - 0.12, -0.255), 0.238, 0.222)
    heel = ellipsoid(q, (0.0, floor + 0.16, -0.295), (0.236, 0.28, 0.262))
    instep = capsule(q, (0, ANKLE_Y - 0.10, -0.22), (0.012, floor + 0.15, 0.13), 0.210, 0.195)
    cap = ellipsoid(q, (0.012, floor + 0.150, 0.305), (0.292, 0.235, 0.360))
    d = union(shaft, heel, 0.14)
    d = union(d, instep, 0.16)
    d = union(d, cap, 0.16)
    arch = 0.20 - 0.55 * x * x
    return d - 0.016 * ramp(q[:, 2], arch - 0.02, arch + 0.02)  # a cap over the toes


def _outline(n: int) -> Array:
    """The sole from below: (x, z) round the foot, a little turned in behind the toes."""
    a = 2 * np.pi * np.arange(n) / n
    middle, long = (HEEL_Z + TIP_Z) / 2, (TIP_Z - HEEL_Z) / 2
    z = middle + long * np.cos(a)
    t = (z - HEEL_Z) / (TIP_Z - HEEL_Z)
    wide = np.interp(t, [0, 0.15, 0.42, 0.72, 1], [0.236, 0.250, 0.236, 0.304, 0.27])
    x = wide * np.sign(np.sin(a)) * np.abs(np.sin(a)) ** 0.72
    return np.stack([HIP[0] + x + 0.012 * t, z], -1)


def sole() -> Mesh:
    """A thick pale sole; its tip rises a little."""
    n = 40
    flat = _outline(n)
    middle = flat.mean(0)
    t = (flat[:, 1] - HEEL_Z) / (TIP_Z - HEEL_Z)
    rise = 0.030 * ramp(t, 0.72, 1.0)
    rings = []
    for height, size in (
        (0.0, 0.0),
        (0.0, 0.92),
        (0.018, 0.975),
        (0.045, 0.985),
        (SOLE - 0.03, 0.985),
        (SOLE - 0.008, 0.965),
        (SOLE, 0.94),
        (SOLE, 0.80),
    ):
        at = middle + (flat - middle) * size
        rings.append(np.stack([at[:, 0], GROUND + height + rise * (size > 0.1), at[:, 1]], -1))
    mesh = outward(plain(np.concatenate(rings), grid_faces(len(rings), n, closed=True)))
    return mesh.painted(w.SOLE)


def _boot() -> Mesh:
    low = (HIP[0] - 0.36, GROUND + 0.04, -0.62)
    high = (HIP[0] + 0.36, BOOT_TOP + 0.38, 0.72)
    mesh = wrap(boot_form, low, high, 0.068)
    p = mesh.points
    hidden = (p[:, 1] > BOOT_TOP - 0.01) | (p[:, 1] < GROUND + SOLE * 0.55)
    mesh = without(mesh, hidden[mesh.faces].all(axis=1))
    p = mesh.points
    cap = ramp(p[:, 2] + 0.55 * (p[:, 0] - HIP[0]) ** 2, 0.17, 0.22)[:, None]
    return mesh.painted(w.BOOT + (w.BOOT_CAP - w.BOOT) * cap)


def _boot_rim() -> Mesh:
    y = BOOT_TOP
    profile = (
        (-0.085, 0.232),
        (-0.075, 0.252),
        (0.02, 0.258),
        (0.045, 0.250),
        (0.045, 0.222),
        (-0.06, 0.160),
    )
    return _tube([(y + h, r, r, -0.262) for h, r in profile]).painted(w.BOOT * 1.25)


def _tab() -> Mesh:
    """A coral loop at the heel, to pull the boot on by."""
    s = np.linspace(0, np.pi, 9)
    path = np.stack(
        [np.full(9, HIP[0]), BOOT_TOP + 0.03 + 0.085 * np.sin(s), -0.49 - 0.030 * np.cos(s)], -1
    )
    a = 2 * np.pi * np.arange(6) / 6
    ring = np.stack([0.040 * np.cos(a), 0.012 * np.sin(a)], -1)
    across = np.tile([1.0, 0.0, 0.0], (9, 1))
    up = np.stack([0 * s, np.sin(s), -np.cos(s)], -1)
    return sweep(path, across, up, np.tile(ring, (9, 1, 1))).painted(w.CORAL)


def _laces() -> Mesh:
    """Three coral bars over the instep."""
    parts: list[Mesh] = []
    for i in range(3):
        y = ANKLE_Y + 0.08 - 0.095 * i
        s = np.linspace(-1, 1, 9)
        start = np.stack([HIP[0] + 0.075 * s, y + 0.012 * np.abs(s) + 0 * s, np.full(9, -0.2)], -1)
        ahead = np.tile([0.0, 0.35 + 0.12 * i, 1.0], (9, 1))
        path = shoot(boot_form, start, ahead, 1.0) + np.array([0.0, 0.004, 0.008])
        a = 2 * np.pi * np.arange(6) / 6
        ring = np.stack([np.cos(a), np.sin(a)], -1) * 0.019
        up = np.tile([0.0, 0.8, 0.6], (9, 1))
        out = np.tile([0.0, -0.6, 0.8], (9, 1))
        size = np.sqrt(np.clip(1 - s**8, 0.05, 1))
        parts.append(sweep(path, up, out, size[:, None, None] * ring[None]))
    return join(parts).painted(w.CORAL)


def lower_body() -> tuple[Mesh, Array]:
    """Trousers, socks and boots, and who holds them."""
    low = (-0.75, TURN_UP - 0.04, -0.75)
    high = (0.75, -3.20, 0.40)
    mesh = wrap(trousers_form, low, high, 0.089)
    covered = np.where(mesh.points[:, 2] > -0.12, -3.63, -3.52)  # by the hem, less in front
    hidden = (mesh.points[:, 1] > covered) | (mesh.points[:, 1] < TURN_UP + 0.0)
    mesh = without(mesh, hidden[mesh.faces].all(axis=1)).painted(w.TROUSERS)
    held = evened(hold_legs(mesh.points), mesh.faces, 6)
    ends = both(join([turn_up(), sock()]))
    ends_held = borrowed(ends.points, mesh.points, held)
    shoes = both(join([_boot(), sole(), _boot_rim(), _tab(), _laces()]))
    shoes_held = hold_legs(shoes.points)
    whole = join([mesh, ends, shoes])
    return Mesh(whole.points, triangles(whole.faces), whole.colour, whole.masks), np.concatenate(
        [held, ends_held, shoes_held]
    )
