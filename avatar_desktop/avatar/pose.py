"""The treaty between motion and render: joints, morphs and whatever else changes in a frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.expression import ColourKind
from avatar_desktop.avatar.furnishing import Lamp
from avatar_desktop.avatar.material import Material

Floats = NDArray[np.float32]
Colour = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class SurfaceChange:
    """How a material differs from its file in this frame."""

    colours: Mapping[ColourKind, Colour] = field(default_factory=dict[ColourKind, Colour])
    """Linear, alpha last; each takes the place of the file's."""
    texture_offset: tuple[float, float] = (0.0, 0.0)
    """Added to the offset of every texture of the material."""
    texture_scale: tuple[float, float] = (0.0, 0.0)
    """Added to the scale of every texture of the material."""
    material: Material | None = None
    """What a clip makes of the file's material; all of the above is done to it then."""


UNCHANGED: Mapping[int, SurfaceChange] = MappingProxyType({})
"""No material looks different; shared, so that a still face costs nothing."""


@dataclass(frozen=True, slots=True)
class Pose:
    """One frame of one avatar; arrays are read-only."""

    world: Floats
    """(N, 4, 4) world matrix of each node, row-major (column vectors)."""
    joints: tuple[Floats, ...]
    """For each skin (J, 4, 4): world @ inverse bind."""
    weights: Floats
    """(M,) every morph weight, placed by MeshInstance.morphs."""
    surfaces: Mapping[int, SurfaceChange] = field(default_factory=lambda: UNCHANGED)
    """Materials, by index, that do not look as in the file."""
    hidden: frozenset[int] = frozenset()
    """Nodes that are not shown, with all below them."""
    lamps: tuple[Lamp, ...] | None = None
    """The file's lamps when a clip changes them; None: as in the file."""
