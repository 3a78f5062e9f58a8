"""VRM 1.0: the VRMC_vrm and VRMC_materials_mtoon extensions.

A broken expression or bind costs that entry and leaves a warning; the avatar opens.
"""

from __future__ import annotations

from dataclasses import replace

import msgspec

from avatar_desktop.avatar.avatar import Meta
from avatar_desktop.avatar.expression import Expression, LookAt, MorphBind, Override
from avatar_desktop.avatar.gltf.document import Vec3, decode
from avatar_desktop.avatar.gltf.source import Source
from avatar_desktop.avatar.material import Material
from avatar_desktop.avatar.mesh import MeshInstance
from avatar_desktop.avatar.toon import Toon
from avatar_desktop.avatar.vrm import VrmPart, humanoid_from, morph_bind
from avatar_desktop.errors import AvatarError

_HERE = "$.extensions.VRMC_vrm"
_OVERRIDES: dict[str, Override] = {"none": "none", "block": "block", "blend": "blend"}


class _Meta(msgspec.Struct, rename="camel"):
    name: str = ""
    version: str = ""
    authors: list[str] = []
    license_url: str = ""


class _Bone(msgspec.Struct):
    node: int


class _Humanoid(msgspec.Struct, rename="camel"):
    human_bones: dict[str, msgspec.Raw] = {}


class _MorphTargetBind(msgspec.Struct):
    node: int
    index: int
    weight: float = 1.0


class _Expression(msgspec.Struct, rename="camel"):
    morph_target_binds: list[msgspec.Raw] = []
    is_binary: bool = False
    override_blink: str = "none"
    override_look_at: str = "none"
    override_mouth: str = "none"


class _Expressions(msgspec.Struct):
    preset: dict[str, msgspec.Raw] = {}
    custom: dict[str, msgspec.Raw] = {}


class _RangeMap(msgspec.Struct, rename="camel"):
    input_max_value: float = 90.0
    output_scale: float = 10.0


class _LookAt(msgspec.Struct, rename="camel"):
    type: str = "bone"
    offset_from_head_bone: Vec3 = (0.0, 0.0, 0.0)
    range_map_horizontal_inner: _RangeMap = msgspec.field(default_factory=_RangeMap)
    range_map_horizontal_outer: _RangeMap = msgspec.field(default_factory=_RangeMap)
    range_map_vertical_down: _RangeMap = msgspec.field(default_factory=_RangeMap)
    range_map_vertical_up: _RangeMap = msgspec.field(default_factory=_RangeMap)


class _Vrm(msgspec.Struct, rename="camel"):
    meta: msgspec.Raw = msgspec.Raw(b"{}")
    humanoid: msgspec.Raw = msgspec.Raw(b"{}")
    expressions: msgspec.Raw = msgspec.Raw(b"{}")
    look_at: msgspec.Raw = msgspec.Raw(b"null")


class _MToon(msgspec.Struct, rename="camel"):
    shade_color_factor: Vec3 = (1.0, 1.0, 1.0)
    shading_shift_factor: float = 0.0
    shading_toony_factor: float = 0.9
    outline_width_mode: str = "none"
    outline_width_factor: float = 0.0
    outline_color_factor: Vec3 = (0.0, 0.0, 0.0)


def read_vrm1(
    source: Source, instances: tuple[MeshInstance, ...], materials: tuple[Material, ...]
) -> VrmPart:
    """What the file says about its character."""
    vrm = decode(source.document.extensions["VRMC_vrm"], _Vrm, _HERE)
    return VrmPart(
        format="vrm1",
        materials=with_mtoon(source, materials),
        humanoid=_humanoid(source, vrm.humanoid),
        expressions=_expressions(source, vrm.expressions, instances),
        look_at=_look_at(source, vrm.look_at),
        meta=_meta(source, vrm.meta),
    )


