"""Thousands of frames with other avatars, sizes and contexts: nothing is left behind."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import psutil
import pytest

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.material import Image, Material
from avatar_desktop.avatar.pose import Pose
from avatar_desktop.avatar.texture import TextureUse
from avatar_desktop.avatar.toon import Toon
from avatar_desktop.errors import GraphicsError
from avatar_desktop.render.egl import OffscreenContext
from avatar_desktop.render.gpu_avatar import GpuAvatar
from avatar_desktop.render.opengl import load_gl
from avatar_desktop.render.quality import Quality
from avatar_desktop.render.renderer import Renderer
from avatar_desktop.render.view import View
from tests.makers import figures

FRAMES, SAMPLE = 10_000, 300
SWAP, RESIZE, LOSE = 7, 3, 50
"""So many frames apart another avatar comes, the window changes, the context is lost."""
SIZES = ((64, 48), (31, 90), (96, 96), (1, 1))
QUALITIES = (Quality(4, 256), Quality(1, 128, smooth_edges=True), Quality(1, 0, 1, 0.5))
NAMES = 600
VIEW = View(eye=(0, 0, 3), target=(0, 0, 0), fov_degrees=30, ground_shadow=True)


def _alive() -> list[int]:
    gl = load_gl()
    asks = (gl.glIsTexture, gl.glIsBuffer, gl.glIsVertexArray, gl.glIsFramebuffer)
    asks += (gl.glIsRenderbuffer, gl.glIsSampler, gl.glIsProgram, gl.glIsShader)
    return [sum(bool(ask(name)) for name in range(1, NAMES)) for ask in asks]


def _avatar(number: int) -> Avatar:
    """One of a few kinds, each time a new one."""
    image = Image("", np.full((32, 32, 4), 50 + 50 * number, np.uint8))
    ball = figures.ball(0.4)
    moves = np.full((3, len(ball.positions), 3), 0.05, np.float32)
    material = (
        Material(base_texture=TextureUse(0), normal_texture=TextureUse(0)),
        Material(toon=Toon(outline_mode="world", outline_width=0.01)),
        Material(base_colour=(1, 1, 1, 0.5), alpha_mode="BLEND", double_sided=True),
    )[number]
    shaped = figures.instance(figures.with_targets(ball, moves))
    return figures.avatar(shaped, materials=(material,), images=(image,))


def _pose(figure: Avatar, frame: int) -> Pose:
    return figures.rest(figure, weights=np.full(3, 0.1 * (frame % 5), np.float32))


class _Life:
    """What a window does to a renderer."""

    def __init__(self) -> None:
        self._context = OffscreenContext()
        self._begin()
        self.left_over: list[int] = []

    def _begin(self) -> None:
        self.empty = _alive()
        self._renderer = Renderer(QUALITIES[0])
        self._figure = _avatar(0)

    def frame(self, number: int) -> None:
        if number % LOSE == LOSE - 1:
            self.lose(on_purpose=number % (2 * LOSE) < LOSE)
        if number % SWAP == SWAP - 1:
            self._renderer.forget(self._figure)
            self._figure = _avatar(number // SWAP % 3)
        size = SIZES[number // RESIZE % len(SIZES)]
        self._renderer.quality = QUALITIES[number // (2 * RESIZE) % len(QUALITIES)]
        view = replace(VIEW, background=None if number % 2 else VIEW.background)
        self._renderer.snapshot(self._figure, _pose(self._figure, number), view, *size, 1)

    def lose(self, *, on_purpose: bool) -> None:
        """The context goes: given back in order, or torn away."""
        if on_purpose:
            self._renderer.close()
            self.left_over.append(sum(_alive()) - sum(self.empty))
            self._context.close()
        else:
            self._context.close()
            self._renderer.abandon()
        self._context = OffscreenContext()
        self._begin()

    def end(self) -> None:
        self._renderer.close()
        self.left_over.append(sum(_alive()) - sum(self.empty))
        refused = load_gl().glGetError()
        self._context.close()
        assert refused == 0


@pytest.mark.timeout(900)  # the full length
def test_ten_thousand_frames_leave_nothing_behind(
    bar: Callable[..., None], full_length: bool
) -> None:
    try:
        life = _Life()
    except GraphicsError as error:
        pytest.skip(f"no EGL here: {error}")
    frames = FRAMES if full_length else SAMPLE
    warm = frames // 3
    process = psutil.Process()
    before = 0
    for number in range(frames):
        life.frame(number)
        if number == warm:
            gc.collect()
            before = process.memory_info().rss
    gc.collect()
    growth = 100 * (process.memory_info().rss - before) / before
    life.end()
    bar("GL objects left by a renderer that is closed", max(life.left_over), at_most=0)
    bar("memory after many frames, swaps and lost contexts", max(0, growth), at_most=5, unit="%")


def test_an_avatar_that_keeps_its_objects_would_be_noticed(
    context: OffscreenContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(GpuAvatar, "free", lambda _: None)
    life = _Life()
    for number in range(2 * SWAP):
        life.frame(number)
    life.end()
    assert life.left_over[0] > 0
    context.make_current()


def test_a_forgotten_avatar_leaves_as_many_objects_as_before(renderer: Renderer) -> None:
    first = _avatar(0)
    renderer.snapshot(first, _pose(first, 1), VIEW, 32, 32, 1)
    renderer.forget(first)
    before = _alive()
    for _ in range(3):
        again = _avatar(0)
        renderer.snapshot(again, _pose(again, 1), VIEW, 32, 32, 1)
        renderer.forget(again)
        assert _alive() == before
