"""Many bodies of one avatar at once, each at its own moment of a clip.

Everything is laid out with the bodies innermost, so that one step serves them all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.motion.clip import Clip
from avatar_desktop.motion.hierarchy import Locals, axes_of, levels_of

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CrowdPose:
    """One frame of K bodies."""

    world: Floats
    """(N, K, 4, 4) world matrix of each node, row-major"""
    joints: tuple[Floats, ...]
    """For each skin (J, K, 4, 4): world @ inverse bind."""
    weights: Floats
    """(K, M) morph weights"""


class Crowd:
    """As many bodies as one asks times for."""

    def __init__(self, avatar: Avatar) -> None:
        self._rest = Locals.at_rest(avatar).flat
        self._nodes = len(avatar.skeleton.names)
        self._first_look = Locals.first_look(avatar)
        levels = levels_of(avatar)
        self._levels = [(level, avatar.skeleton.parents[level]) for level in levels[1:]]
        self._skins = [(skin.joints, skin.inverse_binds[:, None]) for skin in avatar.skins]

    def pose(self, clip: Clip, times: Doubles, *, loop: bool = False) -> CrowdPose:
        """Every body at its own second of the clip."""
        states = np.tile(self._rest, (len(times), 1))
        clip.sample_many(times, states, loop=loop)
        world = self._solved(states.astype(np.float32))
        return CrowdPose(
            world,
            tuple(world[joints] @ binds for joints, binds in self._skins),
            states[:, 10 * self._nodes : self._first_look].astype(np.float32),
        )

    def _solved(self, states: Floats) -> Floats:
        bodies, nodes = len(states), self._nodes
        local = np.zeros((nodes, bodies, 4, 4), np.float32)
        local[..., :3, :3] = axes_of(self._part(states, 0, 4))
        local[..., :3, :3] *= self._part(states, 7, 3)[..., None, :]
        local[..., :3, 3] = self._part(states, 4, 3)
        local[..., 3, 3] = 1.0
        for level, above in self._levels:
            local[level] = local[above] @ local[level]
        return local

    def _part(self, states: Floats, start: int, width: int) -> Floats:
        """One property of all nodes of all bodies, (N, K, width)."""
        nodes = self._nodes
        part = states[:, start * nodes : (start + width) * nodes].reshape(-1, nodes, width)
        return np.ascontiguousarray(part.swapaxes(0, 1))
