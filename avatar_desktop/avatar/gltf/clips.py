"""Animations of the file: keys checked and shaped, nothing sampled."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.animation import (
    Animation,
    Channel,
    ChannelPath,
    Interpolation,
    Phases,
    PropertyChannel,
    PropertyKind,
)
from avatar_desktop.avatar.gltf.document import Animation as AnimationSpec
from avatar_desktop.avatar.gltf.document import (
    AnimationChannel,
    AnimationSampler,
    extension,
    loose,
)
from avatar_desktop.avatar.gltf.furnishings import light_count
from avatar_desktop.avatar.gltf.keys import Keys
from avatar_desktop.avatar.gltf.pointers import NodeTarget, PropertyTarget, resolved
from avatar_desktop.avatar.gltf.source import Source, pick
from avatar_desktop.avatar.gltf.targets import target_count
from avatar_desktop.errors import AvatarError

Floats = NDArray[np.float32]

_POINTER = "KHR_animation_pointer"
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


class _Pointer(msgspec.Struct):
    pointer: str


def read_animations(source: Source) -> tuple[Animation, ...]:
    """Every clip; a channel that is broken is left out of its clip with a warning."""
    if not source.document.animations:
        return ()
    quick = Keys(source, careful=False)
    clips = _clips(source, quick)
    return clips if quick.are_sound() else _clips(source, Keys(source, careful=True))


def _clips(source: Source, keys: Keys) -> tuple[Animation, ...]:
    return tuple(
        _Clip(source, keys, spec, index).read()
        for index, spec in enumerate(source.document.animations)
    )


class _Clip:
    """One clip while it is being read."""

    def __init__(self, source: Source, keys: Keys, spec: AnimationSpec, index: int) -> None:
        self._source = source
        self._keys = keys
        self._spec = spec
        self._place = f"$.animations[{index}]"
        self._name = spec.name or f"animation_{index}"
        self._channels: list[Channel] = []
        self._properties: list[PropertyChannel] = []

    def read(self) -> Animation:
        for number, channel in enumerate(self._spec.channels):
            place = f"{self._place}.channels[{number}]"
            try:
                if channel.target.path == "pointer":
                    self._pointed(channel, place)
                elif channel.target.node is None:
                    self._source.warn(
                        f"A channel of {self._name} that moves no node is not played."
                    )
                else:
                    self._moved(channel, channel.target.node, channel.target.path, place)
            except AvatarError as error:
                self._source.skipped(f"A channel of the clip {self._name}", error)
        tracks = {id(channel.times): channel.times for channel in self._channels}
        tracks |= {id(channel.times): channel.times for channel in self._properties}
        stroke, phases = _marks(self._spec)
        return Animation(
            name=self._name,
            duration=max((float(times[-1]) for times in tracks.values()), default=0.0),
            channels=tuple(self._channels),
            properties=tuple(self._properties),
            stroke=stroke,
            phases=phases,
        )

    def _moved(self, channel: AnimationChannel, index: int, path: str, place: str) -> None:
        """A channel that moves a node."""
        sampler = pick(self._spec.samplers, channel.sampler, f"{place}.sampler", "sampler")
        node = pick(self._source.document.nodes, index, f"{place}.target.node", "node")
        if path not in _PATHS:
            raise AvatarError(
                f"It moves {path[:40]}, which is no property of a node.",
                kind="animation",
                place=f"{place}.target.path",
            )
        own, kind, width = _PATHS[path]
        if own == "weights":
            width = self._targets(node.mesh, place)
        way, times, values = self._track(sampler, kind, width, place)
        self._channels.append(Channel(index, own, way, times, values))

    def _pointed(self, channel: AnimationChannel, place: str) -> None:
        """A channel that points to what it moves by its place in the file."""
        here = f"{place}.target"
        if _POINTER not in channel.target.extensions:
            raise AvatarError("It points to nothing.", kind="animation", place=here)
        pointer = extension(channel.target.extensions, _POINTER, _Pointer, here).pointer
        target = resolved(pointer)
        if target is None:
            self._source.warn(
                f"The clip {self._name} moves {pointer[:120]}, which cannot be moved here ({here})."
            )
        elif isinstance(target, NodeTarget):
            for node in self._nodes(target):
                self._moved(channel, node, target.path, place)
        else:
            self._property(channel, target, place)

    def _property(self, channel: AnimationChannel, target: PropertyTarget, place: str) -> None:
        pick(range(self._count(target.kind)), target.index, f"{place}.target", target.kind)
        sampler = pick(self._spec.samplers, channel.sampler, f"{place}.sampler", "sampler")
        way, times, values = self._track(sampler, target.accessor, target.width, place)
        if target.kind == "camera":
            self._source.warn(f"The clip {self._name} moves a camera of the file: left out.")
        if target.field == "visible":  # nothing is half there, whatever the file says
            way, values = "STEP", values[:, 1] if way == "CUBICSPLINE" else values
        self._properties.append(
            PropertyChannel(target.kind, target.index, target.field, way, times, values)
        )

    def _track(
        self, sampler: AnimationSampler, kind: str, width: int, place: str
    ) -> tuple[Interpolation, Floats, Floats]:
        way = _INTERPOLATIONS.get(sampler.interpolation)
        if way is None:
            raise AvatarError(
                f"{sampler.interpolation[:40]} is no way to interpolate.",
                kind="animation",
                place=place,
            )
        times = self._keys.times(sampler.input, place)
        values = self._keys.values(sampler.output, kind, place)
        shape = (len(times), 3, width) if way == "CUBICSPLINE" else (len(times), width)
        if width == 0 or values.size != len(times) * width * (3 if way == "CUBICSPLINE" else 1):
            raise AvatarError(
                f"It has {values.size} numbers for {len(times)} keys.",
                kind="animation",
                place=place,
            )
        return way, times, values.reshape(shape)

    def _nodes(self, target: NodeTarget) -> list[int]:
        if not target.of_mesh:
            return [target.index]
        nodes = self._source.document.nodes
        return [i for i, node in enumerate(nodes) if node.mesh == target.index and not node.weights]

    def _targets(self, mesh: int | None, place: str) -> int:
        if mesh is None:
            raise AvatarError(
                "It moves morph weights of a node without a mesh.", kind="animation", place=place
            )
        return target_count(pick(self._source.document.meshes, mesh, place, "mesh"))

    def _count(self, kind: PropertyKind) -> int:
        document = self._source.document
        return {
            "material": len(document.materials),
            "node": len(document.nodes),
            "camera": len(document.cameras),
            "lamp": light_count(self._source) if kind == "lamp" else 0,
        }[kind]


def _marks(spec: AnimationSpec) -> tuple[float | None, Phases | None]:
    """The accent and the phases that clips may mark in their extras, in seconds."""
    extras = _entries(loose(spec.extras))
    told = _entries(extras.get("phases"))
    accent = _seconds(extras.get("stroke"))
    times = [_seconds(told.get(name)) for name in ("stroke", "hold", "retraction")]
    known = [time for time in times if time is not None]
    if len(known) < len(times) or known != sorted(known):
        return accent, None
    return accent, Phases(*known)


def _entries(found: Any) -> dict[str, Any]:
    return found if isinstance(found, dict) else {}  # pyright: ignore[reportUnknownVariableType]


def _seconds(found: Any) -> float | None:
    if isinstance(found, (int, float)) and not isinstance(found, bool) and 0.0 <= found < 1e6:
        return float(found)
    return None
