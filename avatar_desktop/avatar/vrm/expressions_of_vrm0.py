"""What the face can do, as VRM 0.x says it: shares of a hundred, colours as on the screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from avatar_desktop.avatar.expression import (
    ColourBind,
    ColourKind,
    Expression,
    MorphBind,
    TextureBind,
)
from avatar_desktop.avatar.gltf.source import Source
from avatar_desktop.avatar.vrm.colour_space import linear
from avatar_desktop.avatar.vrm.entries import entries, entry
from avatar_desktop.avatar.vrm.expressions import Shown

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
_COLOURS: dict[str, ColourKind] = {
    "_Color": "base",
    "_EmissionColor": "emissive",
    "_ShadeColor": "shade",
    "_RimColor": "rim",
    "_OutlineColor": "outline",
}
_MAIN_TEXTURE = {"_MainTex_ST": (True, True), "_MainTex_ST_S": (True, False)} | {
    "_MainTex_ST_T": (False, True)
}
"""The name of the move of all textures → whether it moves them across, and down."""


class _Bind(msgspec.Struct):
    mesh: int
    index: int
    weight: float = 100.0


class _MaterialValue(msgspec.Struct, rename="camel"):
    material_name: str
    property_name: str
    target_value: list[float]


class _Group(msgspec.Struct, rename="camel"):
    name: str | None = None
    preset_name: str | None = None
    is_binary: bool | None = None
    binds: list[msgspec.Raw] | None = None
    material_values: list[msgspec.Raw] | None = None


class _BlendShapes(msgspec.Struct, rename="camel"):
    blend_shape_groups: list[msgspec.Raw] | None = None


def read_expressions_of_vrm0(
    source: Source, raw: msgspec.Raw, shown: Shown, place: str
) -> dict[str, Expression]:
    """Presets under their names of VRM 1.0, others under their own."""
    shapes = entry(source, raw, _BlendShapes, place, "The expressions")
    found: dict[str, Expression] = {}
    raws = (shapes.blend_shape_groups if shapes else None) or []
    here = f"{place}.blendShapeGroups"
    for _, spot, group in entries(source, raws, _Group, here, "An expression"):
        name = _PRESETS.get((group.preset_name or "").lower()) or group.name or ""
        if not name:
            source.warn(f"An expression without a name was left out ({spot}).")
        elif name in found:
            source.warn(f"The expression {name[:40]} is there twice; the first counts ({spot}).")
        else:
            colours, textures = _looks(source, group.material_values or [], shown, spot)
            found[name] = Expression(
                name=name,
                binds=tuple(_morphs(source, group.binds or [], shown, spot)),
                is_binary=bool(group.is_binary),
                colours=colours,
                textures=textures,
            )
    return found


def _morphs(
    source: Source, raws: Sequence[msgspec.Raw], shown: Shown, place: str
) -> Iterator[MorphBind]:
    here, what = f"{place}.binds", "A part of an expression"
    nodes = source.document.nodes
    for _, spot, bind in entries(source, raws, _Bind, here, what):
        moved = [item for item in shown.instances if nodes[item.node].mesh == bind.mesh]
        if not moved:
            source.warn(f"{what} moves mesh {bind.mesh}, which is not shown ({spot}).")
        for instance in moved:
            yield from shown.morph(source, instance, bind.index, bind.weight / 100.0, spot)


def _looks(
    source: Source, raws: Sequence[msgspec.Raw], shown: Shown, place: str
) -> tuple[tuple[ColourBind, ...], tuple[TextureBind, ...]]:
    colours: list[ColourBind] = []
    textures: list[TextureBind] = []
    here, what = f"{place}.materialValues", "A colour of an expression"
    for _, spot, value in entries(source, raws, _MaterialValue, here, what):
        named = [i for i, item in enumerate(shown.materials) if item.name == value.material_name]
        kind = _COLOURS.get(value.property_name)
        if not named:
            source.warn(f"{what} names {value.material_name[:40]}, which is not there ({spot}).")
        elif len(value.target_value) < 4:
            source.warn(f"{what} has {len(value.target_value)} numbers of four ({spot}).")
        elif kind is not None:
            colour = _colour(kind, value.target_value)
            colours += [
                ColourBind(index, kind, colour)
                for index in named
                if shown.has_colour(source, index, kind, spot)
            ]
        elif value.property_name in _MAIN_TEXTURE:
            textures += [_texture(shown, index, value) for index in named]
        elif not value.property_name.endswith(("_ST", "_ST_S", "_ST_T")):
            source.warn(f"{value.property_name[:40]} is nothing a face can change ({spot}).")
    return tuple(colours), tuple(textures)


def _colour(kind: ColourKind, given: Sequence[float]) -> tuple[float, float, float, float]:
    if kind == "emissive":
        return given[0], given[1], given[2], given[3]
    return (*linear(given), given[3])


def _texture(shown: Shown, material: int, value: _MaterialValue) -> TextureBind:
    """Unity counts texture rows from below; an axis that is not named stays as it is."""
    across, down = _MAIN_TEXTURE[value.property_name]
    scale_x, scale_y, offset_x, offset_y = value.target_value[:4]
    base = shown.materials[material].base_texture
    still_offset, still_scale = (base.offset, base.scale) if base else ((0.0, 0.0), (1.0, 1.0))
    return TextureBind(
        material,
        offset=(
            offset_x if across else still_offset[0],
            1.0 - scale_y - offset_y if down else still_offset[1],
        ),
        scale=(scale_x if across else still_scale[0], scale_y if down else still_scale[1]),
    )
