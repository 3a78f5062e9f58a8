"""Of a calm body the shade moves in every second picture; of any other, in every one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from avatar_desktop.avatar.material import Material
from avatar_desktop.avatar.pose import Pose
from avatar_desktop.render import passes, shade
from avatar_desktop.render.egl import OffscreenContext
from avatar_desktop.render.objects import GlObjects
from avatar_desktop.render.opengl import load_gl
from avatar_desktop.render.quality import Quality
from avatar_desktop.render.renderer import Pixels, Renderer
from avatar_desktop.render.view import View
from tests.makers import figures

SIZE = 64
VIEW = View(eye=(0.3, 0.4, 3.0), target=(0, 0, 0), fov_degrees=40)
QUALITY = Quality(msaa=1, shadow_size=256, shadow_taps=5, sky_step=1)
FIGURE = figures.avatar(
    figures.instance(figures.quad(width=3, height=3, z=-0.5)),
    figures.instance(figures.ball(0.4, rows=24)),
    materials=(Material(base_colour=(0.8, 0.7, 0.6, 1.0), metallic=0.0, roughness=1.0),),
)


def pose(step: int) -> Pose:
    """The ball a little farther up with each step."""
    rest = figures.rest(FIGURE)
    world = rest.world.copy()
    world[-1, 1, 3] += 0.1 * step
    return replace(rest, world=world)


class Host:
    """A window that one renderer draws into."""

    def __init__(self) -> None:
        gl = load_gl()
        self.renderer, self._objects = Renderer(QUALITY), GlObjects(gl)
        self._target = passes.readable_framebuffer(gl, self._objects, SIZE, SIZE)

    def frame(self, step: int, *, is_calm: bool = False, view: View = VIEW) -> Pixels:
        renderer = self.renderer
        renderer.draw(FIGURE, pose(step), view, self._target, SIZE, SIZE, is_calm=is_calm)
        return renderer.read_rgba(SIZE, SIZE).copy()

    def close(self) -> None:
        self._objects.free()
        self.renderer.close()


@pytest.fixture
def host(context: OffscreenContext) -> Iterator[Host]:
    context.make_current()
    made = Host()
    yield made
    made.close()


@pytest.fixture
def true(context: OffscreenContext) -> Iterator[Host]:
    """Another one, that never saves."""
    context.make_current()
    made = Host()
    yield made
    made.close()


def test_every_second_picture_of_a_calm_body_has_its_own_shade(host: Host, true: Host) -> None:
    own = [np.array_equal(host.frame(step, is_calm=True), true.frame(step)) for step in range(12)]
    assert own == [True, False] * 6


def test_a_picture_in_the_last_shade_is_the_body_of_this_one(host: Host, true: Host) -> None:
    dark = replace(VIEW, occlusion=False, light=replace(VIEW.light, shadow=0.0))
    host.frame(0, view=dark)
    assert np.array_equal(host.frame(3, is_calm=True, view=dark), true.frame(3, view=dark))


def test_a_body_that_moves_is_never_in_old_shade(host: Host, true: Host) -> None:
    host.frame(0, is_calm=True)
    for step in range(1, 6):
        assert np.array_equal(host.frame(step), true.frame(step))


@pytest.mark.parametrize(
    "other",
    [
        replace(VIEW, eye=(0.35, 0.4, 3.0)),
        replace(VIEW, light=replace(VIEW.light, shadow=0.5)),
        replace(VIEW, background=None),
    ],
    ids=["camera", "light", "background"],
)
def test_another_view_has_its_own_shade(host: Host, true: Host, other: View) -> None:
    host.frame(0, is_calm=True)
    assert np.array_equal(host.frame(2, is_calm=True, view=other), true.frame(2, view=other))


def test_another_quality_or_a_still_between_has_its_own_shade(host: Host, true: Host) -> None:
    host.frame(0, is_calm=True)
    host.renderer.quality = true.renderer.quality = replace(QUALITY, shadow_taps=9)
    assert np.array_equal(host.frame(1, is_calm=True), true.frame(1))
    host.renderer.snapshot(FIGURE, pose(5), VIEW, SIZE, SIZE, 1)
    assert np.array_equal(host.frame(2, is_calm=True), true.frame(2))


def test_the_rule_trips_when_shade_stays_for_ever(
    host: Host, true: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.frame(0, is_calm=True)
    monkeypatch.setattr(shade.Shade, "stays", lambda *_given, is_calm: is_calm)
    host.frame(1, is_calm=True)
    assert not np.array_equal(host.frame(2, is_calm=True), true.frame(2))
