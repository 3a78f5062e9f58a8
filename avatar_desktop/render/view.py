"""How a picture is taken: camera, light, background and exposure, as one frozen value."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.render.background import Picture, Sky
from avatar_desktop.render.vectors import Vector, between, cross, dot, unit

if TYPE_CHECKING:
    from avatar_desktop.render.environment import Environment

Colour = tuple[float, float, float]
"""Background colours are sRGB from 0 to 1, as a designer picks them; light colours are linear."""
Matrix = NDArray[np.float32]
ToneMap = Literal["neutral", "none"]

_NEAR_SHARE, _FAR_SHARE = 0.04, 40.0  # of the distance to the target; 24 bits of depth bear it


@dataclass(frozen=True, slots=True)
class Gradient:
    """Two colours from top to bottom with a soft pool of light behind the figure."""

    top: Colour
    bottom: Colour
    glow: float = 0.0
    """How much lighter the pool is, 0 to 1."""


SOFT_TEAL = Gradient(top=(0.80, 0.882, 0.875), bottom=(0.70, 0.808, 0.802), glow=0.35)
"""The house background: the complement of warm skin and auburn hair, light enough for a panel."""

Background = Gradient | Colour | Picture | Sky | None
"""None leaves the picture transparent."""


@dataclass(frozen=True, slots=True)
class Lamp:
    """One far light. `towards` points from the scene to the lamp; it need not have length 1."""

    towards: Vector
    colour: Colour
    strength: float


@dataclass(frozen=True, slots=True)
class Light:
    """A portrait studio: warm key with a shadow, cool fill, two rims, light from sky and ground."""

    key: Lamp
    fill: Lamp
    rims: tuple[Lamp, Lamp]
    sky: Colour
    """Ambient light from above, linear."""
    ground: Colour
    """Ambient light from below."""
    shadow: float = 0.9
    """How much of the key light a shadow takes away."""

    @staticmethod
    def studio(yaw: float = 0.0) -> Light:
        """The built-in studio for a camera that stands at `yaw` radians from +Z towards +X."""
        return Light(
            key=Lamp(_turned((-0.62, 0.72, 0.78), yaw), (1.0, 0.925, 0.84), 1.18),
            fill=Lamp(_turned((0.85, 0.18, 0.62), yaw), (0.72, 0.86, 1.0), 0.17),
            rims=(
                Lamp(_turned((0.80, 0.42, -0.78), yaw), (1.0, 0.94, 0.86), 0.85),
                Lamp(_turned((-0.85, 0.50, -0.62), yaw), (0.80, 0.91, 1.0), 0.62),
            ),
            sky=(0.33, 0.345, 0.36),
            ground=(0.20, 0.165, 0.15),
        )

    @staticmethod
    def sun(towards: Vector | None) -> Light:
        """A white sun of irradiance π and nothing else; None for darkness."""
        black = (0.0, 0.0, 0.0)
        dark = Lamp((0.0, 1.0, 0.0), black, 0.0)
        key = dark if towards is None else Lamp(towards, (1.0, 1.0, 1.0), 1.0)
        return Light(key, dark, (dark, dark), sky=black, ground=black, shadow=0.0)


@dataclass(frozen=True, slots=True)
class View:
    """Where the camera stands, in the avatar's own axes and units, and what it makes of light."""

    eye: Vector
    target: Vector
    up: Vector = (0.0, 1.0, 0.0)
    fov_degrees: float = 24.0
    """Vertical."""
    near: float | None = None
    """Given by the distance to the target when None."""
    far: float | None = None
    background: Background = SOFT_TEAL
    light: Light = field(default_factory=Light.studio)
    environment: Environment | None = None
    """Light from all around; of `light` only the key shines then, as a sun without a shadow."""
    occlusion: bool = True
    """Whether what stands close by takes of the light from all around."""
    exposure: float = 1.0
    tone_map: ToneMap = "neutral"
    ground_shadow: bool = False
    """A soft shadow on the floor under the avatar."""
    time: float = 0.0
    """Seconds, for textures that move by themselves."""
    outfit: int | None = None
    """Index into Avatar.variants; None for what the file wears by itself."""

    @property
    def still(self) -> tuple[object, ...]:
        """All but the time, to tell whether it is the same picture of another instant."""
        return (
            *(self.eye, self.target, self.up, self.fov_degrees, self.near, self.far),
            *(self.background, self.light, self.environment, self.occlusion, self.exposure),
            *(self.tone_map, self.ground_shadow, self.outfit),
        )

    @property
    def bearing(self) -> tuple[object, ...]:
        """What of `still` is left when the camera only goes aside, without turning."""
        eye, target = self.eye, self.target
        away = tuple(round(there - here, 6) for there, here in zip(eye, target, strict=True))
        return away, *self.still[2:]

    def at(self, time: float, eye: Vector, target: Vector) -> View:
        """The same at another instant, maybe from elsewhere; each frame asks for that."""
        return View(
            *(eye, target, self.up, self.fov_degrees, self.near, self.far),
            *(self.background, self.light, self.environment, self.occlusion, self.exposure),
            *(self.tone_map, self.ground_shadow, time, self.outfit),
        )

    @property
    def distance(self) -> float:
        """From the eye to the target."""
        return max(math.dist(self.eye, self.target), 1e-6)

    @property
    def yaw(self) -> float:
        """Radians from +Z towards +X at which the camera stands around the target."""
        return math.atan2(self.eye[0] - self.target[0], self.eye[2] - self.target[2])

    def look(self) -> Matrix:
        """World to camera space, row-major (column vectors)."""
        eye = self.eye
        back = unit(between(self.target, eye), fallback=(0.0, 0.0, 1.0))
        sideways = cross(self.up, back)
        if not dot(sideways, sideways) > 1e-12:  # looking straight along `up`
            sideways = cross((0.0, 0.0, 1.0) if abs(back[2]) < 0.9 else (1.0, 0.0, 0.0), back)
        right = unit(sideways, fallback=(1.0, 0.0, 0.0))
        above = cross(back, right)
        axes = (right, above, back)
        rows = [(*axis, -dot(axis, eye)) for axis in axes]
        return np.array((*rows, (0.0, 0.0, 0.0, 1.0)), np.float32)

    def planes(self) -> tuple[float, float]:
        """Near and far distance."""
        near = self.near if self.near is not None else self.distance * _NEAR_SHARE
        far = self.far if self.far is not None else self.distance * _FAR_SHARE
        return near, far

    def projection(self, aspect: float) -> Matrix:
        """Camera to clip space for a picture `aspect` times as wide as high."""
        near, far = self.planes()
        scale = 1.0 / math.tan(math.radians(self.fov_degrees) / 2)
        projection = np.zeros((4, 4), np.float32)
        projection[0, 0] = scale / aspect
        projection[1, 1] = scale
        projection[2, 2] = (far + near) / (near - far)
        projection[2, 3] = 2 * far * near / (near - far)
        projection[3, 2] = -1.0
        return projection

    def project(self, points: NDArray[np.floating], width: int, height: int) -> NDArray[np.float32]:
        """(…, 3) points as (…, 2) pixels from the top left corner; NaN behind the camera."""
        clip_from_world = self.projection(width / height) @ self.look()
        homogeneous = np.concatenate([points, np.ones_like(points[..., :1])], axis=-1)
        clip = homogeneous.astype(np.float32) @ clip_from_world.T
        depth = np.where(clip[..., 3:] > 0, clip[..., 3:], np.nan)
        ndc = clip[..., :2] / depth
        pixels = (ndc * (0.5, -0.5) + 0.5) * (width, height)
        return pixels.astype(np.float32)


def _turned(towards: Vector, yaw: float) -> Vector:
    x, y, z = towards
    return (
        x * math.cos(yaw) + z * math.sin(yaw),
        y,
        z * math.cos(yaw) - x * math.sin(yaw),
    )
