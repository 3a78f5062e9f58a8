"""Motions that any humanoid can take over: .vrma files, and glTF animations of a known body.

Every track stays an animation of a node, to be sampled like any clip. The strength of an expression
is the x of its node's translation, the gaze is the rotation of the node that looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from avatar_desktop.avatar.animation import Animation
from avatar_desktop.avatar.gltf.clips import read_animations
from avatar_desktop.avatar.gltf.extensions import check_extensions, used_extensions
from avatar_desktop.avatar.gltf.opening import open_source, opened
from avatar_desktop.avatar.gltf.scene import read_skeleton
from avatar_desktop.avatar.gltf.source import Source
from avatar_desktop.avatar.rig.humanoid import find_humanoid
from avatar_desktop.avatar.skeleton import Skeleton
from avatar_desktop.avatar.vrm.bones import MOTION, bones_of_character, bones_of_motion
from avatar_desktop.avatar.vrm.entries import NOTHING, entry, members, node_in
from avatar_desktop.errors import AvatarError

_PLACE = f"$.extensions.{MOTION}"
_GAZES = frozenset({"lookUp", "lookDown", "lookLeft", "lookRight"})


@dataclass(frozen=True, slots=True)
class MotionFile:
    """Motions of a body that need not be ours, in that file's own axes."""

    skeleton: Skeleton
    humanoid: Mapping[str, int]
    """VRM 1.0 bone name → node of the skeleton."""
    animations: tuple[Animation, ...]
    expressions: Mapping[str, int] = field(default_factory=dict[str, int])
    """Name of an expression → node whose x says how strongly it shows."""
    look_at: int | None = None
    """The node that turns as the eyes look; None where the motion leaves the gaze alone."""
    front: int = 1
    """+1 when the body faces +Z, −1 when it faces −Z."""
    says_t_pose: bool = False
    """True where VRM names the bones, and thereby promises that the body rests in a T-pose."""
    is_vrma: bool = False
    warnings: tuple[str, ...] = ()
    """What was left out of the file and why, a sentence each."""


class _Track(msgspec.Struct):
    node: int


class _Expressions(msgspec.Struct):
    preset: msgspec.Raw = NOTHING
    custom: msgspec.Raw = NOTHING


class _VrmAnimation(msgspec.Struct, rename="camel"):
    expressions: msgspec.Raw = NOTHING
    look_at: msgspec.Raw = NOTHING


def read_motion(path: Path, *, humanoid: Mapping[str, int] | None = None) -> MotionFile:
    """Read a .vrma, or any glTF with animations and a humanoid."""
    with opened(path) as data:
        return read_motion_bytes(data, folder=path.parent, humanoid=humanoid)


def read_motion_bytes(
    data: bytes, *, folder: Path | None = None, humanoid: Mapping[str, int] | None = None
) -> MotionFile:
    """Read motions from memory; `humanoid` names the bones of a file that is no .vrma."""
    source = open_source(data, folder)
    check_extensions(source, used_extensions(source.document))
    skeleton = read_skeleton(source)
    if MOTION in source.document.extensions:
        motion = _vrma(source, skeleton)
    else:
        bones, front, says = _bones(source, skeleton, humanoid)
        motion = MotionFile(skeleton, bones, read_animations(source), front=front, says_t_pose=says)
    if not motion.humanoid:
        raise AvatarError(
            "The file does not say which of its nodes are whose bones.",
            kind="motion",
            place="$.extensions",
            advice="Motions are .vrma files, or VRM and glTF files of a humanoid.",
        )
    if not motion.animations:
        raise AvatarError("The file holds no motion.", kind="motion", place="$.animations")
    return replace(motion, warnings=tuple(source.warnings))


def _bones(
    source: Source, skeleton: Skeleton, named: Mapping[str, int] | None
) -> tuple[Mapping[str, int], int, bool]:
    """As the caller names them, as VRM does (then True), or as they are called; and the facing."""
    bones, front = bones_of_character(source)
    if named is not None:
        return named, front, False
    found = None if bones else find_humanoid(skeleton)
    return (found.bones, found.front, False) if found else (bones, front, bool(bones))


def _vrma(source: Source, skeleton: Skeleton) -> MotionFile:
    raw = source.document.extensions[MOTION]
    spec = entry(source, raw, _VrmAnimation, _PLACE, "The motion") or _VrmAnimation()
    gaze = entry(source, spec.look_at, _Track, f"{_PLACE}.lookAt", "The gaze")
    if gaze is not None and not node_in(source, gaze.node, f"{_PLACE}.lookAt", "The gaze"):
        gaze = None
    return MotionFile(
        skeleton=skeleton,
        humanoid=bones_of_motion(source),
        animations=read_animations(source),
        expressions=_expressions(source, spec.expressions),
        look_at=gaze.node if gaze else None,
        says_t_pose=True,
        is_vrma=True,
    )


def _expressions(source: Source, raw: msgspec.Raw) -> dict[str, int]:
    place = f"{_PLACE}.expressions"
    groups = entry(source, raw, _Expressions, place, "The expressions")
    found: dict[str, int] = {}
    if groups is None:
        return found
    for group, text in (("preset", groups.preset), ("custom", groups.custom)):
        for name, spot, member in members(source, text, f"{place}.{group}", "The expressions"):
            what = f"The expression {name[:40]}"
            track = entry(source, member, _Track, spot, what)
            if track is None or not node_in(source, track.node, spot, what):
                continue
            if group == "preset" and name in _GAZES:
                source.warn(f"{what} belongs to the gaze and was left out ({spot}).")
            elif name in found:
                source.warn(f"{what} is there twice; the preset counts ({spot}).")
            else:
                found[name] = track.node
    return found
