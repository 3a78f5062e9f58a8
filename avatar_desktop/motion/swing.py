"""One step of everything that swings: Verlet integration, level by level, in few numpy calls.

Every tail keeps its speed less the drag, is drawn to where the animation wants it and down by
gravity, stays as far from its head as the bone is long, and out of what it may not pass. Then
the bone is turned by the smallest turn that points it at its tail.

How long a bone is, the reference implementation (three-vrm) measures when its head has swung in
this step and its lower end has not yet. Settings of avatars are tuned to what that looks like, so
it is measured in the same way here; an end that is no joint has its true distance.

Matrices lie on their side here, as their columns one after the other, and points are rows of four
numbers: what a call works on then lies in one piece (`swing_level`).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.spring import Collider, SpringJoint
from avatar_desktop.motion.chains import STAGE, Chains, carriers_of, lay_out, path_between
from avatar_desktop.motion.colliders import Obstacles, shapes_of
from avatar_desktop.motion.hierarchy import Locals, PoseBuilder, local_matrices
from avatar_desktop.motion.swing_level import AIM, LONG, TINY, Level

Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]

STEP = 1.0 / 60.0
"""Seconds; what stiffness, drag and gravity of a file mean depends on it."""
_WORLD = np.eye(4)
_ALL = np.ones(12)
_FACTORS = [
    np.array(
        [
            4 * ((column + i) % 3) + (row + j) % 3
            for i, j in steps
            for row in range(3)
            for column in range(3)
        ]
    )
    for steps in (((1, 1), (1, 2)), ((2, 2), (2, 1)))
]
"""Where in a matrix on its side the numbers are whose products make its adjugate."""
_ADJUGATE = np.pad(
    np.concatenate([np.eye(9), -np.eye(9)]).reshape(18, 3, 3), ((0, 0), (0, 1), (0, 1))
).reshape(18, 16)
_ADJUGATE_COLUMN, _VOLUME = np.array([0, 4, 8]), np.ones((3, 16))
_SAME_SIZE = 2e-5
_FLAT = 1e-12
"""Volume of a space, relative to a metre, below which nothing has a place in it."""


class Swing:
    """The joints of one avatar, where their tails are and where they were a step ago."""

    def __init__(self, avatar: Avatar) -> None:
        chains = lay_out(avatar)
        self.nodes = tuple(link.joint.node for link in chains.links)
        """The nodes that swing, parents first."""
        carriers = carriers_of(avatar.skeleton, set(self.nodes))
        self.anchors = _anchors(chains, carriers)
        """The nodes that carry the chains and their colliders and do not swing themselves."""
        rows = {node: row for row, node in enumerate((*self.anchors, STAGE))}
        count, first = len(self.nodes), len(rows)
        self._all = np.tile(np.eye(4), (first + count, 1, 1))
        self.held = self._all[:first]
        """World matrices of the anchors and, last, of the world itself, each on its side: to be
        set."""
        self._world = self._all[first:]
        self.world = self._world.swapaxes(1, 2)
        """World matrices of the swinging nodes, upright: found by `solve`."""
        self._accepted = self._world.copy()
        self._homes = self.held.copy()
        self.can_follow = False
        """Whether there are ways back from where the state was accepted."""
        self._roots = np.array([rows[link.anchor] for link in chains.links], np.int64)
        self._rest_sizes = _rest_sizes(avatar, self.anchors)
        self._per_square = np.repeat(1.0 / (3.0 * self._rest_sizes[:, None] ** 2), 12, axis=1)
        self._obstacles, shape_rows = _obstacles(avatar, chains, carriers, rows)
        self._shape_roots = np.array(
            [row if row < first else self._roots[row - first] for row in shape_rows.tolist()],
            np.int64,
        )
        joints = [link.joint for link in chains.links]
        self._keep = _columns([1.0 - min(1.0, max(0.0, joint.drag)) for joint in joints])
        self._forces = _columns([max(0.0, joint.stiffness) * STEP / LONG for joint in joints])
        self._pulls = np.array([_gravity(joint) for joint in joints]).reshape(count, 4)
        self._stiffness, self._gravity = self._forces + AIM, self._pulls
        self._is_resized = False
        self.size = 1.0
        """How much larger than at rest the avatar is."""
        centred = [(place, link.centre) for place, link in enumerate(chains.links)]
        centres = [(place, rows[node]) for place, node in centred if node in rows]
        self._centred = np.array([place for place, _ in centres], np.int64)
        self._centres = np.array([row for _, row in centres], np.int64)
        self._before, self._tails, self._next, self._free = np.tile(_WORLD[3], (4, count, 1))
        self._ends = np.array([[*link.tail, 1.0] for link in chains.links]).reshape(count, 1, 4)
        self._ends_held = self._ends.copy()
        """Where every lower end is after the last step, in the space of its anchor."""
        self._root_spaces = np.empty((count, 4, 4))
        self._first = chains.levels[0] if chains.levels else slice(0, 0)
        self._first_roots = self._roots[self._first]
        self._rest_ends = np.array(
            [link.local @ [*link.tail, 1.0] for link in chains.links[self._first]]
        ).reshape(-1, 1, 4)
        self._late = np.zeros((count, 1, 4))
        self._levels = [Level(chains, level, first, rows) for level in chains.levels]
        for level in self._levels:
            level.lend(self._world, self._next, self._free, self._late[:, 0])

    # The state ------------------------------------------------------------------------------

    def rest(self) -> None:
        """Put every tail where the animation alone would have it, without speed."""
        for level in self._levels:
            level.rest(self._all)
        self.accept()
        self.calm()

    def calm(self) -> None:
        """Take all speed away."""
        np.copyto(self._before, self._tails)

    def accept(self, stride: float = 1.0) -> None:
        """Make what was solved last the state; `stride` is how many steps that was."""
        self._homes, flat = _inverses(self.held)
        self.can_follow = not flat
        np.copyto(self._accepted, self._world)
        ends = np.matmul(np.matmul(self._ends, self._world), self._by_root(self._homes))
        if flat:
            lost = np.isin(self._roots, flat)
            ends[lost] = self._ends_held[lost]
        self._ends_held = ends
        self._before, self._tails = self._tails, self._before
        np.copyto(self._tails, self._next)
        if len(self._centred):
            self._tails[self._centred] = _moved(
                self._homes[self._centres], self._next[self._centred]
            )
        if stride != 1.0:  # speeds are those of one step
            self._before -= self._tails
            self._before /= stride
            self._before += self._tails

    def follow(self) -> None:
        """Show the state as it hangs on the anchors where they are now."""
        moves = np.matmul(self._homes, self.held)
        np.matmul(self._accepted, self._by_root(moves), self._world)

    def carry(self, before: Doubles) -> None:
        """Take every tail along with its anchor, which was at `before` and is at `held` now."""
        moves = self._by_root(np.matmul(_inverses(before)[0], self.held))
        free = np.ones(len(self.nodes), np.bool_)
        free[self._centred] = False
        for tails in (self._before, self._tails):
            tails[free] = _moved(moves[free], tails[free])
        np.matmul(self._world, moves, self._world)

    def resize(self) -> None:
        """Take the present size of the avatar: all lengths and forces grow with it."""
        squares = _axes_squared(self.held)
        squares *= self._per_square
        relative = squares.dot(_ALL).tolist()
        if max(relative) < 1.0 + _SAME_SIZE and min(relative) > 1.0 - _SAME_SIZE:
            if not self._is_resized:
                return
            relative = [1.0] * len(relative)
        sizes = np.sqrt(relative)
        self._is_resized = bool((sizes != 1.0).any())
        self.size = float(sizes.max())
        joints = sizes[self._roots]
        self._stiffness = self._forces * joints[:, None] + AIM
        self._gravity = self._pulls * joints[:, None]
        self._obstacles.resize(sizes[self._shape_roots], joints)

    # One step -------------------------------------------------------------------------------

    def solve(self, share: float = 1.0, *, as_step: bool = False) -> None:
        """Find the next tails and the world matrices after a share of a step.

        With `as_step` it stands for a step that is a little longer or shorter: drag and forces
        work as long as it lasts.
        """
        free = self._free
        np.subtract(self._tails, self._before, free)
        stiffness, gravity = self._stiffness, self._gravity
        if share == 1.0:
            free *= self._keep
        else:
            free *= share * (self._keep**share if as_step else self._keep)
            pull = share * share if as_step else share
            stiffness, gravity = stiffness * pull, gravity * pull
        free += self._tails
        if len(self._centred):
            free[self._centred] = _moved(self.held[self._centres], free[self._centred])
        free += gravity
        np.matmul(self._ends_held, self._by_root(self.held), self._late)
        self._obstacles.move(self._all)
        for level in self._levels:
            level.solve(self._all, stiffness, self._obstacles)

    def way(self, before: Doubles, after: Doubles) -> float:
        """The farthest that a chain's place went when its anchor went from here to there."""
        moved = (after - before).take(self._first_roots, 0)
        gone = np.matmul(self._rest_ends, moved)
        gone *= gone
        return math.sqrt(max(gone.reshape(-1, 4).dot(_ALL[:4]).tolist(), default=0.0))

    @property
    def haste(self) -> float:
        """How far the last step took a tail at most."""
        gone = self._tails - self._before
        return float(np.abs(gone, gone).max(initial=0.0))

    def _by_root(self, spaces: Doubles) -> Doubles:
        """For each joint the one of its anchor; overwritten."""
        return spaces.take(self._roots, 0, self._root_spaces, "clip")


