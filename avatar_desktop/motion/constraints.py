"""Constraints of VRM (VRMC_node_constraint): nodes that follow how other nodes are turned.

There are few of them and each needs the one before, so they are worked out in plain numbers,
which for a single quaternion is faster than numpy. Quaternions are x y z w; `_times(a, b)` is the
turn b followed by the turn a.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.constraint import Constraint, in_order
from avatar_desktop.motion.hierarchy import Locals
from avatar_desktop.motion.rotation import unit

Quaternion = tuple[float, float, float, float]
Vector = tuple[float, float, float]
Turns = dict[int, Quaternion]
"""How nodes are turned, by their number"""

_AXES: dict[str, Vector] = {"x": (1.0, 0.0, 0.0), "y": (0.0, 1.0, 0.0), "z": (0.0, 0.0, 1.0)}
_UNITS: tuple[Quaternion, ...] = (
    (1.0, 0.0, 0.0, 0.0),
    (0.0, 1.0, 0.0, 0.0),
    (0.0, 0.0, 1.0, 0.0),
    (0.0, 0.0, 0.0, 1.0),
)
_NOTHING = 1e-12
_ALMOST_SAME = 0.9999


@dataclass(frozen=True, slots=True)
class _Follower:
    """One constraint with the rest that it measures from."""

    kind: str
    node: int
    source: int
    weight: float
    axis: Vector
    rest: Quaternion
    source_rest: Quaternion
    from_source: Quaternion
    """The rest after the way back from the source's."""
    rolling: tuple[Quaternion, Quaternion]
    """For a roll, what of the source's four numbers turns about the axis, and what does not turn;
    their angle is the roll's."""
    quarter: Quaternion
    """The rest, rolled half round."""


class Constraints:
    """All constraints of an avatar, in the order in which they build on each other."""

    def __init__(self, avatar: Avatar) -> None:
        self._parents: list[int] = avatar.skeleton.parents.tolist()
        rest: list[Quaternion] = [
            (x, y, z, w)
            for x, y, z, w in unit(avatar.skeleton.rotations.astype(np.float64)).tolist()
        ]
        kept, _ = in_order(avatar.constraints, self._parents)
        self._followers = [
            _Follower(
                kind=item.kind,
                node=item.node,
                source=item.source,
                weight=min(1.0, max(0.0, item.weight)),
                axis=_axis(item),
                rest=rest[item.node],
                source_rest=rest[item.source],
                from_source=_times(rest[item.node], _back(rest[item.source])),
                rolling=_rolling(_axis(item), rest[item.node], rest[item.source]),
                quarter=_times(rest[item.node], (*_axis(item), 0.0)),
            )
            for item in kept
        ]
        self._turned = [one.node for one in self._followers]
        self._read = sorted(
            {
                node
                for one in self._followers
                for end in (one.node, one.source)
                for node in (end, *(self._above(end) if one.kind == "aim" else ()))
            }
        )
        self._turned_places, self._read_places = np.array(self._turned), np.array(self._read)

    def sees(self, nodes: Collection[int | None]) -> bool:
        """Whether it matters to a constraint how these are turned."""
        return any(
            one.kind == "aim" or one.source in nodes or one.node in nodes for one in self._followers
        )

    def apply(self, local: Locals) -> None:
        """Turn every constrained node as the body stands now."""
        if not self._followers:
            return
        read = local.rotations.take(self._read_places, 0).tolist()
        turns: Turns = dict(zip(self._read, read, strict=True))
        for one in self._followers:
            if one.kind == "roll":
                turns[one.node] = _rolled(one, turns[one.source])
                continue
            is_aim = one.kind == "aim"
            goal = self._aimed(one, turns, local) if is_aim else _copied(one, turns[one.source])
            turns[one.node] = _slerp(one.rest, goal, one.weight)
        made = np.array([turns[node] for node in self._turned])
        local.rotations[self._turned_places] = made

    def _above(self, node: int) -> Iterator[int]:
        """The nodes that carry this one, the nearest first."""
        node = self._parents[node]
        while node >= 0:
            yield node
            node = self._parents[node]

    def _aimed(self, one: _Follower, turns: Turns, local: Locals) -> Quaternion:
        """The smallest turn from rest that points the axis at the source, in the world."""
        above = (0.0, 0.0, 0.0, 1.0)
        for node in self._above(one.node):
            above = _times(turns[node], above)
        here, there = (self._place(node, turns, local) for node in (one.node, one.source))
        way = (there[0] - here[0], there[1] - here[1], there[2] - here[2])
        resting = _times(above, one.rest)
        turn = _between(_turned(resting, one.axis), way)
        return _times(_back(above), _times(turn, resting))

    def _place(self, node: int, turns: Turns, local: Locals) -> Vector:
        """Where a node is in the world."""
        x, y, z = local.translations[node].tolist()
        for carrier in self._above(node):
            sx, sy, sz = local.scales[carrier].tolist()
            rx, ry, rz = _turned(turns[carrier], (x * sx, y * sy, z * sz))
            tx, ty, tz = local.translations[carrier].tolist()
            x, y, z = rx + tx, ry + ty, rz + tz
        return x, y, z


