"""Wren's hair: a side-parted bob of unequal locks over a dark under-layer.

The hair volume is a surface S(azimuth, v): v = 0 at the parting, 1 at the widest, 2 at the tips.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from workshop.fields import Array, ramp
from workshop.mesh import Mesh, join, plain

from . import proportions as w
from .face import grid_faces, sweep

CENTRE = np.array([0.0, 0.03, -0.10])
RADII = np.array([1.00, 1.00, 1.04])
PART = 0.30  # where the parting lies, to the character's left
LENGTH = 1.16


def volume(azimuth: Array, v: Array, lift: Array | float = 0.0, curl: float = 0.20) -> Array:
    """Points of the hair volume; azimuth in degrees from the front, positive to the left."""
    a = np.radians(azimuth)
    top = np.clip(v, 0, 1)
    hang = np.clip(v - 1, 0, None)
    elevation = np.pi / 2 * (1 - top)
    r = np.cos(elevation) + 0.05 * np.sin(np.pi * np.clip(hang, 0, 1)) - curl * hang**2.6
    r = r + lift * (0.35 + 0.65 * np.sin(np.pi / 2 * np.clip(top, 0, 1)))
    y = np.sin(elevation) * (1 + lift) - LENGTH * hang
    parting = PART * (1 - top) ** 1.3
    return CENTRE + RADII * np.stack([r * np.sin(a) + parting, y, r * np.cos(a)], axis=-1)


@dataclass(frozen=True)
class Lock:
    """One lock: from (azimuth, v) to (azimuth, v), its width, and how it bends on the way."""

    start: tuple[float, float]
    end: tuple[float, float]
    width: float
    lift: float = 0.03
    flick: float = 0.0  # tip turned outwards
    curl: float = 0.20
    ease: float = 1.0  # < 1: turns early
    sway: float = 0.0
    thick: float = 0.34


def _path(lock: Lock, s: Array) -> Array:
    azimuth = lock.start[0] + (lock.end[0] - lock.start[0]) * s**lock.ease
    azimuth = azimuth + lock.sway * np.sin(np.pi * s)
    v = lock.start[1] + (lock.end[1] - lock.start[1]) * s
    lift = lock.lift * np.sin(np.pi * np.clip(s * 0.94, 0, 1)) ** 0.8 + lock.flick * s**4
    lift = lift - 0.035 * (1 - s) ** 6  # the root hides under its neighbours
    return volume(azimuth, v, lift, lock.curl)


def strand(lock: Lock, tint: float = 1.0, rows: int = 11, sides: int = 8) -> Mesh:
    s = np.linspace(0, 1, rows)
    path = _path(lock, s)
    along = np.gradient(path, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    out = path - (CENTRE + np.array([0.0, -0.25, 0.0])) * [1, 1, 1]
    out[:, 1] *= ramp(path[:, 1], -0.2, 0.5)
    across = np.cross(along, out)
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    up = np.cross(across, along)
    width = np.interp(s, [0, 0.12, 0.42, 0.72, 0.90, 1], [0.22, 0.62, 1.0, 0.92, 0.50, 0.02])
    width = width * lock.width
    angle = 2 * np.pi * np.arange(sides) / sides
    lens = np.stack([np.cos(angle), lock.thick * np.sin(angle) * (1 + 0.35 * np.sin(angle))], -1)
    mesh = sweep(path, -across, up, width[:, None, None] * lens[None])
    return Mesh(mesh.points, mesh.faces, _colours(path, s, sides, angle) * tint, {})


def _colours(path: Array, s: Array, sides: int, angle: Array) -> Array:
    tip = ramp(s, 0.25, 1.0)[:, None]
    c = w.HAIR_ROOT + (w.HAIR - w.HAIR_ROOT) * ramp(s, 0.0, 0.30)[:, None]
    c = c + (w.HAIR_TIP - c) * tip * 0.62
    height = path[:, 1]
    band = np.exp(-(((height - 0.60) / 0.13) ** 2))[:, None]
    c = np.repeat(c + (w.HAIR_BAND - c) * band * 0.42, sides, axis=0)
    edge = 1 - 0.22 * np.abs(np.cos(np.tile(angle, len(s)))) ** 3
    return c * edge[:, None]


def tuft(points: list[tuple[float, float, float]], width: float) -> Mesh:
    """A loose strand along a curve (Bézier) of four points; it breaks the outline."""
    rows, sides = 11, 6
    s = np.linspace(0, 1, rows)
    a, b, c, d = (np.asarray(p) for p in points)
    t = s[:, None]
    path = a * (1 - t) ** 3 + 3 * b * t * (1 - t) ** 2 + 3 * c * t * t * (1 - t) + d * t**3
    along = np.gradient(path, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    across = np.cross(along, [0.0, 0.0, 1.0])
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    up = np.cross(across, along)
    size = width * np.interp(s, [0, 0.3, 0.75, 1], [0.7, 1.0, 0.6, 0.03])
    angle = 2 * np.pi * np.arange(sides) / sides
    ring = np.stack([np.cos(angle), 0.55 * np.sin(angle)], -1)
    mesh = sweep(path, across, up, size[:, None, None] * ring[None])
    return Mesh(mesh.points, mesh.faces, _colours(path * [1, 0, 1], s, sides, angle), {})


TUFTS = (
    ([(0.16, 0.98, 0.02), (0.17, 1.17, 0.02), (0.06, 1.26, 0.08), (-0.10, 1.20, 0.14)], 0.045),
    ([(0.20, 0.97, -0.06), (0.24, 1.12, -0.06), (0.33, 1.17, -0.02), (0.43, 1.10, 0.04)], 0.034),
)


def under_layer() -> Mesh:
    """The dark layer that closes every gap: scalp above, curtain behind."""
    azimuth = np.linspace(0, 360, 45)[:-1]
    v = np.linspace(0.0, 1.0, 11)
    front = np.minimum(azimuth, 360 - azimuth)
    low = 0.50 + 0.30 * ramp(front, 40, 60) + 0.85 * ramp(front, 84, 106)
    a, t = np.meshgrid(azimuth, v)
    points = volume(a.ravel(), (t * low).ravel(), -0.055, 0.22)
    mesh = plain(points, grid_faces(len(v), len(azimuth), closed=True))
    depth = ramp((t * low).ravel(), 0.2, 1.8)[:, None]
    return Mesh(points, mesh.faces[:, ::-1], w.HAIR * (0.86 - 0.16 * depth), {})


def locks() -> list[Lock]:
    made: list[Lock] = []
    # behind: two layers, half a step apart, of unequal width and length
    wide = [0.19, 0.25, 0.17, 0.23, 0.20, 0.26, 0.18, 0.24]
    for i, a in enumerate(np.linspace(74, 286, 13)):
        made.append(
            Lock((a * 0.8 + 36, 0.16), (a, 1.93 - 0.07 * (i % 3)), wide[i % 8], 0.015, curl=0.24)
        )
    for i, a in enumerate(np.linspace(84, 276, 11)):
        made.append(
            Lock(
                (a * 0.7 + 54, 0.10),
                (a + 3 * (i % 2), 1.62 + 0.09 * (i % 3)),
                wide[(i + 3) % 8],
                0.055,
                flick=0.03 * (i % 2),
                curl=0.20,
            )
        )
    # sides: curtains that frame the face
    made += [
        Lock((95, 0.14), (60, 1.90), 0.185, 0.010, curl=0.30, sway=-3),
        Lock((80, 0.22), (55, 1.70), 0.115, 0.020, curl=0.36, flick=0.0),
        Lock((110, 0.10), (76, 1.84), 0.22, 0.030, curl=0.20, flick=0.10),
        Lock((70, 0.30), (68, 1.60), 0.16, 0.085, curl=0.22),
        Lock((-95, 0.16), (-60, 1.94), 0.195, 0.010, curl=0.30, sway=3),
        Lock((-75, 0.26), (-54, 1.64), 0.105, 0.020, curl=0.36),
        Lock((-110, 0.12), (-76, 1.86), 0.22, 0.030, curl=0.26),
        Lock((-80, 0.30), (-69, 1.58), 0.16, 0.090, curl=0.22),
    ]
    # fringe: from the one parting, swept to the right; the smaller share to the left
    made += [
        Lock((10, 0.10), (-52, 1.06), 0.230, 0.095, ease=0.75, sway=-8),
        Lock((25, 0.14), (-34, 0.97), 0.200, 0.085, ease=0.85, sway=-5),
        Lock((-10, 0.12), (-63, 1.22), 0.200, 0.100, ease=0.70, sway=-8),
        Lock((38, 0.20), (-14, 0.90), 0.150, 0.075, ease=0.9, sway=-4),
        Lock((40, 0.30), (2, 0.84), 0.090, 0.070, ease=0.9),
        Lock((5, 0.30), (-42, 1.00), 0.075, 0.120, ease=0.8, sway=-6),
        Lock((62, 0.16), (47, 1.02), 0.170, 0.085, ease=1.1, sway=6),
        Lock((55, 0.26), (34, 0.90), 0.110, 0.080, ease=1.1, sway=5),
        Lock((45, 0.10), (36, 0.88), 0.170, 0.035),
        Lock((50, 0.10), (21, 0.80), 0.150, 0.060, ease=1.0),
        Lock((58, 0.16), (43, 0.95), 0.150, 0.070, ease=1.0, sway=3),
        Lock((75, 0.14), (60, 1.26), 0.190, 0.090, sway=6),
        # crown, to fill the parting from both sides
        Lock((150, 0.06), (120, 1.1), 0.26, 0.060),
        Lock((-160, 0.06), (-110, 1.2), 0.28, 0.060),
        Lock((-120, 0.08), (-82, 1.1), 0.27, 0.075),
        Lock((120, 0.08), (88, 1.1), 0.24, 0.075),
        Lock((-60, 0.10), (-74, 1.2), 0.24, 0.085),
        Lock((180, 0.06), (170, 1.25), 0.28, 0.050),
        Lock((170, 0.06), (215, 1.15), 0.26, 0.060),
        # the outline is broken on purpose
        Lock((-150, 0.30), (-118, 1.70), 0.075, 0.13, flick=0.16),
        Lock((140, 0.30), (112, 1.74), 0.070, 0.12, flick=0.14),
    ]
    return made


def hair_mesh() -> Mesh:
    tints = [1.0, 0.90, 1.08, 0.96, 1.12, 0.88, 1.03]  # no two neighbours alike
    strands = [strand(lock, tints[i * 3 % 7]) for i, lock in enumerate(locks())]
    return join([under_layer(), *strands, *(tuft(list(p), width) for p, width in TUFTS)])
