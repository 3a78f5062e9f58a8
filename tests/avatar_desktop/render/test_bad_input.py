"""Broken numbers, strange pictures, poor drivers: always a defined picture and a plain word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.material import Image, Material
from avatar_desktop.avatar.pose import Pose
from avatar_desktop.avatar.texture import TextureUse
from avatar_desktop.avatar.toon import Toon
from avatar_desktop.render import programs as programs_module
from avatar_desktop.render import renderer as renderer_module
from avatar_desktop.render.egl import OffscreenContext
from avatar_desktop.render.graphics import GraphicsReport, read_limits
from avatar_desktop.render.opengl import Gl, load_gl
from avatar_desktop.render.quality import Quality
from avatar_desktop.render.renderer import Pixels, Renderer
from avatar_desktop.render.textures import fitted
from avatar_desktop.render.view import Gradient, View
from tests.makers import figures

SIZE = 48
CLEAR = View(eye=(0, 0, 3), target=(0, 0, 0), fov_degrees=30, background=None)
RED = Material(base_colour=(1, 0, 0, 1), unlit=True)
BAD_NUMBERS = [np.nan, np.inf, -np.inf, 3e38, -3e38]


def _shot(renderer: Renderer, figure: Avatar, pose: Pose, view: View = CLEAR) -> Pixels:
    return renderer.snapshot(figure, pose, view, SIZE, SIZE, 1)


def _ball(material: Material, *images: Image) -> Avatar:
    ball = figures.instance(figures.ball(0.5))
    return figures.avatar(ball, materials=(material,), images=images)


def _middle(pixels: Pixels) -> list[int]:
    return pixels[SIZE // 2, SIZE // 2].tolist()


# -- numbers -------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", BAD_NUMBERS)
def test_a_weight_that_means_nothing_leaves_the_face_as_it_is(
    renderer: Renderer, number: float
) -> None:
    moves = np.full((2, 4, 3), 0.2, np.float32)
    quad = figures.with_targets(figures.quad(), moves)
    figure = figures.avatar(figures.instance(quad), materials=(RED,))
    broken = figures.rest(figure, weights=np.asarray([number, 0.0], np.float32))
    assert (_shot(renderer, figure, broken) == _shot(renderer, figure, figures.rest(figure))).all()


@pytest.mark.parametrize("number", [*BAD_NUMBERS, 0.0])
def test_a_bone_that_stands_nowhere_takes_nobody_else_along(
    renderer: Renderer, number: float
) -> None:
    left, right = figures.quad(width=0.4), figures.quad(width=0.4)
    left = replace(left, positions=left.positions - np.asarray([0.4, 0, 0], np.float32))
    right = replace(right, positions=right.positions + np.asarray([0.4, 0, 0], np.float32))
    figure = figures.avatar(
        figures.instance(left),
        figures.instance(right, node=1),
        materials=(RED,),
        bones=figures.skeleton((0, 0, 0), (0, 0, 0), parents=(-1, -1)),
    )
    world = np.tile(np.eye(4, dtype=np.float32), (2, 1, 1))
    world[0, :3] = number
    pixels = _shot(renderer, figure, figures.posed(figure, world))
    columns = np.flatnonzero((pixels[..., 3] == 255).any(axis=0))
    assert len(columns)
    assert columns.min() > SIZE // 2, "only the sound one is seen"


@pytest.mark.parametrize("number", [*BAD_NUMBERS, 0.0])
def test_a_broken_joint_leaves_numbers_and_no_error(renderer: Renderer, number: float) -> None:
    figure = figures.bending_bar(5)
    pose = figures.rest(figure)
    joints = np.array(pose.joints[0])
    joints[2, :3, :3] = number
    pose = replace(pose, joints=(joints,))
    _shot(renderer, figure, pose)
    gpu = renderer.gpu_avatar(figure)
    assert np.isfinite(gpu.read_deformed(gpu.draws[0])).all()


# -- pictures on surfaces ------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(0, 0), (0, 7), (5, 0)])
def test_a_picture_of_no_size_is_white(renderer: Renderer, shape: tuple[int, int]) -> None:
    textured = replace(RED, base_texture=TextureUse(0))
    figure = _ball(textured, Image("", np.zeros((*shape, 4), np.uint8)))
    assert _middle(_shot(renderer, figure, figures.rest(figure))) == [255, 0, 0, 255]


@pytest.mark.parametrize("shape", [(1, 16384), (16384, 2), (300, 1000)])
def test_a_picture_beyond_the_driver_is_shrunk_to_what_it_holds(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(3)
    pixels = rng.integers(0, 256, (*shape, 4), np.uint8)
    small = fitted(pixels, 256)
    assert min(small.shape[:2]) > 0
    assert max(small.shape[:2]) <= 256
    assert small.reshape(-1, 4).mean(0) == pytest.approx(pixels.reshape(-1, 4).mean(0), abs=3)


def test_a_surface_of_sixteen_thousand_pixels_is_drawn_by_a_small_driver(
    monkeypatch: pytest.MonkeyPatch, context: OffscreenContext
) -> None:
    pixels = np.zeros((16384, 64, 4), np.uint8)
    pixels[:] = (0, 200, 0, 255)
    textured = replace(RED, base_colour=(1, 1, 1, 1), base_texture=TextureUse(0))
    figure = _ball(textured, Image("", pixels))
    for renderer in _with_limits(monkeypatch, context, max_texture_size=512):
        assert _middle(_shot(renderer, figure, figures.rest(figure))) == [0, 200, 0, 255]


# -- drivers -------------------------------------------------------------------------------------


def _with_limits(
    monkeypatch: pytest.MonkeyPatch, context: OffscreenContext, **limits: int
) -> Iterator[Renderer]:
    def poor(gl: Gl) -> GraphicsReport:
        return replace(read_limits(gl), **limits)

    context.make_current()
    monkeypatch.setattr(renderer_module, "read_limits", poor)
    renderer = Renderer(Quality(msaa=4, shadow_size=2048))
    yield renderer
    assert load_gl().glGetError() == 0
    renderer.close()


def test_a_driver_without_samples_still_draws(
    monkeypatch: pytest.MonkeyPatch, context: OffscreenContext
) -> None:
    figure = _ball(RED)
    for renderer in _with_limits(monkeypatch, context, max_samples=1):
        assert _middle(_shot(renderer, figure, figures.rest(figure))) == [255, 0, 0, 255]


def test_a_window_larger_than_the_driver_draws_is_stretched(
    monkeypatch: pytest.MonkeyPatch, context: OffscreenContext
) -> None:
    figure = _ball(RED)
    for renderer in _with_limits(monkeypatch, context, max_texture_size=64):
        gl = load_gl()
        target, colour = int(gl.glGenFramebuffers(1)), int(gl.glGenRenderbuffers(1))
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, target)
        gl.glBindRenderbuffer(gl.GL_RENDERBUFFER, colour)
        gl.glRenderbufferStorage(gl.GL_RENDERBUFFER, gl.GL_RGBA8, 200, 120)
        gl.glFramebufferRenderbuffer(
            gl.GL_FRAMEBUFFER, gl.GL_COLOR_ATTACHMENT0, gl.GL_RENDERBUFFER, colour
        )
        renderer.draw(figure, figures.rest(figure), CLEAR, target, 200, 120)
        assert renderer.read_rgba(200, 120)[60, 100].tolist() == [255, 0, 0, 255]
        gl.glDeleteFramebuffers(1, [target])
        gl.glDeleteRenderbuffers(1, [colour])


def test_of_more_shapes_than_a_driver_holds_the_strongest_stay(
    monkeypatch: pytest.MonkeyPatch, context: OffscreenContext
) -> None:
    ball = figures.ball(0.5)
    moves = np.zeros((9, len(ball.positions), 3), np.float32)
    moves[:, :, 2] = np.linspace(0.1, 0.9, 9)[:, None]
    figure = figures.avatar(figures.instance(figures.with_targets(ball, moves)))
    pose = figures.rest(figure, weights=np.ones(9, np.float32))
    rows = -(-len(ball.positions) * 2 * 4 // 2048)  # room for four shapes
    for renderer in _with_limits(monkeypatch, context, max_texture_size=max(rows, SIZE)):
        renderer.graphics = replace(renderer.graphics, max_texture_size=rows)
        renderer.draw(figure, pose, CLEAR, 0, 1, 1)
        kept = renderer.gpu_avatar(figure).draws[0].geometry.morphs.active(pose.weights)
        assert 4 <= len(kept) < 9
        assert kept[-1, 1] == pytest.approx(0.9 / 16384, rel=0.01)
        while load_gl().glGetError():
            pass  # the framebuffer of an offscreen context cannot be drawn into


# -- shaders -------------------------------------------------------------------------------------

TOON = Material(base_colour=(0, 1, 0, 1), toon=Toon(outline_mode="world", outline_width=0.02))
LIT = Material(base_colour=(0, 1, 0, 1), metallic=0.0)


@pytest.fixture
def mistakes(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Shader files that a driver stumbles over."""
    broken: set[str] = set()
    text = programs_module.shader_source

    def source(file: str, features: frozenset[str]) -> str:
        return text(file, features) + ("\nno shader {" if file in broken else "")

    monkeypatch.setattr(programs_module, "shader_source", source)
    return broken


