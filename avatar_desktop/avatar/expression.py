"""Names a face understands: VRM expressions and morph targets alike, each a list of binds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Override = Literal["none", "block", "blend"]


@dataclass(frozen=True, slots=True)
class MorphBind:
    """A share of one morph target."""

    place: int
    """Index into Pose.weights."""
    weight: float


ColourKind = Literal["base", "emissive", "shade", "matcap", "rim", "outline"]


@dataclass(frozen=True, slots=True)
class ColourBind:
    """The colour, linear with alpha, that one colour of a material has when fully shown."""

    material: int
    kind: ColourKind
    colour: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class TextureBind:
    """How far every texture of a material is moved and stretched when fully shown."""

    material: int
    offset: tuple[float, float] = (0.0, 0.0)
    scale: tuple[float, float] = (1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Expression:
    """One thing the face can do, from 0 to 1."""

    name: str
    binds: tuple[MorphBind, ...]
    is_binary: bool = False
    override_blink: Override = "none"
    override_look_at: Override = "none"
    override_mouth: Override = "none"
    colours: tuple[ColourBind, ...] = ()
    textures: tuple[TextureBind, ...] = ()


@dataclass(frozen=True, slots=True)
class LookAt:
    """How gaze angles become eye movement; angles in degrees."""

    kind: Literal["bone", "expression"]
    offset_from_head: tuple[float, float, float]
    horizontal_inner: tuple[float, float]
    """(input maximum, output scale)"""
    horizontal_outer: tuple[float, float]
    vertical_down: tuple[float, float]
    vertical_up: tuple[float, float]
