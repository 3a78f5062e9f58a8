"""Animations: what their channels move, and the shape of their keys."""

from __future__ import annotations

from avatar_desktop.avatar.gltf.document import Animation, AnimationChannel
from avatar_desktop.avatar.gltf.examination.case import Case
from avatar_desktop.avatar.gltf.examination.findings import Json, as_object, extension, objects

_SHARES = ((5126, False), (5120, True), (5121, True), (5122, True), (5123, True))
_OUTPUTS: dict[str, tuple[str, tuple[tuple[int, bool], ...]]] = {
    "translation": ("VEC3", ((5126, False),)),
    "scale": ("VEC3", ((5126, False),)),
    "rotation": ("VEC4", _SHARES),
    "weights": ("SCALAR", _SHARES),
}


def examine_motions(case: Case) -> None:
    """Every channel and sampler of every animation."""
    accessors = objects(case.raw, "accessors")
    clips = objects(case.raw, "animations")
    for index, animation in enumerate(case.document.animations):
        place = f"$.animations[{index}]"
        seen: dict[tuple[int, str], int] = {}
        channels = objects(clips[index], "channels")
        for number, channel in enumerate(animation.channels):
            target = as_object(channels[number].get("target")) or {}
            if extension(target, "KHR_animation_pointer") and channel.target.path != "pointer":
                case.findings.add(
                    f"{place}.channels[{number}].target.path",
                    f"is {channel.target.path[:40]} where an animation pointer needs `pointer`.",
                )
            _examine_channel(case, animation, channel, f"{place}.channels[{number}]")
            if channel.target.node is None:
                continue
            goal = (channel.target.node, channel.target.path)
            if goal in seen:
                case.findings.add(
                    f"{place}.channels[{seen[goal]}].target",
                    f"moves the same as channel {number}: duplicate target.",
                )
            seen.setdefault(goal, number)
        for number, sampler in enumerate(animation.samplers):
            if case.has_accessor(sampler.input):
                here = f"{place}.samplers[{number}].input"
                _examine_times(case, sampler.input, accessors[sampler.input], here)


def _examine_times(case: Case, index: int, raw: Json, place: str) -> None:
    accessor = case.document.accessors[index]
    if accessor.type != "SCALAR" or accessor.component_type != 5126:
        case.findings.add(place, "has the wrong format for times.")
    if "min" not in raw or "max" not in raw:
        case.findings.add(place, "the times have no bounds: min and max are missing.")


def _examine_channel(
    case: Case, animation: Animation, channel: AnimationChannel, place: str
) -> None:
    target = channel.target
    if channel.sampler >= len(animation.samplers):
        case.findings.add(
            f"{place}.sampler",
            f"points to sampler {channel.sampler} of {len(animation.samplers)}.",
        )
        return
    sampler = animation.samplers[channel.sampler]
    targets = _examine_target(case, target.node, target.path, f"{place}.target")
    if target.path not in _OUTPUTS or not case.has_accessor(sampler.output):
        return
    output = case.document.accessors[sampler.output]
    kind, formats = _OUTPUTS[target.path]
    here = f"{place}.sampler"
    if output.type != kind or (output.component_type, output.normalized) not in formats:
        case.findings.add(
            here, f"its output has the wrong format for {target.path}: {output.type}."
        )
    if not case.has_accessor(sampler.input):
        return
    keys = case.document.accessors[sampler.input].count
    per_key = (targets if target.path == "weights" else 1) * (
        3 if sampler.interpolation == "CUBICSPLINE" else 1
    )
    if per_key and output.count != keys * per_key:
        case.findings.add(
            here, f"its output has {output.count} values, and {keys * per_key} are needed."
        )


def _examine_target(case: Case, index: int | None, path: str, place: str) -> int:
    """How many morph targets the channel would move."""
    if path == "pointer":
        return 0
    if index is None:
        case.findings.add(place, "names no node, so the channel moves nothing.")
        return 0
    if index >= len(case.document.nodes):
        return 0
    node = case.document.nodes[index]
    if path != "weights":
        if node.matrix is not None:
            case.findings.add(f"{place}.node", f"node {index} has a matrix, so it cannot move.")
        return 0
    meshes = case.document.meshes
    parts = (
        meshes[node.mesh].primitives if node.mesh is not None and node.mesh < len(meshes) else []
    )
    targets = max((len(part.targets) for part in parts), default=0)
    if not targets:
        case.findings.add(place, f"node {index} has no morph targets to be moved.")
    return targets
