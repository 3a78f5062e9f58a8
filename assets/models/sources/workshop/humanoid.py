"""The skeleton of every avatar: fingers from wrist to tip, and both sides from the left one."""

from __future__ import annotations

import numpy as np

from .fields import Array
from .names import PHALANGES, THUMB

Finger = tuple[list[Array], float]  # three joints and the tip, and how thick it is
Joint = tuple[str | None, Array]  # whose child, and where
TRUNK: dict[str, str | None] = {
    "hips": None,
    "spine": "hips",
    "chest": "spine",
    "upperChest": "chest",
    "neck": "upperChest",
    "head": "neck",
    "jaw": "head",
}


def finger(base: Array, lengths: tuple[float, ...], yaw: float, pitch: float = 0.0) -> list[Array]:
    """Three joints and the tip, in degrees; yaw turns towards the thumb's side."""
    a, b = np.radians(yaw), np.radians(pitch)
    direction = np.array([np.cos(a) * np.cos(b), np.sin(b), np.sin(a) * np.cos(b)])
    points = [base]
    for length in lengths:
        points.append(points[-1] + direction * length)
    return points


def finger_bones(name: str) -> tuple[str, ...]:
    """The bones of a finger from the hand outwards, without their side."""
    return tuple(name + part for part in (THUMB if name == "Thumb" else PHALANGES))


def with_fingers(left: dict[str, Joint], fingers: dict[str, Finger]) -> dict[str, Joint]:
    """The bones of the left side and those of its fingers."""
    whole = dict(left)
    for name, (points, _) in fingers.items():
        before = "Hand"
        for bone, point in zip(finger_bones(name), points, strict=False):
            whole[bone] = (before, point)
            before = bone
    return whole


def both_sides(
    trunk: dict[str, Array], left: dict[str, Joint]
) -> tuple[dict[str, str | None], dict[str, Array]]:
    """Parents and joints of the whole body, parents first."""
    parents = {name: TRUNK[name] for name in trunk}
    joints = dict(trunk)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        for name, (parent, joint) in left.items():
            parents[side + name] = f"{side}{parent}" if parent in left else parent
            joints[side + name] = joint * np.array([sign, 1.0, 1.0])
    return parents, joints
