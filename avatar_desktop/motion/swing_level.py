"""The joints that can be solved side by side, because what is above them is solved already.

It is the innermost loop of everything that swings: a fixed row of numpy calls into buffers that
are made once, whose views are named here. Vectors are rows of four numbers, the last one for
places and none for ways, and lengths stand in all four columns: between arrays of one shape that
lie in one piece a call takes a third of the time.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.motion.chains import Chains
from avatar_desktop.motion.colliders import Obstacles

Doubles = NDArray[np.float64]

AIM = 1e-9
"""A stiffness so small that it only decides directions that nothing else decides."""
TINY = 1e-15
LONG = math.sqrt(2.0)
"""How long directions are here: twice the product of two is theirs then, without a factor."""
_SHORTEST, _SMALLEST = np.array(TINY), np.array(-TINY * TINY)
_HALF_SQUARES = np.full((4, 4), 1.0 / (LONG * LONG))
"""From the squares of numbers to half their sum, in every column."""
_HALF_SQUARES_BACK = -_HALF_SQUARES


class Level:
    """Joints with equally many joints above them; everything it works with is made once."""

    def __init__(self, chains: Chains, own: slice, first: int, rows: dict[int, int]) -> None:
        links = chains.links[own]
        count = len(links)
        self.own = own
        self._number = chains.levels.index(own)
        self._places_above = np.array(
            [rows[link.anchor] if link.above < 0 else first + link.above for link in links]
        )
        self._above = np.empty((count, 4, 4))
        self._local = np.array([_rows(link.local, link.tail) for link in links])
        vectors = np.zeros((8, count, 4))
        self._aim, self._back = vectors[:2]
        self._placed = vectors[2:7].swapaxes(0, 1)
        self._heads, self._bone, self._bone_seen = vectors[5:]
        self._basis = vectors[:6, :, :3].swapaxes(0, 1)
        """What turned axes and heads are made of: aim, the way back, axes, heads."""
        self._shares = np.zeros((count, 4, 6))
        self._shares[:, :, 2:] = np.eye(4)
        self._axes, self._along = self._placed[:, :3], self._shares[:, :3, :2]
        self._wanted, self._both = pair = np.zeros((2, count, 4))
        self._across = pair.transpose(1, 2, 0)
        self._reach, self._reaches = np.zeros((2, count, 4))
        has_own_end = np.array([link.has_own_end for link in links])
        self._has_own_end = np.tile(has_own_end[:, None], 4)
        self._sees_lengths = own.start > 0 and not has_own_end.all()
        bones = 2 if self._sees_lengths else 1
        self._bones = vectors[6 : 6 + bones].reshape(-1, 4)
        lengths = np.zeros((2, count, 4))
        self._lengths, self._lengths_seen = lengths
        self._both_lengths = lengths[:bones].reshape(-1, 4)

    def lend(self, world: Doubles, tails: Doubles, free: Doubles, late: Doubles) -> None:
        """Take the places of the avatar's arrays that are this level's."""
        self._late, self._tails, self._free = late[self.own], tails[self.own], free[self.own]
        self._world = world[self.own]
        self._turned = self._world[:, :, :3]

    def rest(self, world: Doubles) -> None:
        """As the file shows it."""
        self._place(world)
        self._world[:] = self._placed[:, :4]
        np.add(self._heads, self._bone, self._tails)

    def solve(self, world: Doubles, stiffness: Doubles, obstacles: Obstacles) -> None:
        """Find tails and world matrices; the levels above are solved."""
        self._place(world)
        heads, reach, lengths = self._heads, self._reach, self._lengths
        if self._sees_lengths:
            np.subtract(self._late, heads, self._bone_seen)
        _measure(self._bones, self._both_lengths)
        np.divide(self._bone, lengths, self._wanted)
        np.multiply(self._wanted, stiffness[self.own], reach)
        np.add(reach, self._free, reach)
        np.subtract(reach, heads, reach)
        if self._sees_lengths:
            lengths = self._seen_lengths()
        self._point(lengths)
        if obstacles.push(self._number, self._tails, heads):
            np.subtract(self._tails, heads, reach)
            self._point(lengths)
        self._turn_to_tails()

    def _place(self, world: Doubles) -> None:
        world.take(self._places_above, 0, self._above, "clip")
        np.matmul(self._local, self._above, self._placed)

    def _seen_lengths(self) -> Doubles:
        np.copyto(self._lengths_seen, self._lengths, where=self._has_own_end)
        return self._lengths_seen

    def _point(self, lengths: Doubles) -> None:
        """Bring the tails to the length of the bones."""
        _measure(self._reach, self._reaches)
        np.divide(self._reach, self._reaches, self._aim)
        np.multiply(self._aim, lengths, self._tails)
        np.add(self._tails, self._heads, self._tails)

    def _turn_to_tails(self) -> None:
        """Turn the axes by the smallest turn from the wanted direction n to the aim u.

        It is 1 + 2 u nᵀ − 2 s sᵀ / |s|² with s = n + u: two reflections, so that mirrored and
        stretched axes are turned as well as straight ones.
        """
        both = np.add(self._wanted, self._aim, self._both)
        back = (both * both).dot(_HALF_SQUARES_BACK, self._reaches)
        np.divide(both, np.minimum(back, _SMALLEST, out=back), self._back)
        np.matmul(self._axes, self._across, self._along)
        np.matmul(self._shares, self._basis, self._turned)


def _measure(ways: Doubles, lengths: Doubles) -> None:
    np.sqrt((ways * ways).dot(_HALF_SQUARES, lengths), lengths)
    np.maximum(lengths, _SHORTEST, out=lengths)


def _rows(local: Doubles, tail: tuple[float, float, float]) -> Doubles:
    """(5, 4): the local axes and place, and the bone.

    It is a hair's breadth aside of where it is, so that it is never turned exactly right round.
    """
    axis = np.asarray(tail)
    aside = np.cross(axis, np.eye(3)[int(np.abs(axis).argmin())])
    bone = np.append(axis + AIM * aside, 0.0)
    return np.concatenate([local.T, [bone @ local.T]])
