"""Loose things: chains of joints that hang, swing and stop at colliders.

Lengths are in metres of the avatar at scale one, vectors in the file's own axes.
"""

from __future__ import annotations

from dataclasses import dataclass

Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Ball:
    """A sphere around an offset from its node."""

    offset: Vector
    radius: float
    inside: bool = False
    """The joint is kept within it instead of out of it."""


@dataclass(frozen=True, slots=True)
class Capsule:
    """A sphere drawn along the line from offset to tail."""

    offset: Vector
    tail: Vector
    radius: float
    inside: bool = False


@dataclass(frozen=True, slots=True)
class Plane:
    """Half of the space: the joint stays on the side the normal points to."""

    offset: Vector
    normal: Vector


@dataclass(frozen=True, slots=True)
class Collider:
    """A shape that moves with a node."""

    node: int
    shape: Ball | Capsule | Plane


@dataclass(frozen=True, slots=True)
class SpringJoint:
    """A node that swings, with how it does so towards the next joint of its chain."""

    node: int
    hit_radius: float = 0.0
    stiffness: float = 1.0
    gravity_power: float = 0.0
    gravity_direction: Vector = (0.0, -1.0, 0.0)
    drag: float = 0.5


@dataclass(frozen=True, slots=True)
class Spring:
    """One chain, root first; its last joint is only the tail of the one before it."""

    name: str
    joints: tuple[SpringJoint, ...]
    colliders: tuple[Collider, ...] = ()
    """Everything this chain may not pass."""
    centre: int | None = None
    """Node in whose space it swings; None for the world."""
    tail: Vector | None = None
    """For VRM 0.x, where the last joint swings too: its tail in its own space."""
