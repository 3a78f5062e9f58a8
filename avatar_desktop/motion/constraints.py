"""Constraints of VRM (VRMC_node_constraint): nodes that follow how other nodes are turned.

There are few of them and each needs the one before, so they are worked out in plain numbers,
which for a single quaternion is faster than numpy. Quaternions are x y z w; `_times(a, b)` is the
turn b followed by the turn a.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.constraint import Constraint, in_order
from avatar_desktop.motion.hierarchy import Locals
from avatar_desktop.motion.rotation import unit

Quaternion = tuple[float, float, float, float]
Vector = tuple[float, float, float]

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

    def sees(self, nodes: Collection[int | None]) -> bool:
        """Whether it matters to a constraint how these are turned."""
        return any(
            one.kind == "aim" or one.source in nodes or one.node in nodes for one in self._followers
        )

    def apply(self, local: Locals) -> None:
        """Turn every constrained node as the body stands now."""
        for one in self._followers:
            if one.kind == "roll":
                local.rotations[one.node] = _rolled(one, _rotation(local, one.source))
                continue
            is_aim = one.kind == "aim"
            goal = self._aimed(one, local) if is_aim else _copied(one, _rotation(local, one.source))
            local.rotations[one.node] = _slerp(one.rest, goal, one.weight)

    def _aimed(self, one: _Follower, local: Locals) -> Quaternion:
        """The smallest turn from rest that points the axis at the source, in the world."""
        above = (0.0, 0.0, 0.0, 1.0)
        node = self._parents[one.node]
        while node >= 0:
            above = _times(_rotation(local, node), above)
            node = self._parents[node]
        here, there = self._place(one.node, local), self._place(one.source, local)
        way = (there[0] - here[0], there[1] - here[1], there[2] - here[2])
        resting = _times(above, one.rest)
        turn = _between(_turned(resting, one.axis), way)
        return _times(_back(above), _times(turn, resting))

    def _place(self, node: int, local: Locals) -> Vector:
        """Where a node is in the world."""
        x, y, z = local.translations[node].tolist()
        node = self._parents[node]
        while node >= 0:
            sx, sy, sz = local.scales[node].tolist()
            rx, ry, rz = _turned(_rotation(local, node), (x * sx, y * sy, z * sz))
            tx, ty, tz = local.translations[node].tolist()
            x, y, z = rx + tx, ry + ty, rz + tz
            node = self._parents[node]
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


def _rotation(local: Locals, node: int) -> Quaternion:
    x, y, z, w = local.rotations[node].tolist()
    return x, y, z, w


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
    return _unit(
        (
            keep * a[0] + take * b[0],
            keep * a[1] + take * b[1],
            keep * a[2] + take * b[2],
            keep * a[3] + take * b[3],
        )
    )


def _unit(q: Quaternion) -> Quaternion:
    x, y, z, w = q
    length = math.sqrt(x * x + y * y + z * z + w * w)
    return x / length, y / length, z / length, w / length
