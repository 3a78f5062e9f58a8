"""Wren below the chin: sweater, roll collar, cuffs, hem, trousers and two hands."""

from __future__ import annotations

import numpy as np
from workshop.fields import Array, blob, capsule, ellipsoid, ramp, shoot, union
from workshop.mesh import Mesh, join, outward, plain, wrap

from . import proportions as w
from .face import both, grid_faces, sweep
from .skeleton import FINGERS, JOINTS

Y = w.SHOULDER_Y
ELBOW, WRIST = JOINTS["leftLowerArm"], JOINTS["leftHand"]
SHOULDER = JOINTS["leftUpperArm"]


def sweater_form(p: Array) -> Array:
    q = p.copy()
    q[:, 0] = np.abs(q[:, 0])
    q[:, 1] -= w.LIFT  # drawn lower, then moved
    x, y = q[:, 0], q[:, 1]
    shoulder, elbow, wrist = (j - np.array([0, w.LIFT, 0]) for j in (SHOULDER, ELBOW, WRIST))
    d = ellipsoid(q, (0, -2.35, -0.20), (0.60, 0.86, 0.40))
    d = union(d, ellipsoid(q, (0, -3.36, -0.20), (0.60, 0.62, 0.42)), 0.5)
    d = union(
        d, capsule(q, (0.10, -1.66, -0.24), (0.52, shoulder[1] - 0.02, -0.22), 0.20, 0.20), 0.22
    )
    d = union(d, ellipsoid(q, (0.24, -2.28, 0.06), (0.25, 0.26, 0.145)), 0.34)
    arm = capsule(q, tuple(shoulder - np.array([0.08, 0, 0])), tuple(elbow), 0.235, 0.200)
    fore = capsule(q, tuple(elbow), tuple(wrist - np.array([0.25, 0, 0])), 0.200, 0.185)
    d = union(d, union(arm, fore, 0.08), 0.20)
    folds = (
        0.010
        * np.sin(x * 46 + 2.2 * np.sin(q[:, 2] * 9))
        * (
            np.exp(-(((x - ELBOW[0]) / 0.16) ** 2))
            + 1.3 * np.exp(-(((x - WRIST[0] + 0.2) / 0.12) ** 2))
        )
    )
    folds = folds * ramp(x, 0.9, 1.1)
    waist = 0.012 * np.sin(y * 30 + 2.0 * np.sin(x * 4.5)) * np.exp(-(((y + 3.48) / 0.20) ** 2))
    return d + folds + waist * ramp(x, 0.95, 0.7)


def _band(
    centre: Array,
    axis: int,
    span: tuple[float, float],
    size: tuple[float, float],
    *,
    bulge: float,
    ribs: int,
    end: float = 0.90,
) -> Mesh:
    """A ribbed knitted ring round an axis (0: along the arm, 1: round the body)."""
    n, rows = ribs * 2, 7
    angle = 2 * np.pi * np.arange(n) / n
    s = np.linspace(0, 1, rows)
    profile = 1 + bulge * np.sin(np.pi * s) ** 0.6
    profile[[0, -1]] *= 0.90, end
    rib = 1 - 0.030 * (np.arange(n) % 2)
    points = np.empty((rows, n, 3))
    a, b = (2, 1) if axis == 0 else (0, 2)
    points[..., axis] = (span[0] + (span[1] - span[0]) * s)[:, None]
    points[..., a] = centre[a] + size[0] * profile[:, None] * rib * np.cos(angle)
    points[..., b] = centre[b] + size[1] * profile[:, None] * rib * np.sin(angle)
    faces = grid_faces(rows, n, closed=True)
    mesh = plain(points.reshape(-1, 3), faces)
    a0, b0, c0 = mesh.points[faces[n * 3][:3]]
    away = (a0 + b0 + c0) / 3 - centre
    away[axis] = 0
    if np.dot(np.cross(b0 - a0, c0 - a0), away) < 0:
        mesh = Mesh(mesh.points, faces[:, ::-1], mesh.colour, {})
    shade = np.tile(1 - 0.14 * (np.arange(n) % 2), rows)[:, None]
    return Mesh(mesh.points, mesh.faces, mesh.colour * shade, {})


