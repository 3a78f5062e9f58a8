"""Gaze angles become turns of the eyes or expressions, through the avatar's own range maps.

Degrees: yaw to the avatar's left, pitch down.
"""

from __future__ import annotations

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.expression import LookAt
from avatar_desktop.motion.rotation import Turn, euler_turn


def eye_turns(avatar: Avatar, yaw: float, pitch: float) -> dict[str, Turn]:
    """Rotations of the eye bones in the normalised rig; empty when expressions do it."""
    look = avatar.look_at
    if look is None or look.kind != "bone":
        return {}
    vertical = _vertical(look, pitch)
    sides = {
        "leftEye": _sideways(look, yaw, is_outward=yaw > 0.0),
        "rightEye": _sideways(look, yaw, is_outward=yaw < 0.0),
    }
    return {
        bone: euler_turn(vertical, angle, 0.0)
        for bone, angle in sides.items()
        if bone in avatar.humanoid
    }


def gaze_expressions(avatar: Avatar, yaw: float, pitch: float) -> dict[str, float]:
    """Strengths of lookUp, lookDown, lookLeft and lookRight; empty when bones do it."""
    look = avatar.look_at
    if look is None or look.kind != "expression":
        return {}
    upright = ("lookDown", look.vertical_down) if pitch > 0.0 else ("lookUp", look.vertical_up)
    aside = "lookLeft" if yaw > 0.0 else "lookRight"
    strengths = {
        upright[0]: mapped(abs(pitch), upright[1]),
        aside: mapped(abs(yaw), look.horizontal_outer),
    }
    return {name: strength for name, strength in strengths.items() if strength > 0.0}


def mapped(angle: float, range_map: tuple[float, float]) -> float:
    """VRM's range map: clamped to the input maximum, scaled to the output."""
    maximum, scale = range_map
    if maximum <= 0.0:
        return scale if angle > 0.0 else 0.0
    return min(angle, maximum) / maximum * scale


def _vertical(look: LookAt, pitch: float) -> float:
    if pitch > 0.0:
        return mapped(pitch, look.vertical_down)
    return -mapped(-pitch, look.vertical_up)


def _sideways(look: LookAt, yaw: float, *, is_outward: bool) -> float:
    angle = mapped(abs(yaw), look.horizontal_outer if is_outward else look.horizontal_inner)
    return angle if yaw > 0.0 else -angle
