"""A humanoid found by the names of its nodes, and only where tree and rest pose agree with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from avatar_desktop.avatar.rig.bone_words import Side, bone_words
from avatar_desktop.avatar.rig.limbs import find_arm, find_leg
from avatar_desktop.avatar.rig.naming import naming_of
from avatar_desktop.avatar.rig.rest_pose import Doubles, facing, rest_positions
from avatar_desktop.avatar.rig.torso import Torso, find_torsos
from avatar_desktop.avatar.rig.tree import Tree
from avatar_desktop.avatar.skeleton import Skeleton
from avatar_desktop.avatar.vrm.bones import BONES

_NEEDED = frozenset(
    (
        *("hips", "spine", "head"),
        *(
            f"{side}{bone}"
            for side in ("left", "right")
            for bone in ("UpperArm", "LowerArm", "UpperLeg", "LowerLeg")
        ),
    )
)
_FEWEST_WORDS = 10
_SIDES: tuple[Side, Side] = ("left", "right")
_UPRIGHT = 0.6
"""Cosine of the largest angle between the spine and the vertical."""
_ON_ALL_FOURS = 0.15
"""Hands at rest this near the ground, as a share of the body's height, are forefeet."""
_NOWHERE = 1e-6


@dataclass(frozen=True, slots=True)
class FoundHumanoid:
    """Bones under their VRM 1.0 names, and how they were found."""

    bones: Mapping[str, int]
    naming: str
    """The convention of the names: "Mixamo", "VRoid", …, "free names"."""
    front: int
    """+1 when the body faces +Z, −1 when it faces −Z."""
    guessed: tuple[str, ...] = ()
    """Bones that were found by their place in the tree, not by their name."""
    sides_swapped: bool = False
    """True when the file calls the avatar's left side right, as a viewer sees it."""


def find_humanoid(skeleton: Skeleton) -> FoundHumanoid | None:
    """The best humanoid that the names tell of, or None where nothing stands on two legs."""
    if len(skeleton.names) < _FEWEST_WORDS:
        return None
    words = bone_words(skeleton.names)
    if len(words) < _FEWEST_WORDS:
        return None
    tree = Tree(skeleton, words)
    best: FoundHumanoid | None = None
    places: Doubles | None = None
    for torso in find_torsos(tree):
        bones = _bones(tree, torso)
        if not _NEEDED.issubset(bones) or len(set(bones.values())) < len(bones):
            continue
        places = rest_positions(skeleton) if places is None else places
        if _stands(bones, places) and (best is None or len(bones) > len(best.bones)):
            best = _facing_the_right_way(skeleton, bones, torso.guessed, places)
    return best


def _bones(tree: Tree, torso: Torso) -> dict[str, int]:
    bones = dict(torso.bones)
    for side in _SIDES:
        limbs = find_arm(tree, torso.root, side) | find_leg(tree, torso.root, side)
        taken = set(bones.values())
        bones |= {bone: node for bone, node in limbs.items() if node not in taken}
        eye = tree.below(bones["head"], side, "eye")
        if eye is not None:
            bones[f"{side}Eye"] = eye
    jaw = tree.below(bones["head"], "", "jaw")
    if jaw is not None:
        bones["jaw"] = jaw
    if not all(
        tree.hangs_from(bones.get(f"{side}UpperArm", -1), bones["spine"]) for side in _SIDES
    ):
        return {}
    return {bone: bones[bone] for bone in BONES if bone in bones}


def _stands(bones: Mapping[str, int], places: Doubles) -> bool:
    """Upright, legs below the hips, hands off the ground, left opposite right all the way down."""
    at = {bone: places[node] for bone, node in bones.items()}
    spine = at["head"] - at["hips"]
    height = float(np.linalg.norm(spine))
    if height <= _NOWHERE:
        return True  # nothing has a place: only the names can speak
    if spine[1] < _UPRIGHT * height:
        return False
    arms, legs = (at[f"left{limb}"] - at[f"right{limb}"] for limb in ("LowerArm", "LowerLeg"))
    if float(arms @ legs) < 0.0:
        return False
    knees = (at["leftLowerLeg"] + at["rightLowerLeg"]) / 2.0
    if knees[1] >= at["head"][1]:
        return False
    feet = [at[bone] for bone in ("leftFoot", "rightFoot") if bone in at] or [knees]
    hands = [at[bone] for bone in ("leftHand", "rightHand") if bone in at]
    ground = min(float(foot[1]) for foot in feet)
    tall = float(at["head"][1]) - ground
    return not hands or max(float(hand[1]) for hand in hands) - ground > _ON_ALL_FOURS * tall


def _facing_the_right_way(
    skeleton: Skeleton, bones: dict[str, int], guessed: tuple[str, ...], places: Doubles
) -> FoundHumanoid:
    left = sum(
        (places[bones[f"left{limb}"]] - places[bones[f"right{limb}"]])[0]
        for limb in ("UpperArm", "LowerArm", "UpperLeg", "LowerLeg")
    )
    by_names = 1 if left > 0.0 else -1 if left < 0.0 else 0
    by_body = facing(bones, places)
    swapped = by_names * by_body < 0
    naming = naming_of([skeleton.names[node] for node in bones.values()])
    front = by_body if swapped else by_names or by_body or 1
    found = {_other_side(bone): node for bone, node in bones.items()} if swapped else bones
    ordered = {bone: found[bone] for bone in BONES if bone in found}
    return FoundHumanoid(ordered, naming, front, guessed, swapped)


def _other_side(bone: str) -> str:
    if bone.startswith("left"):
        return "right" + bone.removeprefix("left")
    return "left" + bone.removeprefix("right") if bone.startswith("right") else bone
