"""Which pictures a material is drawn with, by what name and where its shader finds them. No GL."""

from __future__ import annotations

from dataclasses import dataclass

from avatar_desktop.avatar.material import Material
from avatar_desktop.avatar.texture import TextureUse

MOST_MAPS = 12
"""A fragment shader of OpenGL 3.3 is sure of 16 units; light and what stands behind take 4."""
_UNITS_OF_LIGHT = 6
"""Units from 5 on that belong to shadows, deformation and the light around (programs.py)."""
_FIRST_OF_LIGHT = 5

_CORE = ("base", "metallic_roughness", "normal", "occlusion", "emissive")
_TOON = ("shade", "shift", "rim", "matcap", "outline_width", "flow_mask")
_FINISH = (
    *("specular", "specular_colour", "coat", "coat_roughness", "coat_normal", "velvet"),
    *("velvet_roughness", "clear", "thickness", "film", "film_thickness", "brush"),
)
ROWS = len(_CORE) + len(_FINISH)
"""Places of textures in the uniform block; toon and finishes share theirs, as none has both."""
_COLOURS = frozenset({"base", "emissive", "shade", "rim", "matcap", "specular_colour", "velvet"})
_BY_WEIGHT = ("base", "normal", "emissive", "metallic_roughness", "clear", "velvet", "coat")
"""What a surface is least itself without, first."""


@dataclass(frozen=True, slots=True)
class Map:
    """One picture of a material, as its shader knows it."""

    name: str
    """`base`: the sampler is base_map, the feature BASE_MAP."""
    use: TextureUse

    @property
    def feature(self) -> str:
        return f"{self.name.upper()}_MAP"

    @property
    def row(self) -> int:
        """Its place among the block's transforms."""
        return _ROW[self.name]

    @property
    def unit(self) -> int:
        return UNITS[f"{self.name}_map"]

    @property
    def is_colour(self) -> bool:
        """Colours are stored as sRGB, measures as they are."""
        return self.name in _COLOURS


def maps_of(material: Material) -> tuple[Map, ...]:
    """Every picture the look needs; of more than the unit can hold, the weightiest."""
    named = [(name, use) for name, use in _uses(material).items() if use is not None]
    if len(named) > MOST_MAPS:
        named = sorted(named, key=lambda item: _weight(item[0]))[:MOST_MAPS]
    return tuple(Map(name, use) for name, use in named)


def is_plain(use: TextureUse) -> bool:
    """Whether the texture takes the first uv set as it is."""
    return (
        use.uv_set == 0
        and use.rotation == 0.0
        and use.scale == (1.0, 1.0)
        and use.offset == (0.0, 0.0)
    )


def _uses(material: Material) -> dict[str, TextureUse | None]:
    if material.unlit:
        return {"base": material.base_texture}
    shaped = {
        "base": material.base_texture,
        "normal": material.normal_texture,
        "emissive": material.emissive_texture,
    }
    if material.toon is not None:
        return shaped | _of_toon(material)
    physical = {
        "metallic_roughness": material.metallic_roughness_texture,
        "occlusion": material.occlusion_texture,
    }
    return shaped | physical | _of_finishes(material)


def _of_toon(material: Material) -> dict[str, TextureUse | None]:
    toon = material.toon
    assert toon is not None
    return {
        "shade": toon.shade_texture,
        "shift": toon.shading_shift_texture,
        "rim": toon.rim_texture,
        "matcap": toon.matcap_texture,
        "outline_width": toon.outline_width_texture,
        "flow_mask": toon.uv_mask_texture,
    }


def _of_finishes(material: Material) -> dict[str, TextureUse | None]:
    """Of those finishes alone that are seen."""
    uses: dict[str, TextureUse | None] = {}
    if (specular := material.specular) is not None:
        uses["specular"] = specular.strength_texture
        uses["specular_colour"] = specular.colour_texture
    if (coat := material.clearcoat) is not None and coat.strength > 0.0:
        uses["coat"] = coat.strength_texture
        uses["coat_roughness"] = coat.roughness_texture
        uses["coat_normal"] = coat.normal_texture
    if (sheen := material.sheen) is not None and any(sheen.colour):
        uses["velvet"] = sheen.colour_texture
        uses["velvet_roughness"] = sheen.roughness_texture
    if (through := material.transmission) is not None and through.strength > 0.0:
        uses["clear"] = through.strength_texture
        uses["thickness"] = through.thickness_texture if through.thickness > 0.0 else None
    if (film := material.iridescence) is not None and film.strength > 0.0:
        uses["film"] = film.strength_texture
        uses["film_thickness"] = film.thickness_texture
    if (brush := material.anisotropy) is not None and brush.strength > 0.0:
        uses["brush"] = brush.texture
    return uses


def _weight(name: str) -> int:
    return _BY_WEIGHT.index(name) if name in _BY_WEIGHT else len(_BY_WEIGHT)


def _rows() -> dict[str, int]:
    rows = {name: row for row, name in enumerate(_CORE)}
    for group in (_TOON, _FINISH):
        rows |= {name: len(_CORE) + row for row, name in enumerate(group)}
    return rows


_ROW = _rows()
UNITS = {
    f"{name}_map": row if row < _FIRST_OF_LIGHT else row + _UNITS_OF_LIGHT
    for name, row in _ROW.items()
}
"""The texture unit of each map's sampler."""
AFTER_MAPS = ROWS + _UNITS_OF_LIGHT
"""The first unit that no map takes."""
