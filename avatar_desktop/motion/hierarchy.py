"""Local transforms of every node become world and joint matrices, in a few leaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.animation import Target
from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.pose import UNCHANGED, Pose, SurfaceChange
from avatar_desktop.motion.moving_looks import MovingLooks, worn
from avatar_desktop.motion.rotation import unit

Doubles = NDArray[np.float64]
Places = NDArray[np.int64]
_Number = TypeVar("_Number", np.float32, np.float64)


class Locals:
    """Where every node stands relative to its parent, every morph weight, and what clips make
    of looks; overwritten."""

    __slots__ = ("flat", "looks", "rotations", "scales", "translations", "weights")

    def __init__(self, flat: Doubles, nodes: int, morphs: int) -> None:
        self.flat = flat
        """All of them in one row, in the order below."""
        self.rotations = flat[: 4 * nodes].reshape(nodes, 4)
        """(N, 4) of length one"""
        self.translations = flat[4 * nodes : 7 * nodes].reshape(nodes, 3)
        """(N, 3)"""
        self.scales = flat[7 * nodes : 10 * nodes].reshape(nodes, 3)
        """(N, 3)"""
        self.weights = flat[10 * nodes : 10 * nodes + morphs]
        """(M,)"""
        self.looks = flat[10 * nodes + morphs :]
        """As MovingLooks has them"""

    @classmethod
    def at_rest(cls, avatar: Avatar) -> Locals:
        """The avatar as its file shows it."""
        skeleton = avatar.skeleton
        parts = (
            unit(skeleton.rotations.astype(np.float64)),
            skeleton.translations,
            skeleton.scales,
            avatar.rest_weights,
            MovingLooks(avatar).rest,
        )
        flat = np.concatenate([part.reshape(-1) for part in parts]).astype(np.float64)
        return cls(flat, len(skeleton.names), len(avatar.rest_weights))

    @staticmethod
    def places(avatar: Avatar) -> dict[Target, int]:
        """Where in `flat` each property of each node, and each moving look, begins."""
        nodes = len(avatar.skeleton.names)
        starts = (("rotation", 0, 4), ("translation", 4 * nodes, 3), ("scale", 7 * nodes, 3))
        found: dict[Target, int] = {
            (node, path): start + width * node
            for path, start, width in starts
            for node in range(nodes)
        }
        for item in avatar.meshes:
            found[item.node, "weights"] = 10 * nodes + item.morphs.start
        for target, columns in MovingLooks(avatar).columns.items():
            found[target] = Locals.first_look(avatar) + columns.start
        return found

    @staticmethod
    def first_look(avatar: Avatar) -> int:
        """Where in `flat` looks begin."""
        return 10 * len(avatar.skeleton.names) + len(avatar.rest_weights)

    def copy(self) -> Locals:
        """The same, in arrays of its own."""
        return Locals(self.flat.copy(), len(self.rotations), len(self.weights))

    def become(self, other: Locals) -> None:
        """Take over the values of another."""
        np.copyto(self.flat, other.flat)


_PAIRS = np.triu_indices(4)
"""Of the four numbers of a quaternion, all that are multiplied with each other."""


def _quaternion_to_axes() -> Doubles:
    """Row-major 3×3 entries as sums of products of x y z w: products (10) → entries (9)."""
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
    return table[_PAIRS]


_AXES = _quaternion_to_axes()
_MATRIX = np.pad(_AXES.reshape(-1, 3, 3), ((0, 0), (0, 1), (0, 1))).reshape(-1, 16)
"""The same for the entries of a 4×4 matrix."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Nodes whose world matrices come from elsewhere, and all that hangs below them."""

    places: Places
    below: tuple[tuple[Places, Places], ...]
    """Level by level: places, and the places above them."""


@dataclass(frozen=True, slots=True)
class Branch:
    """Nodes that are turned by themselves, and all that hangs below them."""

    nodes: Places
    levels: tuple[tuple[Places, Places], ...]
    """Nodes and their parents, the turned ones first."""
    joints: tuple[tuple[int, Places, Places], ...]
    """Of which skin, which of its joints, and the nodes that these are."""


