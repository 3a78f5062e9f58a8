"""Pictures drawn before their time lie on a shelf until it comes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from avatar_desktop.errors import GraphicsError
from avatar_desktop.render import passes, shelf
from avatar_desktop.render.egl import OffscreenContext
from avatar_desktop.render.objects import GlObjects
from avatar_desktop.render.opengl import load_gl
from avatar_desktop.render.quality import Quality
from avatar_desktop.render.renderer import Pixels, Renderer
from avatar_desktop.render.view import View
from tests.makers import figures

SIZE = (40, 30)
FIGURE = figures.avatar(figures.instance(figures.ball(0.4)))


@pytest.fixture(params=[Quality(4, 0), Quality(1, 0, smooth_edges=True), Quality(1, 0, 1, 0.5)])
def renderer(context: OffscreenContext, request: pytest.FixtureRequest) -> Iterator[Renderer]:
    context.make_current()
    made = Renderer(request.param)
    yield made
    made.close()


@pytest.fixture
def window(context: OffscreenContext) -> Iterator[int]:
    context.make_current()
    objects = GlObjects(load_gl())
    yield passes.readable_framebuffer(load_gl(), objects, *SIZE)
    objects.free()


def draw(renderer: Renderer, moment: int, framebuffer: int) -> Pixels:
    view = View(eye=(0.2 * moment, 0, 3), target=(0, 0, 0), fov_degrees=30)
    renderer.draw(FIGURE, figures.rest(FIGURE), view, framebuffer, *SIZE)
    return renderer.read_rgba(*SIZE).copy()


def test_what_was_drawn_ahead_is_shown_as_it_would_have_been(
    renderer: Renderer, window: int
) -> None:
    """Again and again, until every call is one that is repeated."""
    for _ in range(9):
        own = [draw(renderer, moment, window) for moment in range(4)]
        draw(renderer, 0, window)
        for place, moment in enumerate((1, 2, 3)):
            draw(renderer, moment, renderer.shelf.place(place, *SIZE))
        for place, moment in enumerate((1, 2, 3)):
            renderer.shelf.show(place, window)
            assert np.array_equal(renderer.read_rgba(*SIZE), own[moment])
        assert not np.array_equal(own[1], own[2])


def test_a_window_of_another_size_has_a_shelf_of_its_own(renderer: Renderer) -> None:
    gl = load_gl()
    before = renderer.shelf.place(0, *SIZE)
    assert renderer.shelf.place(0, *SIZE) == before
    after = renderer.shelf.place(0, 50, 20)
    gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, after)
    shelf.check_complete(gl, "a place")
    assert len(renderer.shelf) == 1, "the old place is given back"


def test_a_driver_without_room_has_no_shelf(
    renderer: Renderer, window: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_given: object) -> None:
        raise GraphicsError("The driver has no room.")

    monkeypatch.setattr(shelf, "check_complete", refuse)
    assert [renderer.shelf.place(0, *SIZE) for _ in range(2)] == [0, 0]
    assert draw(renderer, 0, window).any()
