"""How the eyes move, and who sees which mesh, from both versions of VRM."""

from __future__ import annotations

from typing import Literal

import msgspec

from avatar_desktop.avatar.avatar import FirstPerson
from avatar_desktop.avatar.expression import LookAt
from avatar_desktop.avatar.gltf.document import Vec3
from avatar_desktop.avatar.gltf.source import Source
from avatar_desktop.avatar.vrm.entries import NOTHING, entries, entry, node_in, word

_Gaze = Literal["bone", "expression"]

_LINEAR_CURVE = (0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0)
_GAZES: dict[str, _Gaze] = {"bone": "bone", "expression": "expression"}
_KINDS: dict[str, FirstPerson] = {
    "auto": "auto",
    "both": "both",
    "firstpersononly": "firstPersonOnly",
    "thirdpersononly": "thirdPersonOnly",
}


class _RangeMap(msgspec.Struct, rename="camel"):
    input_max_value: float = 90.0
    output_scale: float | None = None


class _LookAt(msgspec.Struct, rename="camel"):
    type: str = "bone"
    offset_from_head_bone: Vec3 = (0.0, 0.0, 0.0)
    range_map_horizontal_inner: msgspec.Raw = NOTHING
    range_map_horizontal_outer: msgspec.Raw = NOTHING
    range_map_vertical_down: msgspec.Raw = NOTHING
    range_map_vertical_up: msgspec.Raw = NOTHING


class _Annotations(msgspec.Struct, rename="camel"):
    mesh_annotations: list[msgspec.Raw] | None = None


class _Annotation(msgspec.Struct):
    node: int
    type: str = "auto"


class Offset(msgspec.Struct):
    """A vector as VRM 0.x writes it, in Unity's axes."""

    x: float = 0.0
    y: float = 0.0
    z: float = 0.0

    def in_gltf(self) -> Vec3:
        """The same in the axes of the file's nodes: z runs the other way."""
        return self.x, self.y, -self.z


class _Curve(msgspec.Struct, rename="camel"):
    x_range: float | None = None
    y_range: float | None = None
    curve: list[float] | None = None


class _FirstPersonOfVrm0(msgspec.Struct, rename="camel"):
    first_person_bone_offset: msgspec.Raw = NOTHING
    look_at_type_name: str | None = None
    look_at_horizontal_inner: msgspec.Raw = NOTHING
    look_at_horizontal_outer: msgspec.Raw = NOTHING
    look_at_vertical_down: msgspec.Raw = NOTHING
    look_at_vertical_up: msgspec.Raw = NOTHING
    mesh_annotations: list[msgspec.Raw] | None = None


class _AnnotationOfVrm0(msgspec.Struct, rename="camel"):
    mesh: int
    first_person_flag: str | None = None


def read_look_at(source: Source, raw: msgspec.Raw, place: str) -> LookAt | None:
    """The gaze of VRM 1.0."""
    spec = entry(source, raw, _LookAt, place, "The gaze")
    if spec is None:
        return None
    kind: _Gaze = word(source, spec.type, _GAZES, "bone", f"{place}.type")
    is_expression = kind == "expression"
    scale = 1.0 if is_expression else 10.0

    def pair(raw: msgspec.Raw, name: str) -> tuple[float, float]:
        found = entry(source, raw, _RangeMap, f"{place}.{name}", "A range of the gaze")
        found = found or _RangeMap()
        output = scale if found.output_scale is None else found.output_scale
        return found.input_max_value, output

    return LookAt(
        kind=kind,
        offset_from_head=spec.offset_from_head_bone,
        horizontal_inner=pair(spec.range_map_horizontal_inner, "rangeMapHorizontalInner"),
        horizontal_outer=pair(spec.range_map_horizontal_outer, "rangeMapHorizontalOuter"),
        vertical_down=pair(spec.range_map_vertical_down, "rangeMapVerticalDown"),
        vertical_up=pair(spec.range_map_vertical_up, "rangeMapVerticalUp"),
    )


def read_look_at_of_vrm0(source: Source, raw: msgspec.Raw, place: str) -> LookAt | None:
    """The gaze of VRM 0.x; its curves become the straight ranges of VRM 1.0."""
    spec = entry(source, raw, _FirstPersonOfVrm0, place, "The gaze")
    if spec is None:
        return None
    is_expression = (spec.look_at_type_name or "").lower() == "blendshape"
    scale = 1.0 if is_expression else 10.0

    def pair(raw: msgspec.Raw, name: str) -> tuple[float, float]:
        found = entry(source, raw, _Curve, f"{place}.{name}", "A range of the gaze") or _Curve()
        if found.curve and tuple(found.curve) != _LINEAR_CURVE:
            source.warn(f"The gaze follows a curve, which is read as straight ({place}.{name}).")
        return (
            90.0 if found.x_range is None else found.x_range,
            scale if found.y_range is None else found.y_range,
        )

    here = f"{place}.firstPersonBoneOffset"
    offset = entry(source, spec.first_person_bone_offset, Offset, here, "The place of the eyes")
    return LookAt(
        kind="expression" if is_expression else "bone",
        offset_from_head=(offset or Offset()).in_gltf(),
        horizontal_inner=pair(spec.look_at_horizontal_inner, "lookAtHorizontalInner"),
        horizontal_outer=pair(spec.look_at_horizontal_outer, "lookAtHorizontalOuter"),
        vertical_down=pair(spec.look_at_vertical_down, "lookAtVerticalDown"),
        vertical_up=pair(spec.look_at_vertical_up, "lookAtVerticalUp"),
    )


def read_first_person(source: Source, raw: msgspec.Raw, place: str) -> dict[int, FirstPerson]:
    """Mesh node → who sees it, of VRM 1.0."""
    spec = entry(source, raw, _Annotations, place, "Who sees which mesh")
    here, what = f"{place}.meshAnnotations", "A rule who sees a mesh"
    found: dict[int, FirstPerson] = {}
    raws = (spec.mesh_annotations if spec else None) or []
    for _, spot, item in entries(source, raws, _Annotation, here, what):
        if node_in(source, item.node, spot, what):
            found.setdefault(item.node, _kind(source, item.type, spot))
    return found


def read_first_person_of_vrm0(
    source: Source, raw: msgspec.Raw, place: str
) -> dict[int, FirstPerson]:
    """Mesh node → who sees it, of VRM 0.x, which names meshes."""
    spec = entry(source, raw, _FirstPersonOfVrm0, place, "Who sees which mesh")
    here, what = f"{place}.meshAnnotations", "A rule who sees a mesh"
    found: dict[int, FirstPerson] = {}
    raws = (spec.mesh_annotations if spec else None) or []
    for _, spot, item in entries(source, raws, _AnnotationOfVrm0, here, what):
        nodes = [i for i, node in enumerate(source.document.nodes) if node.mesh == item.mesh]
        if item.mesh < 0 or not nodes:
            source.warn(f"{what} points to mesh {item.mesh}, which is not shown ({spot}).")
        else:
            kind = _kind(source, item.first_person_flag or "auto", spot)
            found.update({node: kind for node in nodes if node not in found})
    return found


def _kind(source: Source, name: str, place: str) -> FirstPerson:
    return word(source, name.lower(), _KINDS, "auto", place)
