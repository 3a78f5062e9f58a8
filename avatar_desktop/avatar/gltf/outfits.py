"""Outfits of a file (KHR_materials_variants): their names, and what each part wears in them."""

from __future__ import annotations

import msgspec

from avatar_desktop.avatar.gltf.document import Primitive as PrimitiveSpec
from avatar_desktop.avatar.gltf.document import extension
from avatar_desktop.avatar.gltf.source import Source, pick
from avatar_desktop.errors import AvatarError

_NAME = "KHR_materials_variants"


class _Variant(msgspec.Struct):
    name: str


class _Variants(msgspec.Struct):
    variants: list[_Variant] = []


class _Mapping(msgspec.Struct):
    variants: list[int]
    material: int


class _Mappings(msgspec.Struct):
    mappings: list[_Mapping] = []


def read_variants(source: Source) -> tuple[str, ...]:
    """Names of the outfits, as the file orders them."""
    if _NAME not in source.document.extensions:
        return ()
    try:
        found = extension(source.document.extensions, _NAME, _Variants, "$")
    except AvatarError as error:
        source.skipped("The list of outfits", error)
        return ()
    return tuple(variant.name for variant in found.variants)


def worn(source: Source, spec: PrimitiveSpec, outfits: int, place: str) -> dict[int, int]:
    """Outfit → material of one primitive; what points nowhere is noted and left out."""
    if _NAME not in spec.extensions:
        return {}
    here = f"{place}.extensions.{_NAME}"
    try:
        found = extension(spec.extensions, _NAME, _Mappings, place)
    except AvatarError as error:
        source.skipped("What a part wears", error)
        return {}
    materials: dict[int, int] = {}
    for mapping in found.mappings:
        try:
            pick(source.document.materials, mapping.material, here, "material")
            for outfit in mapping.variants:
                pick(range(outfits), outfit, here, "variant")
                materials[outfit] = mapping.material
        except AvatarError as error:
            source.skipped("What a part wears in one outfit", error)
    return materials
