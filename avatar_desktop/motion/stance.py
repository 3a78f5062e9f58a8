"""How a humanoid rests, against the T-pose in which motions are understood.

Everything here is seen with the body facing +Z: x to its left, y up. A turn of the T-pose carries
a bone from where it rests to where it is in a T-pose; arms lie along ±x then, legs along −y.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.rig.rest_pose import rest_positions
from avatar_desktop.avatar.skeleton import Skeleton
from avatar_desktop.motion.rotation import between, multiply, rotate, unit

Doubles = NDArray[np.float64]

SIDES = {"left": 1.0, "right": -1.0}
NO_TURN = np.array([0.0, 0.0, 0.0, 1.0])
_HALF_TURN = np.array([-1.0, 1.0, -1.0, 1.0])
_FINGERS = ("Thumb", "Index", "Middle", "Ring", "Little")
_T_WITHIN = 15.0
"""Degrees: as near to a T-pose as this counts as one where the file says that it is one."""
_TOO_SHORT = 1e-6
_LOW = 0.15
"""The lowest joint of a body that stands on y = 0 is no higher than this share of its hips."""
_UPRIGHT = 0.9
"""Cosine of the largest angle of the line from the feet to the hips."""


@dataclass(frozen=True, slots=True)
class Body:
    """A humanoid at rest, of an avatar or of a motion."""

    skeleton: Skeleton
    humanoid: Mapping[str, int]
    front: int
    t_pose: Literal["said", "kept", "unsaid"]
    """"said" where the format demands a T-pose, "kept" where that is to be taken at its word."""

    @classmethod
    def of(cls, avatar: Avatar) -> Body:
        return cls(
            avatar.skeleton,
            avatar.humanoid,
            avatar.front,
            "said" if avatar.humanoid_source == "file" else "unsaid",
        )

    def facing(self, vectors: Doubles) -> Doubles:
        """Vectors of the file seen with the body facing +Z, and back."""
        return vectors * (self.front, 1.0, self.front)

    def facing_turns(self, turns: Doubles) -> Doubles:
        """The same for rotations."""
        return turns * _HALF_TURN if self.front < 0 else turns

    def places(self) -> dict[str, Doubles]:
        """Where every bone is at rest."""
        at = self.facing(rest_positions(self.skeleton))
        return {bone: at[node] for bone, node in self.humanoid.items()}

    def above(self) -> dict[str, str]:
        """Bone → the bone that carries it, "" for the root; those above come first."""
        parents = self.skeleton.parents.tolist()
        bones = {node: bone for bone, node in self.humanoid.items()}
        found: dict[str, str] = {}
        for node in self.skeleton.order.tolist():
            if node in bones:
                up = parents[node]
                while up >= 0 and up not in bones:
                    up = parents[up]
                found[bones[node]] = bones.get(up, "")
        return found


def world_rotations(skeleton: Skeleton) -> Doubles:
    """(N, 4) how every node is turned in the world at rest."""
    world = unit(skeleton.rotations.astype(np.float64))
    parents = skeleton.parents.tolist()
    for node in skeleton.order.tolist():
        if parents[node] >= 0:
            world[node] = multiply(world[parents[node]], world[node])
    return world


def t_pose_turns(body: Body, *, exact: bool = False) -> dict[str, Doubles]:
    """Bone → the turn that would bring it into a T-pose; bones that need none are left out.

    Arms are straightened unless a file that promises a T-pose nearly keeps it, or always with
    `exact`. Legs only when they stand far apart. Feet, hips and spine are as they are.
    """
    at = body.places()
    turns: dict[str, Doubles] = {}
    if body.t_pose == "kept":
        return turns
    arm_limit = _T_WITHIN if body.t_pose == "said" and not exact else 0.0
    for side, sign in SIDES.items():
        arm = [f"{side}{bone}" for bone in ("UpperArm", "LowerArm", "Hand")]
        turns |= _straightened(at, arm, np.array([sign, 0.0, 0.0]), arm_limit)
        leg = [f"{side}{bone}" for bone in ("UpperLeg", "LowerLeg", "Foot")]
        turns |= _straightened(at, leg, np.array([0.0, -1.0, 0.0]), _T_WITHIN)
        turns.pop(leg[-1], None)  # a foot rests flat on the ground, whatever the leg does
        if arm[-1] in turns:
            fingers = tuple(f"{side}{finger}" for finger in _FINGERS)
            turns |= {bone: turns[arm[-1]] for bone in at if bone.startswith(fingers)}
    return turns


def _straightened(
    at: Mapping[str, Doubles], limb: list[str], wanted: Doubles, limit: float
) -> dict[str, Doubles]:
    """Turns of the bones of a limb, its end included, which lies as the bone before it."""
    turns: dict[str, Doubles] = {}
    carried = NO_TURN
    for bone, below in pairwise(limb):
        if bone not in at or below not in at:
            continue
        way = rotate(carried, at[below] - at[bone])
        length = float(np.linalg.norm(way))
        if length <= _TOO_SHORT:
            continue
        cosine = np.clip(float(way @ wanted) / length, -1.0, 1.0)
        if np.degrees(np.arccos(cosine)) > limit:
            carried = unit(multiply(between(way, wanted), carried))
        if carried is not NO_TURN:
            turns[bone] = turns[below] = carried
    return turns


@dataclass(frozen=True, slots=True)
class Legs:
    """What a standing body is measured by."""

    floor: float
    hips: Doubles
    hips_height: float
    """Of the hips above the floor when the legs are as in a T-pose."""
    chains: tuple[tuple[tuple[str, Doubles], ...], ...]
    """For each foot the bones from the hips down, each with the way to the next joint."""
    soles: tuple[Doubles, ...]
    """For each foot (2, 3): the ways from the ankle to the heel and to the ball."""


def legs_of(body: Body, turns: Mapping[str, Doubles]) -> Legs | None:
    """The legs of a body that stands upright; None for one that does not, or has none."""
    at = body.places()
    sides = [
        [f"{side}{bone}" for bone in ("UpperLeg", "LowerLeg", "Foot")]
        for side in SIDES
        if all(f"{side}{bone}" in at for bone in ("UpperLeg", "LowerLeg", "Foot"))
    ]
    if "hips" not in at or not sides:
        return None
    floor = _floor(at, at["hips"])
    ways = [at["hips"] - at[leg[-1]] for leg in sides]
    if any(way[1] < _UPRIGHT * float(np.linalg.norm(way)) for way in ways):
        return None
    chains = tuple(
        tuple(
            (bone, at[below] - at[bone]) for bone, below in zip(("hips", *leg), leg, strict=False)
        )
        for leg in sides
    )
    soles = tuple(_sole(at, leg[-1], floor) for leg in sides)
    measured = Legs(floor, at["hips"], 1.0, chains, soles)
    standing = {bone: turns.get(bone, NO_TURN)[None] for bone in at}
    lift = clearance(measured, at["hips"][None], standing)
    height = float(at["hips"][1]) - floor - float(lift[0])
    return Legs(floor, at["hips"], height, chains, soles) if height > _TOO_SHORT else None


def clearance(legs: Legs, hips: Doubles, turns: Mapping[str, Doubles]) -> Doubles:
    """(K,) how far the lowest sole is above the floor, for turns (K, 4) of the bones from rest."""
    still = np.broadcast_to(NO_TURN, (len(hips), 4))
    lowest = np.full(len(hips), np.inf)
    for chain, sole in zip(legs.chains, legs.soles, strict=True):
        ankle = hips
        turn = still
        for bone, way in chain:
            turn = turns.get(bone, turn)
            ankle = ankle + rotate(turn, np.broadcast_to(way, hips.shape))
        foot = turns.get(_foot(chain), turn)
        for way in sole:
            point = ankle + rotate(foot, np.broadcast_to(way, hips.shape))
            lowest = np.minimum(lowest, point[:, 1] - legs.floor)
    return lowest


def _foot(chain: Iterable[tuple[str, Doubles]]) -> str:
    *_, (shin, _) = chain
    return shin.replace("LowerLeg", "Foot")


def _sole(at: Mapping[str, Doubles], foot: str, floor: float) -> Doubles:
    ankle = at[foot]
    toes = at.get(foot.replace("Foot", "Toes"))
    heel = np.array([0.0, floor - ankle[1], 0.0])
    ball = np.array([0.0, heel[1], 1.5 * (ankle[1] - floor)])
    if toes is not None:
        ball = np.array([toes[0] - ankle[0], heel[1], toes[2] - ankle[2]])
    return np.stack([heel, ball])


def _floor(at: Mapping[str, Doubles], hips: Doubles) -> float:
    """y = 0 for whoever stands on it, else the lowest joint of the feet."""
    names = ("leftFoot", "rightFoot", "leftToes", "rightToes")
    lowest = min(float(at[bone][1]) for bone in names if bone in at)
    above = float(hips[1]) - lowest
    return 0.0 if -0.02 * above <= lowest <= _LOW * above else lowest
