from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from avatar_desktop.errors import UsageError
from avatar_desktop.film import surroundings
from avatar_desktop.film.surroundings import parse_light
from tests.makers import radiance


@pytest.fixture
def room(tmp_path: Path) -> Path:
    file = tmp_path / "room.hdr"
    file.write_bytes(radiance.hdr(np.full((8, 16, 3), 0.5, np.float32)))
    return file


def test_the_studio_is_no_surroundings(tmp_path: Path) -> None:
    assert parse_light("studio", tmp_path) is None


def test_a_picture_may_come_with_a_sun(room: Path, tmp_path: Path) -> None:
    plain, sunny = parse_light(str(room), tmp_path), parse_light(f"{room}:0.4,0.7,-1", tmp_path)
    assert plain is not None and plain.sun is None
    assert sunny is not None and sunny.sun == (0.4, 0.7, -1.0)


@pytest.mark.parametrize(
    "light", ["lamp", "room.png", "none.hdr", "{}:0,0,0", "{}:1,2", "{}:nan,1,1"]
)
def test_light_that_means_nothing_is_wrong_usage(light: str, room: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        parse_light(light.format(room), tmp_path)


def test_what_was_made_of_a_picture_is_kept_and_heals_itself(
    room: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    smooth = surroundings.environment_of

    def counted(picture: np.ndarray) -> object:
        made.append(len(picture))
        return smooth(picture)

    monkeypatch.setattr(surroundings, "environment_of", counted)
    first, again = parse_light(str(room), tmp_path), parse_light(str(room), tmp_path)
    assert first is not None and again is not None and len(made) == 1
    assert (first.environment.irradiance == again.environment.irradiance).all()
    (kept,) = (tmp_path / surroundings.FOLDER).iterdir()
    kept.write_bytes(kept.read_bytes()[:-100])
    parse_light(str(room), tmp_path)
    room.write_bytes(radiance.hdr(np.full((16, 32, 3), 0.5, np.float32)))
    parse_light(str(room), tmp_path)
    assert made == [8, 8, 16]
