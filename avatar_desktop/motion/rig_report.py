"""What a file brings for a living avatar, what it lacks, and what that costs the person.

`rig_report` is a pure function of the avatar; everything in it is meant to be read by people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.rig.face_names import Mouth, face_rows, mouth_of, plain
from avatar_desktop.avatar.rig.face_vocabularies import SETS
from avatar_desktop.avatar.rig.humanoid import find_humanoid
from avatar_desktop.avatar.rig.rest_pose import RestPose, rest_pose
from avatar_desktop.avatar.vrm.bones import BONES, REQUIRED
from avatar_desktop.motion.clip_names import GESTURES, POSES, ClipNames
from avatar_desktop.motion.clip_names import plain as plain_clip
from avatar_desktop.motion.gaze_and_jaw import Gaze, gaze_of, jaw_speaks

_MOST = 0.6
"""Share of a vocabulary from which a face is said to speak it."""
_FEWEST = 3
_FINGERS = ("Thumb", "Index", "Middle", "Ring", "Little")
_IDLES = frozenset({"idle", "listening", "thinking", "breathing"})

BONE_GROUPS: Mapping[str, tuple[str, ...]] = {
    "required": REQUIRED,
    "fingers": tuple(bone for bone in BONES if any(finger in bone for finger in _FINGERS)),
    "eyes": ("leftEye", "rightEye"),
    "jaw": ("jaw",),
    "toes": ("leftToes", "rightToes"),
}


@dataclass(frozen=True, slots=True)
class FaceReport:
    """The names of a face's shapes, as far as they are understood."""

    vocabulary: str
    """"ARKit", "VRM", …, "free names" for words that are understood, "none" without any."""
    coverage: float
    """Share of the vocabulary that is there, 0 to 1."""
    missing: tuple[str, ...]
    """What the vocabulary has and the face lacks, in its own spelling."""
    also: tuple[str, ...]
    """Further vocabularies that the face speaks."""
    shapes: int
    """Morph targets in all."""
    mouth: Mouth
    meanings: frozenset[str]
    """Everything the face can be asked for, in plain form."""


@dataclass(frozen=True, slots=True)
class RigReport:
    """Body, face and motions of a file, seen by somebody who wants to bring it to life."""

    nodes: int
    vocabulary: str
    """What the bones' names follow: "VRM", "Mixamo", …, "" without a humanoid."""
    says_itself: bool
    """True when the file says which bones they are and nothing had to be read from names."""
    bones: Mapping[str, str]
    """Bone of VRM 1.0 → name of its node."""
    missing: Mapping[str, tuple[str, ...]]
    """Group (required, fingers, eyes, jaw, toes) → bones that are not there."""
    guessed: tuple[str, ...]
    """Bones that were found by their place, not by their name."""
    sides_swapped: bool
    rest: RestPose
    front: int
    face: FaceReport
    gestures: tuple[str, ...]
    """Gestures that the file itself brings as clips."""
    poses: tuple[str, ...]
    idles: tuple[str, ...]
    spring_joints: int
    gaze: Gaze
    """What turns the eyes: "bones", "expressions", ARKit's "shapes" or ""."""
    jaw: bool
    """A jaw bone opens a mouth that has no shapes."""


def rig_report(avatar: Avatar) -> RigReport:
    """What this avatar has to live with."""
    from_names = avatar.humanoid and avatar.humanoid_source != "file"
    found = find_humanoid(avatar.skeleton) if from_names else None
    names = avatar.skeleton.names
    return RigReport(
        nodes=len(names),
        vocabulary="VRM" if avatar.humanoid_source == "file" else avatar.humanoid_source,
        says_itself=avatar.humanoid_source == "file",
        bones={bone: names[node] for bone, node in avatar.humanoid.items()},
        missing={
            group: tuple(bone for bone in bones if bone not in avatar.humanoid)
            for group, bones in BONE_GROUPS.items()
        },
        guessed=found.guessed if found else (),
        sides_swapped=bool(found and found.sides_swapped),
        rest=rest_pose(avatar),
        front=avatar.front,
        face=_face(avatar),
        **_clips(avatar),
        spring_joints=sum(len(spring.joints) for spring in avatar.springs),
        gaze=gaze_of(avatar, face_rows(avatar)),
        jaw=jaw_speaks(avatar, face_rows(avatar)),
    )


def _face(avatar: Avatar) -> FaceReport:
    meanings = frozenset(face_rows(avatar))
    shown = [name for name, item in avatar.expressions.items() if item.binds]
    keys = {plain(name) for name in (*avatar.morph_names, *shown)}
    keys |= {key.removesuffix("left").removesuffix("right") for key in keys if key[:2] == "au"}
    share = {name: len(keys & set(known)) / len(known) for name, known in SETS.items()}
    spoken = [name for name in SETS if share[name] >= _MOST]
    best = max(SETS, key=lambda name: len(keys & set(SETS[name])))
    if not spoken and len(keys & set(SETS[best])) >= _FEWEST:
        spoken = [best]
    main = spoken[0] if spoken else ""
    understood = meanings - {plain(name) for name in avatar.morph_names} or keys & _ALL
    return FaceReport(
        vocabulary=main or ("free names" if understood else "none"),
        coverage=round(share.get(main, 0.0), 3),
        missing=tuple(name for key, name in SETS.get(main, {}).items() if key not in keys),
        also=tuple(spoken[1:]),
        shapes=len(avatar.morph_names),
        mouth=mouth_of(meanings),
        meanings=meanings,
    )


_ALL = frozenset(name for names in SETS.values() for name in names)


def _clips(avatar: Avatar) -> dict[str, tuple[str, ...]]:
    clips = [item.name for item in avatar.animations]
    names = ClipNames(clips)
    bare = {plain_clip(clip) for clip in clips}
    return {
        "gestures": tuple(sorted({*names.having("gesture_"), *(bare & {*GESTURES})})),
        "poses": tuple(sorted({*names.having("pose_"), *(bare & {*POSES})})),
        "idles": tuple(clip for clip in clips if _IDLES & set(plain_clip(clip).split("_"))),
    }
