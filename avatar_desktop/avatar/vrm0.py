"""VRM 0.x brought to the 1.0 form: bone names, preset names, weights of 0…1, linear colours.

The model itself is not turned round: `front` says that it faces −Z.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec

from avatar_desktop.avatar.avatar import Meta
from avatar_desktop.avatar.expression import Expression, LookAt, MorphBind
from avatar_desktop.avatar.gltf.document import decode
from avatar_desktop.avatar.gltf.source import Source
from avatar_desktop.avatar.material import Material
from avatar_desktop.avatar.mesh import MeshInstance
from avatar_desktop.avatar.toon import Toon
from avatar_desktop.avatar.vrm import VrmPart, humanoid_from, morph_bind
from avatar_desktop.errors import AvatarError

_HERE = "$.extensions.VRM"
_BONES = {
    f"{side}Thumb{old}": f"{side}Thumb{new}"
    for side in ("left", "right")
    for old, new in (("Proximal", "Metacarpal"), ("Intermediate", "Proximal"))
}
_PRESETS = {
    "neutral": "neutral",
    "a": "aa",
    "i": "ih",
    "u": "ou",
    "e": "ee",
    "o": "oh",
    "blink": "blink",
    "blink_l": "blinkLeft",
    "blink_r": "blinkRight",
    "joy": "happy",
    "angry": "angry",
    "sorrow": "sad",
    "fun": "relaxed",
    "lookup": "lookUp",
    "lookdown": "lookDown",
    "lookleft": "lookLeft",
    "lookright": "lookRight",
}
_OUTLINE_IN_WORLD = 1
_CENTIMETRE = 0.01


class _Meta(msgspec.Struct, rename="camel"):
    title: str | None = None
    version: str | None = None
    author: str | None = None
    license_name: str | None = None
    other_license_url: str | None = None


class _Bone(msgspec.Struct):
    bone: str
    node: int


class _Humanoid(msgspec.Struct, rename="camel"):
    human_bones: list[msgspec.Raw] = []


class _Bind(msgspec.Struct):
    mesh: int
    index: int
    weight: float = 100.0


class _Group(msgspec.Struct, rename="camel"):
    name: str | None = None
    preset_name: str | None = None
    is_binary: bool | None = None
    binds: list[msgspec.Raw] | None = None


class _BlendShapes(msgspec.Struct, rename="camel"):
    blend_shape_groups: list[msgspec.Raw] = []


class _Vector(msgspec.Struct):
    x: float = 0.0
    y: float = 0.0
    z: float = 0.0


class _Degrees(msgspec.Struct, rename="camel"):
    x_range: float | None = None
    y_range: float | None = None


class _FirstPerson(msgspec.Struct, rename="camel"):
    first_person_bone_offset: _Vector = msgspec.field(default_factory=_Vector)
    look_at_type_name: str | None = None
    look_at_horizontal_inner: _Degrees = msgspec.field(default_factory=_Degrees)
    look_at_horizontal_outer: _Degrees = msgspec.field(default_factory=_Degrees)
    look_at_vertical_down: _Degrees = msgspec.field(default_factory=_Degrees)
    look_at_vertical_up: _Degrees = msgspec.field(default_factory=_Degrees)


class _Surface(msgspec.Struct, rename="camel"):
    shader: str = ""
    float_properties: dict[str, float] = {}
    vector_properties: dict[str, list[float]] = {}


class _Vrm(msgspec.Struct, rename="camel"):
    meta: msgspec.Raw = msgspec.Raw(b"{}")
    humanoid: msgspec.Raw = msgspec.Raw(b"{}")
    blend_shape_master: msgspec.Raw = msgspec.Raw(b"{}")
    first_person: msgspec.Raw = msgspec.Raw(b"{}")
    material_properties: list[msgspec.Raw] = []


def read_vrm0(
    source: Source, instances: tuple[MeshInstance, ...], materials: tuple[Material, ...]
) -> VrmPart:
    """What the file says about its character, in the words of VRM 1.0."""
    vrm = decode(source.document.extensions["VRM"], _Vrm, _HERE)
    return VrmPart(
        format="vrm0",
        materials=_materials(source, vrm.material_properties, materials),
        humanoid=_humanoid(source, vrm.humanoid),
        expressions=_expressions(source, vrm.blend_shape_master, instances),
        look_at=_look_at(source, vrm.first_person),
        meta=_meta(source, vrm.meta),
        front=-1,
    )


def _meta(source: Source, raw: msgspec.Raw) -> Meta:
    meta = _lenient(source, raw, _Meta, f"{_HERE}.meta", "The licence of the avatar")
    if meta is None:
        return Meta()
    authors = (meta.author,) if meta.author else ()
    licence = meta.other_license_url or meta.license_name or ""
    return Meta(meta.title or "", authors, licence, meta.version or "")


def _humanoid(source: Source, raw: msgspec.Raw) -> dict[str, int]:
    place = f"{_HERE}.humanoid"
    humanoid = _lenient(source, raw, _Humanoid, place, "The humanoid")
    pairs: list[tuple[str, int]] = []
    for number, entry in enumerate(humanoid.human_bones if humanoid else ()):
        here = f"{place}.humanBones[{number}]"
        bone = _lenient(source, entry, _Bone, here, "A bone")
        if bone is not None:
            name: str = bone.bone
            pairs.append((_BONES.get(name, name), bone.node))
    return humanoid_from(source, pairs, place)


def _expressions(
    source: Source, raw: msgspec.Raw, instances: tuple[MeshInstance, ...]
) -> dict[str, Expression]:
    place = f"{_HERE}.blendShapeMaster"
    shapes = _lenient(source, raw, _BlendShapes, place, "The expressions")
    found: dict[str, Expression] = {}
    for number, entry in enumerate(shapes.blend_shape_groups if shapes else ()):
        here = f"{place}.blendShapeGroups[{number}]"
        group = _lenient(source, entry, _Group, here, "An expression")
        if group is None:
            continue
        name: str = _PRESETS.get((group.preset_name or "").lower()) or group.name or ""
        if not name:
            source.warn(f"An expression without a name was left out ({here}).")
            continue
        binds = _binds(source, group.binds or [], instances, f"{here}.binds")
        found.setdefault(name, Expression(name, binds, is_binary=bool(group.is_binary)))
    return found


def _binds(
    source: Source, entries: list[msgspec.Raw], instances: tuple[MeshInstance, ...], place: str
) -> tuple[MorphBind, ...]:
    binds: list[MorphBind] = []
    for number, entry in enumerate(entries):
        here = f"{place}[{number}]"
        bind = _lenient(source, entry, _Bind, here, "A part of an expression")
        if bind is None:
            continue
        nodes = source.document.nodes
        shown = [item for item in instances if nodes[item.node].mesh == bind.mesh]
        if not shown:
            source.warn(f"An expression moves mesh {bind.mesh}, which is not shown ({here}).")
        for instance in shown:
            try:
                binds.append(morph_bind(instance, bind.index, bind.weight / 100.0, here))
            except AvatarError as error:
                source.skipped("A part of an expression", error)
    return tuple(binds)


def _look_at(source: Source, raw: msgspec.Raw) -> LookAt | None:
    spec = _lenient(source, raw, _FirstPerson, f"{_HERE}.firstPerson", "The gaze")
    if spec is None:
        return None
    is_expression = (spec.look_at_type_name or "").lower() == "blendshape"
    scale = 1.0 if is_expression else 10.0
    pair: Callable[[_Degrees], tuple[float, float]] = lambda curve: (  # noqa: E731
        90.0 if curve.x_range is None else curve.x_range,
        scale if curve.y_range is None else curve.y_range,
    )
    offset = spec.first_person_bone_offset
    return LookAt(
        kind="expression" if is_expression else "bone",
        offset_from_head=(offset.x, offset.y, -offset.z),  # Unity's z runs the other way
        horizontal_inner=pair(spec.look_at_horizontal_inner),
        horizontal_outer=pair(spec.look_at_horizontal_outer),
        vertical_down=pair(spec.look_at_vertical_down),
        vertical_up=pair(spec.look_at_vertical_up),
    )


def _materials(
    source: Source, entries: list[msgspec.Raw], materials: tuple[Material, ...]
) -> tuple[Material, ...]:
    drawn = list(materials)
    for index, entry in enumerate(entries[: len(source.document.materials)]):
        place = f"{_HERE}.materialProperties[{index}]"
        surface = _lenient(source, entry, _Surface, place, "The toon look of a material")
        if surface is not None and surface.shader == "VRM/MToon":
            drawn[index] = _toon(drawn[index], surface)
    return tuple(drawn)


def _toon(material: Material, surface: _Surface) -> Material:
    """MToon 0.x in the numbers of MToon 1.0, as the migration of VRM prescribes."""
    numbers, vectors = surface.float_properties, surface.vector_properties
    shift = numbers.get("_ShadeShift", 0.0)
    toony = numbers.get("_ShadeToony", 0.9)
    toony += (1.0 - toony) * (0.5 + 0.5 * shift)
    in_world = round(numbers.get("_OutlineWidthMode", 0.0)) == _OUTLINE_IN_WORLD
    width = numbers.get("_OutlineWidth", 0.5) * _CENTIMETRE if in_world else 0.0
    toon = Toon(
        shade_colour=_linear(vectors.get("_ShadeColor"), (0.97, 0.81, 0.86)),
        shading_shift=-shift - (1.0 - toony),
        shading_toony=toony,
        outline_mode="world" if in_world else "none",
        outline_width=max(0.0, width),
        outline_colour=_linear(vectors.get("_OutlineColor"), (0.0, 0.0, 0.0)),
    )
    return replace(material, toon=toon, unlit=False)


def _linear(
    colour: list[float] | None, otherwise: tuple[float, float, float]
) -> tuple[float, float, float]:
    given = colour if colour is not None and len(colour) >= 3 else otherwise
    red, green, blue = (max(0.0, channel) ** 2.2 for channel in given[:3])
    return red, green, blue


def _lenient(source: Source, raw: msgspec.Raw, kind: type[Any], place: str, what: str) -> Any:
    try:
        return decode(raw, kind, place)
    except AvatarError as error:
        source.skipped(what, error)
        return None
