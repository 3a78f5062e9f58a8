"""Views and materials as the bytes that the shaders' uniform blocks expect (std140)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.material import Material
from avatar_desktop.avatar.texture import TextureUse
from avatar_desktop.render.view import Lamp, View

Floats = NDArray[np.float32]

FRAME_BYTES = (16 + 16 + 4 + 4 * 8 + 4 + 4 + 4 + 8) * 4
SURFACE_BYTES = (6 * 4 + 10 * 4) * 4

# How sharply a lamp is mirrored: 2π / solid angle. The key is a large softbox, the rims are strips.
_KEY_SHARPNESS, _FILL_SHARPNESS, _RIM_SHARPNESS = 34.0, 5.0, 16.0


def frame_block(
    view: View,
    aspect: float,
    *,
    shadow_from_world: Floats,
    shadow: tuple[float, float, float],
    floor: float,
    feet: Floats,
) -> Floats:
    """`shadow`: filter radius in texels, 1 / map size, world size of a texel."""
    light = view.light
    clip_from_world = view.projection(aspect) @ view.look()
    parts = [
        clip_from_world.T.ravel(),
        shadow_from_world.T.ravel(),
        [*view.eye, view.exposure],
        *_lamp(light.key, _KEY_SHARPNESS, light.shadow),
        *_lamp(light.fill, _FILL_SHARPNESS),
        *_lamp(light.rims[0], _RIM_SHARPNESS),
        *_lamp(light.rims[1], _RIM_SHARPNESS),
        [*light.sky, 1.0 if view.tone_map == "neutral" else 0.0],
        [*light.ground, floor],
        [*shadow, 0.0],
        feet.ravel(),
    ]
    return np.concatenate([np.asarray(part, np.float32) for part in parts])


def _lamp(lamp: Lamp, sharpness: float, extra: float = 0.0) -> tuple[list[float], list[float]]:
    length = math.hypot(*lamp.towards) or 1.0
    x, y, z = lamp.towards
    r, g, b = lamp.colour
    s = lamp.strength
    return [x / length, y / length, z / length, sharpness], [r * s, g * s, b * s, extra]


def surface_block(material: Material) -> Floats:
    """One material, in the order of shaders/material.glsl."""
    toon = material.toon
    glow = [value * material.emissive_strength for value in material.emissive]
    rows: list[float] = []
    for use in textures_of(material):
        rows += _uv_rows(use)
    shade = [*toon.shade_colour, toon.shading_toony] if toon else [0.0] * 4
    outline = [*toon.outline_colour, toon.outline_width] if toon else [0.0] * 4
    block = [
        *material.base_colour,
        *glow,
        material.alpha_cutoff,
        material.metallic,
        material.roughness,
        material.normal_scale,
        material.occlusion_strength,
        *shade,
        *outline,
        *(toon.shading_shift if toon else 0.0, 0.0, 0.0, 0.0),
        *rows,
    ]
    return np.nan_to_num(np.asarray(block, np.float32))


def textures_of(material: Material) -> tuple[TextureUse | None, ...]:
    """The five maps in the order of the shaders' texture units."""
    return (
        material.base_texture,
        material.metallic_roughness_texture,
        material.normal_texture,
        material.occlusion_texture,
        material.emissive_texture,
    )


def _uv_rows(use: TextureUse | None) -> list[float]:
    if use is None:
        return [1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0]
    cos, sin = math.cos(use.rotation), math.sin(use.rotation)
    (across, down), (right, below) = use.scale, use.offset
    return [
        *(cos * across, sin * down, right, float(use.uv_set)),
        *(-sin * across, cos * down, below, 0.0),
    ]


def is_plain(use: TextureUse | None) -> bool:
    """Whether the texture takes the first uv set as it is."""
    return use is None or (
        use.uv_set == 0
        and use.rotation == 0.0
        and use.scale == (1.0, 1.0)
        and use.offset == (0.0, 0.0)
    )
