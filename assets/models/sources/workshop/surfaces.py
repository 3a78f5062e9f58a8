"""What things are made of: each surface has a soft look (PBR) and a drawn one (MToon).

The soft look is the file's own; the drawn one is an outfit beside it (KHR_materials_variants), so a
reader that knows nothing of outfits, or of MToon, still shows the avatar as it was meant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .glb import Glb
from .palette import Palette
from .png import png

LOOKS = ("Soft", "Toon")
NEAREST, LINEAR, MIPMAPS, CLAMP, REPEAT = 9728, 9729, 9987, 33071, 10497
_CHART = {"magFilter": LINEAR, "minFilter": LINEAR, "wrapS": CLAMP, "wrapT": CLAMP}
_DOTS = {"magFilter": NEAREST, "minFilter": NEAREST, "wrapS": CLAMP, "wrapT": CLAMP}
_WEAVE = {"magFilter": LINEAR, "minFilter": MIPMAPS, "wrapS": REPEAT, "wrapT": REPEAT}
Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Surface:
    """One material, in both looks.

    `shade` is what the drawn look multiplies a colour with in the shade; `outline` is in metres.
    Marked pieces glow where `glows`, and have no outline elsewhere: in the picture of marks white
    glows, and white bears an outline.
    """

    name: str
    rough: float
    shade: Colour
    outline: float = 0.0015
    outline_colour: Colour = (0.045, 0.018, 0.012)
    glows: bool = False
    two_sided: bool = False
    toony: float = 0.90
    shift: float = -0.05
    rim: Colour = (0.0, 0.0, 0.0)
    weave: bytes | None = None
    weave_depth: float = 1.0


def write_surfaces(
    glb: Glb, surfaces: tuple[Surface, ...], colours: Palette
) -> dict[str, tuple[int, int]]:
    """Name → the soft and the drawn material."""
    paint = glb.picture("colours", png(colours.colours), _CHART)
    marks = glb.picture("marks", png(colours.marks), _DOTS)
    glb.use("KHR_materials_variants")
    glb.use("VRMC_materials_mtoon")
    extensions = glb.document.setdefault("extensions", {})
    extensions["KHR_materials_variants"] = {"variants": [{"name": look} for look in LOOKS]}
    made: dict[str, tuple[int, int]] = {}
    for surface in surfaces:
        soft = glb.add("materials", _soft(glb, surface, marks))
        made[surface.name] = soft, glb.add("materials", _drawn(surface, paint, marks))
    return made


def worn(soft: int, drawn: int) -> dict[str, Any]:
    """What a primitive says about its outfits."""
    looks = [{"material": soft, "variants": [0]}, {"material": drawn, "variants": [1]}]
    return {"KHR_materials_variants": {"mappings": looks}}


def _base(surface: Surface, name: str) -> dict[str, Any]:
    value: dict[str, Any] = {"name": name}
    if surface.two_sided:
        value["doubleSided"] = True
    return value


def _soft(glb: Glb, surface: Surface, marks: int) -> dict[str, Any]:
    value = _base(surface, surface.name)
    value["pbrMetallicRoughness"] = {"metallicFactor": 0.0, "roughnessFactor": surface.rough}
    if surface.glows:
        value["emissiveFactor"] = [1.0, 1.0, 1.0]
        value["emissiveTexture"] = {"index": marks}
    if surface.weave is not None:
        weave = glb.picture(f"{surface.name} weave", surface.weave, _WEAVE)
        value["normalTexture"] = {"index": weave, "texCoord": 1, "scale": surface.weave_depth}
    return value


def _drawn(surface: Surface, paint: int, marks: int) -> dict[str, Any]:
    value = _base(surface, f"{surface.name} toon")
    value["pbrMetallicRoughness"] = {
        "baseColorTexture": {"index": paint},
        "metallicFactor": 0.0,
        "roughnessFactor": 0.9,
    }
    if surface.glows:
        value["emissiveFactor"] = [1.0, 1.0, 1.0]
        value["emissiveTexture"] = {"index": marks}
    toon: dict[str, Any] = {
        "specVersion": "1.0",
        "shadeColorFactor": list(surface.shade),
        "shadeMultiplyTexture": {"index": paint},
        "shadingShiftFactor": surface.shift,
        "shadingToonyFactor": surface.toony,
        "giEqualizationFactor": 0.9,
        "parametricRimColorFactor": list(surface.rim),
        "outlineWidthMode": "none",
    }
    if surface.outline:
        toon |= {
            "outlineWidthMode": "worldCoordinates",
            "outlineWidthFactor": surface.outline,
            "outlineWidthMultiplyTexture": {"index": marks},
            "outlineColorFactor": list(surface.outline_colour),
            "outlineLightingMixFactor": 0.0,
        }
    value["extensions"] = {"VRMC_materials_mtoon": toon}
    return value