def _anchors(chains: Chains, carriers: list[int]) -> tuple[int, ...]:
    nodes = {link.anchor for link in chains.links}
    nodes |= {item.node for link in chains.links for item in link.colliders}
    nodes |= {link.centre for link in chains.links if link.centre is not None}
    return tuple(sorted(node for node in nodes if node != STAGE and carriers[node] == STAGE))


def _obstacles(
    avatar: Avatar, chains: Chains, carriers: list[int], rows: dict[int, int]
) -> tuple[Obstacles, Ints]:
    """The colliders; one on a swinging node is where that node was a step ago."""
    shapes: dict[Collider, int] = {}
    for link in chains.links:
        for item in link.colliders:
            shapes.setdefault(item, len(shapes))
    rest = local_matrices(Locals.at_rest(avatar))
    places = {link.joint.node: place for place, link in enumerate(chains.links)}
    spaces, found = np.tile(np.eye(4), (len(shapes), 1, 1)), np.zeros(len(shapes), np.int64)
    for item, shape in shapes.items():
        carrier = carriers[item.node]
        found[shape] = rows[item.node] if carrier == STAGE else len(rows) + places[carrier]
        if carrier not in (STAGE, item.node):
            spaces[shape] = path_between(carrier, item.node, avatar.skeleton, rest)
    return Obstacles(chains, shapes, shapes_of(tuple(shapes), found, spaces)), found


