"""A performance becomes a file, or a sentence and no file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.read import read_avatar_bytes
from avatar_desktop.errors import AvatarDesktopError, GraphicsError, UsageError
from avatar_desktop.film.director import Director
from avatar_desktop.film.encode import FilmWriter
from avatar_desktop.film.produce import Sheet, Studio, posed_by_file, produce_film, produce_moment
from avatar_desktop.film.script import read_script
from avatar_desktop.film.take import Take
from avatar_desktop.motion.hierarchy import rest_pose
from avatar_desktop.render.egl import OffscreenContext
from avatar_desktop.render.stills import straightened
from tests.makers import tiny_avatar
from tests.makers.made_up_voice import made_up_clip

SHEET = Sheet(64, 64, 10.0)


@pytest.fixture(scope="module", autouse=True)
def graphics() -> None:
    try:
        with OffscreenContext():
            pass
    except GraphicsError as error:
        pytest.skip(f"no EGL here: {error}")


@pytest.fixture(scope="module")
def tiny() -> Avatar:
    return read_avatar_bytes(tiny_avatar.humanoid().bytes())


def take_of(avatar: Avatar) -> Take:
    return Take(avatar, synthesise=made_up_clip, read_avatar=lambda name: avatar, fps=SHEET.fps)


def director() -> Director:
    nowhere = Path("nowhere")
    return Director(camera="bust", background="#204060", cache=nowhere, aspect=SHEET.aspect)


@pytest.mark.parametrize("name", ["a.gif", "a.webm", "a.mp4"])
def test_a_script_becomes_a_film_and_nothing_else(name: str, tiny: Avatar, tmp_path: Path) -> None:
    if name != "a.gif":
        pytest.importorskip("av")
    out = tmp_path / name
    seconds: list[float] = []
    script = read_script("Hello.")
    produce_film(
        take_of(tiny), script, sheet=SHEET, director=director(), out=out, progress=seconds.append
    )
    assert out.stat().st_size > 500
    assert list(tmp_path.iterdir()) == [out]
    assert seconds == sorted(seconds) and seconds[-1] > 0.8


@pytest.mark.parametrize("name", ["a.gif", "a.webm", "a.mp4"])
def test_a_film_that_fails_on_the_way_leaves_nothing(
    name: str, tiny: Avatar, tmp_path: Path
) -> None:
    if name != "a.gif":
        pytest.importorskip("av")
    script = read_script("Hello.\n@background purple\nAgain.")
    with pytest.raises(UsageError, match="purple"):
        produce_film(take_of(tiny), script, sheet=SHEET, director=director(), out=tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a.gif", "a.webm", "a.mp4"])
def test_a_film_that_is_called_off_leaves_what_was_there(
    name: str, tiny: Avatar, tmp_path: Path
) -> None:
    if name != "a.gif":
        pytest.importorskip("av")
    (tmp_path / name).write_text("an earlier film")

    def call_off(second: float) -> None:
        if second > 0.5:
            raise KeyboardInterrupt

    script = read_script("Hello.")
    with pytest.raises(KeyboardInterrupt):
        produce_film(
            take_of(tiny),
            script,
            sheet=SHEET,
            director=director(),
            out=tmp_path / name,
            progress=call_off,
        )
    assert [file.read_text() for file in tmp_path.iterdir()] == ["an earlier film"]


def test_an_encoder_that_fails_on_the_way_is_heard_of(
    tiny: Avatar, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("av")

    def full(writer: FilmWriter, pixels: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FilmWriter, "add", full)
    with pytest.raises(AvatarDesktopError, match="No space left"):
        produce_film(
            take_of(tiny),
            read_script("Hello."),
            sheet=SHEET,
            director=director(),
            out=tmp_path / "a.webm",
        )
    assert list(tmp_path.iterdir()) == []


def test_pictures_of_a_film_are_those_of_its_moments(tiny: Avatar) -> None:
    moments = list(take_of(tiny).perform(read_script("Hello.")))
    with Studio(SHEET, director()) as studio:
        drawn = [straightened(pixels) for pixels in studio.draw_all(moments, lambda second: None)]
    with Studio(SHEET, director()) as studio:
        for moment, pixels in zip(moments, drawn, strict=True):
            (alone,) = studio.draw_all([moment], lambda second: None)
            assert np.array_equal(straightened(alone), pixels)


@pytest.mark.parametrize("name", ["a.gif", "a.webm"])
def test_a_place_that_cannot_be_written_is_a_sentence(
    name: str, tiny: Avatar, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    for place in ("file", "missing"):
        with pytest.raises(AvatarDesktopError, match="cannot be written"):
            produce_film(
                take_of(tiny),
                read_script("Hello."),
                sheet=SHEET,
                director=director(),
                out=tmp_path / place / name,
            )


def test_a_moment_is_a_picture_on_the_background_that_was_asked_for(
    tiny: Avatar, tmp_path: Path
) -> None:
    out = tmp_path / "a.png"
    script = read_script("Hello.")
    produce_moment(take_of(tiny), script, 0.3, sheet=SHEET, director=director(), out=out)
    with Image.open(out) as image:
        pixels = np.asarray(image.convert("RGB")).astype(int)
    assert pixels.shape == (64, 64, 3)
    assert np.abs(pixels[0, 0] - (0x20, 0x40, 0x60)).max() <= 2


def test_a_clip_poses_the_avatar_by_name_or_number(tiny: Avatar) -> None:
    arm = read_avatar_bytes(tiny_avatar.skinned_arm().bytes())
    by_name, by_number = posed_by_file(arm, "bend", 1.0), posed_by_file(arm, "0", 1.0)
    assert np.array_equal(by_name.world, by_number.world)
    assert not np.allclose(by_name.world, rest_pose(arm).world)
    assert np.array_equal(posed_by_file(arm, None, 1.0).world, rest_pose(arm).world)
    for unknown in ("dance", "7"):
        with pytest.raises(UsageError, match="bend"):
            posed_by_file(arm, unknown, 0.0)
    with pytest.raises(UsageError, match="none"):
        posed_by_file(tiny, "bend", 0.0)
