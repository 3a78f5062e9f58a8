"""How a surface looks, in the terms of glTF."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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
from avatar_desktop.avatar.texture import TextureUse
from avatar_desktop.avatar.toon import Toon

AlphaMode = Literal["OPAQUE", "MASK", "BLEND"]


@dataclass(frozen=True, slots=True)
class Material:
    """Metallic-roughness surface; colours are linear."""

    name: str = ""
    base_colour: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)
    metallic: float = 1.0
    roughness: float = 1.0
    emissive: tuple[float, float, float] = (0.0, 0.0, 0.0)
    emissive_strength: float = 1.0
    alpha_mode: AlphaMode = "OPAQUE"
    alpha_cutoff: float = 0.5
    double_sided: bool = False
    unlit: bool = False
    base_texture: TextureUse | None = None
    metallic_roughness_texture: TextureUse | None = None
    normal_texture: TextureUse | None = None
    normal_scale: float = 1.0
    occlusion_texture: TextureUse | None = None
    occlusion_strength: float = 1.0
    emissive_texture: TextureUse | None = None
    toon: Toon | None = None
    ior: float = 1.5
    specular: Specular | None = None
    clearcoat: Clearcoat | None = None
    sheen: Sheen | None = None
    transmission: Transmission | None = None
    iridescence: Iridescence | None = None
    anisotropy: Anisotropy | None = None

    def textures(self) -> tuple[TextureUse, ...]:
        """Every texture that the surface is drawn with."""
        flat = (self.base_texture,)
        shaped = (*flat, self.normal_texture, self.emissive_texture)
        if self.unlit:
            return _given(flat)
        if self.toon is not None:
            return (*_given(shaped), *self.toon.textures())
        finishes = (
            self.specular,
            self.clearcoat,
            self.sheen,
            self.transmission,
            self.iridescence,
            self.anisotropy,
        )
        physical = (*shaped, self.metallic_roughness_texture, self.occlusion_texture)
        laid_on = [use for finish in finishes if finish is not None for use in finish.textures()]
        return (*_given(physical), *laid_on)


def _given(slots: tuple[TextureUse | None, ...]) -> tuple[TextureUse, ...]:
    return tuple(use for use in slots if use is not None)


@dataclass(frozen=True, slots=True)
class Image:
    """Decoded pixels, rows from the top."""

    name: str
    rgba: NDArray[np.uint8]
    """(H, W, 4)"""
