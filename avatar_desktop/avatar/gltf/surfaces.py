"""Materials of the file in our own terms; the last one is the default that glTF prescribes."""

from __future__ import annotations

import math
from typing import Any

import msgspec

from avatar_desktop.avatar.gltf.document import (
    Extensions,
    Sampler,
    TextureRef,
    Vec2,
    decode,
)
from avatar_desktop.avatar.gltf.document import Material as MaterialSpec
from avatar_desktop.avatar.gltf.source import Source, pick
from avatar_desktop.avatar.material import AlphaMode, Material
from avatar_desktop.avatar.texture import TextureUse
from avatar_desktop.errors import AvatarError

_NEAREST = 9728
_WRAPS = (33071, 33648, 10497)
_ALPHA_MODES: dict[str, AlphaMode] = {"OPAQUE": "OPAQUE", "MASK": "MASK", "BLEND": "BLEND"}


class _Strength(msgspec.Struct, rename="camel"):
    emissive_strength: float = 1.0


class _Transform(msgspec.Struct, rename="camel"):
    offset: Vec2 = (0.0, 0.0)
    rotation: float = 0.0
    scale: Vec2 = (1.0, 1.0)
    tex_coord: int | None = None


class _ImageSource(msgspec.Struct):
    source: int


def read_materials(source: Source, *, with_default: bool) -> tuple[Material, ...]:
    """Every material; a damaged one is replaced by the default look."""
    materials: list[Material] = []
    for index, spec in enumerate(source.document.materials):
        place = f"$.materials[{index}]"
        try:
            materials.append(_material(source, spec, place))
        except AvatarError as error:
            source.skipped(f"The material {spec.name or index}", error)
            materials.append(Material(name=spec.name))
    if with_default or not materials:
        materials.append(Material(name=""))
    return tuple(materials)


def _material(source: Source, spec: MaterialSpec, place: str) -> Material:
    pbr = spec.pbr_metallic_roughness
    core = f"{place}.pbrMetallicRoughness"
    mode = _ALPHA_MODES.get(spec.alpha_mode)
    if mode is None:
        source.warn(f"{place}.alphaMode is {spec.alpha_mode[:40]}, which means nothing.")
    numbers = (*pbr.base_color_factor, *spec.emissive_factor, pbr.metallic_factor)
    if not all(map(math.isfinite, (*numbers, pbr.roughness_factor, spec.alpha_cutoff))):
        raise AvatarError("A colour is not finite.", kind="numbers", place=place)
    return Material(
        name=spec.name,
        base_colour=pbr.base_color_factor,
        metallic=_share(pbr.metallic_factor),
        roughness=_share(pbr.roughness_factor),
        emissive=spec.emissive_factor,
        emissive_strength=_strength(source, spec.extensions, place),
        alpha_mode=mode or "OPAQUE",
        alpha_cutoff=spec.alpha_cutoff,
        double_sided=spec.double_sided,
        unlit="KHR_materials_unlit" in spec.extensions,
        base_texture=texture_use(source, pbr.base_color_texture, f"{core}.baseColorTexture"),
        metallic_roughness_texture=texture_use(
            source, pbr.metallic_roughness_texture, f"{core}.metallicRoughnessTexture"
        ),
        normal_texture=texture_use(source, spec.normal_texture, f"{place}.normalTexture"),
        normal_scale=spec.normal_texture.scale if spec.normal_texture else 1.0,
        occlusion_texture=texture_use(source, spec.occlusion_texture, f"{place}.occlusionTexture"),
        occlusion_strength=_share(spec.occlusion_texture.strength)
        if spec.occlusion_texture
        else 1.0,
        emissive_texture=texture_use(source, spec.emissive_texture, f"{place}.emissiveTexture"),
    )


def texture_use(source: Source, ref: TextureRef | None, place: str) -> TextureUse | None:
    """How a material uses a texture; None, with a warning, when it cannot be had."""
    if ref is None:
        return None
    try:
        return _texture_use(source, ref, place)
    except AvatarError as error:
        source.skipped("A texture", error)
        return None


def _texture_use(source: Source, ref: TextureRef, place: str) -> TextureUse:
    document = source.document
    texture = pick(document.textures, ref.index, f"{place}.index", "texture")
    here = f"$.textures[{ref.index}]"
    image = texture.source
    if "EXT_texture_webp" in texture.extensions:
        image = _read(texture.extensions, "EXT_texture_webp", _ImageSource, here).source
    if image is None:
        raise AvatarError("The texture has no picture that can be read.", kind="image", place=here)
    pick(document.images, image, f"{here}.source", "image")
    sampler = Sampler()
    if texture.sampler is not None:
        sampler = pick(document.samplers, texture.sampler, f"{here}.sampler", "sampler")
    move = _Transform()
    if "KHR_texture_transform" in ref.extensions:
        move = _read(ref.extensions, "KHR_texture_transform", _Transform, place)
    return TextureUse(
        image=image,
        uv_set=ref.tex_coord if move.tex_coord is None else max(0, move.tex_coord),
        wrap_s=sampler.wrap_s if sampler.wrap_s in _WRAPS else 10497,
        wrap_t=sampler.wrap_t if sampler.wrap_t in _WRAPS else 10497,
        nearest=sampler.mag_filter == _NEAREST,
        offset=move.offset,
        rotation=move.rotation,
        scale=move.scale,
    )


def _strength(source: Source, extensions: Extensions, place: str) -> float:
    name = "KHR_materials_emissive_strength"
    if name not in extensions:
        return 1.0
    try:
        return max(0.0, _read(extensions, name, _Strength, place).emissive_strength)
    except AvatarError as error:
        source.skipped("The strength of a glow", error)
        return 1.0


def _read(extensions: Extensions, name: str, kind: type[Any], place: str) -> Any:
    return decode(extensions[name], kind, f"{place}.extensions.{name}")


def _share(value: float) -> float:
    return min(1.0, max(0.0, value))
