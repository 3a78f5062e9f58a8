"""What an expression that is shown takes from lids and gaze, and what it makes of surfaces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.expression import Expression, Override
from avatar_desktop.avatar.pose import UNCHANGED, SurfaceChange
from avatar_desktop.avatar.rig.face_names import plain
from avatar_desktop.motion.expressions import surface_changes


@dataclass(frozen=True, slots=True)
class Restraint:
    """What is left of blinks and of the gaze, 0 to 1."""

    blink: float = 1.0
    gaze: float = 1.0


FREE = Restraint()


class Shown:
    """The expressions of one avatar, seen by what they do besides moving the face."""

    def __init__(self, avatar: Avatar) -> None:
        self._avatar = avatar
        self._names = {plain(name): name for name in avatar.expressions}
        self._strict = {
            plain(name): item
            for name, item in avatar.expressions.items()
            if (item.override_blink, item.override_look_at) != ("none", "none")
        }
        shown = avatar.expressions.values()
        self._colours = any(item.colours or item.textures for item in shown)

    def restraint(self, presets: Mapping[str, float]) -> Restraint:
        """VRM's overrides of blink and look-at by the presets that are shown."""
        if not self._strict or not presets:
            return FREE
        shown = [
            (self._strict[plain(name)], weight)
            for name, weight in presets.items()
            if plain(name) in self._strict
        ]
        blink = sum(_taken(item, weight, item.override_blink) for item, weight in shown)
        gaze = sum(_taken(item, weight, item.override_look_at) for item, weight in shown)
        return Restraint(max(0.0, 1.0 - blink), max(0.0, 1.0 - gaze))

    def surfaces(self, *faces: Mapping[str, float]) -> Mapping[int, SurfaceChange]:
        """How materials look, for weights by name; of those that share a name the largest."""
        if not self._colours:
            return UNCHANGED
        strengths: dict[str, float] = {}
        for face in faces:
            for key, weight in face.items():
                name = self._names.get(plain(key))
                if name is not None:
                    strengths[name] = max(weight, strengths.get(name, 0.0))
        return surface_changes(self._avatar, strengths)


def _taken(item: Expression, weight: float, override: Override) -> float:
    if override == "none":
        return 0.0
    output = float(weight > 0.5) if item.is_binary else weight
    return float(output > 0.0) if override == "block" else output