@pytest.mark.parametrize("material", [LIT, TOON, RED], ids=["lit", "toon", "unlit"])
def test_an_avatar_whose_shaders_fail_is_drawn_barely(
    renderer: Renderer, mistakes: set[str], material: Material, caplog: pytest.LogCaptureFixture
) -> None:
    figure = _ball(material)
    right = _shot(renderer, figure, figures.rest(figure))
    renderer.close()
    mistakes |= {"surface.frag", "outline.frag", "depth.frag", "smooth.frag", "floor.frag"}
    poor = Renderer(Quality(msaa=1, shadow_size=256))
    _shot(poor, figure, figures.rest(figure))
    bare = _shot(poor, figure, figures.rest(figure), replace(CLEAR, ground_shadow=True))
    said = [record.__dict__.get("why", "") for record in caplog.records]
    assert sum("surface.frag" in why for why in said) == 1, "it is said once"
    inside = right[..., 3] == 255
    assert (bare[inside][:, 3] == 255).mean() > 0.9
    main = int(np.argmax(material.base_colour[:3]))
    assert (bare[inside].argmax(axis=1)[bare[inside][:, main] < 255] == 3).all()
    assert bare[inside][:, main].min() > 90
    poor.close()


def test_a_background_whose_shader_fails_is_its_upper_colour(
    renderer: Renderer, mistakes: set[str]
) -> None:
    mistakes.add("background.frag")
    view = replace(CLEAR, background=Gradient(top=(1, 0, 1), bottom=(0, 0, 0)))
    pixels = _shot(renderer, figures.avatar(), view=view, pose=figures.rest(figures.avatar()))
    assert pixels[3, 3].tolist() == [255, 0, 255, 255]


def test_where_the_driver_cannot_move_vertices_the_processor_does(
    context: OffscreenContext,
    renderer: Renderer,
    mistakes: set[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    figure = figures.busy_head(rows=16)
    weights = np.linspace(0.0, 0.4, len(figure.rest_weights)).astype(np.float32)
    pose = figures.rest(figure, weights=weights)
    right = _shot(renderer, figure, pose).astype(int)
    mistakes.add("deform.vert")
    poor = Renderer(renderer.quality)
    plain = [_shot(poor, figure, each).astype(int) for each in (pose, pose, replace(pose))]
    poor.close()
    for found in plain:
        assert (np.abs(found - right).max(axis=-1) > 12).mean() < 0.01
    told = [record for record in caplog.records if "processor" in record.message]
    assert len(told) == 1, "it is said once"


def test_broken_numbers_are_mended_by_the_processor_too(
    renderer: Renderer, mistakes: set[str]
) -> None:
    mistakes.add("deform.vert")
    figure = _ball(LIT)
    pose = figures.rest(figure)
    world = np.full_like(pose.world, np.nan)
    assert not _shot(renderer, figure, replace(pose, world=world))[..., 3].any()
