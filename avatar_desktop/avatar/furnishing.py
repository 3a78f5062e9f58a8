"""What a file brings besides bodies: its lamps and its cameras, each hung on a node."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Lamp:
    """A light of the file (KHR_lights_punctual); it shines along −Z of its node."""

    node: int
    kind: Literal["directional", "point", "spot"]
    colour: tuple[float, float, float] = (1.0, 1.0, 1.0)
    intensity: float = 1.0
    """Candela; lux for a directional one."""
    reach: float | None = None
    inner_cone: float = 0.0
    outer_cone: float = 0.7853981633974483
    light: int = 0
    """Index of the light in the file; lamps of one light change together."""


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera of the file; it looks along −Z of its node."""

    node: int
    name: str
    near: float
    far: float | None
    vertical_fov: float | None = None
    """Radians; None for an orthographic camera."""
    aspect: float | None = None
    magnification: tuple[float, float] | None = None
    """Half width and half height of an orthographic camera's view."""
    camera: int = 0
    """Index of the camera in the file."""
