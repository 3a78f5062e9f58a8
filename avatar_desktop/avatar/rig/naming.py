"""Which convention the names of a humanoid follow, for people who ask where a rig comes from."""

from __future__ import annotations

import re
from collections.abc import Collection

_SIGNS: dict[str, re.Pattern[str]] = {
    name: re.compile(sign)
    for name, sign in {
        "Mixamo": r"mixamorig\d*[:_]?",
        "Character Creator": r"CC_Base_",
        "VRoid": r"J_(Bip|Adj)_",
        "3ds Max Biped": r"(ValveBiped\.)?Bip\d+\b|Bip\d+_",
        "MikuMikuDance": r".*[\u3041-\u9fff]",
        "Rigify": r"(DEF|ORG)-",
        "Unreal": (
            r"(?i:(upperarm|lowerarm|hand|thigh|calf|foot|ball|clavicle)_[lr]"
            r"|(thumb|index|middle|ring|pinky)_\d\d_[lr]|spine_\d\d|neck_\d\d)$|pelvis$|head$"
        ),
        "Daz": (
            r"[lr](Shldr|Collar|Forearm|ForeArm|Thigh|Shin|Hand|Foot|Toe|Eye|Index|Mid|Ring|Pinky"
            r"|Thumb)|(abdomen|chest|neck)(Lower|Upper)?\d?$|hip$|head$|lowerJaw$"
        ),
        "Blender": (
            r"(spine|neck|head|hips|chest|[a-z_]+\.[LR]|(thumb|f_\w+)\.\d+\.[LR])(\.\d{3})?$"
            r"|[A-Z]\w+\.[LR]$"
        ),
        "Ready Player Me": (
            r"(Hips|Spine\d?|Neck|Head|(Left|Right)(Shoulder|Arm|ForeArm|Hand|UpLeg|Leg|Foot"
            r"|ToeBase|Eye|Hand(Thumb|Index|Middle|Ring|Pinky)\d))$"
        ),
        "VRM": (
            r"(?i:hips|spine|(upper)?chest|neck|head|jaw|(left|right)[ _]?(eye|shoulder"
            r"|(upper|lower)[ _]?(arm|leg)|hand|foot|toes"
            r"|(thumb|index|middle|ring|little)[ _]?(metacarpal|proximal|intermediate|distal)))$"
        ),
    }.items()
}
_MOST = 0.7


def naming_of(names: Collection[str]) -> str:
    """The convention that most of these names follow, "free names" when there is none."""
    if not names:
        return "free names"
    bare = [name.replace("|", ":").rpartition(":")[2] for name in names]
    if sum("mixamorig" in name for name in names) >= _MOST * len(bare):
        return "Mixamo"
    for name, sign in _SIGNS.items():
        if sum(sign.match(each) is not None for each in bare) >= _MOST * len(bare):
            return name
    return "free names"
