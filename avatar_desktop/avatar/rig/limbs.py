"""Arms, legs and fingers: chains of nodes whose names and places in the tree agree."""

from __future__ import annotations

from avatar_desktop.avatar.rig.bone_words import FINGERS, Side
from avatar_desktop.avatar.rig.tree import Tree

UPPER_ARMS = ("upperArm", "arm", "shoulder")
UPPER_LEGS = ("upperLeg", "leg", "hipJoint")
_THUMB_JOINTS = ("Metacarpal", "Proximal", "Distal")
_FINGER_JOINTS = ("Proximal", "Intermediate", "Distal")


def find_leg(tree: Tree, root: int, side: Side) -> dict[str, int]:
    """Upper leg to toes; `Leg` alone is the lower leg only where another bone is the upper one."""
    upper = tree.below(root, side, "upperLeg")
    if upper is None:
        upper = tree.below(root, side, "hipJoint", "leg")
    return _chain(
        tree,
        side,
        upper,
        {
            "UpperLeg": (),
            "LowerLeg": ("lowerLeg", "leg"),
            "Foot": ("foot", "leg"),
            "Toes": ("toes", "leg"),
        },
    )


def find_arm(tree: Tree, root: int, side: Side) -> dict[str, int]:
    """Shoulder to fingertips; `Shoulder` is the upper arm where no other bone is."""
    upper = tree.below(root, side, *UPPER_ARMS)
    arm = _chain(
        tree,
        side,
        upper,
        {"UpperArm": (), "LowerArm": ("lowerArm", "arm"), "Hand": ("hand", "arm")},
    )
    if upper is not None:
        above = [node for node in tree.path(upper)[:-1] if _is_shoulder(tree, node, side)]
        if above:
            arm[f"{side}Shoulder"] = above[-1]
    hand = arm.get(f"{side}Hand")
    if hand is not None:
        arm |= _fingers(tree, hand, side)
    return arm


def _is_shoulder(tree: Tree, node: int, side: Side) -> bool:
    word = tree.words.get(node)
    return word is not None and word.side == side and word.part in ("clavicle", "shoulder")


def _chain(
    tree: Tree, side: Side, first: int | None, parts: dict[str, tuple[str, ...]]
) -> dict[str, int]:
    found: dict[str, int] = {}
    node = first
    for bone, choices in parts.items():
        if choices and node is not None:
            node = tree.below(node, side, *choices)
        if node is None:
            break
        found[f"{side}{bone}"] = node
    return found


def _fingers(tree: Tree, hand: int, side: Side) -> dict[str, int]:
    found: dict[str, int] = {}
    for finger, root in _finger_roots(tree, hand, side).items():
        joints = _THUMB_JOINTS if finger == "Thumb" else _FINGER_JOINTS
        part, node = tree.part(root), root
        for joint in joints:
            found[f"{side}{finger}{joint}"] = node
            below = tree.below(node, side, part)
            if below is None:
                break
            node = below
    return found


def _finger_roots(tree: Tree, hand: int, side: Side) -> dict[str, int]:
    named = {finger: tree.below(hand, side, finger) for finger in FINGERS}
    roots = {finger: node for finger, node in named.items() if node is not None}
    return (
        roots | _numbered(tree, hand, side, has_thumb="Thumb" in roots) if len(roots) < 2 else roots
    )


def _numbered(tree: Tree, hand: int, side: Side, *, has_thumb: bool) -> dict[str, int]:
    """Fingers by number, as 3ds Max calls them: `Finger0` is the thumb, `Finger1` the index."""
    first: dict[int, int] = {}
    for node in tree.all("finger", side):
        word = tree.words[node]
        starts = tree.part(tree.parents[node]) != "finger" and tree.hangs_from(node, hand)
        if starts and len(word.digits) == 1:
            first.setdefault(int(word.digits), node)
    if len(first) < 2:
        return {}
    offset = 1 if 0 not in first and 5 in first and not has_thumb else 0
    return {
        FINGERS[number - offset]: node
        for number, node in first.items()
        if 0 <= number - offset < len(FINGERS)
    }
