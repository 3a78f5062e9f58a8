"""How a drawn surface looks, in the terms of MToon 1.0; colours are linear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from avatar_desktop.avatar.texture import TextureUse

Colour = tuple[float, float, float]
OutlineMode = Literal["none", "world", "screen"]


@dataclass(frozen=True, slots=True)
class Toon:
    """Two-tone shading, rim, matcap, outline and moving textures."""

    shade_colour: Colour = (1.0, 1.0, 1.0)
    shade_texture: TextureUse | None = None
    shading_shift: float = 0.0
    shading_shift_texture: TextureUse | None = None
    shading_shift_texture_scale: float = 1.0
    shading_toony: float = 0.9
    gi_equalization: float = 0.9
    matcap_colour: Colour = (1.0, 1.0, 1.0)
    matcap_texture: TextureUse | None = None
    rim_colour: Colour = (0.0, 0.0, 0.0)
    rim_texture: TextureUse | None = None
    rim_lighting_mix: float = 1.0
    rim_fresnel_power: float = 5.0
    rim_lift: float = 0.0
    outline_mode: OutlineMode = "none"
    outline_width: float = 0.0
    """World: metres. Screen: a share of the picture's height."""
    outline_width_texture: TextureUse | None = None
    outline_colour: Colour = (0.0, 0.0, 0.0)
    outline_lighting_mix: float = 1.0
    uv_mask_texture: TextureUse | None = None
    uv_scroll: tuple[float, float] = (0.0, 0.0)
    """Texture lengths a second."""
    uv_rotation: float = 0.0
    """Radians a second."""
    z_write_when_blended: bool = False
    queue_offset: int = 0

    def textures(self) -> tuple[TextureUse, ...]:
        """Every texture the drawn look needs."""
        slots = (
            self.shade_texture,
            self.shading_shift_texture,
            self.matcap_texture,
            self.rim_texture,
            self.outline_width_texture,
            self.uv_mask_texture,
        )
        return tuple(use for use in slots if use is not None)
