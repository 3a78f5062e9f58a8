"""The character of a file: whichever VRM it speaks, in the words of VRM 1.0."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import msgspec

from avatar_desktop.avatar.avatar import FirstPerson
from avatar_desktop.avatar.constraint import Constraint
from avatar_desktop.avatar.expression import Expression, LookAt
from avatar_desktop.avatar.gltf.source import Source
from avatar_desktop.avatar.material import Material
from avatar_desktop.avatar.mesh import MeshInstance
from avatar_desktop.avatar.meta import Meta
from avatar_desktop.avatar.rig.humanoid import find_humanoid
from avatar_desktop.avatar.skeleton import Skeleton
from avatar_desktop.avatar.spring import Spring
from avatar_desktop.avatar.vrm.bones import bones_of_motion, read_bones, read_bones_of_vrm0
from avatar_desktop.avatar.vrm.constraints import read_constraints
from avatar_desktop.avatar.vrm.entries import NOTHING, entry
from avatar_desktop.avatar.vrm.expressions import Shown, read_expressions
from avatar_desktop.avatar.vrm.expressions_of_vrm0 import read_expressions_of_vrm0
from avatar_desktop.avatar.vrm.gaze import (
    read_first_person,
    read_first_person_of_vrm0,
    read_look_at,
    read_look_at_of_vrm0,
)
from avatar_desktop.avatar.vrm.meta import read_meta, read_meta_of_vrm0
from avatar_desktop.avatar.vrm.springs import read_springs
from avatar_desktop.avatar.vrm.springs_of_vrm0 import read_springs_of_vrm0
from avatar_desktop.avatar.vrm.surfaces import with_looks_of_vrm
from avatar_desktop.avatar.vrm.surfaces_of_vrm0 import with_looks_of_vrm0

VRM_1 = "VRMC_vrm"
VRM_0 = "VRM"
_WHAT = "What the file says of its character"


@dataclass(frozen=True, slots=True)
class Character:
    """Body, face, gaze, look, loose parts and licence."""

    format: str
    materials: tuple[Material, ...]
    humanoid: Mapping[str, int] = field(default_factory=dict[str, int])
    humanoid_source: str = ""
    expressions: Mapping[str, Expression] = field(default_factory=dict[str, Expression])
    look_at: LookAt | None = None
    first_person: Mapping[int, FirstPerson] = field(default_factory=dict[int, FirstPerson])
    springs: tuple[Spring, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    meta: Meta = field(default_factory=Meta)
    front: int = 1


class _Vrm1(msgspec.Struct, rename="camel"):
    meta: msgspec.Raw = NOTHING
    humanoid: msgspec.Raw = NOTHING
    expressions: msgspec.Raw = NOTHING
    look_at: msgspec.Raw = NOTHING
    first_person: msgspec.Raw = NOTHING


class _Vrm0(msgspec.Struct, rename="camel"):
    meta: msgspec.Raw = NOTHING
    humanoid: msgspec.Raw = NOTHING
    blend_shape_master: msgspec.Raw = NOTHING
    first_person: msgspec.Raw = NOTHING
    secondary_animation: msgspec.Raw = NOTHING
    material_properties: list[msgspec.Raw] | None = None


def read_character(
    source: Source,
    skeleton: Skeleton,
    instances: tuple[MeshInstance, ...],
    materials: tuple[Material, ...],
) -> Character:
    """What VRM adds to the file, the newer version first; without its bones, those of the names."""
    extensions = source.document.extensions
    read = _of_vrm1 if VRM_1 in extensions else _of_vrm0 if VRM_0 in extensions else _of_gltf
    character = read(source, skeleton, instances, materials)
    if character.humanoid:
        return replace(character, humanoid_source="file")
    found = find_humanoid(skeleton)
    if found is None:
        return character
    return replace(
        character,
        humanoid=found.bones,
        humanoid_source=found.naming,
        front=found.front if character.format == "gltf" else character.front,
    )


def _of_gltf(
    source: Source,
    skeleton: Skeleton,
    instances: tuple[MeshInstance, ...],
    materials: tuple[Material, ...],
) -> Character:
    return Character(
        format="gltf",
        humanoid=bones_of_motion(source),
        materials=with_looks_of_vrm(source, materials),
        springs=read_springs(source, skeleton),
        constraints=read_constraints(source),
        meta=Meta(copyright=source.document.asset.copyright),
    )


def _of_vrm1(
    source: Source,
    skeleton: Skeleton,
    instances: tuple[MeshInstance, ...],
    materials: tuple[Material, ...],
) -> Character:
    place = f"$.extensions.{VRM_1}"
    vrm = entry(source, source.document.extensions[VRM_1], _Vrm1, place, _WHAT) or _Vrm1()
    drawn = with_looks_of_vrm(source, materials)
    shown = Shown(instances, drawn)
    return Character(
        format="vrm1",
        materials=drawn,
        humanoid=read_bones(source, vrm.humanoid, f"{place}.humanoid"),
        expressions=read_expressions(source, vrm.expressions, shown, f"{place}.expressions"),
        look_at=read_look_at(source, vrm.look_at, f"{place}.lookAt"),
        first_person=read_first_person(source, vrm.first_person, f"{place}.firstPerson"),
        springs=read_springs(source, skeleton),
        constraints=read_constraints(source),
        meta=read_meta(source, vrm.meta, f"{place}.meta"),
    )


def _of_vrm0(
    source: Source,
    skeleton: Skeleton,
    instances: tuple[MeshInstance, ...],
    materials: tuple[Material, ...],
) -> Character:
    place = f"$.extensions.{VRM_0}"
    vrm = entry(source, source.document.extensions[VRM_0], _Vrm0, place, _WHAT) or _Vrm0()
    looks = vrm.material_properties or []
    drawn = with_looks_of_vrm(source, materials)
    drawn = with_looks_of_vrm0(source, looks, drawn, f"{place}.materialProperties")
    shown = Shown(instances, drawn)
    face = f"{place}.blendShapeMaster"
    swing = f"{place}.secondaryAnimation"
    return Character(
        format="vrm0",
        materials=drawn,
        humanoid=read_bones_of_vrm0(source, vrm.humanoid, f"{place}.humanoid"),
        expressions=read_expressions_of_vrm0(source, vrm.blend_shape_master, shown, face),
        look_at=read_look_at_of_vrm0(source, vrm.first_person, f"{place}.firstPerson"),
        first_person=read_first_person_of_vrm0(source, vrm.first_person, f"{place}.firstPerson"),
        springs=read_springs_of_vrm0(source, vrm.secondary_animation, skeleton, swing)
        or read_springs(source, skeleton),
        constraints=read_constraints(source),
        meta=read_meta_of_vrm0(source, vrm.meta, f"{place}.meta"),
        front=-1,
    )
