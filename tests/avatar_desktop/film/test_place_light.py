"""A place behind the avatar lights it too, unless another light is asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from avatar_desktop.cli.main import main
from avatar_desktop.errors import GraphicsError
from avatar_desktop.film.director import Director
from avatar_desktop.film.take import Shot, TakeFrame
from avatar_desktop.render.egl import OffscreenContext
from avatar_desktop.render.view import Light, View
from tests.makers import figures, radiance

Render = Callable[..., NDArray[np.int_]]


@pytest.fixture
def red_room(tmp_path: Path) -> Path:
    """Ten times as bright as a room should be photographed."""
    file = tmp_path / "room.hdr"
    red = np.broadcast_to(np.array((8.0, 0.8, 0.8), np.float32), (8, 16, 3))
    file.write_bytes(radiance.hdr(np.ascontiguousarray(red)))
    return file


def _view(director: Director) -> View:
    ball = figures.avatar(figures.instance(figures.ball()))
    return director.view(TakeFrame(0.0, ball, figures.rest(ball), Shot()), figures.rest(ball))


def test_a_place_lights_alone_with_what_stands_close_by(red_room: Path, tmp_path: Path) -> None:
    director = Director(
        camera="full", background=str(red_room), aspect=1.0, cache=tmp_path, lit_by_place=True
    )
    view = _view(director)
    assert view.environment is not None
    assert view.light == Light.sun(None)
    assert view.occlusion and view.ground_shadow
    assert 0.1 < view.exposure < 0.9, "a bright place is exposed less"


def test_a_colour_leaves_the_studio_on(tmp_path: Path) -> None:
    director = Director(
        camera="full", background="#aa0000", aspect=1.0, cache=tmp_path, lit_by_place=True
    )
    assert _view(director).environment is None


@pytest.fixture
def rendered(red_room: Path, tmp_path: Path) -> Render:
    try:
        OffscreenContext().close()
    except GraphicsError as error:
        pytest.skip(f"no EGL here: {error}")

    def render(*words: str) -> NDArray[np.int_]:
        out, script = tmp_path / "out.png", tmp_path / "nothing.txt"
        script.write_text("")
        order = ["render", str(script), "-o", str(out), "--size", "48x48", "--camera", "portrait"]
        order += ["--background", str(red_room), "--profile", str(tmp_path), *words]
        assert main(order) == 0
        with Image.open(out) as picture:
            return np.asarray(picture.convert("RGB")).astype(int)

    return render


def test_render_takes_light_from_the_background_and_light_wins(rendered: Render) -> None:
    def redness(picture: NDArray[np.int_]) -> float:
        jumper = picture[42:47, 18:30].reshape(-1, 3)
        return float((jumper[:, 0] / np.maximum(jumper[:, 1], 1)).mean())

    assert redness(rendered()) > 1.6
    assert redness(rendered("--light", "studio")) < 1.3
