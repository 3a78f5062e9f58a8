"""Animations of the file: keys checked and shaped, nothing sampled."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.animation import Animation, Channel, ChannelPath, Interpolation
from avatar_desktop.avatar.gltf.accessors import floats
from avatar_desktop.avatar.gltf.document import Animation as AnimationSpec
from avatar_desktop.avatar.gltf.document import AnimationChannel, loose
from avatar_desktop.avatar.gltf.source import Source, pick
from avatar_desktop.errors import AvatarError

Floats = NDArray[np.float32]

_PATHS: dict[str, tuple[ChannelPath, str, int]] = {
    "translation": ("translation", "VEC3", 3),
    "rotation": ("rotation", "VEC4", 4),
    "scale": ("scale", "VEC3", 3),
    "weights": ("weights", "SCALAR", 0),
}
_INTERPOLATIONS: dict[str, Interpolation] = {
    "STEP": "STEP",
    "LINEAR": "LINEAR",
    "CUBICSPLINE": "CUBICSPLINE",
}


def read_animations(source: Source) -> tuple[Animation, ...]:
    """Every clip; a channel that is broken is left out of its clip with a warning."""
    return tuple(
        _animation(source, spec, index) for index, spec in enumerate(source.document.animations)
    )


def _animation(source: Source, spec: AnimationSpec, index: int) -> Animation:
    name = spec.name or f"animation_{index}"
    channels: list[Channel] = []
    for number, channel in enumerate(spec.channels):
        place = f"$.animations[{index}].channels[{number}]"
        if channel.target.node is None or channel.target.path == "pointer":
            source.warn(f"A channel of {name} that moves no node is not played.")
            continue
        try:
            channels.append(_channel(source, spec, channel, place))
        except AvatarError as error:
            source.skipped(f"A channel of the clip {name}", error)
    duration = max((float(channel.times[-1]) for channel in channels), default=0.0)
    return Animation(name, duration, tuple(channels), _stroke(spec))


def _channel(source: Source, spec: AnimationSpec, channel: AnimationChannel, place: str) -> Channel:
    sampler = pick(spec.samplers, channel.sampler, f"{place}.sampler", "sampler")
    assert channel.target.node is not None
    node = pick(source.document.nodes, channel.target.node, f"{place}.target.node", "node")
    if channel.target.path not in _PATHS:
        raise AvatarError(
            f"It moves {channel.target.path[:40]}, which is no property of a node.",
            kind="animation",
            place=f"{place}.target.path",
        )
    if sampler.interpolation not in _INTERPOLATIONS:
        raise AvatarError(
            f"{sampler.interpolation[:40]} is no way to interpolate.",
            kind="animation",
            place=place,
        )
    path, kind, width = _PATHS[channel.target.path]
    if path == "weights":
        width = _target_count(source, node.mesh, place)
    times = _times(floats(source, sampler.input, ("SCALAR",), place)[:, 0], place)
    values = floats(source, sampler.output, (kind,), place)
    interpolation = _INTERPOLATIONS[sampler.interpolation]
    return Channel(
        node=channel.target.node,
        path=path,
        interpolation=interpolation,
        times=times,
        values=_shaped(values, len(times), width, interpolation, place),
    )


def _times(times: Floats, place: str) -> Floats:
    if not len(times):
        raise AvatarError("It has no keys.", kind="animation", place=place)
    if float(times[0]) < 0.0 or (np.diff(times) < 0.0).any():
        raise AvatarError("Its times do not rise from zero.", kind="animation", place=place)
    return times


def _shaped(
    values: Floats, keys: int, width: int, interpolation: Interpolation, place: str
) -> Floats:
    per_key = 3 if interpolation == "CUBICSPLINE" else 1
    if width == 0 or values.size != keys * per_key * width:
        raise AvatarError(
            f"It has {values.size} numbers for {keys} keys.", kind="animation", place=place
        )
    shape = (keys, 3, width) if per_key == 3 else (keys, width)
    return values.reshape(shape)


def _target_count(source: Source, mesh: int | None, place: str) -> int:
    if mesh is None:
        raise AvatarError(
            "It moves morph weights of a node without a mesh.", kind="animation", place=place
        )
    spec = pick(source.document.meshes, mesh, place, "mesh")
    return max((len(part.targets) for part in spec.primitives), default=0)


def _stroke(spec: AnimationSpec) -> float | None:
    """Our own clips mark their accent in extras.stroke, in seconds."""
    extras: Any = loose(spec.extras)
    stroke = extras.get("stroke") if isinstance(extras, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    if isinstance(stroke, (int, float)) and not isinstance(stroke, bool) and 0.0 <= stroke < 1e6:
        return float(stroke)
    return None
