"""How this avatar's eyes show where it looks: by bones, by expressions, or by ARKit's shapes.

Degrees: yaw to the avatar's left, pitch down.
"""

from __future__ import annotations

from collections.abc import Mapping

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.motion.gaze_and_jaw import gaze_of
from avatar_desktop.motion.look_at import eye_turns, gaze_expressions
from avatar_desktop.motion.rotation import Turn, euler_turn
from avatar_desktop.performer.face_map import FaceMap

FULL_YAW = 32.0
"""Degrees at which eyeLookIn and eyeLookOut are fully shown."""
FULL_PITCH = 25.0


class Eyes:
    """The best that the rig has; by the avatar's own range maps where it has them."""

    def __init__(self, avatar: Avatar, face_map: FaceMap) -> None:
        self._avatar = avatar
        self._by = gaze_of(avatar, face_map.names)

    def turns(self, yaw: float, pitch: float) -> Mapping[str, Turn]:
        """Rotations of the eye bones in the normalised rig."""
        if self._by != "bones":
            return {}
        look = self._avatar.look_at
        if look is not None and look.kind == "bone":
            return eye_turns(self._avatar, yaw, pitch)
        turn = euler_turn(pitch, yaw, 0.0)
        return {"leftEye": turn, "rightEye": turn}

    def channels(self, yaw: float, pitch: float) -> Mapping[str, float]:
        """Weights of expressions or shapes of the face."""
        if self._by == "expressions":
            return gaze_expressions(self._avatar, yaw, pitch)
        if self._by != "shapes":
            return {}
        aside = min(1.0, abs(yaw) / FULL_YAW)
        upright = min(1.0, abs(pitch) / FULL_PITCH)
        vertical = "eyeLookDown" if pitch > 0.0 else "eyeLookUp"
        left, right = ("Out", "In") if yaw > 0.0 else ("In", "Out")
        return {
            f"eyeLook{left}Left": aside,
            f"eyeLook{right}Right": aside,
            f"{vertical}Left": upright,
            f"{vertical}Right": upright,
        }