def collar() -> Mesh:
    """A rolled collar, its fold leaning outwards."""
    n, rows = 48, 12
    angle = 2 * np.pi * np.arange(n) / n
    turn = np.linspace(-0.35 * np.pi, 1.35 * np.pi, rows)
    across, tall = 0.075 * np.cos(turn), 0.105 * np.sin(turn)
    rib = 1 - 0.05 * (np.arange(n) % 2)
    wide = (0.335 + across[:, None] * rib) * (1 - 0.10 * np.sin(turn)[:, None])
    x = wide * np.sin(angle)
    z = -0.225 + wide * 1.03 * np.cos(angle)
    y = -1.445 + tall[:, None] - 0.050 * np.cos(angle) + 0 * x
    points = np.stack([x, y, z], -1).reshape(-1, 3)
    faces = grid_faces(rows, n, closed=True)
    shade = np.tile(1 - 0.12 * (np.arange(n) % 2), rows)[:, None]
    return Mesh(points, faces, w.CORAL * shade, {"collar": np.ones(len(points))})


def cables() -> Mesh:
    """Two knitted braids down the front, each of two strands that cross and cross again."""
    rows, sides = 44, 6
    s = np.linspace(0, 1, rows)
    y = -1.66 - 1.90 * s
    parts: list[Mesh] = []
    for middle in (0.205, -0.205):
        for phase in (0.0, np.pi):
            wave = s * 2 * np.pi * 6.5 + phase
            x = middle * (0.94 + 0.06 * np.cos(3 * s)) + 0.036 * np.sin(wave)
            start = np.stack([x, y + w.LIFT, np.full(rows, -0.2)], -1)
            path = shoot(sweater_form, start, np.tile([0.0, 0.0, 1.0], (rows, 1)), 1.2)
            path[:, 2] += 0.004 + 0.012 * np.cos(wave)
            size = 0.026 * np.sin(np.pi * np.clip(s * 1.0, 0.02, 0.98)) ** 0.25
            angle = 2 * np.pi * np.arange(sides) / sides
            ring = np.stack([np.cos(angle), 0.8 * np.sin(angle)], -1)
            across = np.tile([1.0, 0.0, 0.0], (rows, 1))
            up = np.tile([0.0, 0.0, 1.0], (rows, 1))
            parts.append(sweep(path, across, up, size[:, None, None] * ring[None]))
    return join(parts).painted(w.SWEATER * 1.02)


def clothes() -> Mesh:
    sweater = wrap(sweater_form, (-2.2, -3.62, -0.75), (2.2, -1.30, 0.45), 0.079)
    p = sweater.points
    c = np.tile(w.SWEATER, (len(p), 1))
    knit = 0.5 + 0.5 * np.sin(p[:, 1] * 60)
    c = c * (1 - 0.03 * knit)[:, None]
    sweater = Mesh(p, sweater.faces, c, {})
    cuff = _band(
        WRIST, 0, (WRIST[0] - 0.20, WRIST[0]), (0.178, 0.178), bulge=0.08, ribs=14, end=0.56
    )
    cuff = Mesh(cuff.points, cuff.faces, cuff.colour * w.CORAL, {})
    hem = _band(np.array([0, -3.68, -0.20]), 1, (-3.83, -3.52), (0.585, 0.415), bulge=0.03, ribs=30)
    hem = Mesh(hem.points, hem.faces, hem.colour * w.SWEATER_DARK, {})
    hips = _band(np.array([0, -3.9, -0.20]), 1, (-4.15, -3.70), (0.53, 0.375), bulge=0.04, ribs=16)
    hips = Mesh(hips.points, hips.faces, np.tile(w.TROUSERS, (len(hips.points), 1)), {})
    return join([sweater, both(cuff), hem, hips, collar(), cables(), brooch()])


