"""The node tree of an avatar, flat and sorted so that parents come before children."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Skeleton:
    """Every node of the file; arrays are indexed by glTF node index."""

    names: tuple[str, ...]
    parents: Ints
    """−1 for a root."""
    order: Ints
    """Node indices sorted parents first."""
    translations: Floats
    """(N, 3) rest pose, local."""
    rotations: Floats
    """(N, 4) rest pose, local, x y z w."""
    scales: Floats
    """(N, 3) rest pose, local."""
    hidden: frozenset[int] = frozenset()
    """Nodes that the file does not show at rest, with all below them."""


@dataclass(frozen=True, slots=True)
class Skin:
    """Joints of one skin and the matrices that bring a vertex into each joint's space."""

    joints: Ints
    inverse_binds: Floats
    """(J, 4, 4), row-major: column vectors, `world @ inverse_bind @ vertex`."""
