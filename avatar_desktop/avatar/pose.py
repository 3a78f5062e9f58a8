"""The treaty between motion and render: where every joint is and how far every morph is on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Pose:
    """One frame of one avatar; arrays are read-only."""

    world: Floats
    """(N, 4, 4) world matrix of each node, row-major (column vectors)."""
    joints: tuple[Floats, ...]
    """For each skin (J, 4, 4): world @ inverse bind."""
    weights: Floats
    """(M,) every morph weight, placed by MeshInstance.morphs."""