class PoseBuilder:
    """Turns Locals into a Pose; owns the buffers in between, hands out fresh frozen arrays.

    `build` does it at once. What moves nodes about the world, as springs do, works in between:
    `solve`, read `world_of`, put with `place`, and take the `pose`.

    All that is picked out is taken into a buffer, with a mode that checks nothing: for so little
    that is several times as fast as indexing.
    """

    def __init__(self, avatar: Avatar) -> None:
        self._parents = avatar.skeleton.parents
        self._looks = MovingLooks(avatar)
        count = len(self._parents)
        depth = _depths(avatar)
        self._by_level = np.argsort(depth, kind="stable")
        self._place = np.empty(count, np.int64)
        self._place[self._by_level] = np.arange(count)
        self._factors = [4 * self._by_level[:, None] + places for places in _PAIRS]
        self._columns = 7 * count + 3 * self._by_level[:, None] + np.tile([0, 1, 2, 0], 4)
        """Where in a row of all numbers the scale of each number of a local matrix is."""
        self._left, self._right = np.empty((2, count, len(_AXES)))
        self._scales, self._entries = np.empty((2, count, 16))
        self._local = self._entries.reshape(count, 4, 4)
        self._world, self._above, self._shown = np.empty((3, count, 4, 4))
        above = self._place[self._parents[self._by_level]]
        self._leaps = [
            (places, self._above[first:], self._world[first:], self._shown[first:])
            for first, places in _leaps(depth[self._by_level], above)
        ]
        joints = self._skin_nodes = [skin.joints for skin in avatar.skins]
        self._joints = self._place[np.concatenate([*joints, np.zeros(0, np.int64)])]
        binds = [skin.inverse_binds for skin in avatar.skins]
        self._binds = np.concatenate([*binds, np.zeros((0, 4, 4))]).astype(np.float64)
        self._bones = np.empty_like(self._binds)
        ends = np.cumsum([len(each) for each in joints])
        self._skins = [
            slice(int(end) - len(each), int(end)) for end, each in zip(ends, joints, strict=True)
        ]

    def build(self, local: Locals, surfaces: Mapping[int, SurfaceChange] = UNCHANGED) -> Pose:
        """The pose of this frame; later frames never change it."""
        self.solve(local)
        return self.pose(local, surfaces)

    def solve(self, local: Locals) -> None:
        """Find the world matrix of every node."""
        self._lay_out(local)
        np.copyto(self._world, self._local)
        for places, above, world, found in self._leaps:
            self._world.take(places, 0, above, "clip")
            np.copyto(world, np.matmul(above, world, found))

    def _lay_out(self, local: Locals) -> None:
        """The local matrices, parents before children."""
        one, other = self._factors
        local.flat.take(one, None, self._left, "clip")
        local.flat.take(other, None, self._right, "clip")
        self._left *= self._right
        np.dot(self._left, _MATRIX, self._entries)
        self._entries *= local.flat.take(self._columns, None, self._scales, "clip")
        self._local[:, :3, 3] = local.translations.take(self._by_level, 0)
        self._local[:, 3, 3] = 1.0

    def places_of(self, nodes: Sequence[int]) -> Places:
        """What `world_of` takes for these nodes."""
        return self._place[np.asarray(nodes, np.int64)]

    def world_of(self, places: Places) -> Doubles:
        """Solved world matrices, (P, 4, 4)."""
        return self._world.take(places, 0)

    def placement(self, nodes: Sequence[int]) -> Placement:
        """Prepares `place` for nodes that something else moves."""
        steps: dict[int, int] = dict.fromkeys(nodes, 0)
        levels: dict[int, list[int]] = {}
        for node in self._by_level.tolist():
            parent = int(self._parents[node])
            if node not in steps and parent in steps:
                steps[node] = steps[parent] + 1
                levels.setdefault(steps[node], []).append(node)
        below = [np.array(levels[step], np.int64) for step in sorted(levels)]
        return Placement(
            self.places_of(nodes),
            tuple((self._place[each], self._place[self._parents[each]]) for each in below),
        )

    def branch(self, nodes: Sequence[int]) -> Branch:
        """Prepares `with_branch` for nodes that have parents."""
        turned = [node for node in nodes if self._parents[node] >= 0]
        level, levels, inside = np.array(turned, np.int64), list[Places](), set[int]()
        while len(level):
            levels.append(level)
            inside |= set(level.tolist())
            level = np.flatnonzero(np.isin(self._parents, level)).astype(np.int64)
        rows = [np.flatnonzero(np.isin(joints, list(inside))) for joints in self._skin_nodes]
        return Branch(
            np.array(turned, np.int64),
            tuple((each, self._parents[each].astype(np.int64)) for each in levels),
            tuple(
                (skin, each, self._skin_nodes[skin][each].astype(np.int64))
                for skin, each in enumerate(rows)
                if len(each)
            ),
        )

    def with_branch(self, pose: Pose, branch: Branch, local: Locals) -> Pose:
        """The same body with a branch of it as it is in `local`."""
        world, joints = pose.world.copy(), list(pose.joints)
        for nodes, parents in branch.levels:
            world[nodes] = np.matmul(world[parents], local_matrices(local, nodes))
        for skin, rows, nodes in branch.joints:
            moved = joints[skin].copy()
            moved[rows] = np.matmul(world[nodes], self._binds[self._skins[skin]][rows])
            moved.flags.writeable = False
            joints[skin] = moved
        world.flags.writeable = False
        return replace(pose, world=world, joints=tuple(joints))

    def place(self, placement: Placement, world: Doubles) -> None:
        """Put these nodes, and with them what hangs below, where they are in the world."""
        self._world[placement.places] = world
        for places, above in placement.below:
            self._world[places] = np.matmul(self._world.take(above, 0), self._local.take(places, 0))

    def pose(self, local: Locals, surfaces: Mapping[int, SurfaceChange] = UNCHANGED) -> Pose:
        """The pose of what was solved and placed last, with the weights and looks of `local`."""
        look = self._looks.at(local.looks)
        self._world.take(self._joints, 0, self._bones, "clip")
        joints = np.empty(self._binds.shape, np.float32)
        np.matmul(self._bones, self._binds, joints, casting="same_kind")
        joints.flags.writeable = False
        return Pose(
            world=_frozen(self._world.take(self._place, 0, self._shown, "clip")),
            joints=tuple(joints[skin] for skin in self._skins),
            weights=_frozen(local.weights),
            surfaces=worn(look.materials, surfaces),
            hidden=look.hidden,
            lamps=look.lamps,
        )

    def with_face(self, pose: Pose, local: Locals, surfaces: Mapping[int, SurfaceChange]) -> Pose:
        """The same body with the weights and looks of `local`."""
        seen = worn(self._looks.at(local.looks).materials, surfaces)
        return replace(pose, weights=_frozen(local.weights), surfaces=seen)


