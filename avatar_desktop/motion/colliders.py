"""What swings may not pass: balls, capsules and planes, from outside or from inside.

All pairs of a joint and a shape are tested at once; the few joints that touch something are
moved shape by shape, because each push decides what the next shape meets.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.spring import Capsule, Collider, Plane
from avatar_desktop.motion.chains import Chains

Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]

_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Every joint of one level with every shape it may touch."""

    joints: Ints
    """Place of each pair's joint within the level."""
    own: slice
    """These pairs among all."""
    shapes: dict[int, list[int]]
    """For each joint with colliders, its shapes in the order of the file."""


@dataclass(frozen=True, slots=True)
class Shapes:
    """The shapes of an avatar: where they sit and how large they are."""

    rows: Ints
    """Row of the world matrix that carries each shape."""
    points: Doubles
    """(S, 4, 2) in that matrix's space: a start, and a direction: the line or the normal."""
    radii: Doubles
    sides: Doubles
    """+1 where joints stay outside, −1 inside, 0 for a plane."""


class Obstacles:
    """The colliders of all chains, asked level by level."""

    def __init__(
        self, chains: Chains, shape_of: Mapping[Collider, int], all_shapes: Shapes
    ) -> None:
        """`shape_of` says which of the shapes a collider is."""
        self._all = all_shapes
        self._hits = np.array([max(0.0, link.joint.hit_radius) for link in chains.links])
        self._levels: list[_Pairs] = []
        joints: list[int] = []
        shapes: list[int] = []
        for level in chains.levels:
            first = len(joints)
            mine: dict[int, list[int]] = {}
            for place in range(level.start, level.stop):
                known = [shape_of[item] for item in chains.links[place].colliders]
                if known:
                    mine[place - level.start] = known
                joints += [place] * len(known)
                shapes += known
            within = np.array(joints[first:], np.int64) - level.start
            self._levels.append(_Pairs(within, slice(first, len(joints)), mine))
        self._joints, self._shapes = np.array(joints, np.int64), np.array(shapes, np.int64)
        self._pair_sides = all_shapes.sides[self._shapes]
        self._pair_planes = (self._pair_sides == 0.0).astype(np.float64)
        self._only_outsides = bool((all_shapes.sides == 1.0).all())
        self._only_balls = self._only_outsides and not all_shapes.points[:, :3, 1].any()
        self._sides: list[float] = all_shapes.sides.tolist()
        self.resize(np.ones(len(all_shapes.rows)), np.ones(len(chains.links)))
        self.move(np.tile(np.eye(4), (int(all_shapes.rows.max(initial=-1)) + 1, 1, 1)))

    def resize(self, shapes: Doubles, joints: Doubles) -> None:
        """Take how much larger than at rest each shape and each joint is."""
        radii, hits = self._all.radii * shapes, self._hits * joints
        self._reach = (radii.tolist(), hits.tolist())
        sides, hit = self._pair_sides, hits[self._joints]
        distance = np.maximum(0.0, radii[self._shapes] + sides * hit)
        self._limits = np.where(sides == 0.0, hit, sides * distance * distance)

    def move(self, world: Doubles) -> None:
        """Take where everything is now."""
        if not len(self._shapes):
            return
        ends = np.matmul(world[self._all.rows], self._all.points)
        self._starts, self._lines = ends[:, :3, 0], ends[:, :3, 1]
        self._pair_starts = self._starts[self._shapes]
        if not self._only_balls:
            squares = np.maximum(np.vecdot(self._lines, self._lines), _TINY)
            planes = self._all.sides == 0.0
            if planes.any():
                self._lines[planes] /= np.sqrt(squares[planes])[:, None]
            shares = np.where(planes, 0.0, 1.0 / squares)
            self._pair_lines, self._pair_shares = self._lines[self._shapes], shares[self._shapes]

    def push(self, level: int, tails: Doubles, heads: Doubles, lengths: Doubles) -> list[int]:
        """Move the tails of one level out of what they are in; returns which were moved."""
        pairs = self._levels[level]
        if not pairs.shapes:
            return []
        touching = self._touching(pairs, tails)
        if not touching.any():
            return []
        touched = sorted(set(pairs.joints[touching].tolist()))
        first = int(self._joints[pairs.own.start]) - int(pairs.joints[0])
        for joint in touched:
            tails[joint] = self._pushed(
                pairs.shapes[joint],
                self._reach[1][first + joint],
                tails[joint].tolist(),
                heads[joint].tolist(),
                float(lengths[joint]),
            )
        return touched

    def _touching(self, pairs: _Pairs, tails: Doubles) -> NDArray[np.bool_]:
        own = pairs.own
        away = tails[pairs.joints]
        away -= self._pair_starts[own]
        if self._only_balls:
            return np.vecdot(away, away) < self._limits[own]
        lines = self._pair_lines[own]
        along = np.vecdot(away, lines)
        shares = along * self._pair_shares[own]
        np.maximum(shares, 0.0, out=shares)
        np.minimum(shares, 1.0, out=shares)
        away -= lines * shares[:, None]
        found = np.vecdot(away, away)
        if not self._only_outsides:
            found = found * self._pair_sides[own] + along * self._pair_planes[own]
        return found < self._limits[own]

    def _pushed(
        self,
        shapes: Sequence[int],
        hit: float,
        tail: list[float],
        head: list[float],
        length: float,
    ) -> tuple[float, float, float]:
        """The tail after each shape in turn, always as far from its head as the joint is long."""
        (x, y, z), (hx, hy, hz) = tail, head
        for shape in shapes:
            depth, (nx, ny, nz) = self._depth(shape, hit, x, y, z)
            if depth <= 0.0:
                continue
            x, y, z = x + nx * depth - hx, y + ny * depth - hy, z + nz * depth - hz
            share = length / max(math.sqrt(x * x + y * y + z * z), _TINY)
            x, y, z = hx + x * share, hy + y * share, hz + z * share
        return x, y, z

    def _depth(
        self, shape: int, hit: float, x: float, y: float, z: float
    ) -> tuple[float, tuple[float, float, float]]:
        """How deep a point with its hit radius is in a shape, and the way out."""
        side = self._sides[shape]
        sx, sy, sz = self._starts[shape].tolist()
        lx, ly, lz = self._lines[shape].tolist()
        x, y, z = x - sx, y - sy, z - sz
        along = x * lx + y * ly + z * lz
        if side == 0.0:
            return hit - along, (lx, ly, lz)
        square = lx * lx + ly * ly + lz * lz
        share = min(1.0, max(0.0, along / square)) if square > _TINY else 0.0
        x, y, z = x - share * lx, y - share * ly, z - share * lz
        distance = math.sqrt(x * x + y * y + z * z)
        away = side / max(distance, _TINY)
        reach = max(0.0, self._reach[0][shape] + side * hit)
        return side * (reach - distance), (x * away, y * away, z * away)


def shapes_of(colliders: Sequence[Collider], rows: Ints, spaces: Doubles) -> Shapes:
    """The shapes carried by these rows of the world, each in a space (S, 4, 4) of its row."""
    points = np.zeros((len(colliders), 4, 2))
    radii, sides = np.zeros(len(colliders)), np.zeros(len(colliders))
    for place, collider in enumerate(colliders):
        shape = collider.shape
        points[place, :3, 0], points[place, 3, 0] = shape.offset, 1.0
        if isinstance(shape, Plane):
            points[place, :3, 1] = shape.normal
            continue
        if isinstance(shape, Capsule):
            points[place, :3, 1] = np.subtract(shape.tail, shape.offset)
        radii[place], sides[place] = max(0.0, shape.radius), -1.0 if shape.inside else 1.0
    return Shapes(rows, np.matmul(spaces, points), radii, sides)
