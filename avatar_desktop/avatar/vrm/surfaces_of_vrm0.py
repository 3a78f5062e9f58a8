"""Surfaces of VRM 0.x in the numbers of MToon 1.0 and glTF; the shader counts, not the glTF below.

A queue of Unity becomes an offset of MToon 1.0: surfaces that write depth count up from the first
one drawn, the others down from the last one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

import msgspec

from avatar_desktop.avatar.gltf.document import TextureRef
from avatar_desktop.avatar.gltf.source import Source
from avatar_desktop.avatar.gltf.texturing import texture_use
from avatar_desktop.avatar.material import AlphaMode, Material
from avatar_desktop.avatar.texture import TextureUse
from avatar_desktop.avatar.toon import OutlineMode, Toon
from avatar_desktop.avatar.vrm.colour_space import Colour, linear
from avatar_desktop.avatar.vrm.entries import BEYOND_MEASURE, entry

_MTOON = "VRM/MToon"
_LEAVES_IT_TO_GLTF = frozenset({"VRM_USE_GLTFSHADER", "Standard", ""})
_UNLIT: dict[str, AlphaMode] = {
    "VRM/UnlitTexture": "OPAQUE",
    "VRM/UnlitCutout": "MASK",
    "VRM/UnlitTransparent": "BLEND",
    "VRM/UnlitTransparentZWrite": "BLEND",
    "Unlit/Color": "OPAQUE",
    "Unlit/Texture": "OPAQUE",
    "Unlit/Transparent": "BLEND",
    "Unlit/Transparent Cutout": "MASK",
}
_BLEND_MODES: dict[int, AlphaMode] = {1: "MASK", 2: "BLEND", 3: "BLEND"}
_OUTLINES: dict[int, OutlineMode] = {1: "world", 2: "screen"}
_BLENDED_QUEUE, _Z_WRITING_QUEUE = 3000, 2501
_MOST_QUEUES = 9
_MIXED_OUTLINE = 1
_CULL_BACK = 2
_FIRST_LINEAR_GLOW = 39
"""The version of MToon whose glow is written in linear light."""


class _Spec(msgspec.Struct, rename="camel"):
    shader: str | None = None
    render_queue: int | None = None
    float_properties: dict[str, Any] | None = None
    vector_properties: dict[str, Any] | None = None
    texture_properties: dict[str, Any] | None = None
    keyword_map: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class _Surface:
    """One entry of materialProperties; what is no number is as if it were not there."""

    shader: str
    queue: int | None
    place: str
    floats: Mapping[str, Any]
    vectors: Mapping[str, Any]
    textures: Mapping[str, Any]
    keywords: Mapping[str, Any]

    def number(self, name: str, otherwise: float) -> float:
        found = _number(self.floats.get(name))
        return otherwise if found is None else found

    def vector(self, name: str) -> tuple[float, ...] | None:
        found = self.vectors.get(name)
        items = cast("list[object]", found) if isinstance(found, list) else []
        whole = tuple(number for number in map(_number, items) if number is not None)
        return whole if whole and len(whole) == len(items) else None

    def colour(self, name: str, otherwise: Colour) -> Colour:
        found = self.vector(name)
        return linear(found if found is not None and len(found) >= 3 else otherwise)

    def alpha_mode(self) -> AlphaMode:
        if self.shader in _UNLIT:
            return _UNLIT[self.shader]
        if self.keywords.get("_ALPHABLEND_ON") is True:
            return "BLEND"
        if self.keywords.get("_ALPHATEST_ON") is True:
            return "MASK"
        return _BLEND_MODES.get(round(self.number("_BlendMode", 0.0)), "OPAQUE")

    def writes_depth(self) -> bool:
        """Although it is blended."""
        if self.alpha_mode() != "BLEND":
            return False
        return self.shader == "VRM/UnlitTransparentZWrite" or self.number("_ZWrite", 0.0) == 1.0

    def drawn_at(self) -> int:
        """Its place in Unity's queue."""
        if self.queue is not None and self.queue >= 0:
            return self.queue
        return _Z_WRITING_QUEUE if self.writes_depth() else _BLENDED_QUEUE

    def texture(self, source: Source, name: str, *, moves: bool = True) -> TextureUse | None:
        """One of its textures, moved as the main one is."""
        index: Any = self.textures.get(name)
        if not isinstance(index, int) or index == -1:
            return None
        use = texture_use(source, TextureRef(index), f"{self.place}.textureProperties.{name}")
        across = self.vector("_MainTex")
        if use is None or not moves or across is None or len(across) < 4:
            return use
        offset_x, offset_y, scale_x, scale_y = across[:4]
        offset = (offset_x, 1.0 - scale_y - offset_y)  # Unity counts rows from below
        return replace(use, offset=offset, scale=(scale_x, scale_y), rotation=0.0)