def _rolled(one: _Follower, turned: Quaternion) -> Quaternion:
    """The rest after its share of the source's turn about the axis alone."""
    x, y, z, w = turned
    (sx, sy, sz, sw), (cx, cy, cz, cw) = one.rolling
    sine, cosine = sx * x + sy * y + sz * z + sw * w, cx * x + cy * y + cz * z + cw * w
    half = one.weight * math.atan2(sine if cosine >= 0.0 else -sine, abs(cosine))
    keep, take = math.cos(half), math.sin(half)
    (rx, ry, rz, rw), (qx, qy, qz, qw) = one.rest, one.quarter
    return (
        keep * rx + take * qx,
        keep * ry + take * qy,
        keep * rz + take * qz,
        keep * rw + take * qw,
    )


def _rolling(
    axis: Vector, rest: Quaternion, source_rest: Quaternion
) -> tuple[Quaternion, Quaternion]:
    """The source's turn from its rest as the node itself sees it, of which the smallest turn that
    bends the axis is taken away: what is left is its part along the axis and its fourth number."""
    about, still = list[float](), list[float]()
    for unit_turn in _UNITS:
        turn = _times(unit_turn, _back(source_rest))
        x, y, z, w = _times(_back(rest), _times(turn, rest))
        about.append(x * axis[0] + y * axis[1] + z * axis[2])
        still.append(w)
    return (about[0], about[1], about[2], about[3]), (still[0], still[1], still[2], still[3])


def _copied(one: _Follower, turned: Quaternion) -> Quaternion:
    """The source's turn from its rest, in the source's own axes, as a turn in the node's own."""
    return _times(one.from_source, turned)


def _axis(item: Constraint) -> Vector:
    sign, name = item.axis or "+x"
    x, y, z = _AXES[name]
    return (x, y, z) if sign == "+" else (-x, -y, -z)


def _times(a: Quaternion, b: Quaternion) -> Quaternion:
    ax, ay, az, aw = a
    bx, by, bz, bw = b
    return (
        aw * bx + ax * bw + ay * bz - az * by,
        aw * by - ax * bz + ay * bw + az * bx,
        aw * bz + ax * by - ay * bx + az * bw,
        aw * bw - ax * bx - ay * by - az * bz,
    )


def _back(q: Quaternion) -> Quaternion:
    return -q[0], -q[1], -q[2], q[3]


def _turned(q: Quaternion, v: Vector) -> Vector:
    (qx, qy, qz, qw), (x, y, z) = q, v
    tx, ty, tz = 2 * (qy * z - qz * y), 2 * (qz * x - qx * z), 2 * (qx * y - qy * x)
    return (
        x + qw * tx + qy * tz - qz * ty,
        y + qw * ty + qz * tx - qx * tz,
        z + qw * tz + qx * ty - qy * tx,
    )


def _between(a: Vector, b: Vector) -> Quaternion:
    """The smallest turn from one direction to another; none when one of them is nothing."""
    (ax, ay, az), (bx, by, bz) = a, b
    length = math.sqrt((ax * ax + ay * ay + az * az) * (bx * bx + by * by + bz * bz))
    if length < _NOTHING:
        return 0.0, 0.0, 0.0, 1.0
    w = length + ax * bx + ay * by + az * bz
    if w < 1e-9 * length:  # opposite: half a turn about anything at right angles
        aside = (0.0, az, -ay, 0.0) if abs(ax) < abs(ay) + abs(az) else (-ay, ax, 0.0, 0.0)
        return _unit(aside)
    return _unit((ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx, w))


def _slerp(a: Quaternion, b: Quaternion, share: float) -> Quaternion:
    dot = a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3]
    sign = -1.0 if dot < 0.0 else 1.0
    cosine = min(1.0, abs(dot))
    keep, take = 1.0 - share, share
    if cosine < _ALMOST_SAME and share != 0.5:  # half way is half of both
        angle = math.acos(cosine)
        sine = math.sin(angle)
        keep, take = math.sin(keep * angle) / sine, math.sin(take * angle) / sine
    take *= sign
    (ax, ay, az, aw), (bx, by, bz, bw) = a, b
    x, y, z, w = (
        keep * ax + take * bx,
        keep * ay + take * by,
        keep * az + take * bz,
        keep * aw + take * bw,
    )
    length = math.sqrt(x * x + y * y + z * z + w * w)
    return x / length, y / length, z / length, w / length


def _unit(q: Quaternion) -> Quaternion:
    x, y, z, w = q
    length = math.sqrt(x * x + y * y + z * z + w * w)
    return x / length, y / length, z / length, w / length
