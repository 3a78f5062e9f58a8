"""The names of a humanoid's bones, and the bones of both versions of VRM."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from avatar_desktop.avatar.gltf.source import Source
from avatar_desktop.avatar.vrm.entries import NOTHING, entries, entry, members, node_in

MOTION = "VRMC_vrm_animation"
REQUIRED = (
    *("hips", "spine", "head"),
    *(
        f"{side}{bone}"
        for side in ("left", "right")
        for bone in ("UpperLeg", "LowerLeg", "Foot", "UpperArm", "LowerArm", "Hand")
    ),
)
BONES = (
    *("hips", "spine", "chest", "upperChest", "neck", "head", "leftEye", "rightEye", "jaw"),
    *(
        f"{side}{bone}"
        for side in ("left", "right")
        for bone in (
            *("UpperLeg", "LowerLeg", "Foot", "Toes"),
            *("Shoulder", "UpperArm", "LowerArm", "Hand"),
            *("ThumbMetacarpal", "ThumbProximal", "ThumbDistal"),
            *(
                f"{finger}{joint}"
                for finger in ("Index", "Middle", "Ring", "Little")
                for joint in ("Proximal", "Intermediate", "Distal")
            ),
        )
    ),
)
_THUMBS_OF_VRM_0 = {
    f"{side}Thumb{old}": f"{side}Thumb{new}"
    for side in ("left", "right")
    for old, new in (("Proximal", "Metacarpal"), ("Intermediate", "Proximal"))
}


class _Character(msgspec.Struct):
    humanoid: msgspec.Raw = NOTHING


class _Bone(msgspec.Struct):
    node: int


class _NamedBone(msgspec.Struct):
    bone: str
    node: int


class _Humanoid(msgspec.Struct, rename="camel"):
    human_bones: msgspec.Raw = NOTHING


class _HumanoidOfVrm0(msgspec.Struct, rename="camel"):
    human_bones: list[msgspec.Raw] = []


def bones_of_character(source: Source) -> tuple[dict[str, int], int]:
    """The bones of whichever VRM the file speaks, and +1 or −1 as it faces along z."""
    for name, read, front in (("VRMC_vrm", read_bones, 1), ("VRM", read_bones_of_vrm0, -1)):
        raw = source.document.extensions.get(name, NOTHING)
        character = entry(source, raw, _Character, f"$.extensions.{name}", "The humanoid")
        if character is not None:
            place = f"$.extensions.{name}.humanoid"
            return read(source, character.humanoid, place), front
    return {}, 1


def bones_of_motion(source: Source) -> dict[str, int]:
    """The bones that a .vrma moves; a motion need not have them all."""
    place = f"$.extensions.{MOTION}"
    raw = source.document.extensions.get(MOTION, NOTHING)
    motion = entry(source, raw, _Character, place, "The motion")
    if motion is None:
        return {}
    return read_bones(source, motion.humanoid, f"{place}.humanoid", is_avatar=False)


def read_bones(
    source: Source, raw: msgspec.Raw, place: str, *, is_avatar: bool = True
) -> dict[str, int]:
    """Bone name → node as VRM 1.0 and its motions say it."""
    humanoid = entry(source, raw, _Humanoid, place, "The humanoid")
    pairs: list[tuple[str, int]] = []
    if humanoid is not None:
        here = f"{place}.humanBones"
        for bone, spot, text in members(source, humanoid.human_bones, here, "The humanoid"):
            found = entry(source, text, _Bone, spot, f"The bone {bone[:40]}")
            if found is not None:
                pairs.append((bone, found.node))
    return _checked(source, pairs, place, is_avatar=is_avatar)


def read_bones_of_vrm0(source: Source, raw: msgspec.Raw, place: str) -> dict[str, int]:
    """Bone name of VRM 1.0 → node as VRM 0.x says it."""
    humanoid = entry(source, raw, _HumanoidOfVrm0, place, "The humanoid")
    bones = humanoid.human_bones if humanoid else []
    found = entries(source, bones, _NamedBone, f"{place}.humanBones", "A bone")
    pairs = [(_THUMBS_OF_VRM_0.get(item.bone, item.bone), item.node) for _, _, item in found]
    return _checked(source, pairs, place, is_avatar=True)


def _checked(
    source: Source, pairs: Iterable[tuple[str, int]], place: str, *, is_avatar: bool
) -> dict[str, int]:
    """The bones that are known and there; the others are noted and left out."""
    known = frozenset(BONES)
    bones: dict[str, int] = {}
    for bone, node in pairs:
        if bone not in known:
            source.warn(f"{bone[:40]} is no humanoid bone ({place}).")
        elif not node_in(source, node, place, f"The bone {bone}"):
            continue
        elif bone in bones:
            source.warn(f"The bone {bone} is there twice; the first one counts ({place}).")
        elif node in bones.values():
            source.warn(f"The bone {bone} shares its node with another bone; it was left out.")
        else:
            bones[bone] = node
    missing = [bone for bone in REQUIRED if bone not in bones]
    if is_avatar and missing:
        source.warn(f"The humanoid is not complete: {', '.join(missing)} missing.")
    return {bone: bones[bone] for bone in BONES if bone in bones}