def _rest_sizes(avatar: Avatar, anchors: tuple[int, ...]) -> Doubles:
    builder = PoseBuilder(avatar)
    builder.solve(Locals.at_rest(avatar))
    held = np.swapaxes(builder.world_of(builder.places_of(anchors)), 1, 2)
    sizes = np.append(np.sqrt(_axes_squared(held).dot(_ALL) / 3.0), 1.0)
    return np.where(sizes > TINY, sizes, 1.0)


def _axes_squared(held: Doubles) -> Doubles:
    """(n, 12)"""
    axes = held.reshape(-1, 16)[:, :12]
    return axes * axes


def _gravity(joint: SpringJoint) -> list[float]:
    down = np.asarray(joint.gravity_direction, np.float64)
    pull = down / max(float(np.linalg.norm(down)), TINY) * joint.gravity_power * STEP
    return [*pull.tolist(), 0.0]


def _columns(values: list[float]) -> Doubles:
    """(n, 4), each row one value."""
    return np.tile(np.reshape(np.array(values, np.float64), (-1, 1)), 4)


def _moved(matrices: Doubles, points: Doubles) -> Doubles:
    return np.matmul(points[:, None], matrices)[:, 0]


def _inverses(matrices: Doubles) -> tuple[Doubles, list[int]]:
    """The ways back, and which spaces are flat so that there is none and the world stands in.

    By cofactors: for so few matrices that takes less than numpy's own inverses.
    """
    entries = matrices.reshape(-1, 16)
    products = entries.take(_FACTORS[0], 1)
    products *= entries.take(_FACTORS[1], 1)
    back = products.dot(_ADJUGATE)
    volumes = (entries[:, :3] * back.take(_ADJUGATE_COLUMN, 1)).dot(_VOLUME)
    flat = [row for row, volume in enumerate(volumes[:, 0].tolist()) if abs(volume) < _FLAT]
    if flat:
        rounded = matrices.copy()
        rounded[flat] = _WORLD
        return _inverses(rounded)[0], flat
    back /= volumes
    back = back.reshape(-1, 4, 4)
    back[:, 3:] = -np.matmul(matrices[:, 3:], back)
    back[:, 3, 3] = 1.0
    return back, flat
