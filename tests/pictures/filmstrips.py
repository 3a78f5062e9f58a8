"""Filmstrips: a motion of the library on an avatar, from the front and from the side.

`python -m tests.pictures.filmstrips AVATAR FOLDER [MOTION …]` draws them as PNG files.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.pose import Pose
from avatar_desktop.avatar.read import read_avatar
from avatar_desktop.motion.layers import Mixer
from avatar_desktop.motion.motion_files import motion_clip
from avatar_desktop.motion.repertoire import Source
from avatar_desktop.render.egl import OffscreenContext
from avatar_desktop.render.framing import Shot, frame, landmarks
from avatar_desktop.render.renderer import Renderer
from avatar_desktop.render.view import Light, View

Pixels = NDArray[np.uint8]
MOTIONS = Path(__file__).resolve().parents[2] / "assets" / "models" / "motions"
WIDTH, HEIGHT = 156, 200
ASIDE = 50.0
"""Degrees by which the second row is seen from the side."""
FRAMES = 10
_ROOM = 1.10
"""Air for arms that reach out."""


class Camera:
    """Draws strips one after the other with one renderer."""

    def __init__(self, width: int = WIDTH, height: int = HEIGHT) -> None:
        self._renderer = Renderer()
        self._width, self._height = width, height

    def strip(
        self, avatar: Avatar, motion: Path, *, frames: int = FRAMES, shot: Shot = "full"
    ) -> Image.Image:
        """So many instants of the motion in a file, evenly over its length, in two rows."""
        clip = motion_clip(avatar, motion, name=motion.stem)
        mixer = Mixer(avatar, sources=(Source("strip", (clip.name,), lambda _: clip),))
        still = mixer.evaluate(0.0)
        mixer.play(clip.name, 0.0, loop=False, fade=0.0)
        front = self._view(avatar, still, shot)
        views = (front, _orbited(front, math.radians(ASIDE)))
        times = np.linspace(0.0, clip.duration, frames).tolist()
        sheet = Image.new("RGB", (self._width * frames, self._height * len(views)))
        for column, time in enumerate(times):
            pose = _caught_up(mixer, time)
            for row, view in enumerate(views):
                pixels = self._renderer.snapshot(avatar, pose, view, self._width, self._height)
                cell = Image.fromarray(pixels).convert("RGB")
                sheet.paste(cell, (column * self._width, row * self._height))
        self._renderer.forget(avatar)
        pen = ImageDraw.Draw(sheet)
        for column, time in enumerate(times):
            pen.text((column * self._width + 4, 3), f"{time:.2f}", fill=(60, 70, 70))
        pen.text((4, self._height + 3), motion.stem, fill=(60, 70, 70))
        return sheet

    def _view(self, avatar: Avatar, pose: Pose, shot: Shot) -> View:
        view = frame(landmarks(avatar, pose), shot, self._width / self._height)
        if shot != "full":
            return view
        eye, target = np.array(view.eye), np.array(view.target)
        x, y, z = (target + (eye - target) * _ROOM).tolist()
        return replace(view, eye=(x, y, z))

    def close(self) -> None:
        self._renderer.close()


def filmstrip(avatar: Avatar, motion: Path) -> Image.Image:
    """One motion on one avatar, with a renderer of its own; needs a GL context."""
    camera = Camera()
    try:
        return camera.strip(avatar, motion)
    finally:
        camera.close()


def _caught_up(mixer: Mixer, time: float) -> Pose:
    """The pose at a time, hair and all: it swung all the way."""
    pose = mixer.evaluate(max(0.0, time - 0.2))
    for step in range(1, 7):
        pose = mixer.evaluate(max(0.0, time - 0.2 + step / 30.0))
    return pose


def _orbited(view: View, angle: float) -> View:
    """The same from further to the right, its studio coming along."""
    eye, target = np.array(view.eye), np.array(view.target)
    x, y, z = (eye - target).tolist()
    cosine, sine = math.cos(angle), math.sin(angle)
    x, z = cosine * x + sine * z, cosine * z - sine * x
    place = (target + np.array([x, y, z])).tolist()
    turned = replace(view, eye=(place[0], place[1], place[2]))
    return replace(turned, light=Light.studio(turned.yaw))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.pictures.filmstrips")
    parser.add_argument("avatar", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("motion", nargs="*")
    parser.add_argument("--motions", type=Path, default=MOTIONS)
    parser.add_argument("--frames", type=int, default=FRAMES)
    parser.add_argument("--shot", choices=("full", "bust"), default="full")
    wanted = parser.parse_args()
    wanted.folder.mkdir(parents=True, exist_ok=True)
    avatar = read_avatar(wanted.avatar)
    names = wanted.motion or sorted(file.stem for file in wanted.motions.glob("*.vrma"))
    with OffscreenContext():
        camera = Camera()
        for name in names:
            file = wanted.motions / f"{name}.vrma"
            strip = camera.strip(avatar, file, frames=wanted.frames, shot=wanted.shot)
            strip.save(wanted.folder / f"{name}.png")
            print(wanted.folder / f"{name}.png")
        camera.close()


if __name__ == "__main__":
    main()
