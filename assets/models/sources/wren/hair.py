"""Wren's hair: a side-parted bob of unequal locks over a dark under-layer.

The hair volume is a surface S(azimuth, v): v = 0 at the parting, 1 at the widest, 2 at the tips.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from workshop.fields import Array, ramp
from workshop.mesh import Mesh, join, plain
from workshop.shapes import grid_faces, sweep

from . import proportions as w

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
    roll: float = 0.0  # degrees; neighbours lie over each other like shingles


def _path(lock: Lock, s: Array) -> Array:
    azimuth = lock.start[0] + (lock.end[0] - lock.start[0]) * s**lock.ease
    azimuth = azimuth + lock.sway * np.sin(np.pi * s)
    v = lock.start[1] + (lock.end[1] - lock.start[1]) * s
    lift = lock.lift * np.sin(np.pi * np.clip(s * 0.94, 0, 1)) ** 0.8 + lock.flick * s**4
    lift = lift - 0.035 * (1 - s) ** 6  # the root hides under its neighbours
    return volume(azimuth, v, lift, lock.curl)


# across a lock: five points on the back of the lens, one below
LENS = np.array([[-1.0, -0.10], [-0.62, 0.62], [0.0, 1.0], [0.62, 0.62], [1.0, -0.10], [0.0, -0.7]])
STREAKS = np.array([0.90, 1.03, 0.95, 1.07, 0.90, 0.72])


def strand(lock: Lock, tint: float = 1.0) -> Mesh:
    rows = 18 if lock.width > 0.22 else 13
    s = np.linspace(0, 1, rows) ** 0.92
    path = _path(lock, s)
    along = np.gradient(path, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    out = path - (CENTRE + np.array([0.0, -0.25, 0.0])) * [1, 1, 1]
    out[:, 1] *= ramp(path[:, 1], -0.2, 0.5)
    across = np.cross(along, out)
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    up = np.cross(across, along)
    turn = np.radians(lock.roll) * np.sin(np.pi * np.clip(s * 1.05, 0, 1))[:, None] ** 0.5
    across, up = (
        across * np.cos(turn) + up * np.sin(turn),
        up * np.cos(turn) - across * np.sin(turn),
    )
    width = np.interp(
        s,
        [0, 0.10, 0.38, 0.66, 0.82, 0.92, 0.98, 1],
        [0.35, 0.66, 1.0, 0.96, 0.76, 0.48, 0.18, 0.02],
    )
    width = width * lock.width
    lens = LENS * [1.0, lock.thick]
    mesh = sweep(path, -across, up, width[:, None, None] * lens[None])
    return Mesh(mesh.points, mesh.faces, _colours(path, s, STREAKS) * tint, {})


def _colours(path: Array, s: Array, streaks: Array) -> Array:
    """Dark at the root, glowing at the tip, a band of light round the crown, fine streaks."""
    tip = ramp(s, 0.25, 1.0)[:, None]
    c = w.HAIR_ROOT + (w.HAIR - w.HAIR_ROOT) * ramp(s, 0.0, 0.30)[:, None]
    c = c + (w.HAIR_TIP - c) * tip * 0.66
    band = np.exp(-(((path[:, 1] - 0.58) / 0.15) ** 2))[:, None] * (streaks - 0.7)[None, :] * 2.0
    c = np.repeat(c[:, None, :], len(streaks), axis=1)
    c = c + (w.HAIR_BAND - c) * np.clip(band, 0, 0.72)[..., None]
    return (c * streaks[None, :, None]).reshape(-1, 3)


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
    return Mesh(mesh.points, mesh.faces, _colours(path * [1, 0, 1], s, np.ones(sides)), {})


TUFTS = (
    ([(0.18, 0.96, -0.02), (0.22, 1.20, -0.04), (0.02, 1.34, 0.04), (-0.16, 1.22, 0.12)], 0.062),
    ([(0.22, 0.96, -0.08), (0.28, 1.14, -0.08), (0.40, 1.18, -0.04), (0.50, 1.08, 0.02)], 0.042),
)


def under_layer() -> Mesh:
    """The dark layer that closes every gap: scalp above, curtain behind."""
    azimuth = np.linspace(0, 360, 45)[:-1]
    v = np.linspace(0.0, 1.0, 11)
    front = np.minimum(azimuth, 360 - azimuth)
    behind = np.where(azimuth < 180, 98, 84)  # the left ear is free
    low = 0.50 + 0.30 * ramp(front, 40, 60) + 0.75 * ramp(front, behind, behind + 18)
    a, t = np.meshgrid(azimuth, v)
    points = volume(a.ravel(), (t * low).ravel(), -0.055, 0.22)
    mesh = plain(points, grid_faces(len(v), len(azimuth), closed=True))
    depth = ramp((t * low).ravel(), 0.2, 1.8)[:, None]
    return Mesh(points, mesh.faces[:, ::-1], w.HAIR * (0.95 - 0.15 * depth), {})


def locks() -> list[Lock]:
    """From behind to the front; the bob is short at the nape and long beside the right cheek."""
    behind = [
        Lock(
            (a * 0.8 + 36, 0.16), (a, 1.60 + 0.05 * (i % 3)), 0.25 + 0.03 * (i % 2), 0.01, curl=0.30
        )
        for i, a in enumerate(np.linspace(108, 262, 8))
    ]
    over = [
        Lock((150, 0.08), (126, 1.66), 0.31, 0.060, curl=0.27, sway=3, roll=-8),
        Lock((165, 0.08), (148, 1.74), 0.36, 0.075, curl=0.30, sway=-4, roll=-8),
        Lock((180, 0.06), (176, 1.66), 0.34, 0.060, curl=0.30, sway=3, roll=8),
        Lock((196, 0.06), (202, 1.78), 0.38, 0.085, curl=0.28, sway=4, roll=8),
        Lock((212, 0.08), (228, 1.70), 0.33, 0.065, curl=0.26, sway=-4, roll=8),
        Lock((226, 0.10), (250, 1.86), 0.36, 0.085, curl=0.24, sway=4, roll=8),
    ]
    right = [
        Lock((-112, 0.12), (-88, 1.88), 0.33, 0.070, curl=0.24, sway=-3, roll=8),
        Lock((-92, 0.16), (-70, 2.00), 0.30, 0.060, flick=0.05, curl=0.20, sway=6, roll=8),
        Lock((-74, 0.26), (-54, 1.80), 0.15, 0.055, flick=0.10, curl=0.16, sway=5, roll=8),
        Lock((-84, 0.20), (-80, 1.70), 0.20, 0.110, flick=0.14, curl=0.14, roll=8),
    ]
    left = [  # tucked behind the ear
        Lock((110, 0.40), (112, 1.56), 0.20, 0.000, curl=0.34),
        Lock((122, 0.40), (126, 1.62), 0.20, 0.005, curl=0.32),
        Lock((96, 0.10), (140, 1.72), 0.32, 0.045, curl=0.26, ease=0.7),
        Lock((72, 0.16), (116, 1.86), 0.26, 0.075, flick=0.14, curl=0.14, ease=0.46),
        Lock((64, 0.26), (112, 1.20), 0.17, 0.080, ease=0.60),
        Lock((66, 0.30), (82, 1.16), 0.13, 0.055, curl=0.3, ease=0.8),
        Lock((62, 0.50), (66, 1.52), 0.065, 0.030, flick=0.05, curl=0.26, sway=-5),
    ]
    fringe = [
        Lock((-24, 0.10), (-80, 1.36), 0.30, 0.115, flick=0.03, ease=0.75, sway=-5, roll=12),
        Lock((0, 0.10), (-70, 1.26), 0.32, 0.105, flick=0.03, ease=0.72, sway=-8, roll=12),
        Lock((22, 0.12), (-54, 1.09), 0.30, 0.100, flick=0.04, ease=0.76, sway=-8, roll=12),
        Lock((36, 0.16), (-32, 0.94), 0.24, 0.090, flick=0.04, ease=0.85, sway=-5, roll=12),
        Lock((45, 0.22), (-10, 0.86), 0.16, 0.080, flick=0.05, ease=0.9, sway=-3, roll=12),
        Lock((12, 0.24), (-62, 1.17), 0.075, 0.150, flick=0.04, ease=0.75, sway=-8, roll=12),
        Lock((48, 0.10), (22, 0.80), 0.18, 0.045, roll=-12),
        Lock((54, 0.12), (40, 0.93), 0.21, 0.075, flick=0.03, sway=6, roll=-12),
        Lock((60, 0.12), (60, 1.02), 0.24, 0.085, sway=8, roll=-12),
        Lock((72, 0.12), (90, 1.06), 0.26, 0.085, sway=4, roll=-12),
    ]
    crown = [
        Lock((150, 0.06), (116, 1.10), 0.30, 0.070, flick=0.045, roll=-10),
        Lock((-62, 0.08), (-86, 1.12), 0.24, 0.080, flick=0.03, roll=10),
        Lock((-160, 0.06), (-112, 1.25), 0.32, 0.085, flick=0.045, roll=10),
        Lock((-120, 0.08), (-84, 1.15), 0.31, 0.100, flick=0.045, roll=10),
        Lock((120, 0.08), (98, 1.02), 0.28, 0.085, flick=0.045, roll=-10),
        Lock((180, 0.06), (160, 1.20), 0.30, 0.070, flick=0.05, roll=-10),
        Lock((185, 0.06), (216, 1.22), 0.31, 0.080, flick=0.05, roll=10),
    ]
    return behind + over + right + left + fringe + crown


def hair_mesh() -> Mesh:
    tints = [1.0, 0.90, 1.08, 0.96, 1.12, 0.88, 1.03]  # no two neighbours alike
    strands = [strand(lock, tints[i * 3 % 7]) for i, lock in enumerate(locks())]
    return join([under_layer(), *strands, *(tuft(list(p), width) for p, width in TUFTS)])
