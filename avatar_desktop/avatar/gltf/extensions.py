"""Which glTF extensions are shown, and which are left out."""

from __future__ import annotations

from collections.abc import Iterable

from avatar_desktop.avatar.gltf.document import Document
from avatar_desktop.avatar.gltf.source import Source
from avatar_desktop.errors import AvatarError

SHOWN = frozenset(
    {
        "EXT_mesh_gpu_instancing",
        "KHR_animation_pointer",  # but for cameras, with a note of its own
        "KHR_lights_punctual",  # wherever the studio does not light the avatar instead
        "KHR_materials_anisotropy",
        "KHR_materials_clearcoat",
        "KHR_materials_dispersion",
        "KHR_materials_ior",
        "KHR_materials_iridescence",
        "KHR_materials_sheen",
        "KHR_materials_specular",
        "KHR_materials_transmission",
        "KHR_materials_variants",
        "KHR_materials_volume",
        "KHR_node_visibility",
        "KHR_materials_unlit",
        "KHR_materials_emissive_strength",
        "KHR_materials_pbrSpecularGlossiness",  # translated, with a note of its own
        "KHR_texture_transform",
        "KHR_mesh_quantization",
        "KHR_meshopt_compression",
        "EXT_meshopt_compression",
        "KHR_draco_mesh_compression",
        "KHR_texture_basisu",
        "EXT_texture_webp",
        "VRM",
        "VRMC_vrm",
        "VRMC_materials_hdr_emissiveMultiplier",
        "VRMC_materials_mtoon",
        "VRMC_node_constraint",
        "VRMC_springBone",
        "VRMC_springBone_extended_collider",
        "VRMC_vrm_animation",
    }
)
"""Read, and seen in the picture."""

LEFT_OUT = {
    "KHR_xmp": "Notes about the file",
    "KHR_xmp_json_ld": "Notes about the file",
}
"""Known and left out: geometry and motion stay right, some look or liveliness is missing."""


def check_extensions(source: Source, used: Iterable[str]) -> None:
    """Refuse what the file cannot do without; note what it will have to do without."""
    for name in source.document.extensions_required:
        if name not in SHOWN and name not in LEFT_OUT:
            raise AvatarError(
                f"The file needs the extension {_short(name)}, which is not supported.",
                kind="extension",
                place="$.extensionsRequired",
                advice="Export it again without that extension.",
            )
    for name in ignored_extensions(used):
        what = LEFT_OUT.get(name)
        source.warn(
            f"{what} ({name}): left out."
            if what
            else f"The extension {_short(name)} is not known here and changes nothing."
        )


def used_extensions(document: Document) -> tuple[str, ...]:
    """Names the file declares, and those it uses without saying so."""
    names = dict.fromkeys(document.extensions_used)
    names.update(dict.fromkeys(document.extensions))
    groups = (document.nodes, document.materials, document.textures, document.buffer_views)
    for group in groups:
        for part in group:
            if part.extensions:
                names.update(dict.fromkeys(part.extensions))
    for mesh in document.meshes:
        for part in mesh.primitives:
            if part.extensions:
                names.update(dict.fromkeys(part.extensions))
    return tuple(names)


def ignored_extensions(used: Iterable[str]) -> tuple[str, ...]:
    """Extensions of the file that change nothing here."""
    return tuple(name for name in used if name not in SHOWN)


def _short(name: str) -> str:
    return name if len(name) <= 60 else f"{name[:57]}…"
