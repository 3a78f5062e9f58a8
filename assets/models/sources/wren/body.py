"""Wren below the chin: sweater, roll collar, cuffs, hem, trousers and two hands."""

from __future__ import annotations

import numpy as np

from workshop.fields import Array, blob, capsule, ellipsoid, ramp, union
from workshop.mesh import Mesh, join, plain, wrap

from . import proportions as w
from .face import both, grid_faces
from .skeleton import FINGERS, JOINTS

Y = w.SHOULDER_Y
ELBOW, WRIST = JOINTS["leftLowerArm"], JOINTS["leftHand"]
SHOULDER = JOINTS["leftUpperArm"]


def sweater_form(p: Array) -> Array:
    q = p.copy()
    q[:, 0] = np.abs(q[:, 0])
    x, y = q[:, 0], q[:, 1]
    d = ellipsoid(q, (0, -2.35, -0.20), (0.60, 0.86, 0.40))
    d = union(d, ellipsoid(q, (0, -3.36, -0.20), (0.60, 0.62, 0.42)), 0.5)
    d = union(d, capsule(q, (0.10, -1.66, -0.24), (0.52, Y - 0.02, -0.22), 0.20, 0.20), 0.22)
    d = union(d, ellipsoid(q, (0.24, -2.28, 0.06), (0.25, 0.24, 0.17)), 0.30)
    arm = capsule(q, tuple(SHOULDER - [0.08, 0, 0]), tuple(ELBOW), 0.235, 0.195)
    fore = capsule(q, tuple(ELBOW), tuple(WRIST - [0.10, 0, 0]), 0.195, 0.180)
    d = union(d, union(arm, fore, 0.08), 0.20)
    folds = 0.010 * np.sin(x * 46 + 2.2 * np.sin(q[:, 2] * 9)) * (
        np.exp(-(((x - ELBOW[0]) / 0.16) ** 2)) + 1.3 * np.exp(-(((x - WRIST[0] + 0.2) / 0.12) ** 2))
    )
    folds = folds * ramp(x, 0.9, 1.1)
    waist = 0.012 * np.sin(y * 30 + 2.0 * np.sin(x * 4.5)) * np.exp(-(((y + 3.48) / 0.20) ** 2))
    return d + folds + waist * ramp(x, 0.95, 0.7)


def _band(centre: Array, axis: int, low: float, high: float, size: tuple[float, float],
          bulge: float, ribs: int) -> Mesh:
    """A ribbed knitted ring round an axis (0: along the arm, 1: round the body)."""
    n, rows = ribs * 2, 7
    angle = 2 * np.pi * np.arange(n) / n
    s = np.linspace(0, 1, rows)
    profile = 1 + bulge * np.sin(np.pi * s) ** 0.6
    profile[[0, -1]] *= 0.90
    rib = 1 - 0.030 * (np.arange(n) % 2)
    points = np.empty((rows, n, 3))
    a, b = (2, 1) if axis == 0 else (0, 2)
    points[..., axis] = (low + (high - low) * s)[:, None]
    points[..., a] = centre[a] + size[0] * profile[:, None] * rib * np.cos(angle)
    points[..., b] = centre[b] + size[1] * profile[:, None] * rib * np.sin(angle)
    faces = grid_faces(rows, n, closed=True)
    mesh = plain(points.reshape(-1, 3), faces)
    a0, b0, c0 = mesh.points[faces[n * 3][:3]]
    outward = (a0 + b0 + c0) / 3 - centre
    outward[axis] = 0
    if np.dot(np.cross(b0 - a0, c0 - a0), outward) < 0:
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
    y = -1.555 + tall[:, None] - 0.050 * np.cos(angle) + 0 * x
    points = np.stack([x, y, z], -1).reshape(-1, 3)
    faces = grid_faces(rows, n, closed=True)[:, ::-1]
    shade = np.tile(1 - 0.12 * (np.arange(n) % 2), rows)[:, None]
    return Mesh(points, faces, w.CORAL * shade, {"collar": np.ones(len(points))})


def clothes() -> Mesh:
    sweater = wrap(sweater_form, (-2.2, -3.72, -0.75), (2.2, -1.35, 0.45), 0.066)
    p = sweater.points
    c = np.tile(w.SWEATER, (len(p), 1))
    knit = 0.5 + 0.5 * np.sin(p[:, 1] * 60)
    c = c * (1 - 0.03 * knit)[:, None]
    stripe = ramp(np.abs(p[:, 1] + 2.62), 0.0, 0.01) * 0
    sweater = Mesh(p, sweater.faces, c * (1 - stripe[:, None]), {})
    cuff = _band(WRIST, 0, WRIST[0] - 0.17, WRIST[0] + 0.02, (0.165, 0.165), 0.06, 14)
    cuff = Mesh(cuff.points, cuff.faces, cuff.colour * w.CORAL, {})
    hem = _band(np.array([0, -3.78, -0.20]), 1, -3.93, -3.62, (0.585, 0.415), 0.03, 30)
    hem = Mesh(hem.points, hem.faces, hem.colour * w.SWEATER_DARK, {})
    hips = _band(np.array([0, -4.0, -0.20]), 1, -4.25, -3.80, (0.53, 0.375), 0.04, 16)
    hips = Mesh(hips.points, hips.faces, np.tile(w.TROUSERS, (len(hips.points), 1)), {})
    return join([sweater, both(cuff), hem, hips, collar()])


def hand_form(p: Array) -> Array:
    """The left hand, palm down, fingers straight along +x."""
    o = WRIST
    d = capsule(p, tuple(o + [-0.12, 0, 0]), tuple(o + [0.05, 0, 0]), 0.088, 0.085)
    palm = ellipsoid(p, tuple(o + [0.20, 0.0, 0.005]), (0.20, 0.068, 0.150))
    d = union(d, palm, 0.07)
    for joints, radius in FINGERS.values():
        d = union(d, capsule(p, tuple(o + [0.07, 0.0, (joints[0][2] - o[2]) * 0.5]),
                             tuple(joints[0]), 0.055, radius * 1.12), 0.05)
    d = union(d, ellipsoid(p, tuple(o + [0.14, -0.028, 0.085]), (0.12, 0.052, 0.070)), 0.05)
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
    low, high = WRIST - [0.10, 0.16, 0.24], WRIST + [0.74, 0.16, 0.36]
    hand = wrap(hand_form, tuple(low), tuple(high), 0.0255)
    p = hand.points
    c = np.tile(w.SKIN, (len(p), 1))
    for joints, radius in FINGERS.values():
        tip = blob(p, tuple(joints[3]), radius * 1.5)
        knuckle = blob(p, tuple(joints[0] + [0, 0.05, 0]), 0.045)
        c = c + (w.BLUSH - c) * np.clip(0.45 * tip + 0.25 * knuckle, 0, 1)[:, None]
    c = c + (w.SHADE - c) * (0.25 * ramp(p[:, 1], Y, Y - 0.07))[:, None]
    return both(Mesh(p, hand.faces, c, {}))
