"""Nodes that follow other nodes: VRM's roll, aim and rotation constraints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Axis = Literal["+x", "-x", "+y", "-y", "+z", "-z"]


@dataclass(frozen=True, slots=True)
class Constraint:
    """`node` takes over a share of how `source` is turned from its rest, or points at it."""

    kind: Literal["roll", "aim", "rotation"]
    node: int
    source: int
    weight: float = 1.0
    axis: Axis | None = None
    """The axis that rolls or aims; None for a rotation."""
