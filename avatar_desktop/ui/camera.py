"""The camera a person moves: drag turns it, the wheel comes closer, both within kind limits."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from avatar_desktop.render.view import Gradient, Light, View
from avatar_desktop.ui.theme import Theme

DEGREES_A_PIXEL = 0.25
MOST_YAW = 75.0
MOST_PITCH = 24.0
ZOOM_STEP = 0.9
NEAREST, FARTHEST = 0.45, 1.9


@dataclass(frozen=True, slots=True)
class Orbit:
    """How far the person has moved the camera from its framed place."""

    yaw: float = 0.0
    pitch: float = 0.0
    zoom: float = 1.0

    def dragged(self, right_px: float, down_px: float) -> Orbit:
        return replace(
            self,
            yaw=_within(self.yaw - right_px * DEGREES_A_PIXEL, MOST_YAW),
            pitch=_within(self.pitch + down_px * DEGREES_A_PIXEL, MOST_PITCH),
        )

    def wheeled(self, notches: float) -> Orbit:
        return replace(self, zoom=min(FARTHEST, max(NEAREST, self.zoom * ZOOM_STEP**notches)))

    def apply(self, view: View) -> View:
        """Move the eye of a framed view around its target."""
        x, y, z = (eye - target for eye, target in zip(view.eye, view.target, strict=True))
        distance = math.sqrt(x * x + y * y + z * z) * self.zoom
        yaw = math.atan2(x, z) + math.radians(self.yaw)
        pitch = math.asin(max(-1.0, min(1.0, y / max(1e-6, math.hypot(x, y, z)))))
        pitch = max(-1.2, min(1.2, pitch + math.radians(self.pitch)))
        flat = math.cos(pitch) * distance
        tx, ty, tz = view.target
        return replace(
            view,
            eye=(
                tx + math.sin(yaw) * flat,
                ty + math.sin(pitch) * distance,
                tz + math.cos(yaw) * flat,
            ),
        )


def _within(value: float, limit: float) -> float:
    return max(-limit, min(limit, value))


def dressed(view: View, theme: Theme) -> View:
    """The framed view in the window's light and colours."""
    top, bottom = theme.colour("stage_top"), theme.colour("stage_bottom")
    return replace(
        view,
        background=Gradient(
            (top.redF(), top.greenF(), top.blueF()),
            (bottom.redF(), bottom.greenF(), bottom.blueF()),
            glow=0.25,
        ),
        light=Light.studio(view.yaw),
    )
