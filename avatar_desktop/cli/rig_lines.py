"""The rig report as `inspect` shows it: a few aligned lines for people, one object for programs."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import Any

from avatar_desktop.motion.rig_costs import costs, mending
from avatar_desktop.motion.rig_report import BONE_GROUPS, RigReport

_LABEL = 11
_WIDTH = 96
_SPEECH = {
    "arkit": "lips and jaw, muscle by muscle",
    "oculus": "a shape for every sound",
    "cc4": "a shape for every sound",
    "vrm": "five vowels and closed lips",
    "jaw": "a jaw that opens",
    "": "a closed mouth",
}
_GAZES = {
    "bones": "eyes turn by bones",
    "expressions": "eyes turn by expressions",
    "shapes": "eyes turn by shapes",
    "": "eyes stay still",
}
_STANCES = {"T": "T-pose", "A": "A-pose", "arms down": "arms down", "other": "an unusual pose"}


def rig_json(rig: RigReport) -> dict[str, Any]:
    """The value of the key `rig`."""
    return {
        "vocabulary": rig.vocabulary or None,
        "source": ("file" if rig.says_itself else "names") if rig.bones else None,
        "bones": dict(rig.bones),
        "missing": {group: list(bones) for group, bones in rig.missing.items()},
        "guessed": list(rig.guessed),
        "sidesSwapped": rig.sides_swapped,
        "rest": {
            "stance": rig.rest.stance,
            "armAngle": rig.rest.arm_angle,
            "front": "+Z" if rig.front > 0 else "-Z",
        },
        "face": {
            "vocabulary": rig.face.vocabulary,
            "coverage": rig.face.coverage,
            "missing": list(rig.face.missing),
            "also": list(rig.face.also),
            "mouth": rig.face.mouth or None,
        },
        "gestures": list(rig.gestures),
        "poses": list(rig.poses),
        "idles": list(rig.idles),
        "springJoints": rig.spring_joints,
        "gaze": rig.gaze or None,
        "costs": costs(rig),
        "mending": mending(rig),
    }


def body_lines(rig: RigReport) -> list[str]:
    """What lives in the file: bones, rest pose, face, motions of its own."""
    lines = row("body", f"{rig.nodes} nodes, {_skeleton(rig)}")
    if rig.bones:
        lines += row("stands", _stands(rig))
    return lines + row("face", _face(rig)) + row("brings", _brings(rig))


def advice_lines(rig: RigReport) -> list[str]:
    """What is missing, as one will see it, and what would mend it."""
    return _points("lacks", costs(rig)) + _points("to mend", mending(rig))


def _skeleton(rig: RigReport) -> str:
    if not rig.bones:
        return "no humanoid among them"
    whole = not rig.missing["required"]
    found = f"{len(rig.bones)} humanoid bones"
    names = rig.vocabulary.removesuffix(" names")
    origin = "as VRM says" if rig.says_itself else f"by {names} names"
    notes = [f"{found}, {origin}", *_absent(rig)]
    if whole and len(notes) == 1:
        notes.append("all there")
    if rig.guessed:
        notes.append(f"by its place: {', '.join(rig.guessed)}")
    if rig.sides_swapped:
        notes.append("its left is called right")
    return "; ".join(notes)


def _absent(rig: RigReport) -> list[str]:
    """Groups of which something is missing, in few words; a mouth of shapes needs no jaw."""
    words = [*rig.missing["required"]]
    for group in ("fingers", "eyes", "toes", "jaw"):
        gone = len(rig.missing[group])
        if gone and not (group == "jaw" and rig.face.mouth):
            words.append(group if gone == len(BONE_GROUPS[group]) else f"some {group}")
    return [f"without {', '.join(words)}"] if words else []


def _stands(rig: RigReport) -> str:
    angle = rig.rest.arm_angle
    arms = ""
    if angle is not None and rig.rest.stance != "T":
        arms = f", arms {abs(angle):.0f}° {'below' if angle >= 0 else 'above'} level"
    stance = _STANCES.get(rig.rest.stance, "rest pose unknown")
    return f"{stance}{arms}, facing {'+Z' if rig.front > 0 else '−Z'}, {_GAZES[rig.gaze]}"


def _face(rig: RigReport) -> str:
    face = rig.face
    speech = "a jaw bone that opens" if rig.jaw else _SPEECH[face.mouth]
    if not face.shapes:
        return f"no shapes; speaks with {speech}"
    known = face.vocabulary
    if face.coverage:
        known = f"{known} {round(face.coverage * 100)} %"
    also = f", also {' and '.join(face.also)}" if face.also else ""
    named = "no name that is known" if face.vocabulary == "none" else f"{known}{also}"
    return f"{face.shapes} shapes: {named}; speaks with {speech}"


def _brings(rig: RigReport) -> str:
    kinds = (("gestures", rig.gestures), ("poses", rig.poses), ("idle clips", rig.idles))
    parts = [f"{kind} {', '.join(names)}" for kind, names in kinds if names]
    if rig.spring_joints:
        parts.append(f"{rig.spring_joints} spring joints")
    return "; ".join(parts) or "no gestures, poses or idle clips of its own"


def _points(label: str, sentences: Iterable[str]) -> list[str]:
    lines: list[str] = []
    for sentence in sentences:
        lines += row(label if not lines else "", sentence)
    return lines


def row(label: str, text: str) -> list[str]:
    indent = " " * (_LABEL + 2)
    return textwrap.wrap(
        text,
        width=_WIDTH,
        initial_indent=f"  {label:<{_LABEL}}",
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
