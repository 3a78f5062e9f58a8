"""Views as the bytes that the shaders' uniform block expects (std140)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.render.vectors import unit
from avatar_desktop.render.view import Lamp, View

Floats = NDArray[np.float32]

TIME = 16 + 16 + 4 + 4 * 8 + 4 + 4 + 3
"""Where the time stands in a block."""
FEET = slice(TIME + 1, TIME + 1 + 8)
FRAME_BYTES = (FEET.stop + 4) * 4

# How sharply a lamp is mirrored: 2π / solid angle. The key is a large softbox, the rims are strips.
_KEY_SHARPNESS, _FILL_SHARPNESS, _RIM_SHARPNESS = 34.0, 5.0, 16.0


def frame_block(
    view: View,
    aspect: float,
    *,
    shadow_from_world: Floats,
    shadow: tuple[float, float, float],
    floor: float,
    nearby: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 0.0),
) -> Floats:
    """All but where the feet are.

    `shadow`: filter radius in texels, 1 / map size, world size of a texel.
    `nearby`: texels of the measured sky for a pixel across and up; a distance as a share of all.
    """
    light = view.light
    clip_from_world = view.projection(aspect) @ view.look()
    numbers = (
        *clip_from_world.ravel("F").tolist(),
        *shadow_from_world.ravel("F").tolist(),
        *(*view.eye, view.exposure),
        *_lamp(light.key, _KEY_SHARPNESS, light.shadow),
        *_lamp(light.fill, _FILL_SHARPNESS),
        *_lamp(light.rims[0], _RIM_SHARPNESS),
        *_lamp(light.rims[1], _RIM_SHARPNESS),
        *(*light.sky, 1.0 if view.tone_map == "neutral" else 0.0),
        *(*light.ground, floor),
        *(*shadow, view.time),
        *[0.0] * 8,
        *nearby,
    )
    return np.array(numbers, np.float32)


def _lamp(lamp: Lamp, sharpness: float, extra: float = 0.0) -> tuple[float, ...]:
    r, g, b = lamp.colour
    s = lamp.strength
    return (*unit(lamp.towards, fallback=(0.0, 0.0, 0.0)), sharpness, r * s, g * s, b * s, extra)
