"""Light from all around, against what the cosine integral and an even sphere must give."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from avatar_desktop.avatar.material import Material
from avatar_desktop.render.egl import OffscreenContext
from avatar_desktop.render.environment import Environment, cube_directions, environment_of
from avatar_desktop.render.reflectance import TABLE_SIZE, reflectance_table
from avatar_desktop.render.renderer import Renderer
from avatar_desktop.render.view import Light, View
from tests.makers import figures

ROOT = Path(__file__).parents[3]
SIZE = 64
EVEN = np.full((16, 32, 3), 0.5, np.float32)
CLEAR = View(
    eye=(0, 0, 3),
    target=(0, 0, 0),
    fov_degrees=30,
    background=None,
    light=Light.sun(None),
    tone_map="none",
)
Floats = np.ndarray


def _spot(column: float, row: float, width: float = 0.02) -> Floats:
    """Darkness with one soft spot at (u, v)."""
    v, u = np.meshgrid((np.arange(64) + 0.5) / 64, (np.arange(128) + 0.5) / 128, indexing="ij")
    light = np.exp(-((u - column) ** 2 + (v - row) ** 2) / width**2)
    return np.repeat(light[..., None] * 10, 3, axis=-1).astype(np.float32)


def _linear(pixels: Floats) -> Floats:
    srgb = pixels[..., :3] / 255
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def _ball(
    renderer: Renderer, environment: Environment, material: Material, **view: object
) -> Floats:
    figure = figures.avatar(figures.instance(figures.ball(0.6)), materials=(material,))
    seen = replace(CLEAR, environment=environment, **view)
    pixels = renderer.snapshot(figure, figures.rest(figure), seen, SIZE, SIZE, 1)
    renderer.forget(figure)
    return pixels


@pytest.fixture(scope="module")
def even() -> Environment:
    return environment_of(EVEN)


def test_even_light_stays_even_at_every_roughness(even: Environment) -> None:
    for cube in (*even.radiance, even.irradiance):
        assert np.abs(cube[..., :3].astype(float) - 0.5).max() < 0.002


@pytest.fixture(scope="module")
def three_spots() -> Environment:
    """Red to +X, green to +Z, blue to +Y."""
    places = ((0.5, 0.5), (0.75, 0.5), (0.5, 0.01))
    return environment_of(np.stack([_spot(*place)[..., 0] for place in places], axis=-1))


@pytest.mark.parametrize(("channel", "towards"), [(0, (1, 0, 0)), (1, (0, 0, 1)), (2, (0, 1, 0))])
def test_the_centre_column_faces_x_and_the_top_row_y(
    three_spots: Environment, channel: int, towards: tuple[int, int, int]
) -> None:
    for level in (0, 2):
        cube = three_spots.radiance[level]
        brightest = cube.reshape(-1, 4)[:, channel].argmax()
        assert cube_directions(cube.shape[1])[brightest] @ np.asarray(towards) > 0.98


def test_each_level_is_smoother_than_the_one_before(three_spots: Environment) -> None:
    peaks = [cube[..., 0].max() for cube in three_spots.radiance]
    assert all(later < earlier for earlier, later in pairwise(peaks))


def test_a_matt_white_ball_is_the_cosine_integral(
    renderer: Renderer, bar: Callable[..., None]
) -> None:
    picture = _spot(0.62, 0.35, 0.15) * 0.12 + 0.05
    pixels = _linear(_ball(renderer, environment_of(picture), _matt_white()))
    rows, columns = picture.shape[:2]
    polar, around = np.pi * (np.arange(rows) + 0.5) / rows, 2 * np.pi * (np.arange(columns) + 0.5)
    around = around / columns - np.pi
    sine = np.sin(polar)[:, None]
    towards = np.stack(
        [sine * np.cos(around), np.cos(polar)[:, None] + 0 * around, sine * np.sin(around)], -1
    )
    weight = sine * (np.pi / rows) * (2 * np.pi / columns)
    worst = 0.0
    for x, y in ((32, 32), (20, 26), (44, 26), (32, 16), (32, 48), (24, 44), (42, 42)):
        n = _normal_at(x, y)
        cosine = np.maximum(towards @ n, 0)
        wanted = (picture[..., 0] * cosine * weight).sum() / np.pi
        worst = max(worst, abs(float(pixels[y, x, 0]) - wanted))
    bar("matt white ball in a picture's light, off the integral", worst, at_most=0.015)


def _normal_at(x: int, y: int) -> Floats:
    """Where the ray through a pixel of CLEAR meets the ball."""
    ray = np.array([x + 0.5 - 32, 32 - y - 0.5, -32 / np.tan(np.radians(15))])
    ray /= np.linalg.norm(ray)
    eye = np.array(CLEAR.eye)
    along = -(ray @ eye) - np.sqrt((ray @ eye) ** 2 - eye @ eye + 0.6**2)
    return (eye + along * ray) / 0.6


def _matt_white() -> Material:
    return Material(metallic=0.0, roughness=1.0)


@pytest.mark.parametrize("metallic", [0.0, 1.0])
@pytest.mark.parametrize("roughness", [0.05, 0.3, 0.6, 1.0])
def test_a_white_ball_vanishes_in_even_light(
    renderer: Renderer, even: Environment, metallic: float, roughness: float
) -> None:
    """Whatever arrives goes back: nothing is lost between the facets, and nothing is made up."""
    found = _linear(_ball(renderer, even, Material(metallic=metallic, roughness=roughness)))
    covered = found[8:-8, 8:-8][10:38, 10:38]
    assert np.abs(covered - 0.5).max() < 0.012


def test_the_table_reflects_no_more_than_arrives() -> None:
    whole = reflectance_table().sum(axis=-1)
    assert whole.max() < 1.02
    assert whole[0, TABLE_SIZE // 2] == pytest.approx(1.0, abs=0.01)
    assert whole[-1, -1] < 0.6  # a rough surface loses much at its first bounce


def test_a_sun_of_irradiance_pi_lights_white_to_one(renderer: Renderer) -> None:
    dark = environment_of(np.zeros((16, 32, 3), np.float32))
    facing = _ball(renderer, dark, _matt_white(), light=Light.sun((0, 0, 5)), exposure=0.5)
    # A dielectric sends a little of it back as a mirror.
    assert float(_linear(facing)[32, 32, 0]) == pytest.approx(0.5, abs=0.02)
    behind = _ball(renderer, dark, _matt_white(), light=Light.sun((0, 0, -1)))
    assert behind[32, 32].tolist() == [0, 0, 0, 255]


def test_a_colour_behind_it_is_not_touched_by_light_or_exposure(
    renderer: Renderer, even: Environment
) -> None:
    grey = (128 / 255,) * 3
    pixels = _ball(renderer, even, _matt_white(), background=grey, exposure=0.3)
    assert pixels[2, 2].tolist() == [128, 128, 128, 255]


def test_another_light_takes_the_place_of_the_first(
    renderer: Renderer, even: Environment, three_spots: Environment
) -> None:
    first = _ball(renderer, even, _matt_white())
    assert not (_ball(renderer, three_spots, _matt_white()) == first).all()
    assert (_ball(renderer, even, _matt_white()) == first).all()


def test_the_window_starts_without_any_of_this() -> None:
    code = (
        "import sys, avatar_desktop.render.renderer as _;"
        "sys.exit(any('environment' in name or 'reflectance' in name for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


LESSER_DRIVERS = {
    "softpipe": {"GALLIUM_DRIVER": "softpipe"},
    "like macOS": {"MESA_GL_VERSION_OVERRIDE": "4.1", "MESA_GLSL_VERSION_OVERRIDE": "410"},
}

_DRAW_ONE = """
import sys, numpy as np
from avatar_desktop.avatar.material import Material
from avatar_desktop.render.egl import OffscreenContext
from avatar_desktop.render.environment import environment_of
from avatar_desktop.render.renderer import Renderer
from avatar_desktop.render.view import Light, View
from tests.makers import figures
room = np.random.default_rng(3).uniform(0, 1, (16, 32, 3)).astype(np.float32)
view = View(eye=(0, 0, 3), target=(0, 0, 0), fov_degrees=30, background=None, tone_map="none",
            light=Light.sun((1, 1, 1)), environment=environment_of(room))
ball = figures.avatar(figures.instance(figures.ball(0.6)),
                      materials=(Material(metallic=0.5, roughness=0.3),))
with OffscreenContext():
    renderer = Renderer()
    np.save(sys.argv[1], renderer.snapshot(ball, figures.rest(ball), view, 48, 48, 1))
    renderer.close()
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the switches are Mesa's")
def test_lesser_drivers_draw_the_same_ball(context: OffscreenContext, tmp_path: Path) -> None:
    def drawn(name: str, extra: dict[str, str]) -> Floats:
        place = tmp_path / f"{name}.npy"
        environment = {**os.environ, **extra, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", _DRAW_ONE, str(place)]
        subprocess.run(command, env=environment, cwd=ROOT, check=True)
        return np.load(place).astype(int)

    ours = drawn("ours", {})
    for name, extra in LESSER_DRIVERS.items():
        inside = (ours[..., 3] == 255) & ((theirs := drawn(name, extra))[..., 3] == 255)
        assert inside.sum() > 500
        assert np.abs(theirs - ours)[inside].mean() < 2, name
