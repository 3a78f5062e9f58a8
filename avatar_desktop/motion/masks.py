"""Which parts of a body a layer may move, by words or by bones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.motion.moving_looks import MovingLooks

Flags = NDArray[np.bool_]

WHOLE_BODY = "whole body"
UPPER_BODY = "upper body"
_ROOTS: dict[str, tuple[str, ...]] = {
    UPPER_BODY: ("spine",),
    "left arm": ("leftShoulder", "leftUpperArm"),
    "right arm": ("rightShoulder", "rightUpperArm"),
    "head": ("neck", "head"),
    "legs": ("leftUpperLeg", "rightUpperLeg"),
}
"""The words, and the bones that they begin with; the first that is there, or all of a pair."""
_PAIRS = frozenset({"legs"})


@dataclass(frozen=True, slots=True, eq=False)
class Mask:
    """Some nodes with all their numbers, and perhaps the face's shapes and the looks."""

    numbers: Flags
    """For every number of `Locals.flat`"""


def mask_of(avatar: Avatar, words: Sequence[str]) -> Mask:
    """What the words name together: parts of the body, humanoid bones or nodes by their names.

    A part, bone or node means all that hangs below it. Without a humanoid, parts of the body are
    the whole. An unknown name means nothing. Shapes of the face, and looks, belong to the head.
    """
    skeleton = avatar.skeleton
    below = _below(avatar)
    nodes = np.zeros(len(skeleton.names), np.bool_)
    for word in words:
        nodes |= _nodes(avatar, word, below)
    head = avatar.humanoid.get("head")
    shown = bool(nodes.any()) if head is None else bool(nodes[head])
    if WHOLE_BODY in words:
        shown = True
    others = np.full(len(avatar.rest_weights) + len(MovingLooks(avatar).rest), shown)
    return Mask(
        np.concatenate([np.repeat(nodes, 4), np.repeat(nodes, 3), np.repeat(nodes, 3), others])
    )


def _nodes(avatar: Avatar, word: str, below: Callable[[Iterable[int]], Flags]) -> Flags:
    count = len(avatar.skeleton.names)
    if word == WHOLE_BODY or (word in _ROOTS and not avatar.humanoid):
        return np.ones(count, np.bool_)
    if word in _ROOTS:
        found = [avatar.humanoid[bone] for bone in _ROOTS[word] if bone in avatar.humanoid]
        if not found and word == UPPER_BODY:
            return np.ones(count, np.bool_)
        return below(found if word in _PAIRS else found[:1])
    if word in avatar.humanoid:
        return below([avatar.humanoid[word]])
    return below(node for node, name in enumerate(avatar.skeleton.names) if name == word)


def _below(avatar: Avatar) -> Callable[[Iterable[int]], Flags]:
    parents = avatar.skeleton.parents
    order = avatar.skeleton.order.tolist()

    def below(roots: Iterable[int]) -> Flags:
        flags = np.zeros(len(parents), np.bool_)
        flags[list(roots)] = True
        for node in order:
            parent = int(parents[node])
            flags[node] |= parent >= 0 and bool(flags[parent])
        return flags

    return below
