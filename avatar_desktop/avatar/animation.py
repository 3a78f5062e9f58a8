"""Motions as the file holds them; `motion` samples them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

ChannelPath = Literal["translation", "rotation", "scale", "weights"]
Interpolation = Literal["STEP", "LINEAR", "CUBICSPLINE"]
PropertyKind = Literal["material", "node", "lamp", "camera"]
PropertyTarget = tuple[PropertyKind, int, str]
Target = tuple[int, str] | PropertyTarget
"""A node and its path, or a kind of thing, its index and its field."""


@dataclass(frozen=True, slots=True)
class Channel:
    """Keys of one property of one node."""

    node: int
    path: ChannelPath
    interpolation: Interpolation
    times: NDArray[np.float32]
    """(K,) seconds, rising"""
    values: NDArray[np.float32]
    """(K, width); CUBICSPLINE: (K, 3, width) as in-tangent, value, out-tangent"""

    @property
    def target(self) -> Target:
        return self.node, self.path


@dataclass(frozen=True, slots=True)
class PropertyChannel:
    """Keys of something that is no place of a node: a colour, a texture's place, a lamp."""

    kind: PropertyKind
    index: int
    """Of the material, node, light (Lamp.light) or camera (Camera.camera) in the file."""
    field: str
    """Name of the field in our own value, with points where it lies deeper: `base_colour`,
    `normal_texture.offset`, `iridescence.thickness.0`; `visible` of a node."""
    interpolation: Interpolation
    times: NDArray[np.float32]
    """(K,) seconds, rising"""
    values: NDArray[np.float32]
    """(K, width); CUBICSPLINE: (K, 3, width) as in-tangent, value, out-tangent"""

    @property
    def target(self) -> PropertyTarget:
        return self.kind, self.index, self.field


@dataclass(frozen=True, slots=True)
class Phases:
    """When the parts of a gesture begin, in seconds; it is prepared from the start."""

    stroke: float
    """What it means is done."""
    hold: float
    """It is held, or repeated."""
    retraction: float
    """It goes back to rest."""


@dataclass(frozen=True, slots=True)
class Animation:
    """One named clip of the file."""

    name: str
    duration: float
    channels: tuple[Channel, ...]
    properties: tuple[PropertyChannel, ...] = ()
    stroke: float | None = None
    """Seconds of the accent of a gesture, when the file says so."""
    phases: Phases | None = None
    """The parts of a gesture, when the file says them."""
