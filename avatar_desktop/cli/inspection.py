"""What `inspect` reports: the loader's understanding of an avatar, and poses computed on demand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.deform import deformed_points
from avatar_desktop.avatar.material import Material
from avatar_desktop.avatar.pose import Pose, SurfaceChange
from avatar_desktop.cli.character import character, licence_lines
from avatar_desktop.cli.contents import beside, contents, differing, morphs, stats
from avatar_desktop.cli.contents import clip as clip_facts
from avatar_desktop.cli.motion_clips import MotionClips, chosen
from avatar_desktop.cli.rig_lines import advice_lines, body_lines, rig_json
from avatar_desktop.errors import UsageError
from avatar_desktop.motion.clip import Clip
from avatar_desktop.motion.constraints import Constraints
from avatar_desktop.motion.expressions import expression_weights, surface_changes
from avatar_desktop.motion.hierarchy import Locals, PoseBuilder
from avatar_desktop.motion.look_at import eye_turns, gaze_expressions
from avatar_desktop.motion.rig import NormalisedRig
from avatar_desktop.motion.rig_report import rig_report
from avatar_desktop.motion.rotation import unit

Json = dict[str, Any]


def report(avatar: Avatar, clip: str | None, at: float) -> Json:
    """Everything about one avatar, posed by a clip when one is named."""
    local = Locals.at_rest(avatar)
    builder = PoseBuilder(avatar)
    rest = pose = builder.build(local)
    if clip is not None:
        _clip(avatar, clip).sample(at, local)
        Constraints(avatar).apply(local)
        pose = builder.build(local)
    return {
        "format": avatar.format,
        **character(avatar),
        "nodes": _nodes(avatar),
        "skins": [{"joints": skin.joints.tolist()} for skin in avatar.skins],
        "morphs": morphs(avatar),
        "clips": [clip_facts(item) for item in avatar.animations],
        "humanoid": dict(avatar.humanoid),
        "rig": rig_json(rig_report(avatar)),
        **contents(avatar),
        "extensions": {
            "used": list(avatar.extensions_used),
            "unsupported": list(avatar.extensions_ignored),
        },
        "warnings": list(avatar.warnings),
        "stats": stats(avatar, rest),
        "pose": _world(pose),
        "weights": _weights(avatar, pose),
        "looks": _looks(avatar, pose),
    }


def samples(avatar: Avatar, requests: Iterable[Any]) -> list[Json]:
    """World matrices, weights, points and bones for each pose that is asked for.

    A pose is a clip of the file or of a `motion` file, then turns of humanoid bones and of `nodes`
    (local quaternions by index), then the constraints, the gaze and the face. Springs are not in
    it: they have no pose without a past.
    """
    rig = NormalisedRig(avatar)
    builder = PoseBuilder(avatar)
    motions = MotionClips(avatar)
    return [
        _sample(avatar, rig, builder, motions, request, number=number)
        for number, request in enumerate(requests)
    ]


def summary(name: str, avatar: Avatar, found: Json, motions: Iterable[str]) -> str:
    """A few lines for a person; `motions` are those about its motions."""
    counted = found["stats"]
    kind = {"gltf": "glTF", "vrm0": "VRM 0.x", "vrm1": "VRM 1.0"}[avatar.format]
    by = f" by {', '.join(avatar.meta.authors)}" if avatar.meta.authors else ""
    titled = f"{avatar.meta.title}{by}" if avatar.meta.title else "without a title"
    rig = rig_report(avatar)
    lines = [
        f"{name}: {kind}, {titled}",
        f"  shape      {counted['vertices']:,} vertices, {counted['triangles']:,} triangles, "
        f"{len(avatar.materials)} materials, {counted['textureBytes'] / 2**20:.1f} MiB of pictures",
        *body_lines(rig),
        f"  can show   {_listed(avatar.expressions)}",
        *motions,
        *advice_lines(rig),
    ]
    others = beside(avatar)
    if others:
        lines.append(f"  beside     {others}")
    lines += licence_lines(avatar)
    lines += [f"  note       {warning}" for warning in found["warnings"]]
    return "\n".join(lines)


def _sample(
    avatar: Avatar,
    rig: NormalisedRig,
    builder: PoseBuilder,
    motions: MotionClips,
    request: Any,
    *,
    number: int,
) -> Json:
    if not isinstance(request, Mapping):
        raise UsageError(f"Sample {number} of the request is not an object.")
    asked: Mapping[str, Any] = request  # pyright: ignore[reportUnknownVariableType]
    local = Locals.at_rest(avatar)
    try:
        strengths = _strengths(avatar, asked)
        _pose(avatar, rig, motions, local, asked)
        if strengths:
            _put_on(avatar, local, strengths)
        pose = builder.build(local, surface_changes(avatar, strengths))
        points = [_points(avatar, pose, entry) for entry in asked.get("points") or ()]
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise UsageError(
            f"Sample {number} of the request cannot be understood.",
            advice="`inspect --help` shows its form.",
        ) from error
    return {
        "world": _world(pose),
        "weights": _weights(avatar, pose),
        "points": points,
        **_looks(avatar, pose),
        "bones": {
            bone: {
                "q": local.rotations[node].tolist(),
                "world": pose.world[node, :3, 3].tolist(),
            }
            for bone, node in avatar.humanoid.items()
        },
    }


def _pose(
    avatar: Avatar,
    rig: NormalisedRig,
    motions: MotionClips,
    local: Locals,
    asked: Mapping[str, Any],
) -> None:
    at, clip = float(asked.get("at") or 0.0), asked.get("clip")
    if asked.get("motion") is not None:
        motions.find(str(asked["motion"]), clip).sample(at, local)
    elif clip is not None:
        _clip(avatar, clip).sample(at, local)
    turns: dict[str, list[float]] = dict(asked.get("humanoid") or {})
    for bone, turn in turns.items():
        node = rig.node(bone)
        if node is not None:
            local.rotations[node] = unit(rig.raw(bone, turn, faces_viewer=False))
    given: dict[str, list[float]] = dict(asked.get("nodes") or {})
    for number, rotation in given.items():
        local.rotations[_node(avatar, number)] = unit(np.array(rotation, np.float64))
    Constraints(avatar).apply(local)
    look = _look(asked)
    for eye, gaze in eye_turns(avatar, *look).items() if look else ():
        node = rig.node(eye)
        if node is not None:
            local.rotations[node] = rig.raw(eye, gaze)


def _strengths(avatar: Avatar, asked: Mapping[str, Any]) -> dict[str, float]:
    """The expressions asked for, and those that the gaze needs."""
    strengths: dict[str, float] = dict(asked.get("expressions") or {})
    look = _look(asked)
    return strengths | (gaze_expressions(avatar, *look) if look else {})


def _look(asked: Mapping[str, Any]) -> tuple[float, float] | None:
    look = asked.get("lookAt")
    return (float(look["yaw"]), float(look["pitch"])) if look else None


def _put_on(avatar: Avatar, local: Locals, strengths: Mapping[str, float]) -> None:
    """Expressions over what the clip left; morphs that no expression knows stay as they are."""
    known = [bind.place for item in avatar.expressions.values() for bind in item.binds]
    local.weights[known] = expression_weights(avatar, strengths)[known]


def _node(avatar: Avatar, number: str) -> int:
    node = int(number)
    if not 0 <= node < len(avatar.skeleton.names):
        raise IndexError
    return node


def _looks(avatar: Avatar, pose: Pose) -> Json:
    """What clips and expressions make of materials and lamps, by index, and who is hidden."""
    lamps = pose.lamps or avatar.lamps
    return {
        "materials": {
            str(place): _change(avatar.materials[place], change)
            for place, change in pose.surfaces.items()
        },
        "lamps": {
            str(place): differing(before, after)
            for place, (before, after) in enumerate(zip(avatar.lamps, lamps, strict=True))
            if after != before
        },
        "hidden": sorted(pose.hidden),
    }


def _change(material: Material, change: SurfaceChange) -> Json:
    return {
        "colours": {kind: list(colour) for kind, colour in change.colours.items()},
        "textureOffset": list(change.texture_offset),
        "textureScale": list(change.texture_scale),
        "fields": differing(material, change.material or material),
    }


def _points(avatar: Avatar, pose: Pose, entry: Mapping[str, Any]) -> Json:
    nodes = [item.node for item in avatar.meshes]
    mesh = nodes.index(int(entry["node"]))
    part, indices = int(entry["prim"]), [int(index) for index in entry["idx"]]
    if any(index < 0 for index in (part, *indices)):
        raise IndexError
    found = deformed_points(avatar, pose, mesh, part, indices)
    return {
        "node": entry["node"],
        "prim": entry["prim"],
        "idx": indices,
        "pos": found.tolist(),
    }


def _clip(avatar: Avatar, asked: str | int) -> Clip:
    return Clip(avatar, chosen(avatar.animations, asked))


def _nodes(avatar: Avatar) -> list[Json]:
    parents = avatar.skeleton.parents.tolist()
    children: dict[int, list[int]] = {node: [] for node in range(len(parents))}
    for node, parent in enumerate(parents):
        if parent >= 0:
            children[parent].append(node)
    return [
        {"name": name, "parent": parents[node], "children": children[node]}
        for node, name in enumerate(avatar.skeleton.names)
    ]


def _world(pose: Pose) -> dict[str, list[float]]:
    columns = pose.world.transpose(0, 2, 1).reshape(-1, 16)
    return {str(node): matrix for node, matrix in enumerate(columns.tolist())}


def _weights(avatar: Avatar, pose: Pose) -> dict[str, list[float]]:
    return {
        str(item.node): _numbers(pose.weights[item.morphs])
        for item in avatar.meshes
        if item.morphs.stop > item.morphs.start
    }


def _numbers(values: NDArray[np.float32]) -> list[float]:
    return values.tolist()


def _listed(names: Iterable[str]) -> str:
    shown = list(names)
    return ", ".join(shown) if shown else "none"
