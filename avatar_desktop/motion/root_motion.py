"""How far a clip carries the whole body, so that it can walk on the spot or across the stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.motion.clip import Clip
from avatar_desktop.motion.hierarchy import Locals, PoseBuilder

Doubles = NDArray[np.float64]
Travel = Literal["as authored", "in place", "moving"]
"""What becomes of the way over the ground: as the file has it, taken out, or summed up."""

_UP = np.array([0.0, 1.0, 0.0])


@dataclass(frozen=True, slots=True, eq=False)
class RootMotion:
    """The way over the ground that one round of a clip makes."""

    place: int
    """Where in `Locals.flat` the root's translation begins."""
    way: Doubles
    """(3,) in the space of the root's parent"""


def root_motion(avatar: Avatar, clip: Clip) -> RootMotion | None:
    """The motion of the hips, else of the topmost node that the clip moves; None without nodes."""
    order = avatar.skeleton.order.tolist()
    if not order:
        return None
    start, end = Locals.at_rest(avatar), Locals.at_rest(avatar)
    clip.sample(0.0, start)
    clip.sample(clip.duration, end)
    ways = end.translations - start.translations
    moved = np.flatnonzero(np.abs(ways).max(axis=1) > 1e-6).tolist()
    hips = avatar.humanoid.get("hips", order[0])
    root = hips if hips in moved or not moved else min(moved, key=order.index)
    up = _up(avatar, root)
    way = ways[root] - (ways[root] @ up) * up
    return RootMotion(Locals.places(avatar)[root, "translation"], way)


def _up(avatar: Avatar, root: int) -> Doubles:
    """The world's up, seen from the root's parent at rest."""
    parent = int(avatar.skeleton.parents[root])
    if parent < 0:
        return _UP
    builder = PoseBuilder(avatar)
    builder.solve(Locals.at_rest(avatar))
    up = builder.world_of(builder.places_of([parent]))[0, :3, :3].T @ _UP
    length = float(np.linalg.norm(up))
    return up / length if length > 1e-9 else _UP
