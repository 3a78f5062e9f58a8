"""Our renderer on a stage of its own: draws an avatar in moving poses as often as it is told."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from avatar_desktop.avatar.pose import Pose
from avatar_desktop.avatar.read import read_avatar
from avatar_desktop.motion.hierarchy import Locals, PoseBuilder, rest_pose
from avatar_desktop.motion.rotation import multiply
from avatar_desktop.render.framing import Shot, frame, landmarks
from avatar_desktop.render.opengl import load_gl
from avatar_desktop.render.quality import Quality
from avatar_desktop.render.renderer import Renderer

ACTIVE_SHAPES = 8
POSES = 8
_FEW = 16


class Stage:
    """One avatar, one renderer and a framebuffer; the context is the caller's."""

    def __init__(self, file: Path, side: int, quality: Quality, shot: Shot = "bust") -> None:
        self._avatar = read_avatar(file)
        self._side = side
        self._builder = PoseBuilder(self._avatar)
        self._rest = Locals.at_rest(self._avatar)
        self._bones = sorted({int(j) for skin in self._avatar.skins for j in skin.joints})
        self.view = frame(landmarks(self._avatar, rest_pose(self._avatar)), shot, 1.0)
        self.renderer = Renderer(quality)
        self._target = self._framebuffer()

    def draw(self, frames: int, first: int) -> list[float]:
        """Milliseconds of each frame: pose, matrices and all pixels."""
        gl = load_gl()
        times: list[float] = []
        for step in range(first, first + frames):
            started = time.perf_counter()
            self._draw(self._pose(step))
            self.renderer.read_rgba(1, 1)
            gl.glFinish()
            times.append((time.perf_counter() - started) * 1000)
        return times

    def submit(self, frames: int) -> list[float]:
        """Milliseconds that the thread works for the same calls with nothing to draw.

        Every count is 0 and there are hardly any pixels, so that what the driver does on the
        processor, where it has no graphics card, is not taken for ours.
        """
        gl = load_gl()
        poses = [self._pose(step) for step in range(POSES)]
        whole, self.renderer.quality = self.renderer.quality, self._few_pixels()
        times: list[float] = []
        with _nothing_to_draw():
            for step in range(frames):
                started = time.thread_time()
                self._draw(poses[step % POSES], _FEW)
                times.append((time.thread_time() - started) * 1000)
                gl.glFinish()
        self.renderer.quality = whole
        return times[frames // 4 :]  # the first ones make what they draw into

    @property
    def draws(self) -> int:
        """Surfaces of the avatar."""
        return len(self.renderer.gpu_avatar(self._avatar).draws)

    def picture(self) -> Image.Image:
        """What is drawn."""
        self._draw(self._pose(0))
        return Image.fromarray(self.renderer.read_rgba(self._side, self._side).copy())

    def close(self) -> None:
        """Free the renderer's part."""
        self.renderer.close()

    def _draw(self, pose: Pose, side: int | None = None) -> None:
        size = (side or self._side,) * 2
        self.renderer.draw(self._avatar, pose, self.view, self._target, *size)

    def _few_pixels(self) -> Quality:
        return replace(self.renderer.quality, shadow_size=_FEW)

    def _pose(self, step: int) -> Pose:
        local = self._rest.copy()
        half = 0.015 * np.sin(step % POSES + np.arange(len(self._bones)))
        turns = np.zeros((len(self._bones), 4))
        turns[:, 0], turns[:, 3] = np.sin(half), np.cos(half)
        local.rotations[self._bones] = multiply(local.rotations[self._bones], turns)
        local.weights[:] = 0.0
        if len(local.weights):
            on = (step % POSES + np.arange(ACTIVE_SHAPES)) % len(local.weights)
            local.weights[on] = 0.5
        return self._builder.build(local)

    def _framebuffer(self) -> int:
        gl = load_gl()
        name, colour = int(gl.glGenFramebuffers(1)), int(gl.glGenRenderbuffers(1))
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, name)
        gl.glBindRenderbuffer(gl.GL_RENDERBUFFER, colour)
        gl.glRenderbufferStorage(gl.GL_RENDERBUFFER, gl.GL_RGBA8, self._side, self._side)
        gl.glFramebufferRenderbuffer(
            gl.GL_FRAMEBUFFER, gl.GL_COLOR_ATTACHMENT0, gl.GL_RENDERBUFFER, colour
        )
        return name


@contextmanager
def _nothing_to_draw() -> Generator[None]:
    gl = load_gl()
    elements, arrays = gl.glDrawElements, gl.glDrawArrays
    gl.glDrawElements = lambda mode, _, kind, at: elements(mode, 0, kind, at)
    gl.glDrawArrays = lambda mode, first, _: arrays(mode, first, 0)
    try:
        yield
    finally:
        gl.glDrawElements, gl.glDrawArrays = elements, arrays
