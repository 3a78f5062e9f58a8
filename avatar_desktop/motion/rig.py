"""The normalised rig: every humanoid posed in one language, whatever its own bone axes are.

In it all bones rest untwisted, x points to the avatar's left, y up, z where it faces.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.motion.hierarchy import Locals
from avatar_desktop.motion.rotation import conjugate, multiply, rotate, squares, unit

Doubles = NDArray[np.float64]
Places = NDArray[np.int64]

_HALF_TURN = np.array([-1.0, 1.0, -1.0, 1.0])
"""Turns a rotation half round about y: for avatars that face −Z."""
_NOTHING = 1e-24


class NormalisedRig:
    """Turns between the normalised rig and the avatar's own bones."""

    def __init__(self, avatar: Avatar) -> None:
        skeleton = avatar.skeleton
        rest = unit(skeleton.rotations.astype(np.float64))
        world = rest.copy()
        for node in skeleton.order.tolist():
            parent = int(skeleton.parents[node])
            if parent >= 0:
                world[node] = multiply(world[parent], rest[node])
        names = list(avatar.humanoid)
        self._place = {name: place for place, name in enumerate(names)}
        self.nodes = np.array([avatar.humanoid[name] for name in names], np.int64)
        """Node of each bone, in the order of the avatar's humanoid."""
        parents = skeleton.parents[self.nodes]
        self._above = np.where((parents >= 0)[:, None], world[parents], (0.0, 0.0, 0.0, 1.0))
        self._below = conjugate(self._above)
        self._rest = rest[self.nodes]
        self._facing = _HALF_TURN if avatar.front < 0 else np.ones(4)
        self._further = self._tables()
        self._turned: dict[tuple[str, ...], tuple[list[str], Places, Doubles]] = {}

    def node(self, bone: str) -> int | None:
        """The node that is this bone."""
        return int(self.nodes[self._place[bone]]) if bone in self._place else None

    def raw(self, bone: str, turns: ArrayLike, *, faces_viewer: bool = True) -> Doubles:
        """Local rotations of the bone's node for rotations in the normalised rig, (…, 4).

        With `faces_viewer` the rotations are meant for an avatar that faces +Z and are turned
        for one that does not; without, they are in the file's own axes.
        """
        place = self._place[bone]
        given = np.asarray(turns, np.float64) * (self._facing if faces_viewer else 1.0)
        inner = multiply(self._below[place], multiply(given, self._above[place]))
        return multiply(inner, self._rest[place])

    def turn(self, local: Locals, additive: Mapping[str, ArrayLike]) -> None:
        """Turn bones further from where they are, in the axes of their parents."""
        asked = tuple(additive)
        if asked not in self._turned:
            bones = [bone for bone in additive if bone in self._place]
            places = [self._place[bone] for bone in bones]
            self._turned[asked] = (bones, self.nodes[places], self._further[places])
        bones, nodes, tables = self._turned[asked]
        if not bones:
            return
        turns = np.array([additive[bone] for bone in bones], np.float64)
        further = np.matmul(turns[:, None, :], tables).reshape(-1, 4, 4)
        turned = np.matmul(local.rotations.take(nodes, 0)[:, None], further)[:, 0]
        lengths = squares(turned)
        is_some = min(lengths[:, 0].tolist()) > _NOTHING
        local.rotations[nodes] = turned / np.sqrt(lengths) if is_some else unit(turned)

    def _tables(self) -> Doubles:
        """(B, 4, 16): from a turn in the normalised rig to what a local rotation, as a row, is
        multiplied by."""
        turned = np.tile(np.eye(4) * self._facing, (len(self.nodes), 1, 1))
        turned[:, :3, :3] = rotate(self._below[:, None, :], turned[:, :3, :3])
        done = multiply(turned[:, :, None, :], np.eye(4))
        return done.reshape(-1, 4, 16)
