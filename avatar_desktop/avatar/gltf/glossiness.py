"""Surfaces in the older terms of specular and gloss, told in metal and roughness."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from avatar_desktop.avatar.gltf.document import (
    Extensions,
    MetallicRoughness,
    TextureRef,
    Vec3,
    Vec4,
    extension,
)
from avatar_desktop.avatar.gltf.source import Source

NAME = "KHR_materials_pbrSpecularGlossiness"
_DIELECTRIC = 0.04
"""What a surface that is no metal reflects head on."""


class _Glossiness(msgspec.Struct, rename="camel"):
    diffuse_factor: Vec4 = (1.0, 1.0, 1.0, 1.0)
    diffuse_texture: TextureRef | None = None
    specular_factor: Vec3 = (1.0, 1.0, 1.0)
    glossiness_factor: float = 1.0
    specular_glossiness_texture: TextureRef | None = None


def metallic_roughness(source: Source, extensions: Extensions, place: str) -> MetallicRoughness:
    """The nearest metallic-roughness base; what a texture says of gloss cannot be kept."""
    found = extension(extensions, NAME, _Glossiness, place)
    if found.specular_glossiness_texture is not None:
        source.warn(f"The gloss texture of {place} ({NAME}) is left out; the rest is translated.")
        # its picture, unknown here, decides what is metal: cloth and skin are the safer guess
        return MetallicRoughness(
            base_color_factor=found.diffuse_factor,
            metallic_factor=0.0,
            roughness_factor=1.0 - 0.5 * _share(found.glossiness_factor),
            base_color_texture=found.diffuse_texture,
        )
    source.warn(f"The surface of {place} ({NAME}) is translated; it may look a little different.")
    metallic, colour = _metal(found.diffuse_factor, found.specular_factor)
    return MetallicRoughness(
        base_color_factor=(*colour, found.diffuse_factor[3]),
        metallic_factor=metallic,
        roughness_factor=1.0 - _share(found.glossiness_factor),
        base_color_texture=found.diffuse_texture,
    )


def _metal(diffuse: Vec4, specular: Vec3) -> tuple[float, Vec3]:
    """How much of a metal it is, and the base colour.

    A base b of metal m scatters (1 − m)·b and mirrors m·b + 0.04·(1 − m), so the two add up to
    the base but for the last term, and their brightnesses give an equation of second degree for m.
    """
    scattered = (1.0 - max(specular)) / (1.0 - _DIELECTRIC)
    body = [value * scattered for value in diffuse[:3]]
    metallic = _metallic(_brightness(body), _brightness(specular))
    mirrored = _DIELECTRIC * (1.0 - metallic)
    red, green, blue = (_share(d + s - mirrored) for d, s in zip(body, specular, strict=True))
    return metallic, (red, green, blue)


def _metallic(scattered: float, mirrored: float) -> float:
    if mirrored <= _DIELECTRIC:
        return 0.0
    b = scattered + mirrored - 2.0 * _DIELECTRIC
    root = math.sqrt(b * b + 4.0 * _DIELECTRIC * (mirrored - _DIELECTRIC))
    return _share((root - b) / (2.0 * _DIELECTRIC))


def _brightness(colour: Sequence[float]) -> float:
    red, green, blue = colour
    return math.sqrt(0.299 * red * red + 0.587 * green * green + 0.114 * blue * blue)


def _share(value: float) -> float:
    return min(1.0, max(0.0, value))
