"""A humanoid's joints in the normalised rig: where they are for turns of its bones, and limbs that
reach for a place.

Everything is seen with the body facing +Z; K instants at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.motion.rotation import conjugate, multiply, rotate, unit
from avatar_desktop.motion.stance import NO_TURN, Body

Doubles = NDArray[np.float64]

_MOST_FOLDED = float(np.cos(np.radians(180.0 - 148.0)))
"""A limb is folded by 148 degrees at most."""


class Figure:
    """The joints of one body; bones have their own turns until a limb is told otherwise."""

    def __init__(
        self, body: Body, own: Mapping[str, Doubles], hips: Doubles | None, count: int
    ) -> None:
        """`own` rotations of the normalised rig, (K, 4); `hips` (K, 3), at rest when None."""
        self.at = body.places()
        self._above = body.above()
        self.own = dict(own)
        self.count = count
        self.world: dict[str, Doubles] = {}
        self.places: dict[str, Doubles] = {}
        self._hips = hips
        self._carried: dict[str, tuple[str, ...]] = {}
        self._stand(self._above)

    def way(self, bone: str) -> Doubles:
        """(3,) from the bone that carries it, at rest."""
        return self.at[bone] - self.at[self._above[bone]]

    def lift_hips(self, by: Doubles) -> None:
        """Move the whole body up, (K,)."""
        hips = self.places["hips"].copy()
        hips[:, 1] += by
        self._hips = hips
        self._stand(self._above)

    @property
    def hips(self) -> Doubles | None:
        """(K, 3), None where they were never moved."""
        return self._hips

    def reach(self, limb: tuple[str, str, str], place: Doubles, *, end_stays: bool) -> None:
        """Bend a limb so that its end is at `place` or as near as it gets.

        The end stays turned in the world as it is, or goes along with the limb. The middle joint
        stays on its side.
        """
        upper, lower, end = limb
        a, b = (float(np.linalg.norm(self.way(bone))) for bone in (lower, end))
        root, bend = self.places[upper], self.places[lower]
        way = place - root
        far = _lengths(way)
        folded = float(np.sqrt(a * a + b * b - 2.0 * a * b * _MOST_FOLDED))
        length: Doubles = np.clip(far, folded, (a + b) * (1.0 - 1e-5))
        along = way / np.maximum(far, 1e-9)
        aside = (bend - root) - ((bend - root) * along).sum(1, keepdims=True) * along
        aside /= np.maximum(_lengths(aside), 1e-9)
        cosine: Doubles = np.clip((a * a + length**2 - b * b) / (2.0 * a * length), -1.0, 1.0)
        middle = root + a * (cosine * along + np.sqrt(1.0 - cosine**2) * aside)
        old = (bend - root, self.places[end] - bend)
        new = (middle - root, root + length * along - middle)
        hinges = np.cross(old[0], old[1]), np.cross(new[0], new[1])
        turns = dict(self.world)
        for bone, start, goal in zip((upper, lower), old, new, strict=True):
            turn = smallest_turns(start, goal)
            roll = _rolled(rotate(turn, hinges[0]), hinges[1], goal, a * b)
            turn = multiply(roll, turn)
            turns[bone] = multiply(turn, self.world[bone])
        for bone in limb if end_stays else limb[:2]:
            above = self._above[bone]
            carried = turns[above] if above else np.broadcast_to(NO_TURN, (self.count, 4))
            self.own[bone] = multiply(conjugate(carried), turns[bone])
        self._stand(self._below(upper))

    def _below(self, root: str) -> tuple[str, ...]:
        """The bone and all that it carries, those above first."""
        if root not in self._carried:
            found = [root]
            for bone, above in self._above.items():
                if above in found:
                    found.append(bone)
            self._carried[root] = tuple(found)
        return self._carried[root]

    def _stand(self, bones: Iterable[str]) -> None:
        for bone in bones:
            above = self._above[bone]
            own = self.own.get(bone, NO_TURN)
            if above:
                carried = self.world[above]
                self.world[bone] = multiply(carried, np.broadcast_to(own, (self.count, 4)))
                way = np.broadcast_to(self.way(bone), (self.count, 3))
                self.places[bone] = self.places[above] + rotate(carried, way)
            else:
                self.world[bone] = np.broadcast_to(own, (self.count, 4))
                given = self._hips if bone == "hips" and self._hips is not None else self.at[bone]
                self.places[bone] = np.broadcast_to(given, (self.count, 3))


def _rolled(hinge: Doubles, wanted: Doubles, along: Doubles, size: float) -> Doubles:
    """(K, 4) about a bone, so that it bends where its joint does; none for a limb that is straight.

    Hinges are as long as the limb is bent.
    """
    along = along / np.maximum(_lengths(along), 1e-9)
    flat = hinge - (hinge * along).sum(1, keepdims=True) * along
    angle = np.arctan2(
        (np.cross(flat, wanted) * along).sum(1, keepdims=True),
        (flat * wanted).sum(1, keepdims=True),
    )
    bent = np.clip((np.minimum(_lengths(flat), _lengths(wanted)) / size - 0.05) / 0.2, 0.0, 1.0)
    half = 0.5 * angle * bent
    return np.concatenate([along * np.sin(half), np.cos(half)], axis=1)


def _lengths(vectors: Doubles) -> Doubles:
    """(K, 1)"""
    return np.sqrt((vectors**2).sum(axis=1, keepdims=True))


def smallest_turns(a: Doubles, b: Doubles) -> Doubles:
    """(K, 4) that bring the directions a onto b."""
    a = a / np.maximum(np.linalg.norm(a, axis=1, keepdims=True), 1e-9)
    b = b / np.maximum(np.linalg.norm(b, axis=1, keepdims=True), 1e-9)
    w = 1.0 + (a * b).sum(1, keepdims=True)
    return unit(np.concatenate([np.cross(a, b), np.maximum(w, 1e-9)], axis=1))
