"""What may lie on or in a physical surface besides its base: glTF's material extensions.

Colours are linear; a texture of None leaves the number as it is.
"""

from __future__ import annotations

from dataclasses import dataclass

from avatar_desktop.avatar.texture import TextureUse

Colour = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Specular:
    """How strongly, and in which colour, a surface that is no metal reflects."""

    strength: float = 1.0
    strength_texture: TextureUse | None = None
    colour: Colour = (1.0, 1.0, 1.0)
    colour_texture: TextureUse | None = None

    def textures(self) -> tuple[TextureUse, ...]:
        """Those it has."""
        return _given(self.strength_texture, self.colour_texture)


@dataclass(frozen=True, slots=True)
class Clearcoat:
    """A clear lacquer over the surface."""

    strength: float = 0.0
    strength_texture: TextureUse | None = None
    roughness: float = 0.0
    roughness_texture: TextureUse | None = None
    normal_texture: TextureUse | None = None
    normal_scale: float = 1.0

    def textures(self) -> tuple[TextureUse, ...]:
        """Those it has."""
        return _given(self.strength_texture, self.roughness_texture, self.normal_texture)


@dataclass(frozen=True, slots=True)
class Sheen:
    """The glow of velvet at grazing angles."""

    colour: Colour = (0.0, 0.0, 0.0)
    colour_texture: TextureUse | None = None
    roughness: float = 0.0
    roughness_texture: TextureUse | None = None

    def textures(self) -> tuple[TextureUse, ...]:
        """Those it has."""
        return _given(self.colour_texture, self.roughness_texture)


@dataclass(frozen=True, slots=True)
class Transmission:
    """Light that goes through, and what the inside does to it."""

    strength: float = 0.0
    strength_texture: TextureUse | None = None
    thickness: float = 0.0
    thickness_texture: TextureUse | None = None
    attenuation_distance: float | None = None
    """None: the inside takes nothing away."""
    attenuation_colour: Colour = (1.0, 1.0, 1.0)
    dispersion: float = 0.0

    def textures(self) -> tuple[TextureUse, ...]:
        """Those it has."""
        return _given(self.strength_texture, self.thickness_texture)


@dataclass(frozen=True, slots=True)
class Iridescence:
    """A thin film that changes colour with the angle; thickness in nanometres."""

    strength: float = 0.0
    strength_texture: TextureUse | None = None
    ior: float = 1.3
    thickness: tuple[float, float] = (100.0, 400.0)
    thickness_texture: TextureUse | None = None

    def textures(self) -> tuple[TextureUse, ...]:
        """Those it has."""
        return _given(self.strength_texture, self.thickness_texture)


@dataclass(frozen=True, slots=True)
class Anisotropy:
    """A highlight drawn out along one direction of the surface, in radians."""

    strength: float = 0.0
    rotation: float = 0.0
    texture: TextureUse | None = None

    def textures(self) -> tuple[TextureUse, ...]:
        """Those it has."""
        return _given(self.texture)


def _given(*slots: TextureUse | None) -> tuple[TextureUse, ...]:
    return tuple(use for use in slots if use is not None)
