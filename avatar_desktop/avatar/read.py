"""A file becomes an Avatar, or an AvatarError that says in one sentence why not."""

from __future__ import annotations

from pathlib import Path

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.gltf.clips import read_animations
from avatar_desktop.avatar.gltf.extensions import (
    check_extensions,
    ignored_extensions,
    used_extensions,
)
from avatar_desktop.avatar.gltf.furnishings import read_cameras, read_lamps
from avatar_desktop.avatar.gltf.geometry import read_geometry
from avatar_desktop.avatar.gltf.images import read_images
from avatar_desktop.avatar.gltf.opening import open_source, opened
from avatar_desktop.avatar.gltf.scene import (
    read_skeleton,
    read_skins,
    scene_names,
    shown_nodes,
    shown_scene,
)
from avatar_desktop.avatar.gltf.surfaces import read_materials
from avatar_desktop.avatar.material import Material
from avatar_desktop.avatar.progress import Progress, unheard
from avatar_desktop.avatar.vrm.character import read_character


def read_avatar(path: Path, *, decode_pixels: bool = True, progress: Progress = unheard) -> Avatar:
    """Read a .glb, .gltf or .vrm file with everything that lies beside it, or a .zip of those.

    Without `decode_pixels` pictures stay black, and normals and tangents that the file leaves out
    are not made before they are asked for: for those who ask about an avatar and do not draw it.
    """
    with opened(path) as data:
        return read_avatar_bytes(
            data, folder=path.parent, decode_pixels=decode_pixels, progress=progress
        )


def read_avatar_bytes(
    data: bytes,
    *,
    folder: Path | None = None,
    decode_pixels: bool = True,
    progress: Progress = unheard,
) -> Avatar:
    """Read an avatar from memory; `folder` is where the files it names may lie."""
    progress("contents")
    source = open_source(data, folder)
    used = used_extensions(source.document)
    check_extensions(source, used)
    progress("geometry")
    skeleton = read_skeleton(source)
    scene = shown_scene(source)
    shown = shown_nodes(source, skeleton, scene)
    materials = read_materials(source)
    skins = read_skins(source)
    geometry = read_geometry(source, shown, materials, skins, completed=decode_pixels)
    if geometry.uses_default_material or not materials:
        materials = (*materials, Material())
    vrm = read_character(source, skeleton, geometry.instances, materials)
    images = read_images(source, vrm.materials, decode_pixels=decode_pixels, progress=progress)
    progress("motions")
    return Avatar(
        format=vrm.format,
        skeleton=skeleton,
        skins=skins,
        meshes=geometry.instances,
        materials=vrm.materials,
        images=images,
        morph_names=geometry.morph_names,
        rest_weights=geometry.rest_weights,
        animations=read_animations(source),
        humanoid=vrm.humanoid,
        humanoid_source=vrm.humanoid_source,
        expressions=vrm.expressions,
        look_at=vrm.look_at,
        springs=vrm.springs,
        constraints=vrm.constraints,
        first_person=vrm.first_person,
        lamps=read_lamps(source, shown),
        cameras=read_cameras(source, shown),
        variants=geometry.variants,
        scenes=scene_names(source),
        scene=scene,
        unshown=geometry.unshown,
        meta=vrm.meta,
        front=vrm.front,
        warnings=tuple(source.warnings),
        extensions_used=used,
        extensions_ignored=ignored_extensions(used),
    )
