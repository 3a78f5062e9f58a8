"""What VRM adds to a glTF file, in the form of VRM 1.0; nothing above knows two versions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from avatar_desktop.avatar.avatar import Meta
from avatar_desktop.avatar.expression import Expression, LookAt, MorphBind
from avatar_desktop.avatar.gltf.source import Source
from avatar_desktop.avatar.material import Material
from avatar_desktop.avatar.mesh import MeshInstance
from avatar_desktop.errors import AvatarError

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


@dataclass(frozen=True, slots=True)
class VrmPart:
    """The character of an avatar: body, face, gaze, look and licence."""

    format: str
    materials: tuple[Material, ...]
    humanoid: Mapping[str, int] = field(default_factory=dict[str, int])
    expressions: Mapping[str, Expression] = field(default_factory=dict[str, Expression])
    look_at: LookAt | None = None
    meta: Meta = field(default_factory=Meta)
    front: int = 1


def humanoid_from(source: Source, pairs: Iterable[tuple[str, int]], place: str) -> dict[str, int]:
    """Bone name → node; entries that name no bone or no node are noted and left out."""
    known = frozenset(BONES)
    bones: dict[str, int] = {}
    for bone, node in pairs:
        if bone not in known:
            source.warn(f"{bone[:40]} is no humanoid bone.")
        elif not 0 <= node < len(source.document.nodes):
            source.warn(f"The bone {bone} points to node {node}, which is not there ({place}).")
        elif node in bones.values():
            source.warn(f"The bone {bone} shares its node with another bone; it was left out.")
        else:
            bones.setdefault(bone, node)
    return {bone: bones[bone] for bone in BONES if bone in bones}


def morph_bind(instance: MeshInstance, index: int, weight: float, place: str) -> MorphBind:
    """A bind to one morph target of a mesh that the scene shows."""
    count = instance.morphs.stop - instance.morphs.start
    if not 0 <= index < count:
        raise AvatarError(
            f"It points to morph target {index} of {count}.", kind="index", place=place
        )
    return MorphBind(instance.morphs.start + index, min(1.0, max(0.0, weight)))
