"""Moss below the chin: legs and hands, and how his skin is painted there."""

from __future__ import annotations

import numpy as np
from workshop.fields import Array, blob, capsule, ellipsoid, ramp, union
from workshop.mesh import Mesh, wrap
from workshop.shapes import both, rope

from . import proportions as w
from .skeleton import FINGERS, HAND, JOINTS, WRIST


def hand_form(p: Array) -> Array:
    """The left hand, palm down, fingers straight along +x, with the round tips of a tree frog."""
    o = WRIST
    p = o + (p - o) / HAND
    drawn = [([o + (q - o) / HAND for q in joints], radius) for joints, radius in FINGERS.values()]
    sleeve, heel = o + np.array([-0.22, 0, 0]), o + np.array([0.05, 0, 0])
    d = capsule(p, tuple(sleeve), tuple(heel), 0.105, 0.098)
    palm = ellipsoid(p, tuple(o + np.array([0.175, 0.0, 0.005])), (0.188, 0.088, 0.172))
    d = union(d, palm, 0.08)
    for joints, radius in drawn:
        root = o + np.array([0.07, 0.0, (joints[0][2] - o[2]) * 0.5])
        d = union(d, capsule(p, tuple(root), tuple(joints[0]), 0.058, radius * 1.12), 0.05)
    thenar = ellipsoid(p, tuple(o + np.array([0.13, -0.030, 0.095])), (0.11, 0.056, 0.070))
    d = union(d, thenar, 0.05)
    fingers = np.full(len(p), 9.0)
    for joints, radius in drawn:
        finger = np.full(len(p), 9.0)
        sizes = (radius * 1.04, radius * 0.94, radius * 0.88, radius * 0.90)
        for i in range(3):
            bone = capsule(p, tuple(joints[i]), tuple(joints[i + 1]), sizes[i], sizes[i + 1])
            finger = union(finger, bone, 0.014)
        pad = joints[3] - np.array([0.0, 0.004, 0.0])
        finger = union(finger, ellipsoid(p, tuple(pad), (0.067, 0.056, 0.067)), 0.022)
        fingers = np.minimum(fingers, finger)
    return union(d, fingers, 0.045) * HAND


def hands() -> Mesh:
    low = WRIST - HAND * np.array([0.20, 0.18, 0.30])
    high = WRIST + HAND * np.array([0.72, 0.18, 0.48])
    hand = wrap(hand_form, tuple(low), tuple(high), 0.040)
    p = hand.points
    c = np.tile(w.GREEN, (len(p), 1))

    def mix(target: Array, amount: Array) -> Array:
        return c + (target - c) * np.clip(amount, 0, 1)[:, None]

    c = mix(w.CREAM, 0.55 * ramp(p[:, 1], w.SHOULDER_Y - 0.01, w.SHOULDER_Y - 0.08))
    c = mix(w.GREEN_DEEP, 0.35 * ramp(p[:, 0], WRIST[0] + 0.10, WRIST[0] - 0.05))
    for joints, radius in FINGERS.values():
        c = mix(w.GREEN_LIGHT, 0.9 * blob(p, tuple(joints[3]), radius * 2.3))
        c = mix(w.BLUSH, 0.30 * blob(p, tuple(joints[3]), radius * 1.5))
    for x, z, r in ((0.12, -0.05, 0.04), (0.20, 0.03, 0.03), (0.06, 0.04, 0.028)):
        place = WRIST + HAND * np.array([x, 0.09, z])
        spot = blob(p, tuple(place), HAND * np.array((r, 0.06, r)))
        c = mix(w.SPOT, 0.6 * spot)
    return both(Mesh(p, hand.faces, c, {}))


def legs() -> Mesh:
    """What shows between coat and boots."""
    knee = JOINTS["leftLowerLeg"]
    y = np.linspace(-2.46, -3.06, 7)
    path = np.stack([np.full(7, knee[0]), y, np.full(7, knee[2] - 0.01)], -1)
    leg = rope(path, np.linspace(0.190, 0.165, 7), (0.0, 0.0, 1.0), 14)
    shade = 1 - 0.35 * ramp(leg.points[:, 1], -2.80, -2.60)[:, None]
    return both(Mesh(leg.points, leg.faces, w.GREEN * shade, {}))
