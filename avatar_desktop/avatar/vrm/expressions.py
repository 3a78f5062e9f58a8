"""What the face can do, as VRM 1.0 says it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from avatar_desktop.avatar.expression import (
    ColourBind,
    ColourKind,
    Expression,
    MorphBind,
    Override,
    TextureBind,
)
from avatar_desktop.avatar.gltf.document import Vec2, Vec4
from avatar_desktop.avatar.gltf.source import Source
from avatar_desktop.avatar.material import Material
from avatar_desktop.avatar.mesh import MeshInstance
from avatar_desktop.avatar.vrm.entries import NOTHING, entries, entry, members, word

_OVERRIDES: dict[str, Override] = {"none": "none", "block": "block", "blend": "blend"}
_COLOURS: dict[str, ColourKind] = {
    "color": "base",
    "emissionColor": "emissive",
    "shadeColor": "shade",
    "matcapColor": "matcap",
    "rimColor": "rim",
    "outlineColor": "outline",
}
PHYSICAL_COLOURS: tuple[ColourKind, ...] = ("base", "emissive")
"""What a surface that is not drawn as a toon has."""


class _MorphTargetBind(msgspec.Struct):
    node: int
    index: int
    weight: float = 1.0


class _ColourBind(msgspec.Struct, rename="camel"):
    material: int
    type: str
    target_value: Vec4


class _TextureBind(msgspec.Struct):
    material: int
    scale: Vec2 = (1.0, 1.0)
    offset: Vec2 = (0.0, 0.0)


class _Expression(msgspec.Struct, rename="camel"):
    morph_target_binds: list[msgspec.Raw] | None = None
    material_color_binds: list[msgspec.Raw] | None = None
    texture_transform_binds: list[msgspec.Raw] | None = None
    is_binary: bool = False
    override_blink: str = "none"
    override_look_at: str = "none"
    override_mouth: str = "none"


class _Expressions(msgspec.Struct):
    preset: msgspec.Raw = NOTHING
    custom: msgspec.Raw = NOTHING


@dataclass(frozen=True, slots=True)
class Shown:
    """What expressions can act on: the meshes that are shown, and the surfaces."""

    instances: tuple[MeshInstance, ...]
    materials: tuple[Material, ...]

    def morph(
        self, source: Source, instance: MeshInstance, index: int, weight: float, place: str
    ) -> Iterator[MorphBind]:
        """The bind to one morph target; none, with a warning, where there is no such target."""
        count = instance.morphs.stop - instance.morphs.start
        if 0 <= index < count:
            yield MorphBind(instance.morphs.start + index, weight)
        else:
            source.warn(
                f"A part of an expression points to morph target {index} of {count} ({place})."
            )

    def has_material(self, source: Source, index: int, place: str) -> bool:
        """Whether there is such a surface; a warning when there is not."""
        if 0 <= index < len(self.materials):
            return True
        source.warn(f"A part of an expression points to material {index}, not there ({place}).")
        return False

    def has_colour(self, source: Source, index: int, kind: ColourKind, place: str) -> bool:
        """Whether that surface is drawn with that colour; a warning when it is not."""
        if not self.has_material(source, index, place):
            return False
        if kind in PHYSICAL_COLOURS or self.materials[index].toon is not None:
            return True
        source.warn(f"An expression changes the {kind} colour of a surface without one ({place}).")
        return False


def read_expressions(
    source: Source, raw: msgspec.Raw, shown: Shown, place: str
) -> dict[str, Expression]:
    """Presets and custom expressions under their names; a preset wins over its namesake."""
    groups = entry(source, raw, _Expressions, place, "The expressions")
    found: dict[str, Expression] = {}
    if groups is None:
        return found
    for group, text in (("preset", groups.preset), ("custom", groups.custom)):
        here = f"{place}.{group}"
        for name, spot, member in members(source, text, here, "A list of expressions"):
            spec = entry(source, member, _Expression, spot, f"The expression {name[:40]}")
            if spec is None:
                continue
            if name in found:
                source.warn(f"The expression {name[:40]} is there twice; the preset counts.")
            found.setdefault(name, _expression(source, name, spec, shown, spot))
    return found


def _expression(
    source: Source, name: str, spec: _Expression, shown: Shown, place: str
) -> Expression:
    by_node = {instance.node: instance for instance in shown.instances}

    def override(given: str, what: str) -> Override:
        return word(source, given, _OVERRIDES, "none", f"{place}.override{what}")

    return Expression(
        name=name,
        binds=tuple(_morphs(source, spec.morph_target_binds or (), by_node, shown, place)),
        is_binary=spec.is_binary,
        override_blink=override(spec.override_blink, "Blink"),
        override_look_at=override(spec.override_look_at, "LookAt"),
        override_mouth=override(spec.override_mouth, "Mouth"),
        colours=tuple(_colours(source, spec.material_color_binds or (), shown, place)),
        textures=tuple(_textures(source, spec.texture_transform_binds or (), shown, place)),
    )


def _morphs(
    source: Source,
    raws: Sequence[msgspec.Raw],
    by_node: Mapping[int, MeshInstance],
    shown: Shown,
    place: str,
) -> Iterator[MorphBind]:
    here, what = f"{place}.morphTargetBinds", "A part of an expression"
    for _, spot, bind in entries(source, raws, _MorphTargetBind, here, what):
        if bind.node in by_node:
            yield from shown.morph(source, by_node[bind.node], bind.index, bind.weight, spot)
        else:
            source.warn(f"{what} moves node {bind.node}, which shows no mesh ({spot}).")


def _colours(
    source: Source, raws: Sequence[msgspec.Raw], shown: Shown, place: str
) -> Iterator[ColourBind]:
    here, what = f"{place}.materialColorBinds", "A colour of an expression"
    for _, spot, bind in entries(source, raws, _ColourBind, here, what):
        kind = _COLOURS.get(bind.type)
        if kind is None:
            source.warn(f"{bind.type[:40]} is no colour of a surface ({spot}).")
        elif shown.has_colour(source, bind.material, kind, spot):
            yield ColourBind(bind.material, kind, bind.target_value)


def _textures(
    source: Source, raws: Sequence[msgspec.Raw], shown: Shown, place: str
) -> Iterator[TextureBind]:
    here, what = f"{place}.textureTransformBinds", "A texture of an expression"
    for _, spot, bind in entries(source, raws, _TextureBind, here, what):
        if shown.has_material(source, bind.material, spot):
            yield TextureBind(bind.material, bind.offset, bind.scale)
