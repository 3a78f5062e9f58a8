"""Wren's hands: palm and five fingers in one skin.

Drawn with the fingers spread (`SPREAD`), so that they do not grow together, and closed again for
the T-pose of the file.
"""

from __future__ import annotations

import numpy as np
from workshop.bind import along, at_rest, evened, matrices
from workshop.fields import Array, blob, capsule, ellipsoid, ramp, union
from workshop.humanoid import finger_bones
from workshop.mesh import Mesh, triangles, wrap
from workshop.pose import Pose
from workshop.shapes import flipped

from . import proportions as w
from .skeleton import COLUMN, FINGERS, NAMES, RIG, WRIST, Y

SPREAD: Pose = {
    "leftIndexProximal": (0.0, -9.0, 0.0),
    "leftMiddleProximal": (0.0, -1.0, 0.0),
    "leftRingProximal": (0.0, 8.0, 0.0),
    "leftLittleProximal": (0.0, 17.0, 0.0),
    "leftThumbMetacarpal": (0.0, -10.0, 0.0),
}


def _bones(finger: str) -> list[str]:
    return [f"left{bone}" for bone in finger_bones(finger)]


def _drawn() -> dict[str, list[Array]]:
    """Joints and tip of each finger, spread."""
    moved = matrices(RIG, SPREAD)
    made: dict[str, list[Array]] = {}
    for finger, (points, _) in FINGERS.items():
        columns = [COLUMN[bone] for bone in _bones(finger)]
        columns.append(columns[-1])
        made[finger] = [
            moved[c][:3, :3] @ point + moved[c][:3, 3]
            for c, point in zip(columns, points, strict=True)
        ]
    return made


DRAWN = _drawn()


def _at(x: float, y: float, z: float) -> tuple[float, float, float]:
    return tuple(WRIST + np.array([x, y, z]))


def hand_form(p: Array) -> Array:
    """The left hand, palm down."""
    d = capsule(p, _at(-0.22, 0, 0), _at(0.05, 0, 0), 0.098, 0.090)
    d = union(d, ellipsoid(p, _at(0.215, 0.0, 0.004), (0.205, 0.070, 0.168)), 0.07)
    for finger, joints in DRAWN.items():
        radius = FINGERS[finger][1]
        root = _at(0.07, 0.0, (joints[0][2] - WRIST[2]) * 0.5)
        d = union(d, capsule(p, root, tuple(joints[0]), 0.060, radius * 1.14), 0.05)
    d = union(d, ellipsoid(p, _at(0.14, -0.030, 0.092), (0.13, 0.055, 0.075)), 0.05)
    d = union(d, ellipsoid(p, _at(0.17, -0.030, -0.092), (0.13, 0.045, 0.055)), 0.05)
    fingers = np.full(len(p), 9.0)
    for finger, joints in DRAWN.items():
        radius = FINGERS[finger][1]
        sizes = (radius * 1.07, radius * 1.0, radius * 0.94, radius * 0.80)
        one = np.full(len(p), 9.0)
        for i in range(3):
            bone = capsule(p, tuple(joints[i]), tuple(joints[i + 1]), sizes[i], sizes[i + 1])
            one = union(one, bone, 0.012)
        fingers = np.minimum(fingers, one)
    return union(d, fingers, 0.034)


def hands() -> tuple[Mesh, Array]:
    """Both hands in the T-pose, and who holds them."""
    low, high = _at(-0.20, -0.16, -0.34), _at(0.76, 0.16, 0.46)
    hand = wrap(hand_form, low, high, 0.029)
    p = hand.points
    held = evened(_hold(p), hand.faces, 2)
    c = np.tile(w.SKIN, (len(p), 1))
    for finger, joints in DRAWN.items():
        radius = FINGERS[finger][1]
        tip = blob(p, tuple(joints[3]), radius * 1.5)
        knuckle = blob(p, tuple(joints[0] + np.array([0, 0.05, 0])), 0.045)
        c = c + (w.BLUSH - c) * np.clip(0.42 * tip + 0.22 * knuckle, 0, 1)[:, None]
    c = c + (w.SHADE - c) * (0.22 * ramp(p[:, 1], Y, Y - 0.07))[:, None]
    left = Mesh(at_rest(p, held, RIG, SPREAD), triangles(hand.faces), c, {})
    right = flipped(left)
    twin = np.array([COLUMN[_other(name)] for name in NAMES])
    whole = np.concatenate([left.points, right.points])
    faces = np.concatenate([left.faces, right.faces + len(left.points)])
    both = Mesh(whole, faces, np.concatenate([c, c]), {})
    return both, np.concatenate([held, held[:, twin]])


def _other(bone: str) -> str:
    return (
        bone.replace("left", "right") if bone.startswith("left") else bone.replace("right", "left")
    )


def _hold(p: Array) -> Array:
    """The left hand by distance to its bones, sharply; a finger keeps to itself."""
    held = np.zeros((len(p), len(NAMES)))
    segments: list[tuple[str, Array, Array, float]] = [
        ("leftHandRoll", np.array(_at(-0.6, 0, 0)), np.array(_at(-0.03, 0, 0)), 0.09),
        ("leftHand", np.array(_at(0.03, 0, 0)), np.array(_at(0.29, 0, 0.0)), 0.09),
        ("leftHand", np.array(_at(0.06, 0, -0.05)), np.array(_at(0.27, 0, -0.10)), 0.08),
        ("leftHand", np.array(_at(0.06, 0, 0.05)), np.array(_at(0.29, 0, 0.10)), 0.08),
    ]
    for finger, joints in DRAWN.items():
        for i, bone in enumerate(_bones(finger)):
            segments.append((bone, joints[i], joints[i + 1], FINGERS[finger][1]))
    for bone, start, end, radius in segments:
        way, off = along(p, start, end)
        past = np.maximum(np.maximum(-way, way - np.linalg.norm(end - start)), 0.0)
        value = 1 / (np.maximum(np.hypot(off, past) - 0.8 * radius, 0.0) + 0.012) ** 3
        held[:, COLUMN[bone]] = np.maximum(held[:, COLUMN[bone]], value)
    held[held < 0.03 * held.max(axis=1, keepdims=True)] = 0.0
    return held / held.sum(axis=1, keepdims=True)
