"""Contact sheets of our avatars: turntable, emotions, visemes, the 52 shapes, all motions.

`python -m tests.pictures sheets [NAME …]` draws them into docs/images/NAME. They are for looking:
what is ugly shows here first.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.pose import Pose
from avatar_desktop.avatar.read import read_avatar
from avatar_desktop.avatar.rig.face_vocabularies import ARKIT, OCULUS
from avatar_desktop.film.script import Pause
from avatar_desktop.film.take import Take
from avatar_desktop.motion.layers import Mixer
from avatar_desktop.performer.emotions import EMOTIONS
from avatar_desktop.performer.face_map import FaceMap
from avatar_desktop.render.egl import OffscreenContext
from avatar_desktop.render.framing import Shot, frame, landmarks
from avatar_desktop.render.renderer import Renderer
from avatar_desktop.render.view import View
from avatar_desktop.reply.cue import Cue
from avatar_desktop.voice.clip import SpeechClip
from avatar_desktop.voice.engine import SpeechRequest
from tests.pictures.filmstrips import MOTIONS, Camera

MODELS = Path("assets/models")
IMAGES = Path("docs/images")
TURNS = 8
Pixels = NDArray[np.uint8]


class Studio:
    """Takes small pictures of one avatar, each with its caption."""

    def __init__(self, renderer: Renderer, avatar: Avatar) -> None:
        self._renderer = renderer
        self._avatar = avatar
        mixer = Mixer(avatar)
        mixer.play("idle", at=0.0)
        self.standing = mixer.evaluate(1.0)
        self._marks = landmarks(avatar, self.standing)
        self._faces = FaceMap(avatar)

    def turntable(self, width: int, height: int) -> Iterator[Image.Image]:
        """The whole figure from all around."""
        view = self._view("full", width / height)
        for turn in range(TURNS):
            angle = 2 * math.pi * turn / TURNS
            seen = _walked_round(view, angle)
            yield self._picture(f"{math.degrees(angle):.0f}°", self.standing, seen, width, height)

    def emotions(self, size: int) -> Iterator[Image.Image]:
        """Each emotion as the person sees it: face, head and gaze."""
        view = self._close(0.8)
        for name in EMOTIONS:
            yield self._picture(name, self.feeling(name), view, size, size)

    def faces(self, names: Iterable[str], size: int) -> Iterator[Image.Image]:
        """One shape at full strength in each picture."""
        view = self._close(0.58)
        for name in names:
            pose = replace(self.standing, weights=self._faces.weights({name: 1.0}))
            yield self._picture(name, pose, view, size, size)

    def motions(self) -> Iterator[Image.Image]:
        """A strip of each motion, small."""
        camera = Camera(96, 124)
        for path in sorted(MOTIONS.glob("*.vrma")):
            yield camera.strip(self._avatar, path, frames=8)

    def feeling(self, emotion: str) -> Pose:
        """What the performer makes of an emotion at its height."""
        take = Take(self._avatar, synthesise=_says_nothing, read_avatar=_nobody)
        take.stage.performer.do(Cue("emotion", emotion, 1.0, 0), 0.0)
        look = EMOTIONS[emotion]
        begin, end = look.attack + 0.3 * look.hold, look.attack + 0.9 * look.hold
        frames = take.perform((Pause(end),))
        held = [moment.pose for moment in frames if begin <= moment.time <= end]
        lids = self._faces.weights({"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0})
        return min(held, key=lambda pose: float(pose.weights @ lids))  # between two blinks

    def _view(self, shot: Shot, aspect: float) -> View:
        return frame(self._marks, shot, aspect)

    def _close(self, share: float) -> View:
        """A share of a portrait, with the face in its middle."""
        view = self._view("portrait", 1.0)
        half = math.radians(view.fov_degrees) / 2
        down = share * math.tan(half) * view.distance * 0.16
        (x, _, z), eyes = view.target, float(self._marks.eyes[1])
        closer = math.degrees(2 * math.atan(math.tan(half) * share))
        return replace(view, target=(x, eyes - down, z), fov_degrees=closer)

    def _picture(
        self, caption: str, pose: Pose, view: View, width: int, height: int
    ) -> Image.Image:
        pixels = self._renderer.snapshot(self._avatar, pose, view, width, height)
        return captioned(Image.fromarray(pixels).convert("RGB"), caption)


def captioned(picture: Image.Image, caption: str) -> Image.Image:
    """A picture with its name in the lower left corner."""
    font = ImageFont.load_default(max(picture.width // 14, 10))
    place = (picture.width // 24, picture.height - picture.width // 9)
    ImageDraw.Draw(picture).text(place, caption, fill=(58, 70, 78), font=font)
    return picture


def tiled(pictures: Sequence[Image.Image], columns: int) -> Image.Image:
    """Pictures of one size in rows."""
    width, height = pictures[0].size
    sheet = Image.new("RGB", (width * columns, height * -(-len(pictures) // columns)), "white")
    for place, picture in enumerate(pictures):
        sheet.paste(picture, (place % columns * width, place // columns * height))
    return sheet


def write(names: Sequence[str]) -> None:
    """Draw all sheets of these avatars, or of every avatar that we ship."""
    with OffscreenContext():
        renderer = Renderer()
        for name in names or sorted(path.parent.name for path in MODELS.glob("*/avatar.vrm")):
            avatar = read_avatar(MODELS / name / "avatar.vrm")
            for sheet, picture in _sheets(Studio(renderer, avatar)):
                path = IMAGES / name / f"{sheet}.webp"
                path.parent.mkdir(parents=True, exist_ok=True)
                picture.save(path, quality=76, method=6)
                print(path)
            renderer.forget(avatar)
        renderer.close()


def _sheets(studio: Studio) -> Iterator[tuple[str, Image.Image]]:
    yield "turntable", tiled(list(studio.turntable(280, 480)), 4)
    yield "emotions", tiled(list(studio.emotions(280)), 5)
    yield "visemes", tiled(list(studio.faces(OCULUS.values(), 220)), 5)
    yield "motions", tiled(list(studio.motions()), 2)
    yield "shapes", tiled(list(studio.faces(ARKIT.values(), 170)), 8)


def _walked_round(view: View, angle: float) -> View:
    """The same picture from beside; the lamps stay with the camera, as on a turntable."""
    (x, y, z), (left, _, front) = view.eye, view.target
    x, z, cos, sin = x - left, z - front, math.cos(angle), math.sin(angle)
    around = replace(view, eye=(left + x * cos + z * sin, y, front + z * cos - x * sin))
    return replace(around, light=view.light.studio(around.yaw))


def _says_nothing(request: SpeechRequest) -> SpeechClip:
    raise AssertionError(f"nothing is spoken here: {request}")


def _nobody(name: str) -> Avatar:
    raise AssertionError(f"nobody else comes: {name}")
