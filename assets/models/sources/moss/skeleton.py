"""Moss's bones: where each joint is (U), who its parent is, and who holds which point of skin."""

from __future__ import annotations

import numpy as np
from workshop.fields import Array, ramp
from workshop.humanoid import Finger, Joint, both_sides, finger, finger_bones, with_fingers
from workshop.mesh import Mesh
from workshop.rig import Rig

from . import proportions as w

Y, Z = w.SHOULDER_Y, -0.12
WRIST = np.array([1.56, Y, Z])
HAND = 1.30  # his hands are drawn at 1 and made this much larger


def _finger(
    base: tuple[float, float, float], lengths: tuple[float, ...], yaw: float, pitch: float = 0.0
) -> list[Array]:
    scaled = tuple(length * HAND for length in lengths)
    return finger(WRIST + np.asarray(base) * HAND, scaled, yaw, pitch)


def _lengths(total: float) -> tuple[float, float, float]:
    return total * 0.42, total * 0.31, total * 0.27


FINGERS: dict[str, Finger] = {
    "Index": (_finger((0.285, 0.006, 0.122), _lengths(0.262), 12), 0.052),
    "Middle": (_finger((0.305, 0.010, 0.042), _lengths(0.285), 4), 0.053),
    "Ring": (_finger((0.292, 0.006, -0.042), _lengths(0.262), -5), 0.052),
    "Little": (_finger((0.260, -0.002, -0.116), _lengths(0.222), -15), 0.049),
    "Thumb": (_finger((0.075, -0.020, 0.100), (0.125, 0.115, 0.105), 50, -5), 0.058),
}

_LEFT: dict[str, Joint] = {
    "Eye": ("head", w.EYE),
    "Shoulder": ("upperChest", np.array([0.16, Y + 0.05, Z])),
    "UpperArm": ("Shoulder", np.array([0.56, Y, Z])),
    "LowerArm": ("UpperArm", np.array([1.07, Y, Z])),
    "Hand": ("LowerArm", WRIST),
    "UpperLeg": ("hips", np.array([0.36, -2.46, -0.08])),
    "LowerLeg": ("UpperLeg", np.array([0.36, -2.92, -0.06])),
    "Foot": ("LowerLeg", np.array([0.36, -3.36, -0.10])),
    "Toes": ("Foot", np.array([0.37, -3.50, 0.18])),
}
_TRUNK = {
    "hips": np.array([0.0, -2.34, -0.10]),
    "spine": np.array([0.0, -2.04, -0.11]),
    "chest": np.array([0.0, -1.70, -0.12]),
    "upperChest": np.array([0.0, -1.36, -0.13]),
    "neck": w.NECK_JOINT,
    "head": w.HEAD_JOINT,
    "jaw": w.HINGE,
}
PARENTS, JOINTS = both_sides(_TRUNK, with_fingers(_LEFT, FINGERS))
HUMAN = list(JOINTS)

# what swings: the two cords of the hood, and the hood on his back
CORD = np.array(
    [[0.20, -1.10, 0.46], [0.24, -1.36, 0.63], [0.25, -1.62, 0.745], [0.25, -1.80, 0.79]]
)
HOOD = np.array([[0.0, -1.02, -0.50], [0.0, -1.28, -0.76], [0.0, -1.58, -0.80]])
CHAINS: dict[str, Array] = {
    "cordLeft": CORD,
    "cordRight": CORD * np.array([-1.0, 1.0, 1.0]),
    "hood": HOOD,
}
for _chain, _places in CHAINS.items():
    _before = "upperChest"
    for _i, _place in enumerate(_places):
        PARENTS[f"{_chain}{_i}"] = _before
        JOINTS[f"{_chain}{_i}"] = _place
        _before = f"{_chain}{_i}"
NAMES = list(JOINTS)
COLUMN = {name: i for i, name in enumerate(NAMES)}
RIG = Rig(JOINTS, PARENTS, tuple(HUMAN))


def _empty(mesh: Mesh) -> Array:
    return np.zeros((len(mesh.points), len(NAMES)))


def hold_head(mesh: Mesh) -> Array:
    """The head above, the neck between, the chest below; all of it hidden by the collar."""
    held = _empty(mesh)
    _, y, z = mesh.points.T
    head = np.maximum(ramp(y, -0.98, -0.70), ramp(z, 0.25, 0.50) * ramp(y, -1.05, -0.85))
    chest = (1 - head) * ramp(y, -0.95, -1.25)
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


