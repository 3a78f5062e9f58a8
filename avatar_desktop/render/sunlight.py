"""Where the shadow map looks: at what the camera sees, moving in whole texels so that it is still.

Plain numbers; no GL.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.render.extent import Extent
from avatar_desktop.render.vectors import Vector, cross, dot, unit
from avatar_desktop.render.view import View

Floats = NDArray[np.float32]

_SOFT_EDGE = 0.012
"""Width of the shadow's edge as a share of what the map covers: a large softbox close by."""


_ABOVE, _ASIDE = (0.0, 1.0, 0.0), (1.0, 0.0, 0.0)


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
    body = extent.radius
    middle: Vector = tuple(extent.centre.tolist())
    reach = view.distance * math.tan(math.radians(view.fov_degrees) / 2)
    seen = reach * math.hypot(1.0, max(aspect, 1.0)) * 1.15
    is_close = seen < body * 1.1
    radius = max(seen if is_close else body * 1.1, 1e-4)
    centre = view.target if is_close else middle
    towards = unit(view.light.key.towards, fallback=_ABOVE)
    right = unit(cross(_ABOVE if abs(towards[1]) < 0.99 else _ASIDE, towards), fallback=_ASIDE)
    above = cross(towards, right)
    texel = 2 * radius / size
    x = round(dot(right, centre) / texel) * texel
    y = round(dot(above, centre) / texel) * texel
    away = dot(towards, middle)
    depth = body * 1.25 + abs(dot(towards, centre) - away)
    rows = (
        *(*(each / radius for each in right), -x / radius),
        *(*(each / radius for each in above), -y / radius),
        *(*(-each / depth for each in towards), away / depth),
        *(0.0, 0.0, 0.0, 1.0),
    )
    spread = max(1.0, _SOFT_EDGE * size)
    return ShadowFrame(np.array(rows, np.float32).reshape(4, 4), texel, spread)
