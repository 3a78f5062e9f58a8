"""Meshes: names, formats and counts of what their vertices carry, and what their materials need."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from avatar_desktop.avatar.gltf.document import Primitive
from avatar_desktop.avatar.gltf.examination.case import Case
from avatar_desktop.avatar.gltf.examination.findings import Json, as_object, extension, objects

_BASE = r"POSITION|NORMAL|TANGENT|_.+|"
_ATTRIBUTE = re.compile(_BASE + r"(TEXCOORD|COLOR|JOINTS|WEIGHTS)_(0|[1-9][0-9]*)")
_TARGET = re.compile(_BASE + r"(TEXCOORD|COLOR)_(0|[1-9][0-9]*)")
_SETS = ("TEXCOORD", "COLOR", "JOINTS", "WEIGHTS")

Format = tuple[str, int, bool]
_FLOAT = (5126, False)
_SHARES = ((5126, False), (5121, True), (5123, True))
_WHOLE = ((5121, False), (5123, False))
_FORMATS: dict[str, tuple[tuple[str, ...], tuple[tuple[int, bool], ...]]] = {
    "POSITION": (("VEC3",), (_FLOAT,)),
    "NORMAL": (("VEC3",), (_FLOAT,)),
    "TANGENT": (("VEC4",), (_FLOAT,)),
    "TEXCOORD": (("VEC2",), _SHARES),
    "COLOR": (("VEC3", "VEC4"), _SHARES),
    "JOINTS": (("VEC4",), _WHOLE),
    "WEIGHTS": (("VEC4",), _SHARES),
}
_SMALL = tuple((code, normal) for code in (5120, 5121, 5122, 5123) for normal in (False, True))
_SIGNED_SHARES = ((5120, True), (5122, True))
_QUANTISED: dict[str, tuple[tuple[int, bool], ...]] = {
    "POSITION": _SMALL,
    "NORMAL": _SIGNED_SHARES,
    "TANGENT": _SIGNED_SHARES,
    "TEXCOORD": _SMALL,
}


def examine_meshes(case: Case) -> None:
    """Every primitive of every mesh."""
    for index, mesh in enumerate(case.document.meshes):
        place = f"$.meshes[{index}]"
        counts = {len(part.targets) for part in mesh.primitives}
        if len(counts) > 1:
            case.findings.add(f"{place}.primitives", "parts have different numbers of targets.")
        if mesh.weights and len(mesh.weights) not in counts:
            case.findings.add(
                f"{place}.weights",
                f"there are {len(mesh.weights)} weights for {max(counts, default=0)} targets.",
            )
        for number, part in enumerate(mesh.primitives):
            here = f"{place}.primitives[{number}]"
            _examine_attributes(case, part, here)
            _examine_targets(case, part, here)
            _examine_indices(case, part, here)
            _examine_needs(case, part, here)


def _examine_attributes(case: Case, part: Primitive, place: str) -> None:
    names = part.attributes
    here = f"{place}.attributes"
    if "POSITION" not in names:
        case.findings.add(here, "POSITION is missing, so nothing is drawn.")
    for name, index in names.items():
        if not _ATTRIBUTE.fullmatch(name):
            case.findings.add(f"{here}.{name[:60]}", "is no attribute of a mesh.")
        elif case.has_accessor(index):
            _examine_format(case, name, index, f"{here}.{name[:60]}", is_target=False)
    counts = {case.document.accessors[i].count for i in names.values() if case.has_accessor(i)}
    if len(counts) > 1:
        case.findings.add(here, f"attributes have unequal counts: {sorted(counts)[:8]}.")
    for family in _SETS:
        used = sorted(int(n.rpartition("_")[2]) for n in names if _is_set(n, family))
        if used != list(range(len(used))):
            case.findings.add(here, f"the sets of {family} are not numbered 0, 1, 2 …: {used}.")
    if sum(_is_set(n, "JOINTS") for n in names) != sum(_is_set(n, "WEIGHTS") for n in names):
        case.findings.add(here, "joints and weights do not come in pairs.")
    if "TANGENT" in names and "NORMAL" not in names:
        case.findings.add(f"{here}.TANGENT", "tangents mean nothing without normals.")


def _is_set(name: str, family: str) -> bool:
    return name.startswith(f"{family}_") and bool(_ATTRIBUTE.fullmatch(name))


def _examine_format(case: Case, name: str, index: int, place: str, *, is_target: bool) -> None:
    accessor = case.document.accessors[index]
    given = (accessor.component_type, accessor.normalized)
    if accessor.component_type == 5125:
        case.findings.add(place, "vertex data cannot be 32-bit whole numbers.")
        return
    family = name if name in _FORMATS else name.rpartition("_")[0]
    if family not in _FORMATS:
        return
    kinds, formats = _FORMATS[family]
    if is_target and family == "TANGENT":
        kinds = ("VEC3",)
    if accessor.type not in kinds:
        case.findings.add(place, f"has the wrong format: {accessor.type}, not {kinds[0]}.")
    if given in formats or (is_target and family in ("TEXCOORD", "COLOR")):
        return
    if given not in _QUANTISED.get(family, ()):
        case.findings.add(place, f"has the wrong format: component type {given[0]}.")
    elif "KHR_mesh_quantization" not in case.document.extensions_required:
        case.findings.add(
            place, "quantised vertices need KHR_mesh_quantization among the required extensions."
        )


def _examine_targets(case: Case, part: Primitive, place: str) -> None:
    vertices = _count(case, part.attributes.get("POSITION"))
    for row, target in enumerate(part.targets):
        for name, index in target.items():
            here = f"{place}.targets[{row}].{name[:60]}"
            if not _TARGET.fullmatch(name):
                case.findings.add(here, "is no attribute of a morph target.")
                continue
            if name not in part.attributes:
                case.findings.add(here, "the mesh has no such attribute to be moved.")
            if not case.has_accessor(index):
                continue
            _examine_format(case, name, index, here, is_target=True)
            count = case.document.accessors[index].count
            if vertices is not None and count != vertices:
                case.findings.add(here, f"has {count} values for {vertices} vertices.")


def _examine_indices(case: Case, part: Primitive, place: str) -> None:
    if part.indices is None:
        count = _count(case, part.attributes.get("POSITION"))
    else:
        count = _count(case, part.indices)
        if case.has_accessor(part.indices):
            accessor = case.document.accessors[part.indices]
            plain = accessor.type == "SCALAR" and not accessor.normalized
            if not plain or accessor.component_type not in (5121, 5123, 5125):
                case.findings.add(f"{place}.indices", "has the wrong format for indices.")
    least, step = {0: (1, 1), 1: (2, 2), 4: (3, 3), 2: (2, 1), 3: (2, 1)}.get(part.mode, (3, 1))
    if count is not None and (count < least or count % step):
        case.findings.add(place, f"{count} vertices cannot be drawn in mode {part.mode}.")


def _examine_needs(case: Case, part: Primitive, place: str) -> None:
    """Texture coordinates and tangents that the material asks for."""
    materials = objects(case.raw, "materials")
    if part.material is None or part.material >= len(materials):
        return
    material = materials[part.material]
    for where, coordinates in _texture_sets(material, f"$.materials[{part.material}]"):
        if f"TEXCOORD_{coordinates}" not in part.attributes:
            case.findings.add(
                f"{place}.material", f"TEXCOORD_{coordinates} is missing, which {where} needs."
            )
    clearcoat = extension(material, "KHR_materials_clearcoat")
    turned = "clearcoatNormalTexture" in clearcoat or bool(
        extension(material, "KHR_materials_anisotropy")
    )
    has_some = "TANGENT" in part.attributes or {"NORMAL", "TEXCOORD_0"} <= part.attributes.keys()
    if turned and not has_some and "normalTexture" not in material:
        case.findings.add(
            f"{place}.material",
            "the material needs tangents, and the mesh has nothing to make them of.",
        )


def _texture_sets(owner: Mapping[str, object], place: str) -> Iterator[tuple[str, int]]:
    """Which set of texture coordinates each texture of a material uses."""
    for name, value in owner.items():
        inner: Json | None = as_object(value)
        if inner is None or name == "extras":
            continue
        if "index" in inner and name.endswith("Texture"):
            moved = extension(inner, "KHR_texture_transform").get("texCoord")
            chosen: object = inner.get("texCoord", 0) if moved is None else moved
            if isinstance(chosen, int):
                yield f"{place}.{name}", chosen
        else:
            yield from _texture_sets(inner, f"{place}.{name[:60]}")


def _count(case: Case, index: int | None) -> int | None:
    if index is None or not case.has_accessor(index):
        return None
    return case.document.accessors[index].count