def with_mtoon(source: Source, materials: tuple[Material, ...]) -> tuple[Material, ...]:
    """The materials with the toon shading that VRMC_materials_mtoon asks for."""
    drawn = list(materials)
    for index, spec in enumerate(source.document.materials):
        raw = spec.extensions.get("VRMC_materials_mtoon")
        if raw is None:
            continue
        place = f"$.materials[{index}].extensions.VRMC_materials_mtoon"
        try:
            mtoon = decode(raw, _MToon, place)
        except AvatarError as error:
            source.skipped(f"The toon look of {spec.name or index}", error)
            continue
        outlined = mtoon.outline_width_mode == "worldCoordinates"
        drawn[index] = replace(
            drawn[index],
            toon=Toon(
                shade_colour=mtoon.shade_color_factor,
                shading_shift=mtoon.shading_shift_factor,
                shading_toony=mtoon.shading_toony_factor,
                outline_mode="world" if outlined else "none",
                outline_width=max(0.0, mtoon.outline_width_factor) if outlined else 0.0,
                outline_colour=mtoon.outline_color_factor,
            ),
        )
    return tuple(drawn)


def _meta(source: Source, raw: msgspec.Raw) -> Meta:
    try:
        meta = decode(raw, _Meta, f"{_HERE}.meta")
    except AvatarError as error:
        source.skipped("The licence of the avatar", error)
        return Meta()
    return Meta(meta.name, tuple(meta.authors), meta.license_url, meta.version)


def _humanoid(source: Source, raw: msgspec.Raw) -> dict[str, int]:
    place = f"{_HERE}.humanoid.humanBones"
    pairs: list[tuple[str, int]] = []
    try:
        bones = decode(raw, _Humanoid, f"{_HERE}.humanoid").human_bones
    except AvatarError as error:
        source.skipped("The humanoid", error)
        return {}
    for bone, entry in bones.items():
        try:
            pairs.append((bone, decode(entry, _Bone, f"{place}.{bone}").node))
        except AvatarError as error:
            source.skipped(f"The bone {bone[:40]}", error)
    return humanoid_from(source, pairs, place)


def _expressions(
    source: Source, raw: msgspec.Raw, instances: tuple[MeshInstance, ...]
) -> dict[str, Expression]:
    found: dict[str, Expression] = {}
    try:
        groups = decode(raw, _Expressions, f"{_HERE}.expressions")
    except AvatarError as error:
        source.skipped("The expressions", error)
        return {}
    by_node = {instance.node: instance for instance in instances}
    for group, entries in (("preset", groups.preset), ("custom", groups.custom)):
        for name, entry in entries.items():
            place = f"{_HERE}.expressions.{group}.{name}"
            try:
                spec = decode(entry, _Expression, place)
            except AvatarError as error:
                source.skipped(f"The expression {name[:40]}", error)
                continue
            found.setdefault(name, _expression(source, name, spec, by_node, place))
    return found


def _expression(
    source: Source,
    name: str,
    spec: _Expression,
    by_node: dict[int, MeshInstance],
    place: str,
) -> Expression:
    binds: list[MorphBind] = []
    for number, raw in enumerate(spec.morph_target_binds):
        here = f"{place}.morphTargetBinds[{number}]"
        try:
            bind = decode(raw, _MorphTargetBind, here)
            if bind.node not in by_node:
                raise AvatarError(
                    f"Node {bind.node} shows no mesh.", kind="index", place=f"{here}.node"
                )
            binds.append(morph_bind(by_node[bind.node], bind.index, bind.weight, here))
        except AvatarError as error:
            source.skipped(f"A part of the expression {name[:40]}", error)
    return Expression(
        name=name,
        binds=tuple(binds),
        is_binary=spec.is_binary,
        override_blink=_OVERRIDES.get(spec.override_blink, "none"),
        override_look_at=_OVERRIDES.get(spec.override_look_at, "none"),
        override_mouth=_OVERRIDES.get(spec.override_mouth, "none"),
    )


def _look_at(source: Source, raw: msgspec.Raw) -> LookAt | None:
    if bytes(raw) == b"null":
        return None
    try:
        spec = decode(raw, _LookAt, f"{_HERE}.lookAt")
    except AvatarError as error:
        source.skipped("The gaze", error)
        return None
    return LookAt(
        kind="expression" if spec.type == "expression" else "bone",
        offset_from_head=spec.offset_from_head_bone,
        horizontal_inner=_pair(spec.range_map_horizontal_inner),
        horizontal_outer=_pair(spec.range_map_horizontal_outer),
        vertical_down=_pair(spec.range_map_vertical_down),
        vertical_up=_pair(spec.range_map_vertical_up),
    )


def _pair(range_map: _RangeMap) -> tuple[float, float]:
    return range_map.input_max_value, range_map.output_scale
