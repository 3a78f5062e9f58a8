"""Cameras, backgrounds and light of a take, as a View for each frame."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.pose import Pose
from avatar_desktop.errors import UsageError
from avatar_desktop.film.backdrop import parse_background
from avatar_desktop.film.surroundings import Surroundings
from avatar_desktop.film.take import TakeFrame
from avatar_desktop.render.background import Sky
from avatar_desktop.render.framing import Landmarks, frame, landmarks, parse_camera
from avatar_desktop.render.place_light import lit_by
from avatar_desktop.render.view import SOFT_TEAL, Background, Light, ToneMap, View


class Director:
    """Keeps the camera of a take; a move between two cameras is eased.

    `surroundings` light the avatar in place of the studio; without them, and `lit_by_place`, so
    does a background that is a place.
    """

    def __init__(
        self,
        *,
        camera: str,
        background: str | None,
        aspect: float,
        cache: Path,
        ground: bool | None = None,
        exposure: float = 1.0,
        tone_map: ToneMap = "neutral",
        surroundings: Surroundings | None = None,
        lit_by_place: bool = False,
        outfit: str | None = None,
    ) -> None:
        self._name = camera
        self._aspect = aspect
        self._cache = cache
        self._ground = ground
        self._background_word = background
        self._background: Background = SOFT_TEAL
        if background is not None:
            self._background = parse_background(background, cache)
        self._exposure = exposure
        self._tone_map: ToneMap = tone_map
        self._surroundings = surroundings
        self._lit_by_place = lit_by_place
        self._outfit = outfit
        self._from: View | None = None
        self._moved_at = 0.0
        self._move_seconds = 0.0
        self._measured: tuple[Avatar, Landmarks] | None = None

    @property
    def is_transparent(self) -> bool:
        return self._background is None

    def view(self, moment: TakeFrame, rest: Pose) -> View:
        """The view of this moment; `rest` is the pose by which the avatar is measured."""
        shot = moment.shot
        if shot.background is not None and shot.background != self._background_word:
            self._background_word = shot.background
            self._background = parse_background(shot.background, self._cache)
        if shot.camera is not None and shot.camera != self._name:
            self._from = self._look(self._name, moment.avatar, rest)
            self._name = shot.camera
            self._moved_at, self._move_seconds = moment.time, shot.camera_seconds
        view = self._look(self._name, moment.avatar, rest)
        if self._from is not None and moment.time < self._moved_at + self._move_seconds:
            view = _between(self._from, view, (moment.time - self._moved_at) / self._move_seconds)
        outfit = outfit_of(moment.avatar, self._outfit)
        return replace(view, time=moment.time, outfit=outfit)

    def _look(self, camera: str, avatar: Avatar, rest: Pose) -> View:
        parsed = parse_camera(camera)
        if not isinstance(parsed, View):
            parsed = frame(self._marks(avatar, rest), parsed, self._aspect)
        if self._surroundings is not None:
            parsed = replace(
                parsed,
                light=Light.sun(self._surroundings.sun),
                environment=self._surroundings.environment,
                ground_shadow=False,
                occlusion=False,
            )
        if self._ground is not None:
            parsed = replace(parsed, ground_shadow=self._ground)
        view = replace(
            parsed,
            background=self._background,
            exposure=self._exposure,
            tone_map=self._tone_map,
        )
        if self._lit_by_place and isinstance(view.background, Sky):
            return lit_by(view, view.background.environment)
        return view

    def _marks(self, avatar: Avatar, rest: Pose) -> Landmarks:
        """Landmarks are measured once for each avatar."""
        if self._measured is None or self._measured[0] is not avatar:
            self._measured = (avatar, landmarks(avatar, rest))
        return self._measured[1]


def outfit_of(avatar: Avatar, wanted: str | None) -> int | None:
    """An outfit of an avatar by name or number; None for what it wears by itself."""
    if wanted is None:
        return None
    if wanted.isdecimal() and int(wanted) < len(avatar.variants):
        return int(wanted)
    names = [name.casefold() for name in avatar.variants]
    if wanted.casefold() not in names:
        listed = ", ".join(avatar.variants) or "none"
        raise UsageError(f"The avatar has no outfit {wanted!r}.", advice=f"It has: {listed}.")
    return names.index(wanted.casefold())


def _between(start: View, end: View, part: float) -> View:
    eased = part * part * (3.0 - 2.0 * part)

    def mixed(a: tuple[float, float, float], b: tuple[float, float, float]) -> tuple[float, ...]:
        return tuple(float(v) for v in np.asarray(a) * (1 - eased) + np.asarray(b) * eased)

    ex, ey, ez = mixed(start.eye, end.eye)
    tx, ty, tz = mixed(start.target, end.target)
    fov = start.fov_degrees * (1 - eased) + end.fov_degrees * eased
    return replace(end, eye=(ex, ey, ez), target=(tx, ty, tz), fov_degrees=fov)
