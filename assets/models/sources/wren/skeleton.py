"""Wren's bones: where each joint is (U), who its parent is, and who holds which point of skin."""

from __future__ import annotations

import numpy as np
from workshop.fields import Array, ramp
from workshop.mesh import Mesh
from workshop.names import PHALANGES, THUMB
from workshop.rig import Rig

from . import proportions as w

Y, Z = w.SHOULDER_Y, -0.22
WRIST = np.array([2.14, Y, Z])


def _finger(
    base: tuple[float, float, float], lengths: tuple[float, ...], yaw: float, pitch: float = 0.0
) -> list[Array]:
    """Four points: three joints and the tip; yaw turns towards the thumb's side."""
    a, b = np.radians(yaw), np.radians(pitch)
    direction = np.array([np.cos(a) * np.cos(b), np.sin(b), np.sin(a) * np.cos(b)])
    points = [WRIST + np.asarray(base)]
    for length in lengths:
        points.append(points[-1] + direction * length)
    return points


def _lengths(total: float) -> tuple[float, float, float]:
    return total * 0.45, total * 0.31, total * 0.24


FINGERS: dict[str, tuple[list[Array], float]] = {
    "Index": (_finger((0.335, 0.006, 0.105), _lengths(0.280), 6), 0.0480),
    "Middle": (_finger((0.350, 0.010, 0.036), _lengths(0.305), 1.5), 0.0495),
    "Ring": (_finger((0.335, 0.006, -0.034), _lengths(0.285), -3), 0.0475),
    "Little": (_finger((0.300, -0.004, -0.098), _lengths(0.225), -9), 0.0425),
    "Thumb": (_finger((0.085, -0.030, 0.085), (0.135, 0.115, 0.105), 43, -6), 0.0530),
}

_LEFT: dict[str, tuple[str, Array]] = {
    "Eye": ("head", w.EYE),
    "Shoulder": ("upperChest", np.array([0.15, Y + 0.06, Z])),
    "UpperArm": ("Shoulder", np.array([0.62, Y, Z])),
    "LowerArm": ("UpperArm", np.array([1.40, Y, Z])),
    "Hand": ("LowerArm", WRIST),
    "UpperLeg": ("hips", np.array([0.27, -3.88, -0.20])),
    "LowerLeg": ("UpperLeg", np.array([0.27, -5.45, -0.18])),
    "Foot": ("LowerLeg", np.array([0.27, -6.98, -0.24])),
    "Toes": ("Foot", np.array([0.27, -7.25, 0.06])),
}
for _name, (_points, _) in FINGERS.items():
    _before = "Hand"
    for _i, _part in enumerate(THUMB if _name == "Thumb" else PHALANGES):
        _LEFT[f"{_name}{_part}"] = (_before, _points[_i])
        _before = f"{_name}{_part}"

PARENTS: dict[str, str | None] = {
    "hips": None,
    "spine": "hips",
    "chest": "spine",
    "upperChest": "chest",
    "neck": "upperChest",
    "head": "neck",
}
JOINTS: dict[str, Array] = {
    "hips": np.array([0.0, -3.62, -0.20]),
    "spine": np.array([0.0, -3.15, -0.20]),
    "chest": np.array([0.0, -2.62, -0.21]),
    "upperChest": np.array([0.0, -2.11, -0.22]),
    "neck": w.NECK_JOINT,
    "head": w.HEAD_JOINT,
}
for _side, _sign in (("left", 1.0), ("right", -1.0)):
    for _name, (_parent, _joint) in _LEFT.items():
        _own = _parent in _LEFT
        PARENTS[_side + _name] = _side + _parent if _own else _parent
        JOINTS[_side + _name] = _joint * np.array([_sign, 1.0, 1.0])
HUMAN = list(JOINTS)

# hair that swings: azimuth in degrees, then the two joints and the tail of each chain
HAIR_CHAINS = {
    "SideLeft": 66.0,
    "BackLeft": 125.0,
    "Back": 180.0,
    "BackRight": 235.0,
    "SideRight": 294.0,
}
HAIR_HEIGHTS = (0.02, -0.52, -1.02)
for _name, _azimuth in HAIR_CHAINS.items():
    _before = "head"
    for _i, _height in enumerate(HAIR_HEIGHTS):
        _a = np.radians(_azimuth)
        _bone = f"hair{_name}{_i}"
        PARENTS[_bone] = _before
        JOINTS[_bone] = np.array([1.02 * np.sin(_a), _height, -0.10 + 1.04 * np.cos(_a)])
        _before = _bone
