"""Where the shadow map looks: at what the camera sees, moving in whole texels so that it is still.

Plain numbers; no GL.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.render.extent import Extent
from avatar_desktop.render.view import View

Floats = NDArray[np.float32]

_SOFT_EDGE = 0.012
"""Width of the shadow's edge as a share of what the map covers: a large softbox close by."""


@dataclass(frozen=True, slots=True)
class ShadowFrame:
    """A parallel camera at the key light."""

    shadow_from_world: Floats
    texel: float
    """World size of one texel."""
    spread: float
    """Radius of the soft edge in texels."""


def shadow_frame(view: View, aspect: float, extent: Extent, size: int) -> ShadowFrame:
    """The map of `size` texels for a view of a thing of this extent."""
    reach = view.distance * math.tan(math.radians(view.fov_degrees) / 2)
    seen = reach * math.hypot(1.0, max(aspect, 1.0)) * 1.15
    radius = max(min(seen, extent.radius * 1.1), 1e-4)
    centre = np.asarray(view.target if seen < extent.radius * 1.1 else extent.centre, np.float64)
    towards = _unit(np.asarray(view.light.key.towards, np.float64))
    right = _unit(np.cross((0.0, 1.0, 0.0) if abs(towards[1]) < 0.99 else (1.0, 0.0, 0.0), towards))
    rotation = np.stack([right, np.cross(towards, right), towards])
    texel = 2 * radius / size
    x, y, _ = rotation @ centre
    x, y = round(x / texel) * texel, round(y / texel) * texel
    middle = float((rotation @ extent.centre)[2])
    depth = extent.radius * 1.25 + abs(float((rotation @ centre)[2]) - middle)
    matrix = np.zeros((4, 4))
    matrix[0, :3], matrix[0, 3] = rotation[0] / radius, -x / radius
    matrix[1, :3], matrix[1, 3] = rotation[1] / radius, -y / radius
    matrix[2, :3], matrix[2, 3] = -rotation[2] / depth, middle / depth
    matrix[3, 3] = 1.0
    spread = max(1.0, _SOFT_EDGE * size)
    return ShadowFrame(matrix.astype(np.float32), texel, spread)


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    length = float(np.linalg.norm(vector))
    return vector / length if length > 1e-12 else np.array((0.0, 1.0, 0.0))
