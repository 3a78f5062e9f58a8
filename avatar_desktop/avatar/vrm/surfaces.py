"""Surfaces that are drawn: VRMC_materials_mtoon, and glow beyond one."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from avatar_desktop.avatar.gltf.document import Extensions, TextureRef, Vec3
from avatar_desktop.avatar.gltf.source import Source
from avatar_desktop.avatar.gltf.texturing import texture_use
from avatar_desktop.avatar.material import Material
from avatar_desktop.avatar.texture import TextureUse
from avatar_desktop.avatar.toon import OutlineMode, Toon
from avatar_desktop.avatar.vrm.entries import NOTHING, entry, word

MTOON = "VRMC_materials_mtoon"
_GLOW = "VRMC_materials_hdr_emissiveMultiplier"
_LAST_QUEUE = 9
_STRENGTH = "KHR_materials_emissive_strength"
_OUTLINES: dict[str, OutlineMode] = {
    "none": "none",
    "worldCoordinates": "world",
    "screenCoordinates": "screen",
}


class _Glow(msgspec.Struct, rename="camel"):
    emissive_multiplier: float = 1.0


class _MToon(msgspec.Struct, rename="camel"):
    transparent_with_z_write: bool = False
    render_queue_offset_number: int = 0
    shade_color_factor: Vec3 = (1.0, 1.0, 1.0)
    shade_multiply_texture: msgspec.Raw = NOTHING
    shading_shift_factor: float = 0.0
    shading_shift_texture: msgspec.Raw = NOTHING
    shading_toony_factor: float = 0.9
    gi_equalization_factor: float = 0.9
    matcap_factor: Vec3 = (1.0, 1.0, 1.0)
    matcap_texture: msgspec.Raw = NOTHING
    parametric_rim_color_factor: Vec3 = (0.0, 0.0, 0.0)
    rim_multiply_texture: msgspec.Raw = NOTHING
    rim_lighting_mix_factor: float = 1.0
    parametric_rim_fresnel_power_factor: float = 5.0
    parametric_rim_lift_factor: float = 0.0
    outline_width_mode: str = "none"
    outline_width_factor: float = 0.0
    outline_width_multiply_texture: msgspec.Raw = NOTHING
    outline_color_factor: Vec3 = (0.0, 0.0, 0.0)
    outline_lighting_mix_factor: float = 1.0
    uv_animation_mask_texture: msgspec.Raw = NOTHING
    uv_animation_scroll_x_speed_factor: float = 0.0
    uv_animation_scroll_y_speed_factor: float = 0.0
    uv_animation_rotation_speed_factor: float = 0.0


def with_looks_of_vrm(source: Source, materials: tuple[Material, ...]) -> tuple[Material, ...]:
    """The materials with what VRM 1.0 says of them; the plain glTF below is for others."""
    drawn = list(materials)
    for index, spec in enumerate(source.document.materials):
        if not (MTOON in spec.extensions or _GLOW in spec.extensions):
            continue
        place = f"$.materials[{index}].extensions"
        name = spec.name or str(index)
        drawn[index] = _with_glow(source, drawn[index], spec.extensions, place)
        raw = spec.extensions.get(MTOON, NOTHING)
        here = f"{place}.{MTOON}"
        mtoon = entry(source, raw, _MToon, here, f"The toon look of {name[:40]}")
        if mtoon is not None:
            drawn[index] = replace(drawn[index], toon=_toon(source, mtoon, here), unlit=False)
    return tuple(drawn)


def _with_glow(source: Source, material: Material, extensions: Extensions, place: str) -> Material:
    if _STRENGTH in extensions:
        return material
    found = entry(source, extensions.get(_GLOW, NOTHING), _Glow, f"{place}.{_GLOW}", "A glow")
    if found is None:
        return material
    return replace(material, emissive_strength=max(0.0, found.emissive_multiplier))


def _toon(source: Source, mtoon: _MToon, place: str) -> Toon:
    def use(raw: msgspec.Raw, name: str) -> tuple[TextureUse | None, float]:
        here = f"{place}.{name}"
        ref = entry(source, raw, TextureRef, here, "A texture")
        return texture_use(source, ref, here), ref.scale if ref else 1.0

    shift, shift_scale = use(mtoon.shading_shift_texture, "shadingShiftTexture")
    outline = f"{place}.outlineWidthMode"
    mode: OutlineMode = word(source, mtoon.outline_width_mode, _OUTLINES, "none", outline)
    return Toon(
        shade_colour=mtoon.shade_color_factor,
        shade_texture=use(mtoon.shade_multiply_texture, "shadeMultiplyTexture")[0],
        shading_shift=mtoon.shading_shift_factor,
        shading_shift_texture=shift,
        shading_shift_texture_scale=shift_scale,
        shading_toony=mtoon.shading_toony_factor,
        gi_equalization=mtoon.gi_equalization_factor,
        matcap_colour=mtoon.matcap_factor,
        matcap_texture=use(mtoon.matcap_texture, "matcapTexture")[0],
        rim_colour=mtoon.parametric_rim_color_factor,
        rim_texture=use(mtoon.rim_multiply_texture, "rimMultiplyTexture")[0],
        rim_lighting_mix=mtoon.rim_lighting_mix_factor,
        rim_fresnel_power=max(0.0, mtoon.parametric_rim_fresnel_power_factor),
        rim_lift=mtoon.parametric_rim_lift_factor,
        outline_mode=mode,
        outline_width=max(0.0, mtoon.outline_width_factor) if mode != "none" else 0.0,
        outline_width_texture=use(
            mtoon.outline_width_multiply_texture, "outlineWidthMultiplyTexture"
        )[0],
        outline_colour=mtoon.outline_color_factor,
        outline_lighting_mix=mtoon.outline_lighting_mix_factor,
        uv_mask_texture=use(mtoon.uv_animation_mask_texture, "uvAnimationMaskTexture")[0],
        uv_scroll=(
            mtoon.uv_animation_scroll_x_speed_factor,
            mtoon.uv_animation_scroll_y_speed_factor,
        ),
        uv_rotation=mtoon.uv_animation_rotation_speed_factor,
        z_write_when_blended=mtoon.transparent_with_z_write,
        queue_offset=min(_LAST_QUEUE, max(-_LAST_QUEUE, mtoon.render_queue_offset_number)),
    )
