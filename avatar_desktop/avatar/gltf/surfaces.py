"""Materials of the file in our own terms."""

from __future__ import annotations

from avatar_desktop.avatar.gltf.document import Material as MaterialSpec
from avatar_desktop.avatar.gltf.document import MetallicRoughness
from avatar_desktop.avatar.gltf.finishes import Finishes
from avatar_desktop.avatar.gltf.glossiness import NAME as GLOSSINESS
from avatar_desktop.avatar.gltf.glossiness import metallic_roughness
from avatar_desktop.avatar.gltf.source import Source
from avatar_desktop.avatar.gltf.texturing import texture_use
from avatar_desktop.avatar.material import AlphaMode, Material
from avatar_desktop.errors import AvatarError

_ALPHA_MODES: dict[str, AlphaMode] = {"OPAQUE": "OPAQUE", "MASK": "MASK", "BLEND": "BLEND"}


def read_materials(source: Source) -> tuple[Material, ...]:
    """Every material; a damaged one is replaced by the default look."""
    materials: list[Material] = []
    for index, spec in enumerate(source.document.materials):
        place = f"$.materials[{index}]"
        try:
            materials.append(_material(source, spec, place))
        except AvatarError as error:
            source.skipped(f"The material {spec.name or index}", error)
            materials.append(Material(name=spec.name))
    return tuple(materials)


def _material(source: Source, spec: MaterialSpec, place: str) -> Material:
    pbr = _base(source, spec, place)
    core = f"{place}.pbrMetallicRoughness"
    mode = _ALPHA_MODES.get(spec.alpha_mode)
    if mode is None:
        source.warn(f"{place}.alphaMode is {spec.alpha_mode[:40]}, which means nothing.")
    normal, occlusion = spec.normal_texture, spec.occlusion_texture
    finishes = Finishes(source, spec.extensions, place).told() if spec.extensions else {}
    return Material(
        name=spec.name,
        base_colour=pbr.base_color_factor,
        metallic=_share(pbr.metallic_factor),
        roughness=_share(pbr.roughness_factor),
        emissive=spec.emissive_factor,
        alpha_mode=mode or "OPAQUE",
        alpha_cutoff=spec.alpha_cutoff,
        double_sided=spec.double_sided,
        unlit="KHR_materials_unlit" in spec.extensions,
        base_texture=texture_use(source, pbr.base_color_texture, f"{core}.baseColorTexture"),
        metallic_roughness_texture=texture_use(
            source, pbr.metallic_roughness_texture, f"{core}.metallicRoughnessTexture"
        ),
        normal_texture=texture_use(source, normal, f"{place}.normalTexture"),
        normal_scale=normal.scale if normal else 1.0,
        occlusion_texture=texture_use(source, occlusion, f"{place}.occlusionTexture"),
        occlusion_strength=_share(occlusion.strength) if occlusion else 1.0,
        emissive_texture=texture_use(source, spec.emissive_texture, f"{place}.emissiveTexture"),
        **finishes,
    )


def _base(source: Source, spec: MaterialSpec, place: str) -> MetallicRoughness:
    """The base of the surface; one in the older terms of gloss is translated."""
    if GLOSSINESS not in spec.extensions:
        return spec.pbr_metallic_roughness
    try:
        return metallic_roughness(source, spec.extensions, place)
    except AvatarError as error:
        source.skipped(f"The gloss of the material {spec.name}", error)
        return spec.pbr_metallic_roughness


def _share(value: float) -> float:
    return min(1.0, max(0.0, value))
