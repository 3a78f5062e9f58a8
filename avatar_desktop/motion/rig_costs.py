"""What a missing part costs the person who looks at the avatar, and what would mend it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from avatar_desktop.motion.rig_report import BONE_GROUPS, RigReport

_ARKIT = "Name the face's shapes as ARKit does (jawOpen, eyeBlinkLeft, mouthSmileLeft …)."
_SHAPES = "Export the face with its shape keys, named as ARKit does (jawOpen, eyeBlinkLeft …)."
_HUMANOID = (
    "Add a VRM humanoid with the VRM add-on for Blender or UniVRM, or name the bones as VRM does "
    "(hips, spine, head, leftUpperArm …)."
)
_EXPORT = "Export the whole skeleton, with hands and fingers."
_T_POSE = "Export the avatar in a T-pose."
_ALL_FINGERS = len(BONE_GROUPS["fingers"])
_SPRINGS = "Give hair and clothes spring bones in UniVRM or the VRM add-on for Blender."
_FEELINGS = ("happy", "sad", "angry", "surprised")
_MUSCLES = frozenset(("browinnerup", "mouthsmileleft", "mouthsmileright"))
"""A face that has these shows every feeling muscle by muscle."""


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that is not there: what one will see, and what to do about it."""

    cost: str
    mending: str


def lacks(rig: RigReport) -> tuple[Lack, ...]:
    """All that is missing and can be noticed, the gravest first."""
    found = [*_of_body(rig), *_of_face(rig)]
    if rig.bones and not rig.spring_joints:
        found.append(Lack("No spring bones: hair and clothes do not swing.", _SPRINGS))
    return tuple(found)


def costs(rig: RigReport) -> list[str]:
    """One plain sentence for each lack."""
    return [lack.cost for lack in lacks(rig)]


def mending(rig: RigReport) -> list[str]:
    """What to do, each advice once."""
    return list(dict.fromkeys(lack.mending for lack in lacks(rig)))


def _of_body(rig: RigReport) -> list[Lack]:
    if not rig.bones:
        return [
            Lack(
                "No humanoid skeleton: it cannot gesture, breathe or turn its head; only the "
                "file's own clips move it.",
                _HUMANOID,
            )
        ]
    found: list[Lack] = []
    arms = [bone for bone in rig.missing["required"] if "Arm" in bone]
    hands = [bone for bone in rig.missing["required"] if "Hand" in bone]
    fingers = rig.missing["fingers"]
    if arms:
        found.append(Lack(f"No {_words(arms)}: it cannot gesture.", _HUMANOID))
    elif hands:
        found.append(Lack("No hand bones: gestures with stiff wrists.", _EXPORT))
    elif len(fingers) == _ALL_FINGERS:
        found.append(Lack("No fingers: gestures with flat hands.", _EXPORT))
    elif fingers:
        found.append(Lack("Some fingers are missing: they stay stretched in gestures.", _EXPORT))
    if "head" in rig.missing["required"]:
        found.append(Lack("No head bone: it cannot nod or look at you.", _HUMANOID))
    if not rig.gaze:
        found.append(
            Lack(
                "Nothing turns the eyes: they look straight ahead, only the head turns.",
                "Give the eyes bones of their own (leftEye, rightEye), or ARKit's eyeLook shapes.",
            )
        )
    if rig.rest.stance == "other":
        found.append(Lack("It rests in an unusual pose: gestures may look twisted.", _T_POSE))
    return found


def _of_face(rig: RigReport) -> list[Lack]:
    face = rig.face
    if not face.meanings:
        return [
            _without_mouth(rig, _SHAPES),
            Lack("No blink shape: the eyes will not close, the face shows no feelings.", _SHAPES),
        ]
    advice = _ARKIT
    has: Callable[[str], bool] = face.meanings.__contains__
    found: list[Lack] = []
    if face.mouth == "":
        found.append(_without_mouth(rig, advice))
    elif face.mouth == "jaw":
        found.append(Lack("Only an open mouth: lips form no sounds.", advice))
    elif face.mouth == "vrm":
        found.append(
            Lack(
                "Five mouth shapes: vowels and closed lips; f, s and th look alike.",
                "Add the 52 ARKit or the 15 Oculus shapes for lips that follow every sound.",
            )
        )
    if not (has("blink") or (has("eyeblinkleft") and has("eyeblinkright"))):
        found.append(Lack("No blink shape: the eyes will not close.", advice))
    muscles = face.meanings >= _MUSCLES
    stiff = [] if muscles else [feeling for feeling in _FEELINGS if not has(feeling)]
    if len(stiff) == len(_FEELINGS):
        found.append(Lack("No feelings in the face: they show in voice and posture only.", advice))
    elif stiff:
        found.append(Lack(f"The face cannot look {_listed(stiff)}.", advice))
    return found


def _without_mouth(rig: RigReport, advice: str) -> Lack:
    if rig.jaw:
        return Lack("Only a jaw bone: the mouth opens, but lips form no sounds.", advice)
    return Lack("No mouth shapes and no jaw: it will speak with a closed mouth.", advice)


def _words(bones: list[str]) -> str:
    """`leftUpperArm` as a person says it."""
    spoken = ("".join(f" {c.lower()}" if c.isupper() else c for c in bone) for bone in bones)
    return _listed(list(spoken))


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
