"""The joints that can be solved side by side, because what is above them is solved already.

It is the innermost loop of everything that swings: a fixed row of numpy calls into buffers that
are made once, whose views are named here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.motion.chains import Chains
from avatar_desktop.motion.colliders import Obstacles

Doubles = NDArray[np.float64]

AIM = 1e-9
"""A stiffness so small that it only decides directions that nothing else decides."""
TINY = 1e-15
"""Added to every length, so that none is nothing."""


class Level:
    """Joints with equally many joints above them; everything it works with is made once."""

    def __init__(self, chains: Chains, own: slice, first: int, rows: dict[int, int]) -> None:
        links = chains.links[own]
        count = len(links)
        self.own = own
        self._number = chains.levels.index(own)
        self._above = np.array(
            [rows[link.anchor] if link.above < 0 else first + link.above for link in links]
        )
        self._local = np.array([_columns(link.local, link.tail) for link in links])
        self._placed = np.zeros((count, 4, 6))
        self._axes, self._heads = self._placed[:, :3, :3], self._placed[:, :3, 3]
        self._ends, self._aside = self._placed[:, :3, 4], self._placed[:, :3, 5]
        # a fourth, tiny component keeps every length from being nothing
        self._bone, self._reach = np.full((2, count, 4), TINY)
        self._pair, self._turn = np.full((count, 2, 4), TINY), np.zeros((count, 3, 2))
        self._wanted, self._both = self._pair[:, 0, :3], self._pair[:, 1, :3]
        self._aim = np.zeros((count, 3))
        self._lengths, self._reaches, self._scales = np.zeros((3, count))
        self._has_own_end = np.array([link.has_own_end for link in links])
        self._lengths_seen = np.zeros(count)
        self._sees_lengths = own.start > 0 and not self._has_own_end.all()
        self._rows = np.zeros((count, 2, 3))

    def lend(self, world: Doubles, tails: Doubles, free: Doubles, late: Doubles) -> None:
        """Take the places of the avatar's arrays that are this level's."""
        self._late = late[self.own]
        self._world, self._tails, self._free = world[self.own], tails[self.own], free[self.own]
        self._turned, self._moved = self._world[:, :3, :3], self._world[:, :3, 3]

    def rest(self, world: Doubles) -> None:
        """As the file shows it."""
        np.matmul(world[self._above], self._local, out=self._placed)
        self._world[:] = self._placed[:, :, :4]
        self._tails[:] = self._ends

    def solve(self, world: Doubles, stiffness: Doubles, obstacles: Obstacles) -> None:
        """Find tails and world matrices; the levels above are solved."""
        np.matmul(world[self._above], self._local, out=self._placed)
        heads, lengths = self._heads, self._lengths
        bone, reach = self._bone[:, :3], self._reach[:, :3]
        np.subtract(self._ends, heads, out=bone)
        np.sqrt(np.vecdot(self._bone, self._bone, out=lengths), out=lengths)
        np.divide(bone, lengths[:, None], out=self._wanted)
        np.multiply(self._wanted, stiffness[self.own], out=reach)
        reach += self._free
        reach -= heads
        if self._sees_lengths:
            lengths = self._seen_lengths()
        self._point(heads, lengths)
        touched = obstacles.push(self._number, self._tails, heads, lengths)
        if touched:
            np.subtract(self._tails, heads, out=reach)
            self._point(heads, lengths)
        self._turn_to_tails()
        self._moved[:] = heads

    def _seen_lengths(self) -> Doubles:
        bone, seen = self._bone, self._lengths_seen
        np.subtract(self._late, self._heads, out=bone[:, :3])
        np.sqrt(np.vecdot(bone, bone, out=seen), out=seen)
        np.copyto(seen, self._lengths, where=self._has_own_end)
        return seen

    def _point(self, heads: Doubles, lengths: Doubles) -> None:
        """Bring the tails to the length of the bones."""
        reach, reaches = self._reach, self._reaches
        np.sqrt(np.vecdot(reach, reach, out=reaches), out=reaches)
        np.divide(reach[:, :3], reaches[:, None], out=self._aim)
        np.multiply(self._aim, lengths[:, None], out=self._tails)
        self._tails += heads

    def _turn_to_tails(self) -> None:
        """Turn the axes by the smallest turn from the wanted direction n to the aim u.

        It is 1 + 2 u nᵀ − 2 s sᵀ / |s|² with s = n + u: two reflections, so that mirrored and
        stretched axes are turned as well as straight ones.
        """
        aim, both, scales, turn = self._aim, self._both, self._scales, self._turn
        np.add(self._wanted, aim, out=both)
        both += self._aside
        np.vecdot(self._pair[:, 1], self._pair[:, 1], out=scales)
        np.divide(-2.0, scales, out=scales)
        np.multiply(aim, 2.0, out=turn[:, :, 0])
        np.multiply(both, scales[:, None], out=turn[:, :, 1])
        np.matmul(self._pair[:, :, :3], self._axes, out=self._rows)
        np.matmul(turn, self._rows, out=self._turned)
        self._turned += self._axes


def _columns(local: Doubles, tail: tuple[float, float, float]) -> Doubles:
    """(4, 6): the local matrix, its tail, and a hair's breadth at right angles to the bone."""
    axis = np.asarray(tail) / np.linalg.norm(tail)
    aside = np.cross(axis, np.eye(3)[int(np.abs(axis).argmin())])
    inner = np.zeros((4, 2))
    inner[:3, 0], inner[3, 0] = tail, 1.0
    inner[:3, 1] = aside * AIM
    return np.concatenate([local, local @ inner], axis=1)