def with_looks_of_vrm0(
    source: Source, raws: list[msgspec.Raw], materials: tuple[Material, ...], place: str
) -> tuple[Material, ...]:
    """The materials as the shaders of VRM 0.x draw them."""
    drawn = list(materials)
    count = len(source.document.materials)
    if len(raws) > count:
        source.warn(f"{len(raws) - count} looks belong to no material ({place}).")
    surfaces: dict[int, _Surface] = {}
    for index, raw in enumerate(raws[:count]):
        here = f"{place}[{index}]"
        spec = entry(source, raw, _Spec, here, f"The look of {drawn[index].name or index}")
        if spec is not None:
            surfaces[index] = _surface(spec, here)
    offsets = _queue_offsets(surfaces)
    for index, surface in surfaces.items():
        if surface.shader == _MTOON:
            drawn[index] = _toon(source, drawn[index], surface, offsets[index])
        elif surface.shader in _UNLIT:
            drawn[index] = _unlit(source, drawn[index], surface, offsets[index])
        elif surface.shader not in _LEAVES_IT_TO_GLTF:
            source.warn(f"The shader {surface.shader[:60]} is not known; shown as plain glTF.")
    return tuple(drawn)


def _surface(spec: _Spec, place: str) -> _Surface:
    return _Surface(
        shader=spec.shader or "",
        queue=spec.render_queue,
        place=place,
        floats=spec.float_properties or {},
        vectors=spec.vector_properties or {},
        textures=spec.texture_properties or {},
        keywords=spec.keyword_map or {},
    )


def _queue_offsets(surfaces: Mapping[int, _Surface]) -> dict[int, int]:
    """The order of blended surfaces in the few steps that MToon 1.0 has."""
    blended = [item for item in surfaces.values() if item.alpha_mode() == "BLEND"]
    first = sorted({item.drawn_at() for item in blended if item.writes_depth()})
    last = sorted({item.drawn_at() for item in blended if not item.writes_depth()})
    offsets = dict.fromkeys(surfaces, 0)
    for index, item in surfaces.items():
        if item.writes_depth():
            offsets[index] = min(first.index(item.drawn_at()), _MOST_QUEUES)
        elif item.alpha_mode() == "BLEND":
            offsets[index] = max(last.index(item.drawn_at()) + 1 - len(last), -_MOST_QUEUES)
    return offsets


def _unlit(source: Source, material: Material, surface: _Surface, offset: int) -> Material:
    """Its own colour without light; a Toon only says when and how deep it is drawn."""
    bare = _drawn(source, material, surface)
    ordered = surface.writes_depth() or offset
    toon = Toon(z_write_when_blended=surface.writes_depth(), queue_offset=offset)
    return replace(bare, unlit=True, toon=toon if ordered else None)


