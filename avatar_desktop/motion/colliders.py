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
from avatar_desktop.motion.rotation import SUMS, squares

Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]

_TINY = 1e-12
_NONE, _WHOLE, _SMALLEST = np.array(0.0), np.array(1.0), np.array(_TINY)


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Every joint of one level with every shape it may touch, and their part of what is found."""

    joints: Ints
    """Place of each pair's joint within the level."""
    onwards: list[tuple[int, list[int]]]
    """The joint again, and its shapes from this one on in the order of the file: none before it
    is touched where this is the first that is."""
    hits: list[float]
    """Radius of each joint of the level"""
    starts: Doubles
    """(pairs, 4), as all that follows: where its shape starts."""
    lines: Doubles
    shares: Doubles
    """One over the square of the line's length; nothing for a plane."""
    sides: Doubles
    planes: Doubles
    limits: Doubles
    """(pairs,)"""
    away: Doubles
    along: Doubles


@dataclass(frozen=True, slots=True)
class Shapes:
    """The shapes of an avatar: where they sit and how large they are."""

    rows: Ints
    """Row of the world matrix that carries each shape."""
    points: Doubles
    """(S, 2, 4) in that matrix's space: a start, and a direction: the line or the normal."""
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
        count = len(all_shapes.rows)
        known = [[shape_of[item] for item in link.colliders] for link in chains.links]
        self._joints = np.repeat(np.arange(len(known)), [len(each) for each in known])
        self._shapes = np.array([shape for each in known for shape in each], np.int64)
        self._hits = np.array([max(0.0, link.joint.hit_radius) for link in chains.links])
        self._radii, self._sides = all_shapes.radii.tolist(), all_shapes.sides.tolist()
        self._only_outsides = bool((all_shapes.sides == 1.0).all())
        planes = all_shapes.sides == 0.0
        self._normals = np.flatnonzero(planes)
        self._is_line = np.tile((~planes).astype(np.float64)[:, None], 4)
        self._carriers = np.empty((count, 4, 4))
        self._by_shape = np.zeros((3, count, 4))
        """Where each starts, its line, and one over the square of its length."""
        self._ends = self._by_shape[:2].swapaxes(0, 1)
        self._plain: list[list[list[float]]] = []
        """The same in plain numbers."""
        pairs = len(self._shapes)
        self._of_pairs = np.zeros((3, pairs, 4))
        self._pair_sides = all_shapes.sides[self._shapes]
        self._limits = np.zeros(pairs)
        self._levels = [self._pairs_of(level, known) for level in chains.levels]
        self.resize(np.ones(count), np.ones(len(known)))

    def _pairs_of(self, level: slice, known: list[list[int]]) -> _Pairs:
        first, last = np.searchsorted(self._joints, [level.start, level.stop]).tolist()
        starts, lines, shares = self._of_pairs[:, first:last]
        away, along = np.empty((2, last - first, 4))
        sides = self._pair_sides[first:last]
        return _Pairs(
            joints=self._joints[first:last] - level.start,
            onwards=[
                (place, shapes[first:])
                for place, shapes in enumerate(known[level])
                for first in range(len(shapes))
            ],
            hits=[0.0] * (level.stop - level.start),
            starts=starts,
            lines=lines,
            shares=shares,
            sides=sides,
            planes=(sides == 0.0).astype(np.float64),
            limits=self._limits[first:last],
            away=away,
            along=along,
        )

    def resize(self, shapes: Doubles, joints: Doubles) -> None:
        """Take how much larger than at rest each shape and each joint is."""
        radii, hits = self._all.radii * shapes, self._hits * joints
        self._radii = radii.tolist()
        first = 0
        for pairs in self._levels:
            pairs.hits[:] = hits[first : first + len(pairs.hits)].tolist()
            first += len(pairs.hits)
        sides, hit = self._pair_sides, hits[self._joints]
        distance = np.maximum(0.0, radii[self._shapes] + sides * hit)
        self._limits[:] = np.where(sides == 0.0, hit, sides * distance * distance)

    def move(self, world: Doubles) -> None:
        """Take where everything is now: matrices on their side."""
        if not len(self._shapes):
            return
        world.take(self._all.rows, 0, self._carriers, "clip")
        np.matmul(self._all.points, self._carriers, self._ends)
        _, lines, shares = self._by_shape
        if len(self._normals):
            normals = lines[self._normals]
            lines[self._normals] = normals / np.maximum(np.sqrt(squares(normals)), _TINY)
        np.maximum(squares(lines), _SMALLEST, out=shares)
        np.divide(self._is_line, shares, shares)
        self._plain = self._by_shape.tolist()
        self._by_shape.take(self._shapes, 1, self._of_pairs, "clip")

    def push(self, level: int, tails: Doubles, heads: Doubles) -> list[int]:
        """Move the tails of one level out of what they are in; returns which were moved.

        Points are rows of four numbers.
        """
        pairs = self._levels[level]
        if not pairs.onwards:
            return []
        touched: list[int] = []
        for pair in self._touching(pairs, tails).nonzero()[0].tolist():
            joint, shapes = pairs.onwards[pair]
            if joint not in touched:
                touched.append(joint)
                tails[joint] = self._pushed(
                    shapes, pairs.hits[joint], tails[joint].tolist(), heads[joint].tolist()
                )
        return touched

    def _touching(self, pairs: _Pairs, tails: Doubles) -> NDArray[np.bool_]:
        away, along, lines = pairs.away, pairs.along, pairs.lines
        tails.take(pairs.joints, 0, away, "clip")
        np.subtract(away, pairs.starts, away)
        ahead = np.multiply(away, lines).dot(SUMS)
        np.multiply(ahead, pairs.shares, along)
        np.maximum(along, _NONE, out=along)
        np.minimum(along, _WHOLE, out=along)
        np.multiply(along, lines, along)
        np.subtract(away, along, away)
        np.multiply(away, away, away)
        found = away.dot(SUMS[0])
        if not self._only_outsides:
            found = found * pairs.sides + ahead[:, 0] * pairs.planes
        return found < pairs.limits

    def _pushed(
        self, shapes: Sequence[int], hit: float, tail: list[float], head: list[float]
    ) -> list[float]:
        """The tail after each shape in turn, always as far from its head as it is."""
        (x, y, z, _), (hx, hy, hz, _) = tail, head
        starts, lines, shares = self._plain
        length = math.dist(tail, head)
        for shape in shapes:
            (sx, sy, sz, _), (nx, ny, nz, _) = starts[shape], lines[shape]
            side = self._sides[shape]
            ox, oy, oz = x - sx, y - sy, z - sz
            along = ox * nx + oy * ny + oz * nz
            depth = hit - along
            if side:
                share = min(1.0, max(0.0, along * shares[shape][0]))
                nx, ny, nz = ox - share * nx, oy - share * ny, oz - share * nz
                distance = math.sqrt(nx * nx + ny * ny + nz * nz)
                depth = side * (max(0.0, self._radii[shape] + side * hit) - distance)
                away = side / max(distance, _TINY)
                nx, ny, nz = nx * away, ny * away, nz * away
            if depth > 0.0:
                x, y, z = x + nx * depth - hx, y + ny * depth - hy, z + nz * depth - hz
                share = length / max(math.sqrt(x * x + y * y + z * z), _TINY)
                x, y, z = hx + x * share, hy + y * share, hz + z * share
        return [x, y, z, 1.0]


def shapes_of(colliders: Sequence[Collider], rows: Ints, spaces: Doubles) -> Shapes:
    """The shapes carried by these rows of the world, each in a space (S, 4, 4) of its row."""
    points = np.zeros((len(colliders), 2, 4))
    radii, sides = np.zeros(len(colliders)), np.zeros(len(colliders))
    for place, collider in enumerate(colliders):
        shape = collider.shape
        points[place, 0] = *shape.offset, 1.0
        if isinstance(shape, Plane):
            points[place, 1, :3] = shape.normal
            continue
        if isinstance(shape, Capsule):
            points[place, 1, :3] = np.subtract(shape.tail, shape.offset)
        radii[place], sides[place] = max(0.0, shape.radius), -1.0 if shape.inside else 1.0
    return Shapes(rows, np.matmul(points, spaces.swapaxes(1, 2)), radii, sides)
