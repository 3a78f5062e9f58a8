"""Which glTF extensions are understood, which only cost looks, and which must be refused."""

from __future__ import annotations

from avatar_desktop.avatar.gltf.source import Source
from avatar_desktop.errors import AvatarError

UNDERSTOOD = frozenset(
    {
        "KHR_materials_unlit",
        "KHR_materials_emissive_strength",
        "KHR_texture_transform",
        "KHR_mesh_quantization",
        "EXT_texture_webp",
        "VRM",
        "VRMC_vrm",
        "VRMC_materials_mtoon",
    }
)
PLAINER = frozenset(
    {
        "KHR_animation_pointer",
        "KHR_lights_punctual",
        "KHR_materials_anisotropy",
        "KHR_materials_clearcoat",
        "KHR_materials_dispersion",
        "KHR_materials_ior",
        "KHR_materials_iridescence",
        "KHR_materials_pbrSpecularGlossiness",
        "KHR_materials_sheen",
        "KHR_materials_specular",
        "KHR_materials_transmission",
        "KHR_materials_variants",
        "KHR_materials_volume",
        "KHR_node_visibility",
        "KHR_xmp",
        "KHR_xmp_json_ld",
        "VRMC_materials_hdr_emissiveMultiplier",
        "VRMC_node_constraint",
        "VRMC_springBone",
        "VRMC_springBone_extended_collider",
        "EXT_mesh_gpu_instancing",
    }
)
"""Known and left out: geometry and motion stay right, some look or liveliness is missing."""


def check_extensions(source: Source) -> None:
    """Refuse what the file cannot do without; note what it will have to do without."""
    document = source.document
    for name in document.extensions_required:
        if name not in UNDERSTOOD and name not in PLAINER:
            raise AvatarError(
                f"The file needs the extension {_short(name)}, which is not supported.",
                kind="extension",
                place="$.extensionsRequired",
                advice="Export it again without that extension.",
            )
    for name in ignored_extensions(document.extensions_used):
        source.warn(f"The extension {_short(name)} is not shown.")


def ignored_extensions(used: list[str]) -> list[str]:
    """Extensions of the file that change nothing here."""
    return [name for name in dict.fromkeys(used) if name not in UNDERSTOOD]


def _short(name: str) -> str:
    return name if len(name) <= 60 else f"{name[:57]}…"