def _toon(source: Source, material: Material, surface: _Surface, offset: int) -> Material:
    number = surface.number
    shift, toony = number("_ShadeShift", 0.0), number("_ShadeToony", 0.9)
    toony = min(1.0, max(0.0, toony + (1.0 - toony) * (0.5 + 0.5 * shift)))
    use: Callable[[str], TextureUse | None] = lambda name: surface.texture(source, name)  # noqa: E731
    toon = Toon(
        shade_colour=surface.colour("_ShadeColor", (0.97, 0.81, 0.86)),
        shade_texture=use("_ShadeTexture"),
        shading_shift=min(1.0, max(-1.0, toony - 1.0 - shift)),
        shading_toony=toony,
        gi_equalization=min(1.0, max(0.0, 1.0 - number("_IndirectLightIntensity", 0.1))),
        matcap_texture=surface.texture(source, "_SphereAdd", moves=False),
        rim_colour=surface.colour("_RimColor", (0.0, 0.0, 0.0)),
        rim_texture=use("_RimTexture"),
        rim_lighting_mix=number("_RimLightingMix", 0.0),
        rim_fresnel_power=max(0.0, number("_RimFresnelPower", 1.0)),
        rim_lift=number("_RimLift", 0.0),
        outline_width_texture=use("_OutlineWidthTexture"),
        outline_colour=surface.colour("_OutlineColor", (0.0, 0.0, 0.0)),
        uv_mask_texture=use("_UvAnimMaskTexture"),
        uv_scroll=(number("_UvAnimScrollX", 0.0), -number("_UvAnimScrollY", 0.0)),
        uv_rotation=number("_UvAnimRotation", 0.0) * 2.0 * math.pi,
        z_write_when_blended=surface.writes_depth(),
        queue_offset=offset,
        **_outline(surface),
    )
    glowing = replace(
        _drawn(source, material, surface),
        normal_texture=use("_BumpMap"),
        normal_scale=number("_BumpScale", 1.0),
        emissive_texture=use("_EmissionMap"),
        double_sided=round(number("_CullMode", _CULL_BACK)) != _CULL_BACK,
        unlit=False,
        toon=toon,
    )
    return _with_glow(glowing, surface)


def _drawn(source: Source, material: Material, surface: _Surface) -> Material:
    """What all shaders have: a colour, a picture and how see-through they are."""
    colour = surface.vector("_Color") or ()
    alpha = colour[3] if len(colour) > 3 else 1.0
    return replace(
        material,
        base_colour=(*surface.colour("_Color", (1.0, 1.0, 1.0)), alpha),
        base_texture=surface.texture(source, "_MainTex"),
        alpha_mode=surface.alpha_mode(),
        alpha_cutoff=surface.number("_Cutoff", 0.5),
    )


def _outline(surface: _Surface) -> dict[str, Any]:
    """From hundredths of a metre, or of half the picture's height."""
    mode = _OUTLINES.get(round(surface.number("_OutlineWidthMode", 0.0)), "none")
    width = max(0.0, surface.number("_OutlineWidth", 0.5))
    share = {"none": 0.0, "world": 0.01, "screen": 0.005}[mode]
    is_mixed = round(surface.number("_OutlineColorMode", 0.0)) == _MIXED_OUTLINE
    return {
        "outline_mode": mode,
        "outline_width": width * share,
        "outline_lighting_mix": surface.number("_OutlineLightingMix", 1.0) if is_mixed else 0.0,
    }


def _with_glow(material: Material, surface: _Surface) -> Material:
    """Older ones write their glow by one curve or the other, so there the glTF below decides."""
    given = surface.vector("_EmissionColor")
    if given is None or len(given) < 3:
        return material
    if surface.number("_MToonVersion", 0.0) >= _FIRST_LINEAR_GLOW:
        red, green, blue = (max(0.0, part) for part in given[:3])
        return replace(material, emissive=(red, green, blue), emissive_strength=1.0)
    if any(material.emissive):
        return material
    return replace(material, emissive=linear(given), emissive_strength=1.0)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if abs(value) <= BEYOND_MEASURE else None