def local_matrices(local: Locals, nodes: Places | None = None) -> Doubles:
    """(N, 4, 4) of every node relative to its parent, or of some."""
    parts = (local.rotations, local.scales, local.translations)
    rotations, scales, places = (part if nodes is None else part[nodes] for part in parts)
    matrices = np.zeros((len(rotations), 4, 4))
    matrices[:, :3, :3] = axes_of(rotations) * scales[:, None, :]
    matrices[:, :3, 3] = places
    matrices[:, 3, 3] = 1.0
    return matrices


def axes_of(rotations: NDArray[_Number]) -> NDArray[_Number]:
    """The rotation matrices (…, 3, 3) of quaternions (…, 4)."""
    one, other = _PAIRS
    products = rotations.take(one, -1) * rotations.take(other, -1)
    axes = products @ _AXES.astype(rotations.dtype, copy=False)
    return cast("NDArray[_Number]", axes.reshape(*rotations.shape[:-1], 3, 3))


def levels_of(avatar: Avatar) -> list[Places]:
    """The nodes by their distance from the root."""
    depth = _depths(avatar)
    return [np.flatnonzero(depth == level) for level in range(int(depth.max(initial=-1)) + 1)]


def _depths(avatar: Avatar) -> Places:
    parents = avatar.skeleton.parents
    depth = np.zeros(len(parents), np.int64)
    for node in avatar.skeleton.order.tolist():
        parent = int(parents[node])
        depth[node] = depth[parent] + 1 if parent >= 0 else 0
    return depth


def _leaps(depth: Places, above: Places) -> list[tuple[int, Places]]:
    """Steps that carry every node to the world in as many as the depth has bits, not levels.

    After each step a node stands in the space of an ancestor twice as far up as before. A step is
    where the nodes that have such an ancestor begin, in level order, and who it is.
    """
    leaps: list[tuple[int, Places]] = []
    reach = 1
    while len(depth) and reach <= int(depth[-1]):
        first = int(np.searchsorted(depth, reach))
        leaps.append((first, above[first:].copy()))
        above = above[above]
        reach *= 2
    return leaps


def rest_pose(avatar: Avatar) -> Pose:
    """The avatar as its file shows it, moved by nothing."""
    return PoseBuilder(avatar).build(Locals.at_rest(avatar))


def _frozen(values: Doubles) -> NDArray[np.float32]:
    frozen = values.astype(np.float32)
    frozen.flags.writeable = False
    return frozen
