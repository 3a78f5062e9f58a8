"""How an avatar stands before anything moves it: which way it looks and how its arms hang."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.skeleton import Skeleton

Doubles = NDArray[np.float64]
Stance = Literal["T", "A", "arms down", "other", "unknown"]

_NEXT = {
    "hips": "spine", "neck": "head",
    **{
        f"{side}{bone}": f"{side}{below}"
        for side in ("left", "right")
        for bone, below in (
            ("Shoulder", "UpperArm"), ("UpperArm", "LowerArm"), ("LowerArm", "Hand"),
            ("UpperLeg", "LowerLeg"), ("LowerLeg", "Foot"), ("Foot", "Toes"),
        )
    },
}  # fmt: skip
_T_UP_TO, _A_UP_TO, _DOWN_UP_TO = 15.0, 70.0, 110.0
_TOO_SHORT = 1e-6
_CLEAR = 0.02
"""A cue for the facing must be at least this share of the body's height."""
_KNEES = 0.006


@dataclass(frozen=True, slots=True)
class RestPose:
    """The stance at rest; the angle is how far the upper arms hang below the horizontal."""

    stance: Stance
    arm_angle: float | None
    """Degrees, the mean of both arms: 0 in a T-pose, 90 when they hang."""


def rest_pose(avatar: Avatar) -> RestPose:
    """T, A or arms down, by the direction of the upper arms."""
    directions = bone_directions(avatar)
    angles: list[float] = []
    for side, outward in (("left", 1.0), ("right", -1.0)):
        arm = directions.get(f"{side}UpperArm")
        if arm is not None:
            aside = float(np.hypot(arm[0], arm[2])) * (1.0 if arm[0] * outward >= 0 else -1.0)
            angles.append(float(np.degrees(np.arctan2(-arm[1], aside))))
    if not angles:
        return RestPose("unknown", None)
    angle = sum(angles) / len(angles)
    spread = max(angles) - min(angles)
    if spread > 30.0 or not -_T_UP_TO <= angle <= _DOWN_UP_TO:
        return RestPose("other", round(angle, 1))
    stance: Stance = "T" if angle <= _T_UP_TO else "A" if angle <= _A_UP_TO else "arms down"
    return RestPose(stance, round(angle, 1))


def bone_directions(avatar: Avatar) -> dict[str, Doubles]:
    """Bone → unit vector towards the next bone, x to the avatar's left, y up, z where it faces."""
    if not avatar.humanoid:
        return {}
    places = rest_positions(avatar.skeleton)
    found: dict[str, Doubles] = {}
    for bone, below in _NEXT.items():
        if bone in avatar.humanoid and below in avatar.humanoid:
            way = places[avatar.humanoid[below]] - places[avatar.humanoid[bone]]
            length = float(np.linalg.norm(way))
            if length > _TOO_SHORT:
                found[bone] = way / length * (avatar.front, 1.0, avatar.front)
    return found


def rest_positions(skeleton: Skeleton) -> Doubles:
    """(N, 3) where every node is at rest, in the file's own axes."""
    turns = _matrices(skeleton.rotations.astype(np.float64))
    local = turns * skeleton.scales.astype(np.float64)[:, None, :]
    places = skeleton.translations.astype(np.float64)
    world = local.copy()
    parents = skeleton.parents.tolist()
    for node in skeleton.order.tolist():
        parent = parents[node]
        if parent >= 0:
            places[node] = world[parent] @ places[node] + places[parent]
            world[node] = world[parent] @ local[node]
    return np.nan_to_num(places, posinf=0.0, neginf=0.0)


def facing(bones: Mapping[str, int], places: Doubles) -> int:
    """+1 or −1 where toes, eyes or knees show clearly that the body faces ±Z, else 0."""
    height = _height(bones, places)
    cues = (("Foot", "Toes", 1.0), ("head", "Eye", 1.0))
    for start, end, sign in cues:
        total = 0.0
        for side in ("left", "right"):
            above = bones.get(start if start == "head" else f"{side}{start}")
            tip = bones.get(f"{side}{end}")
            if above is not None and tip is not None:
                total += sign * float(places[tip][2] - places[above][2])
        if abs(total) > _CLEAR * height:
            return 1 if total > 0.0 else -1
    return _by_knees(bones, places, height)


def _by_knees(bones: Mapping[str, int], places: Doubles, height: float) -> int:
    """Knees stand a little before the line from hip to ankle."""
    ahead: list[float] = []
    for side in ("left", "right"):
        leg = [bones.get(f"{side}{bone}") for bone in ("UpperLeg", "LowerLeg", "Foot")]
        if None in leg:
            return 0
        hip, knee, ankle = (places[node] for node in leg if node is not None)
        drop = float(hip[1] - ankle[1])
        if drop <= _CLEAR * height:
            return 0
        share = float(hip[1] - knee[1]) / drop
        ahead.append(float(knee[2] - (hip[2] + (ankle[2] - hip[2]) * share)))
    if min(abs(each) for each in ahead) < _KNEES * height or ahead[0] * ahead[1] < 0.0:
        return 0
    return 1 if ahead[0] > 0.0 else -1


def _height(bones: Mapping[str, int], places: Doubles) -> float:
    ys = places[list(bones.values()), 1]
    return float(ys.max() - ys.min()) if len(ys) else 0.0


def _matrices(turns: Doubles) -> Doubles:
    """(N, 3, 3) of quaternions x y z w of any length but zero."""
    x, y, z, w = turns.T
    size = np.maximum(x * x + y * y + z * z + w * w, 1e-12)
    s = 2.0 / size
    rows = [
        1 - s * (y * y + z * z), s * (x * y - z * w), s * (x * z + y * w),
        s * (x * y + z * w), 1 - s * (x * x + z * z), s * (y * z - x * w),
        s * (x * z - y * w), s * (y * z + x * w), 1 - s * (x * x + y * y),
    ]  # fmt: skip
    return np.stack(rows, axis=-1).reshape(-1, 3, 3)