def hold_coat(mesh: Mesh) -> Array:
    """Sleeves by x, trunk by y, the skirt shared with the thighs."""
    held = _empty(mesh)
    x, y, _ = mesh.points.T
    s = np.abs(x)
    reach = np.where(s < 0.95, ramp(y, Y - 0.42, Y - 0.16), y > Y - 0.45)
    arm = ramp(s, 0.40, 0.80) * reach
    shoulder = ramp(s, 0.12, 0.48) * ramp(y, Y - 0.45, Y + 0.02) * (1 - arm) * 0.75
    fore = ramp(s, 1.07 - 0.17, 1.07 + 0.17)
    hand = ramp(s, 1.50, 1.62) * 0.35
    thigh = 0.55 * ramp(y, -2.25, -2.70) * ramp(s, 0.0, 0.30)
    for side, here in (("left", x > 0), ("right", x <= 0)):
        held[:, COLUMN[side + "Shoulder"]] = shoulder * here
        held[:, COLUMN[side + "UpperArm"]] = arm * (1 - fore) * here
        held[:, COLUMN[side + "LowerArm"]] = arm * fore * (1 - hand) * here
        held[:, COLUMN[side + "Hand"]] = arm * fore * hand * here
        held[:, COLUMN[side + "UpperLeg"]] = thigh * here
    trunk = 1 - arm - shoulder - thigh
    bones = ["hips", "spine", "chest", "upperChest"]
    place = np.interp(y, [-2.25, -1.92, -1.60, -1.28], np.arange(4.0))
    for i, bone in enumerate(bones):
        held[:, COLUMN[bone]] += trunk * np.clip(1 - np.abs(place - i), 0, 1)
    return held


def hold_hood(mesh: Mesh) -> Array:
    """The collar rests on chest and neck; the bag behind swings."""
    held = _empty(mesh)
    _, y, z = mesh.points.T
    loose = 0.85 * ramp(z, -0.55, -0.90) * ramp(y, -0.86, -1.10)
    tip = ramp(y, -1.10, -1.32)
    held[:, COLUMN["hood0"]] = loose * (1 - tip)
    held[:, COLUMN["hood1"]] = loose * tip
    neck = 0.30 * (1 - loose) * ramp(y, -1.15, -0.92)
    held[:, COLUMN["neck"]] = neck
    held[:, COLUMN["upperChest"]] = 1 - loose - neck
    return held


def hold_cords(mesh: Mesh) -> Array:
    """`cord` runs from 0 at the collar to 1 at the tip."""
    held = _empty(mesh)
    along = mesh.mask("cord") * 3.0
    first = ramp(along, 0.0, 0.5)
    second = ramp(along, 0.75, 1.25)
    for side, here in (("Left", mesh.points[:, 0] > 0), ("Right", mesh.points[:, 0] <= 0)):
        held[:, COLUMN[f"cord{side}0"]] = first * (1 - second) * here
        held[:, COLUMN[f"cord{side}1"]] = second * (1 - ramp(along, 1.75, 2.25)) * here
        held[:, COLUMN[f"cord{side}2"]] = ramp(along, 1.75, 2.25) * second * here
    held[:, COLUMN["upperChest"]] = 1 - first
    return held / held.sum(axis=1, keepdims=True)


def hold_legs(mesh: Mesh) -> Array:
    """Thigh, shin, foot and toes by height; boots are stiff."""
    held = _empty(mesh)
    x, y, z = mesh.points.T
    shin = ramp(y, -2.82, -3.02)
    foot = ramp(y, -3.22, -3.42)
    toes = ramp(z, 0.10, 0.26) * ramp(y, -3.20, -3.35)
    for side, here in (("left", x > 0), ("right", x <= 0)):
        held[:, COLUMN[side + "UpperLeg"]] = (1 - shin) * here
        held[:, COLUMN[side + "LowerLeg"]] = shin * (1 - foot) * here
        held[:, COLUMN[side + "Foot"]] = shin * foot * (1 - toes) * here
        held[:, COLUMN[side + "Toes"]] = shin * foot * toes * here
    return held


def hold_hands(mesh: Mesh) -> Array:
    """By distance to the bones of the hand, sharply."""
    held = _empty(mesh)
    left = mesh.points[:, 0] > 0
    p = mesh.points * np.where(left, 1.0, -1.0)[:, None] ** np.array([1, 0, 0])
    segments: list[tuple[str, Array, Array]] = [
        ("LowerArm", WRIST - np.array([0.5, 0, 0]), WRIST - np.array([0.02, 0, 0])),
        ("Hand", WRIST + HAND * np.array([0.02, 0, 0]), WRIST + HAND * np.array([0.24, 0, 0])),
        (
            "Hand",
            WRIST + HAND * np.array([0.05, 0, -0.05]),
            WRIST + HAND * np.array([0.20, 0, -0.10]),
        ),
        (
            "Hand",
            WRIST + HAND * np.array([0.05, 0, 0.05]),
            WRIST + HAND * np.array([0.23, 0, 0.10]),
        ),
    ]
    for name, (points, _) in FINGERS.items():
        for i, bone in enumerate(finger_bones(name)):
            segments.append((bone, points[i], points[i + 1]))
    for name, a, b in segments:
        axis = b - a
        t = np.clip((p - a) @ axis / (axis @ axis), 0, 1)
        d = np.linalg.norm(p - a - t[:, None] * axis, axis=1)
        value = 1 / (d + 0.02) ** 6
        for side, here in (("left", left), ("right", ~left)):
            column = COLUMN[side + name]
            held[here, column] = np.maximum(held[here, column], value[here])
    return held / held.sum(axis=1, keepdims=True)