NAMES = list(JOINTS)
COLUMN = {name: i for i, name in enumerate(NAMES)}
RIG = Rig(JOINTS, PARENTS, tuple(HUMAN))


def _empty(mesh: Mesh) -> Array:
    return np.zeros((len(mesh.points), len(NAMES)))


def hold_head(mesh: Mesh) -> Array:
    """Face and neck: head above, neck between, chest below; eyes to their bones."""
    held = _empty(mesh)
    y = mesh.points[:, 1]
    neck = np.clip(mesh.mask("neck"), 0, 1)
    head = np.maximum(1 - ramp(neck, 0.05, 0.6), ramp(y, -1.28, -0.99))
    chest = (1 - head) * ramp(y, -1.30, -1.60)
    held[:, COLUMN["head"]] = head
    held[:, COLUMN["upperChest"]] = chest
    held[:, COLUMN["neck"]] = 1 - head - chest
    return held


def hold_eyes(mesh: Mesh) -> Array:
    held = _empty(mesh)
    left = mesh.points[:, 0] > 0
    held[left, COLUMN["leftEye"]] = 1.0
    held[~left, COLUMN["rightEye"]] = 1.0
    return held


def hold_rigid(mesh: Mesh, bone: str) -> Array:
    held = _empty(mesh)
    held[:, COLUMN[bone]] = 1.0
    return held


def hold_hair(mesh: Mesh) -> Array:
    """The head holds the crown and the fringe; what hangs follows its chains, softly shared."""
    held = _empty(mesh)
    x, y, z = mesh.points.T
    azimuth = np.degrees(np.arctan2(x, z + 0.10)) % 360
    front = np.minimum(azimuth, 360 - azimuth)
    loose = 0.92 * ramp(y, 0.12, -0.55) * ramp(front, 44, 58)
    tip = ramp(y, -0.35, -0.80)
    apart = {name: np.abs((azimuth - a + 180) % 360 - 180) for name, a in HAIR_CHAINS.items()}
    near = {name: np.exp(-((d / 38) ** 2)) for name, d in apart.items()}
    whole = np.sum(list(near.values()), axis=0)
    for name, share in near.items():
        held[:, COLUMN[f"hair{name}0"]] = loose * (1 - tip) * share / whole
        held[:, COLUMN[f"hair{name}1"]] = loose * tip * share / whole
    held[:, COLUMN["head"]] = 1 - loose
    return held


def hold_clothes(mesh: Mesh) -> Array:
    """Sleeves by x, trunk by y; the armpit belongs to the trunk."""
    held = _empty(mesh)
    x, y, _ = mesh.points.T
    s = np.abs(x)
    reach = ramp(y, -2.34 + w.LIFT, -2.02 + w.LIFT) * (s < 1.0) + (s >= 1.0)
    arm = ramp(s, 0.40, 0.88) * reach
    shoulder = ramp(s, 0.10, 0.50) * ramp(y, -2.45 + w.LIFT, -1.90 + w.LIFT) * (1 - arm) * 0.85
    fore = ramp(s, 1.40 - 0.20, 1.40 + 0.20)
    hand = ramp(s, 2.10, 2.20) * 0.35
    for side, here in (("left", x > 0), ("right", x <= 0)):
        held[:, COLUMN[side + "Shoulder"]] = shoulder * here
        held[:, COLUMN[side + "UpperArm"]] = arm * (1 - fore) * here
        held[:, COLUMN[side + "LowerArm"]] = arm * fore * (1 - hand) * here
        held[:, COLUMN[side + "Hand"]] = arm * fore * hand * here
    trunk = 1 - arm - shoulder
    stops = [-3.52, -2.95, -2.45, -1.88, -1.36]
    bones = ["hips", "spine", "chest", "upperChest", "neck"]
    place = np.interp(y, stops, np.arange(5.0))
    for i, bone in enumerate(bones):
        held[:, COLUMN[bone]] += trunk * np.clip(1 - np.abs(place - i), 0, 1)
    collar = mesh.mask("collar") > 0.5
    held[collar] = 0.0
    held[collar, COLUMN["upperChest"]] = 0.62
    held[collar, COLUMN["neck"]] = 0.38
    return held


def hold_hands(mesh: Mesh) -> Array:
    """By distance to the bones of the hand, sharply."""
    held = _empty(mesh)
    p = mesh.points * np.where(mesh.points[:, :1] > 0, 1.0, -1.0) ** np.array([1, 0, 0])
    segments: list[tuple[str, Array, Array]] = [
        ("LowerArm", WRIST - np.array([0.6, 0, 0]), WRIST - np.array([0.02, 0, 0])),
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
