"""The camera a person moves: turned, shifted and brought closer, all within kind limits."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from avatar_desktop.render.background import Sky
from avatar_desktop.render.view import Background, Gradient, Light, Vector, View
from avatar_desktop.ui.theme import Theme

DEGREES_A_PIXEL = 0.25
MOST_YAW = 75.0
MOST_PITCH = 24.0
STEEPEST = 1.2
ZOOM_STEP = 0.9
NEAREST, FARTHEST = 0.45, 1.9
MOST_SHIFT = 0.45
"""Of the picture's height: so far the figure can be pushed aside."""
FOLLOWED = 0.45
"""The share of the head's way that the camera goes along with."""
FOLLOW_SECONDS = 0.7
"""Slow enough that no nod moves the picture."""
UNNOTICED, ARRIVED = 0.015, 0.003
"""Of the picture's height: the camera sets out beyond the one, and stops within the other."""
MOST_FOLLOWED = 0.12
"""Of the picture's height: a head that walks away is let go."""


@dataclass(frozen=True, slots=True)
class Orbit:
    """How far the person has moved the camera from its framed place."""

    yaw: float = 0.0
    pitch: float = 0.0
    zoom: float = 1.0
    right: float = 0.0
    """How far the figure is pushed to the right, in heights of the picture."""
    up: float = 0.0

    def dragged(self, right_px: float, down_px: float) -> Orbit:
        return replace(
            self,
            yaw=_within(self.yaw - right_px * DEGREES_A_PIXEL, MOST_YAW),
            pitch=_within(self.pitch + down_px * DEGREES_A_PIXEL, MOST_PITCH),
        )

    def panned(self, right: float, down: float) -> Orbit:
        """By shares of the picture's height."""
        return replace(
            self,
            right=_within(self.right + right, MOST_SHIFT),
            up=_within(self.up - down, MOST_SHIFT),
        )

    def wheeled(self, notches: float) -> Orbit:
        return replace(self, zoom=min(FARTHEST, max(NEAREST, self.zoom * ZOOM_STEP**notches)))

    def apply(self, view: View) -> View:
        """Move the eye of a framed view around its target, then both aside."""
        x, y, z = (eye - target for eye, target in zip(view.eye, view.target, strict=True))
        distance = math.sqrt(x * x + y * y + z * z) * self.zoom
        yaw = math.atan2(x, z) + math.radians(self.yaw)
        pitch = math.asin(max(-1.0, min(1.0, y / max(1e-6, math.hypot(x, y, z)))))
        pitch = _within(pitch + math.radians(self.pitch), STEEPEST)
        flat = math.cos(pitch) * distance
        away = (math.sin(yaw) * flat, math.sin(pitch) * distance, math.cos(yaw) * flat)
        shown = 2 * distance * math.tan(math.radians(view.fov_degrees) / 2)
        right, up = -self.right * shown, -self.up * shown
        aside = (math.cos(yaw) * right, up, -math.sin(yaw) * right)
        target = _sum(view.target, aside)
        return replace(view, eye=_sum(target, away), target=target)


@dataclass(frozen=True, slots=True)
class Follow:
    """The camera goes along with the head, gently: a calm operator, no tracking shot.

    It stands still until the head is really elsewhere, and then until it has arrived.
    """

    offset: Vector = (0.0, 0.0, 0.0)
    at: float | None = None
    is_moving: bool = False

    def after(self, at: float, moved: Vector, shown: float) -> Follow:
        """`moved`: how far the head is from where the view was framed; `shown`: picture height."""
        wanted = tuple(_within(way * FOLLOWED, MOST_FOLLOWED * shown) for way in moved)
        if self.at is None or not all(map(math.isfinite, moved)):
            return replace(self, at=at)
        far = math.dist(self.offset, wanted) / max(shown, 1e-6)
        if far < (ARRIVED if self.is_moving else UNNOTICED):
            return Follow(self.offset, at)
        share = 1.0 - math.exp(-max(0.0, at - self.at) / FOLLOW_SECONDS)
        x, y, z = (old + (new - old) * share for old, new in zip(self.offset, wanted, strict=True))
        return Follow((x, y, z), at, is_moving=True)

    def apply(self, view: View, at: float) -> View:
        if self.offset == (0.0, 0.0, 0.0):
            return view.at(at, view.eye, view.target)
        return view.at(at, _sum(view.eye, self.offset), _sum(view.target, self.offset))


def shown_height(view: View) -> float:
    """How much of the world the picture shows at its target, from top to bottom."""
    return 2 * view.distance * math.tan(math.radians(view.fov_degrees) / 2)


def stage_gradient(theme: Theme) -> Gradient:
    """The window's own background."""
    top, bottom = theme.colour("stage_top"), theme.colour("stage_bottom")
    return Gradient(
        (top.redF(), top.greenF(), top.blueF()),
        (bottom.redF(), bottom.greenF(), bottom.blueF()),
        glow=0.25,
    )


def dressed(view: View, background: Background, *, ground: bool, lit: bool = True) -> View:
    """The framed view before this background, in light that goes along with the camera.

    A place lights who stands in it by itself, if it is `lit`.
    """
    view = replace(
        view,
        background=background,
        light=Light.studio(view.yaw),
        ground_shadow=view.ground_shadow and ground,
    )
    if lit and isinstance(background, Sky):
        from avatar_desktop.render.place_light import lit_by

        return lit_by(view, background.environment)
    return view


def _sum(one: Vector, other: Vector) -> Vector:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]


def _within(value: float, limit: float) -> float:
    return max(-limit, min(limit, value))
