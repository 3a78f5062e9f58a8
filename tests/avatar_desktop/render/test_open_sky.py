"""What stands close by takes of the light from all around alone, and without a fringe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from avatar_desktop.avatar.material import Material
from avatar_desktop.avatar.toon import Toon
from avatar_desktop.render import programs as programs_module
from avatar_desktop.render.egl import OffscreenContext
from avatar_desktop.render.environment import environment_of
from avatar_desktop.render.quality import SOFTWARE, Quality
from avatar_desktop.render.renderer import Renderer
from avatar_desktop.render.view import Lamp, Light, View
from tests.makers import figures

SIZE = 192
NIGHT = Lamp((0.0, 1.0, 0.0), (0.0, 0.0, 0.0), 0.0)
GREY = (0.5, 0.5, 0.5)
OVERCAST = Light(NIGHT, NIGHT, (NIGHT, NIGHT), sky=GREY, ground=GREY, shadow=0.0)
KEY_ALONE = replace(
    OVERCAST, key=Lamp((0.0, 0.3, 1.0), (1.0, 1.0, 1.0), 1.0), sky=(0, 0, 0), ground=(0, 0, 0)
)
VIEW = View(
    *((0, 0, 4), (0, 0, 0)),
    fov_degrees=24,
    background=None,
    light=OVERCAST,
    tone_map="none",
)
MATT = Material(base_colour=(0.8, 0.8, 0.8, 1.0), metallic=0.0, roughness=1.0)
Steps = NDArray[np.int_]
Draw = Callable[..., Steps]


@pytest.fixture
def darkened(context: OffscreenContext, request: pytest.FixtureRequest) -> Draw:
    """Steps of 255 that are taken: a ball in a wall or before it, maybe a screen before both."""

    def draw(
        height: float = 0.0,
        material: Material = MATT,
        quality: Quality = Quality(msaa=4, shadow_size=0),  # noqa: B008
        aside: float = 0.0,
        screen: float = 0.0,
        **view: object,
    ) -> Steps:
        context.make_current()
        renderer = Renderer(quality)
        wall = figures.instance(figures.quad(width=2, height=2))
        ball = figures.instance(figures.ball(0.3, rows=48, centre=(aside, 0, height)))
        front = [figures.instance(figures.quad(width=2, height=screen, z=1.0))] if screen else []
        figure = figures.avatar(wall, ball, *front, materials=(material,))
        pose = figures.rest(figure)
        seen = replace(VIEW, **view)  # type: ignore[arg-type]
        pictures = [
            renderer.snapshot(figure, pose, replace(seen, occlusion=each), SIZE, SIZE, 1)
            for each in (False, True)
        ]
        renderer.close()
        without, with_sky = (picture.astype(int) for picture in pictures)
        assert (without[..., 3] == with_sky[..., 3]).all(), "cover is nobody's shade"
        return (without - with_sky)[..., 0]

    return draw


@pytest.fixture
def worsened(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str, str], None]:
    """Puts a mistake into a shader."""
    text = programs_module._text  # pyright: ignore[reportPrivateUsage]

    def worsen(file: str, words: str, wrong: str) -> None:
        assert words in text(file)

        def worse(name: str) -> str:
            return text(name).replace(words, wrong) if name == file else text(name)

        monkeypatch.setattr(programs_module, "_text", worse)

    return worsen


def _around(radius: float, width: float = 0.03) -> NDArray[np.bool_]:
    """Pixels of the wall that lie so far from its middle."""
    across = _across()
    return np.abs(np.hypot(across[None, :], across[:, None]) - radius) < width


def _across() -> NDArray[np.float64]:
    """How far each column, or row, of the wall is from its middle."""
    across = (np.arange(SIZE) + 0.5) / SIZE * 2 - 1
    return np.abs(across) * 4.0 * np.tan(np.radians(12.0))


CREASE, OPEN = _around(0.33), _around(0.75)


def test_a_crease_is_darker_than_an_open_place(darkened: Draw) -> None:
    steps = darkened()
    assert steps[CREASE].mean() > 10
    assert abs(steps[OPEN]).max() <= 1


def test_only_light_from_all_around_is_taken(darkened: Draw) -> None:
    assert not darkened(light=KEY_ALONE).any()


def test_light_of_a_picture_is_taken_as_well(darkened: Draw) -> None:
    sky = environment_of(np.full((8, 16, 3), 0.5, np.float32))
    steps = darkened(environment=sky, light=Light.sun(None))
    assert steps[CREASE].mean() > 10
    assert abs(steps[OPEN]).max() <= 1


SCREEN = 0.3
ON_SCREEN = _across() < SCREEN / 2 * 4 / 3 - 0.005  # it stands a quarter of the way to the eye


def test_what_is_far_in_front_leaves_no_fringe(darkened: Draw, bar: Callable[..., None]) -> None:
    worst = _fringe(darkened)
    bar("open sky: darkest fringe at an edge before something far", worst, at_most=2, unit="of 255")


@pytest.mark.parametrize(
    ("file", "words", "wrong"),
    [
        ("open_sky.frag", "max(1.0 - length2 * ends, 0.0)", "1.0"),
        ("open_sky.glsl", "if (abs(mean.g - away) < 0.012) return", "return"),
    ],
    ids=["nothing is too far to shade", "edges are mixed with what lies beyond"],
)
def test_the_bar_of_fringes_trips(
    darkened: Draw, worsened: Callable[[str, str, str], None], file: str, words: str, wrong: str
) -> None:
    worsened(file, words, wrong)
    assert _fringe(darkened) > 2


def _fringe(darkened: Draw) -> int:
    """Beside a ball far before the wall, and on a screen that crosses a crease."""
    on_screen = darkened(screen=SCREEN)[ON_SCREEN]
    return max(int(abs(darkened(height=0.8)).max()), int(abs(on_screen).max()))


@pytest.mark.parametrize(
    "material",
    [
        Material(base_colour=(0.8, 0.8, 0.8, 1.0), unlit=True),
        Material(base_colour=(0.8, 0.8, 0.8, 1.0), toon=Toon(shade_colour=(0.4, 0.4, 0.4))),
        replace(MATT, base_colour=(0.8, 0.8, 0.8, 0.5), alpha_mode="BLEND"),
    ],
    ids=["unlit", "toon", "glass"],
)
def test_drawn_unlit_and_see_through_surfaces_stay_as_they_are(
    darkened: Draw, material: Material
) -> None:
    assert not darkened(material=material).any()


def test_samples_of_a_pixel_do_not_matter(darkened: Draw) -> None:
    fine, plain = darkened(), darkened(quality=Quality(msaa=1, shadow_size=0, smooth_edges=False))
    assert abs(fine - plain)[CREASE].mean() < 3


def test_it_is_still_while_the_body_moves(
    darkened: Draw, worsened: Callable[[str, str, str], None], bar: Callable[..., None]
) -> None:
    """The crease goes along by parts of a pixel; nothing shimmers in it."""
    bar("open sky: shimmer of a crease in motion", _shimmer(darkened), at_most=0.09, unit="×")
    worsened("open_sky.frag", "i < TAPS", "i < 2")
    assert _shimmer(darkened) > 0.09, "the bar trips where it is looked at two places only"


def _shimmer(darkened: Draw) -> float:
    """How far each pixel is from the mean of its moments before and after."""
    moved = np.stack([darkened(aside=0.002 * step) for step in range(6)])
    jumps = moved[1:-1] - 0.5 * (moved[:-2] + moved[2:])
    return float(np.abs(jumps).sum() / moved[1:-1].sum())


def test_the_lowest_quality_does_without(darkened: Draw) -> None:
    assert SOFTWARE.sky_step == 0
    assert not darkened(quality=SOFTWARE).any()


def test_a_driver_that_fails_at_it_draws_the_rest(
    darkened: Draw, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    text = programs_module.shader_source
    monkeypatch.setattr(
        programs_module,
        "shader_source",
        lambda file, features: text(file, features) + "no shader {" * (file == "open_sky.frag"),
    )
    assert not darkened().any()
    assert "drawn plainer" in caplog.text
