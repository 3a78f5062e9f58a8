"""A texture as one material uses it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TextureUse:
    """Which picture, by which coordinates, moved and repeated how."""

    image: int
    """Index into Avatar.images."""
    uv_set: int = 0
    wrap_s: int = 10497
    wrap_t: int = 10497
    nearest: bool = False
    offset: tuple[float, float] = (0.0, 0.0)
    rotation: float = 0.0
    scale: tuple[float, float] = (1.0, 1.0)
