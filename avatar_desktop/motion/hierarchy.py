"""Local transforms of every node become world and joint matrices, level by level."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.pose import Pose
from avatar_desktop.motion.rotation import unit

Doubles = NDArray[np.float64]


@dataclass(slots=True)
class Locals:
    """Where every node stands relative to its parent, and every morph weight; overwritten."""

    translations: Doubles
    """(N, 3)"""
    rotations: Doubles
    """(N, 4) of length one"""
    scales: Doubles
    """(N, 3)"""
    weights: Doubles
    """(M,)"""

    @classmethod
    def at_rest(cls, avatar: Avatar) -> Locals:
        """The avatar as its file shows it."""
        skeleton = avatar.skeleton
        return cls(
            skeleton.translations.astype(np.float64),
            unit(skeleton.rotations.astype(np.float64)),
            skeleton.scales.astype(np.float64),
            avatar.rest_weights.astype(np.float64),
        )

    def copy(self) -> Locals:
        """The same, in arrays of its own."""
        return Locals(
            self.translations.copy(),
            self.rotations.copy(),
            self.scales.copy(),
            self.weights.copy(),
        )

    def become(self, other: Locals) -> None:
        """Take over the values of another."""
        np.copyto(self.translations, other.translations)
        np.copyto(self.rotations, other.rotations)
        np.copyto(self.scales, other.scales)
        np.copyto(self.weights, other.weights)


def _quaternion_to_axes() -> Doubles:
    """Row-major 3×3 entries as sums of products of x y z w: products (16) → entries (9)."""
    x, y, z, w = range(4)
    table = np.zeros((4, 4, 9))
    for entry, terms in enumerate(
        (
            *(((w, w, 1), (x, x, 1), (y, y, -1), (z, z, -1)), ((x, y, 2), (z, w, -2))),
            *(((x, z, 2), (y, w, 2)), ((x, y, 2), (z, w, 2))),
            *(((w, w, 1), (y, y, 1), (x, x, -1), (z, z, -1)), ((y, z, 2), (x, w, -2))),
            *(((x, z, 2), (y, w, -2)), ((y, z, 2), (x, w, 2))),
            ((w, w, 1), (z, z, 1), (x, x, -1), (y, y, -1)),
        )
    ):
        for a, b, sign in terms:
            table[a, b, entry] += sign
    return table.reshape(16, 9)


_AXES = _quaternion_to_axes()


class PoseBuilder:
    """Turns Locals into a Pose; owns the buffers in between, hands out fresh frozen arrays."""

    def __init__(self, avatar: Avatar) -> None:
        parents = avatar.skeleton.parents
        count = len(parents)
        depth = np.zeros(count, np.int64)
        for node in avatar.skeleton.order.tolist():
            parent = int(parents[node])
            depth[node] = depth[parent] + 1 if parent >= 0 else 0
        self._by_level = np.argsort(depth, kind="stable")
        self._place = np.empty(count, np.int64)
        self._place[self._by_level] = np.arange(count)
        edges = np.searchsorted(depth[self._by_level], np.arange(int(depth.max(initial=-1)) + 2))
        self._levels = [
            (slice(int(start), int(end)), self._place[parents[self._by_level[start:end]]])
            for start, end in pairwise(edges[1:])
        ]
        self._roots = slice(0, int(edges[1])) if count else slice(0, 0)
        self._local = np.zeros((count, 4, 4))
        self._local[:, 3, 3] = 1.0
        self._sorted = np.zeros((count, 4, 4))
        self._world = np.zeros((count, 4, 4))
        self._joints = self._place[
            np.concatenate([skin.joints for skin in avatar.skins] or [np.zeros(0, np.int64)])
        ]
        self._binds = np.concatenate(
            [skin.inverse_binds for skin in avatar.skins] or [np.zeros((0, 4, 4))]
        ).astype(np.float64)
        ends = np.cumsum([len(skin.joints) for skin in avatar.skins])
        self._skins = [
            slice(int(end) - len(skin.joints), int(end))
            for end, skin in zip(ends, avatar.skins, strict=True)
        ]

    def build(self, local: Locals) -> Pose:
        """The pose of this frame; later frames never change it."""
        q = local.rotations
        products = (q[:, :, None] * q[:, None, :]).reshape(-1, 16)
        axes = (products @ _AXES).reshape(-1, 3, 3)
        np.multiply(axes, local.scales[:, None, :], out=self._local[:, :3, :3])
        self._local[:, :3, 3] = local.translations
        np.take(self._local, self._by_level, axis=0, out=self._sorted)
        self._world[self._roots] = self._sorted[self._roots]
        for level, above in self._levels:
            np.matmul(self._world[above], self._sorted[level], out=self._world[level])
        joints = np.matmul(self._world[self._joints], self._binds).astype(np.float32)
        joints.flags.writeable = False
        return Pose(
            world=_frozen(self._world[self._place]),
            joints=tuple(joints[skin] for skin in self._skins),
            weights=_frozen(local.weights),
        )


def rest_pose(avatar: Avatar) -> Pose:
    """The avatar as its file shows it, moved by nothing."""
    return PoseBuilder(avatar).build(Locals.at_rest(avatar))


def _frozen(values: Doubles) -> NDArray[np.float32]:
    frozen = values.astype(np.float32)
    frozen.flags.writeable = False
    return frozen
