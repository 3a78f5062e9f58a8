"""What a rig has to look and to speak with, where that is not the face's own shapes."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.rig.face_names import mouth_of

Gaze = Literal["bones", "expressions", "shapes", ""]

_LOOKS = frozenset(
    f"eyelook{way}{side}" for way in ("up", "down", "in", "out") for side in ("left", "right")
)


def gaze_of(avatar: Avatar, meanings: Collection[str]) -> Gaze:
    """What turns the eyes: the file's expressions, else eye bones, else ARKit's shapes."""
    look = avatar.look_at
    if look is not None and look.kind == "expression":
        sides = [avatar.expressions.get(name) for name in ("lookLeft", "lookRight")]
        if any(item and (item.binds or item.textures) for item in sides):
            return "expressions"
    if {"leftEye", "rightEye"} & set(avatar.humanoid):
        return "bones"
    return "shapes" if set(meanings).issuperset(_LOOKS) else ""


def jaw_speaks(avatar: Avatar, meanings: Collection[str]) -> bool:
    """The mouth opens by its bone, because no shape opens it."""
    return "jaw" in avatar.humanoid and not mouth_of(meanings)
