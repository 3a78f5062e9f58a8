"""Materials as the bytes that the shaders' uniform block expects (std140). No GL."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.finish import (
    Anisotropy,
    Clearcoat,
    Iridescence,
    Sheen,
    Specular,
    Transmission,
)
from avatar_desktop.avatar.material import Material
from avatar_desktop.avatar.pose import SurfaceChange
from avatar_desktop.avatar.texture import TextureUse
from avatar_desktop.avatar.toon import Toon
from avatar_desktop.render.maps import ROWS, maps_of

Floats = NDArray[np.float32]

_VECTORS = 17
SURFACE_BYTES = (_VECTORS * 4 + ROWS * 8) * 4
_NO_TOON = Toon(shade_colour=(0.0, 0.0, 0.0), shading_toony=0.0, matcap_colour=(0.0, 0.0, 0.0))
_NEVER = 1e9
"""A distance after which nothing is taken away."""


def surface_block(material: Material, change: SurfaceChange | None = None) -> Floats:
    """One material, in the order of shaders/material.glsl."""
    if change is not None:
        material = changed(material, change)
    glow = [value * material.emissive_strength for value in material.emissive]
    block = [
        *material.base_colour,
        *glow,
        material.alpha_cutoff,
        material.metallic,
        material.roughness,
        material.normal_scale,
        material.occlusion_strength,
        *_toon_numbers(material.toon or _NO_TOON),
        *_finish_numbers(material),
        *_uv_rows(material, change),
    ]
    packed = np.nan_to_num(np.asarray(block, np.float32))
    assert packed.nbytes == SURFACE_BYTES
    return packed


def changed(material: Material, change: SurfaceChange) -> Material:
    """The material as this frame wants it: as a clip has it, in the colours of the face."""
    material = change.material or material
    colours = {kind: colour[:3] for kind, colour in change.colours.items()}
    if base := change.colours.get("base"):
        material = replace(material, base_colour=base)
    if "emissive" in colours:
        material = replace(material, emissive=colours["emissive"])
    if (toon := material.toon) is None:
        return material
    toon = replace(
        toon,
        shade_colour=colours.get("shade", toon.shade_colour),
        matcap_colour=colours.get("matcap", toon.matcap_colour),
        rim_colour=colours.get("rim", toon.rim_colour),
        outline_colour=colours.get("outline", toon.outline_colour),
    )
    return replace(material, toon=toon)


def moves_textures(change: SurfaceChange) -> bool:
    """Whether textures lie elsewhere than in the file."""
    return change.texture_offset != (0.0, 0.0) or change.texture_scale != (0.0, 0.0)


def _toon_numbers(toon: Toon) -> list[float]:
    is_screen = float(toon.outline_mode == "screen")
    matcap = toon.matcap_colour if toon.matcap_texture is not None else (0.0, 0.0, 0.0)
    return [
        *(*toon.shade_colour, toon.shading_toony),
        *(*toon.outline_colour, toon.outline_width),
        *(toon.shading_shift, toon.shading_shift_texture_scale),
        *(toon.gi_equalization, toon.outline_lighting_mix),
        *(*toon.rim_colour, toon.rim_lighting_mix),
        *(toon.rim_fresnel_power, toon.rim_lift, is_screen, 0.0),
        *(*matcap, 0.0),
        *(*toon.uv_scroll, toon.uv_rotation, 0.0),
    ]


def _finish_numbers(material: Material) -> list[float]:
    specular = material.specular or Specular()
    coat = material.clearcoat or Clearcoat()
    sheen = material.sheen or Sheen()
    through = material.transmission or Transmission()
    film = material.iridescence or Iridescence()
    brush = material.anisotropy or Anisotropy()
    distance = through.attenuation_distance or _NEVER
    return [
        *(*specular.colour, specular.strength),
        *(coat.strength, coat.roughness, coat.normal_scale, mirror_of(material.ior)),
        *(*sheen.colour, sheen.roughness),
        *(through.strength, through.thickness, through.dispersion, material.ior or _NEVER),
        *(max(value, 1e-4) for value in through.attenuation_colour),
        distance,
        *(film.strength, film.ior, *film.thickness),
        *(brush.strength, math.cos(brush.rotation), math.sin(brush.rotation), 0.0),
    ]


def mirror_of(ior: float) -> float:
    """The share of light that a surface looked at straight reflects; an ior of 0 means all."""
    return ((ior - 1.0) / (ior + 1.0)) ** 2


def _uv_rows(material: Material, change: SurfaceChange | None) -> list[float]:
    rows = np.zeros((ROWS, 8))
    rows[:] = _uv_row(TextureUse(image=-1))
    for each in maps_of(material):
        rows[each.row] = _uv_row(_moved(each.use, change))
    return rows.ravel().tolist()


def _moved(use: TextureUse, change: SurfaceChange | None) -> TextureUse:
    if change is None:
        return use
    (right, below), (wider, higher) = change.texture_offset, change.texture_scale
    return replace(
        use,
        offset=(use.offset[0] + right, use.offset[1] + below),
        scale=(use.scale[0] + wider, use.scale[1] + higher),
    )


def _uv_row(use: TextureUse) -> list[float]:
    cos, sin = math.cos(use.rotation), math.sin(use.rotation)
    (across, down), (right, below) = use.scale, use.offset
    return [
        *(cos * across, sin * down, right, float(use.uv_set)),
        *(-sin * across, cos * down, below, 0.0),
    ]
