"""Pictures and films are whole or not there at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from avatar_desktop.errors import AvatarDesktopError, UsageError
from avatar_desktop.film.encode import (
    FilmWriter,
    Pixels,
    film_format,
    save_gif,
    save_picture,
    written_beside,
)

SIZE = (64, 48)
COUNT = 12


def drawn(count: int = COUNT) -> list[Pixels]:
    """Frames that grow lighter, half transparent on their left."""
    frames: list[Pixels] = []
    for number in range(count):
        pixels = np.full((SIZE[1], SIZE[0], 4), number * 255 // count, np.uint8)
        pixels[..., 3] = 255
        pixels[:, : SIZE[0] // 2, 3] = 128
        frames.append(pixels)
    return frames


def film(path: Path, *, alpha: bool = False, fps: float = 24.0) -> Path:
    writer = FilmWriter(path, film_format(path), SIZE, fps, alpha=alpha)
    for pixels in drawn():
        writer.add(pixels)
    tone = np.sin(np.arange(round(COUNT / fps * 48_000)) * 0.05) * 8000
    writer.close(tone.astype(np.int16))
    return path


def opened(path: Path) -> tuple[Any, int, float]:
    """The first picture, how many there are, and the seconds of sound."""
    av: Any = pytest.importorskip("av")
    with av.open(str(path)) as container:
        pictures = list(container.decode(video=0))
    with av.open(str(path)) as container:
        samples = sum(frame.samples for frame in container.decode(audio=0))
    return pictures[0], len(pictures), samples / 48_000


@pytest.mark.parametrize("name", ["a.png", "A.PNG", "b.gif", "c.webm", "d.mp4"])
def test_the_name_says_the_format(name: str) -> None:
    assert film_format(Path(name)) == name[-4:].lower().lstrip(".")


@pytest.mark.parametrize("name", ["a.jpg", "a", ".png", "a.avi"])
def test_other_names_are_wrong_usage(name: str) -> None:
    with pytest.raises(UsageError, match="png, gif, webm, mp4"):
        film_format(Path(name))


def test_a_picture_keeps_its_transparency(tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    save_picture(file, drawn()[5])
    with Image.open(file) as image:
        assert np.array_equal(np.asarray(image), drawn()[5])
    assert list(tmp_path.iterdir()) == [file]


def test_a_gif_loops_through_its_frames(tmp_path: Path) -> None:
    file = tmp_path / "a.gif"
    save_gif(file, drawn(), 25)
    with Image.open(file) as image:
        assert (getattr(image, "n_frames", 1), image.info["loop"]) == (COUNT, 0)
        assert image.info["duration"] == 40
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(("name", "fps"), [("a.webm", 24.0), ("a.mp4", 24.0), ("a.webm", 29.97)])
def test_a_film_has_every_frame_and_all_of_its_sound(name: str, fps: float, tmp_path: Path) -> None:
    pytest.importorskip("av")
    picture, count, seconds = opened(film(tmp_path / name, fps=fps))
    assert (picture.width, picture.height) == SIZE
    assert count == COUNT
    assert seconds == pytest.approx(COUNT / fps, abs=0.08)


def test_an_odd_size_is_told_where_the_format_cannot_have_it(tmp_path: Path) -> None:
    pytest.importorskip("av")
    with pytest.raises(UsageError, match="--size 102x76"):
        FilmWriter(tmp_path / "a.mp4", "mp4", (101, 75), 10, alpha=False)
    assert list(tmp_path.iterdir()) == []


def test_what_was_there_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    file.write_text("old")
    seen: list[str] = []

    def fail_on_the_way() -> None:
        with written_beside(file) as beside:
            beside.write_text("half")
            seen.append(file.read_text())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_on_the_way()
    assert [*seen, file.read_text()] == ["old", "old"]
    assert list(tmp_path.iterdir()) == [file]
    with written_beside(file) as beside:
        assert beside.suffix == ".png"
        beside.write_text("new")
    assert file.read_text() == "new"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("place", ["missing/a.png", "file/a.png", "folder.png"])
def test_a_place_that_cannot_be_written_is_named(place: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "folder.png").mkdir()
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(AvatarDesktopError, match="cannot be written") as refusal:
        save_picture(tmp_path / place, drawn()[0])
    assert "folder" in refusal.value.advice
    assert sorted(tmp_path.rglob("*")) == before
