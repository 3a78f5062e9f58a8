"""A camera that follows the head goes through no pass again, and the picture is right."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from avatar_desktop.avatar.material import Material
from avatar_desktop.render import passes
from avatar_desktop.render.egl import OffscreenContext
from avatar_desktop.render.objects import GlObjects
from avatar_desktop.render.opengl import load_gl
from avatar_desktop.render.quality import Quality
from avatar_desktop.render.renderer import Pixels, Renderer
from avatar_desktop.render.repeats import FRAMES_WATCHED
from avatar_desktop.render.view import View
from tests.makers import figures

SIZE = 64
FRAMED = View(eye=(0.4, 0.3, 3.0), target=(0, 0, 0), fov_degrees=30, ground_shadow=True)
OFTEN = [FRAMED] * (FRAMES_WATCHED + 2)
ASIDE = (0.11, -0.06, 0.09)
FIGURE = figures.avatar(
    figures.instance(figures.quad(width=2, height=2)),
    figures.instance(figures.ball(0.4, rows=24)),
    materials=(Material(base_colour=(0.8, 0.7, 0.6, 1.0), metallic=0.0, roughness=1.0),),
)


def aside(view: View) -> View:
    def moved(place: tuple[float, float, float]) -> tuple[float, float, float]:
        x, y, z = (here + way for here, way in zip(place, ASIDE, strict=True))
        return x, y, z

    return replace(view, eye=moved(view.eye), target=moved(view.target))


def last_of(*views: View) -> tuple[Pixels, int]:
    """The last picture of one renderer's frames, and how often the scene was gone through."""
    gl = load_gl()
    renderer, objects = Renderer(Quality(msaa=4, shadow_size=256, sky_step=2)), GlObjects(gl)
    passed, times = renderer._draw_scene, 0  # pyright: ignore[reportPrivateUsage]

    def counted(*given: object, **more: object) -> None:
        nonlocal times
        times += 1
        passed(*given, **more)  # type: ignore[arg-type]

    renderer._draw_scene = counted  # type: ignore[method-assign]
    target = passes.readable_framebuffer(gl, objects, SIZE, SIZE)
    pose = figures.rest(FIGURE)
    for view in views:
        renderer.draw(FIGURE, pose, view, target, SIZE, SIZE)
    pixels = renderer.read_rgba(SIZE, SIZE).copy()
    objects.free()
    renderer.close()
    return pixels, times


def difference(view: View) -> int:
    """Between a picture after many others and the same by itself."""
    return int(np.abs(last_of(*OFTEN, view)[0].astype(int) - last_of(view)[0]).max())


def test_going_aside_repeats_the_calls_and_shows_the_right_picture(
    context: OffscreenContext,
) -> None:
    context.make_current()
    assert difference(aside(FRAMED)) == 0
    assert last_of(*OFTEN, aside(FRAMED))[1] == last_of(*OFTEN)[1]
    assert not np.array_equal(last_of(FRAMED)[0], last_of(aside(FRAMED))[0])


@pytest.mark.parametrize(
    "other",
    [
        replace(FRAMED, eye=(0.2, 0.15, 1.5)),
        replace(FRAMED, fov_degrees=50),
        replace(FRAMED, eye=(1.5, 1.0, 2.4)),
    ],
    ids=["closer", "wider", "turned"],
)
def test_any_other_move_is_drawn_anew(context: OffscreenContext, other: View) -> None:
    context.make_current()
    assert difference(other) == 0
    assert last_of(*OFTEN, other)[1] == last_of(*OFTEN)[1] + 1
