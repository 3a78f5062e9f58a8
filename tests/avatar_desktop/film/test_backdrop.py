"""What a person writes for the background becomes a value, or a plain refusal."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from avatar_desktop.errors import UsageError
from avatar_desktop.film.backdrop import parse_background
from avatar_desktop.film.director import Director
from avatar_desktop.render.background import Picture
from avatar_desktop.render.view import Gradient


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """Wider than high: red on the left, blue on the right."""
    pixels = np.zeros((20, 60, 3), np.uint8)
    pixels[:, :30, 0] = pixels[:, 30:, 2] = 255
    file = tmp_path / "photo.png"
    Image.fromarray(pixels).save(file)
    return file


def test_words_colours_and_gradients(tmp_path: Path) -> None:
    assert parse_background(" Transparent ", tmp_path) is None
    assert parse_background("#ff0000", tmp_path) == (1.0, 0.0, 0.0)
    gradient = parse_background("#ffffff-#000000", tmp_path)
    assert isinstance(gradient, Gradient)
    assert (gradient.top, gradient.bottom) == ((1.0, 1.0, 1.0), (0.0, 0.0, 0.0))


def test_a_picture_covers_the_frame_around_its_middle(photo: Path, tmp_path: Path) -> None:
    picture = parse_background(str(photo), tmp_path)
    assert isinstance(picture, Picture)
    assert picture.pixels.shape == (20, 60, 4)
    assert picture.shown(1.0) == pytest.approx((1 / 3, 1.0))
    assert picture.shown(6.0) == pytest.approx((1.0, 0.5))


def test_a_photograph_stands_as_its_camera_was_held(tmp_path: Path) -> None:
    file, turned = tmp_path / "turned.jpg", Image.Exif()
    turned[0x0112] = 6  # a quarter turn
    Image.new("RGB", (40, 20)).save(file, exif=turned)
    picture = parse_background(str(file), tmp_path)
    assert isinstance(picture, Picture)
    assert picture.pixels.shape[:2] == (40, 20)


@pytest.mark.parametrize("word", ["", "sunset", "#12345", "#gg0000", "#ffffff-red", "a\0b"])
def test_anything_else_is_refused_in_words(word: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no background"):
        parse_background(word, tmp_path)


def test_a_file_that_is_no_picture_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "notes.png"
    file.write_text("to do")
    with pytest.raises(UsageError, match=r"notes\.png cannot be read as a picture"):
        parse_background(str(file), tmp_path)


def test_only_nothing_is_transparent(photo: Path, tmp_path: Path) -> None:
    for word, expected in (("transparent", True), ("#102030", False), (str(photo), False)):
        director = Director(camera="bust", background=word, cache=tmp_path, aspect=1.0)
        assert director.is_transparent is expected
