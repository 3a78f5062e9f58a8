"""Lamps, cameras and hidden nodes of a file; a broken one costs itself."""

from __future__ import annotations

from typing import Literal

import msgspec

from avatar_desktop.avatar.furnishing import Camera, Lamp
from avatar_desktop.avatar.gltf.document import Camera as CameraSpec
from avatar_desktop.avatar.gltf.document import Index, Node, Vec3, decode, extension
from avatar_desktop.avatar.gltf.source import Source, pick
from avatar_desktop.errors import AvatarError

_LIGHTS = "KHR_lights_punctual"
_VISIBILITY = "KHR_node_visibility"
_QUARTER = 0.7853981633974483


class _Spot(msgspec.Struct, rename="camel"):
    inner_cone_angle: float = 0.0
    outer_cone_angle: float = _QUARTER


class _Light(msgspec.Struct):
    type: Literal["directional", "point", "spot"]
    color: Vec3 = (1.0, 1.0, 1.0)
    intensity: float = 1.0
    range: float | None = None
    spot: _Spot = msgspec.field(default_factory=_Spot)


class _Lights(msgspec.Struct):
    lights: list[msgspec.Raw] = []


class _LightHere(msgspec.Struct):
    light: Index


class _Visibility(msgspec.Struct):
    visible: bool = True


class _Perspective(msgspec.Struct):
    yfov: float
    znear: float
    zfar: float | None = None
    aspect_ratio: float | None = msgspec.field(default=None, name="aspectRatio")


class _Orthographic(msgspec.Struct):
    xmag: float
    ymag: float
    znear: float
    zfar: float


def read_lamps(source: Source, shown: frozenset[int]) -> tuple[Lamp, ...]:
    """A lamp for each shown node that carries a light."""
    lamps: list[Lamp] = []
    for index in sorted(shown):
        node = source.document.nodes[index]
        if _LIGHTS not in node.extensions:
            continue
        try:
            lamps.append(_lamp(source, node, index))
        except AvatarError as error:
            source.skipped(f"The lamp at node {index}", error)
    return tuple(lamps)


def light_count(source: Source) -> int:
    """How many lights the file lists."""
    return len(_lights(source)) if _LIGHTS in source.document.extensions else 0


def read_cameras(source: Source, shown: frozenset[int]) -> tuple[Camera, ...]:
    """A camera for each shown node that carries one."""
    document = source.document
    cameras: list[Camera] = []
    for index in sorted(shown) if document.cameras else ():
        number = document.nodes[index].camera
        if number is None:
            continue
        try:
            spec = pick(document.cameras, number, f"$.nodes[{index}].camera", "camera")
            cameras.append(_camera(spec, index, number))
        except AvatarError as error:
            source.skipped(f"The camera at node {index}", error)
    return tuple(cameras)


def hidden_nodes(source: Source) -> frozenset[int]:
    """Nodes that the file says are not seen at rest."""
    hidden: set[int] = set()
    for index, node in enumerate(source.document.nodes):
        if _VISIBILITY not in node.extensions:
            continue
        try:
            found = extension(node.extensions, _VISIBILITY, _Visibility, f"$.nodes[{index}]")
        except AvatarError as error:
            source.skipped(f"Whether node {index} is seen", error)
            continue
        if not found.visible:
            hidden.add(index)
    return frozenset(hidden)


def _lights(source: Source) -> list[msgspec.Raw]:
    return extension(source.document.extensions, _LIGHTS, _Lights, "$").lights


def _lamp(source: Source, node: Node, index: int) -> Lamp:
    place = f"$.nodes[{index}]"
    number = extension(node.extensions, _LIGHTS, _LightHere, place).light
    if _LIGHTS not in source.document.extensions:
        raise AvatarError("The file lists no lights.", kind="index", place=place)
    raw = pick(_lights(source), number, f"{place}.extensions.{_LIGHTS}.light", "light")
    light = decode(raw, _Light, f"$.extensions.{_LIGHTS}.lights[{number}]")
    return Lamp(
        node=index,
        kind=light.type,
        colour=light.color,
        intensity=max(0.0, light.intensity),
        reach=light.range if light.range is not None and light.range > 0.0 else None,
        inner_cone=light.spot.inner_cone_angle,
        outer_cone=light.spot.outer_cone_angle,
        light=number,
    )


def _camera(spec: CameraSpec, node: int, number: int) -> Camera:
    place = f"$.cameras[{number}]"
    name = spec.name or f"camera_{number}"
    if spec.type == "perspective":
        seen = decode(spec.perspective, _Perspective, f"{place}.perspective")
        return Camera(
            node=node,
            name=name,
            near=seen.znear,
            far=seen.zfar,
            vertical_fov=seen.yfov,
            aspect=seen.aspect_ratio,
            camera=number,
        )
    if spec.type == "orthographic":
        flat = decode(spec.orthographic, _Orthographic, f"{place}.orthographic")
        return Camera(
            node=node,
            name=name,
            near=flat.znear,
            far=flat.zfar,
            magnification=(flat.xmag, flat.ymag),
            camera=number,
        )
    raise AvatarError(
        f"{spec.type[:40]} is no kind of camera.", kind="camera", place=f"{place}.type"
    )
