"""Wren's hands: one form each, fingers straight, knuckles on an arc."""

from __future__ import annotations

import numpy as np
from workshop.fields import Array, blob, capsule, ellipsoid, ramp, union
from workshop.mesh import Mesh, wrap
from workshop.names import PHALANGES, THUMB

from . import proportions as w
from .face import both
from .skeleton import COLUMN, FINGERS, NAMES, WRIST, Y


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


def hold_hands(mesh: Mesh) -> Array:
    """By distance to the bones of the hand, sharply."""
    held = np.zeros((len(mesh.points), len(NAMES)))
    p = mesh.points * np.where(mesh.points[:, :1] > 0, 1.0, -1.0) ** np.array([1, 0, 0])
    segments: list[tuple[str, Array, Array]] = [
        ("HandRoll", WRIST - np.array([0.6, 0, 0]), WRIST - np.array([0.02, 0, 0])),
        ("Hand", WRIST + np.array([0.02, 0, 0]), WRIST + np.array([0.29, 0, 0.0])),
        ("Hand", WRIST + np.array([0.05, 0, -0.05]), WRIST + np.array([0.26, 0, -0.085])),
        ("Hand", WRIST + np.array([0.05, 0, 0.05]), WRIST + np.array([0.29, 0, 0.085])),
    ]
    for name, (points, _) in FINGERS.items():
        for i, part in enumerate(THUMB if name == "Thumb" else PHALANGES):
            segments.append((name + part, points[i], points[i + 1]))
    for name, a, b in segments:
        axis = b - a
        t = np.clip((p - a) @ axis / (axis @ axis), 0, 1)
        d = np.linalg.norm(p - a - t[:, None] * axis, axis=1)
        value = 1 / (d + 0.02) ** 6
        for side, here in (("left", mesh.points[:, 0] > 0), ("right", mesh.points[:, 0] <= 0)):
            column = COLUMN[side + name]
            held[here, column] = np.maximum(held[here, column], value[here])
    return held / held.sum(axis=1, keepdims=True)