# a small bird with its tail up, as a curve round its middle
BIRD = np.array(
    [
        (0.150, 0.030),
        (0.105, 0.058),
        (0.085, 0.090),
        (0.045, 0.098),
        (0.010, 0.075),
        (-0.035, 0.045),
        (-0.070, 0.060),
        (-0.110, 0.125),
        (-0.150, 0.150),
        (-0.138, 0.080),
        (-0.105, 0.005),
        (-0.070, -0.055),
        (-0.020, -0.085),
        (0.035, -0.080),
        (0.075, -0.045),
        (0.092, 0.000),
        (0.105, 0.025),
    ]
)


def brooch() -> Mesh:
    """The bird she is named for, pinned to the sweater over her heart."""
    middle = np.array([0.005, 0.005])
    rings = [(BIRD - middle) * scale + middle for scale in (1.0, 0.97, 0.72, 0.36, 0.0)]
    heights = (0.002, 0.022, 0.036, 0.043, 0.045)
    place = np.array([0.40, -2.17 + w.LIFT])
    n = len(BIRD)
    flat = np.concatenate(rings) * 0.72 * [-1.0, 1.0] + place
    start = np.stack([flat[:, 0], flat[:, 1], np.full(len(flat), -0.2)], -1)
    ahead = np.tile([0.0, 0.0, 1.0], (len(flat), 1))
    points = shoot(sweater_form, start, ahead, 1.2)
    points[:, 2] += np.repeat(heights, n)
    mesh = outward(plain(points, grid_faces(len(rings), n, closed=True)))
    belly = np.clip(
        1 - np.hypot(flat[:, 0] - place[0] + 0.03, flat[:, 1] - place[1] + 0.015) / 0.06, 0, 1
    )
    colour = w.HAIR + (w.SWEATER - w.HAIR) * np.minimum(1, belly * 1.6)[:, None]
    return Mesh(mesh.points, mesh.faces, colour, {"collar": np.zeros(len(points))})


def hand_form(p: Array) -> Array:
    """The left hand, palm down, fingers straight along +x."""
    o = WRIST
    d = capsule(
        p, tuple(o + np.array([-0.12, 0, 0])), tuple(o + np.array([0.05, 0, 0])), 0.088, 0.085
    )
    palm = ellipsoid(p, tuple(o + np.array([0.20, 0.0, 0.005])), (0.20, 0.068, 0.150))
    d = union(d, palm, 0.07)
    for joints, radius in FINGERS.values():
        d = union(
            d,
            capsule(
                p,
                tuple(o + np.array([0.07, 0.0, (joints[0][2] - o[2]) * 0.5])),
                tuple(joints[0]),
                0.055,
                radius * 1.12,
            ),
            0.05,
        )
    d = union(
        d, ellipsoid(p, tuple(o + np.array([0.14, -0.028, 0.085])), (0.12, 0.052, 0.070)), 0.05
    )
    fingers = np.full(len(p), 9.0)
    for joints, radius in FINGERS.values():
        finger = np.full(len(p), 9.0)
        sizes = (radius * 1.06, radius * 0.96, radius * 0.88, radius * 0.72)
        for i in range(3):
            bone = capsule(p, tuple(joints[i]), tuple(joints[i + 1]), sizes[i], sizes[i + 1])
            finger = union(finger, bone, 0.012)
        fingers = np.minimum(fingers, finger)
    return union(d, fingers, 0.040)


def hands() -> Mesh:
    low, high = WRIST - np.array([0.10, 0.16, 0.24]), WRIST + np.array([0.74, 0.16, 0.36])
    hand = wrap(hand_form, tuple(low), tuple(high), 0.028)
    p = hand.points
    c = np.tile(w.SKIN, (len(p), 1))
    for joints, radius in FINGERS.values():
        tip = blob(p, tuple(joints[3]), radius * 1.5)
        knuckle = blob(p, tuple(joints[0] + np.array([0, 0.05, 0])), 0.045)
        c = c + (w.BLUSH - c) * np.clip(0.45 * tip + 0.25 * knuckle, 0, 1)[:, None]
    c = c + (w.SHADE - c) * (0.25 * ramp(p[:, 1], Y, Y - 0.07))[:, None]
    return both(Mesh(p, hand.faces, c, {}))
