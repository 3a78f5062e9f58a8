"""A sun and the file's own lamps, against what glTF says of their light."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.furnishing import Lamp
from avatar_desktop.avatar.material import Material
from avatar_desktop.avatar.toon import Toon
from avatar_desktop.render.environment import Environment, environment_of
from avatar_desktop.render.lamps import MOST_LAMPS, lamp_rows
from avatar_desktop.render.renderer import Renderer
from avatar_desktop.render.view import Light, View
from tests.makers import figures

SIZE = 32
VIEW = View(
    eye=(0, 0, 3),
    target=(0, 0, 0),
    fov_degrees=20,
    background=None,
    light=Light.sun(None),
    tone_map="none",
)
POINT = Lamp(node=1, kind="point", intensity=4 * math.pi * 0.5)
HALF_AT_TWO = 188
"""A surface that returns half of white, as sRGB."""
MATT = Material(metallic=0.0, roughness=1.0)


@pytest.fixture(scope="module")
def dark() -> Environment:
    return environment_of(np.zeros((16, 32, 3), np.float32))


def _wall(*lamps: Lamp, material: Material = MATT) -> Avatar:
    """A wall at the origin; node 1 stands two metres before it and looks at it."""
    bones = figures.skeleton((0, 0, 0), (0, 0, 2))
    wall = figures.instance(figures.quad(width=4, height=4))
    return replace(figures.avatar(wall, materials=(material,), bones=bones), lamps=lamps)


def _middle(renderer: Renderer, environment: Environment, wall: Avatar, place: int = 16) -> int:
    view = replace(VIEW, environment=environment)
    pixels = renderer.snapshot(wall, figures.rest(wall), view, SIZE, SIZE, 1)
    renderer.forget(wall)
    return int(pixels[16, place, 0])


def test_a_point_lamp_gives_candela_by_the_square_of_its_distance(
    renderer: Renderer, dark: Environment
) -> None:
    assert _middle(renderer, dark, _wall(POINT)) == pytest.approx(HALF_AT_TWO, abs=4)
    four_times = replace(POINT, intensity=4 * POINT.intensity)
    bones = figures.skeleton((0, 0, 0), (0, 0, 4))
    farther = replace(_wall(four_times), skeleton=bones)
    assert _middle(renderer, dark, farther) == pytest.approx(HALF_AT_TWO, abs=4)


def test_a_far_lamp_gives_lux(renderer: Renderer, dark: Environment) -> None:
    far = replace(POINT, kind="directional", intensity=math.pi / 2)
    assert _middle(renderer, dark, _wall(far)) == pytest.approx(HALF_AT_TWO, abs=4)


def test_beyond_its_reach_a_lamp_is_dark(renderer: Renderer, dark: Environment) -> None:
    assert _middle(renderer, dark, _wall(replace(POINT, reach=1.9))) == 0
    assert _middle(renderer, dark, _wall(replace(POINT, reach=20.0))) > 180


def test_a_spot_lights_its_cone_alone(renderer: Renderer, dark: Environment) -> None:
    spot = replace(POINT, kind="spot", inner_cone=0.05, outer_cone=0.15)
    assert _middle(renderer, dark, _wall(spot)) == pytest.approx(HALF_AT_TWO, abs=4)
    assert _middle(renderer, dark, _wall(spot), place=1) == 0


def test_lamps_add_up_in_light(renderer: Renderer, dark: Environment) -> None:
    half = replace(POINT, intensity=POINT.intensity / 2)
    assert _middle(renderer, dark, _wall(half, half)) == pytest.approx(HALF_AT_TWO, abs=4)


def test_a_toon_takes_the_lamps_in_its_two_tones(renderer: Renderer, dark: Environment) -> None:
    toon = replace(MATT, toon=Toon(shade_colour=(0.2, 0.2, 0.2), shading_toony=1.0))
    assert _middle(renderer, dark, _wall(material=toon)) == 0
    assert _middle(renderer, dark, _wall(POINT, material=toon)) == pytest.approx(188, abs=4)
    spot = replace(POINT, kind="spot", inner_cone=0.05, outer_cone=0.15)
    assert _middle(renderer, dark, _wall(spot, material=toon), place=1) == 0
    far = replace(POINT, kind="directional", intensity=math.pi)
    shade = Toon(shade_colour=(0.2, 0.2, 0.2), shading_toony=1.0, shading_shift=-3.0)
    shaded = _wall(far, material=replace(MATT, toon=shade))
    assert _middle(renderer, dark, shaded) == pytest.approx(124, abs=4), "the shade's own colour"


def test_a_lamp_is_mirrored_by_what_is_smooth(renderer: Renderer, dark: Environment) -> None:
    polished = replace(MATT, base_colour=(0.0, 0.0, 0.0, 1.0), roughness=0.2)
    assert _middle(renderer, dark, _wall(POINT, material=polished)) > 100
    assert _middle(renderer, dark, _wall(POINT, material=polished), place=1) < 40


def test_the_studio_shines_alone(renderer: Renderer) -> None:
    lit, plain = _wall(replace(POINT, intensity=1e4)), _wall()
    studio = replace(VIEW, light=Light.studio())
    shots = [renderer.snapshot(w, figures.rest(w), studio, SIZE, SIZE, 1) for w in (lit, plain)]
    assert (shots[0] == shots[1]).all()


def test_a_sun_comes_first_and_a_crowd_is_cut() -> None:
    wall = _wall(*[POINT] * 20, replace(POINT, intensity=math.inf))
    rows = lamp_rows(wall, figures.rest(wall), replace(VIEW, light=Light.sun((0, 3, 4))))
    assert rows.shape == (MOST_LAMPS, 16)
    assert rows[0, :4] == pytest.approx([0.0, 0.6, 0.8, 0.0])
    assert rows[0, 4:7] == pytest.approx([1.0, 1.0, 1.0])
    assert np.isfinite(rows).all()


def test_a_pose_may_change_the_lamps() -> None:
    wall = _wall(POINT)
    dimmed = replace(POINT, intensity=POINT.intensity / 2)
    posed = replace(figures.rest(wall), lamps=(dimmed,))
    as_in_file, changed = (lamp_rows(wall, pose, VIEW) for pose in (figures.rest(wall), posed))
    assert changed[-1, 4:7] == pytest.approx(as_in_file[-1, 4:7] / 2)
