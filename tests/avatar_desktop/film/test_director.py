from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from avatar_desktop.errors import UsageError
from avatar_desktop.film.director import Director, outfit_of
from avatar_desktop.film.take import Shot, TakeFrame
from tests.makers import figures


def test_an_outfit_is_found_by_name_or_number() -> None:
    avatar = replace(figures.avatar(), variants=("Day", "Night"))
    assert outfit_of(avatar, None) is None
    assert outfit_of(avatar, "night") == 1
    assert outfit_of(avatar, "0") == 0
    with pytest.raises(UsageError, match="no outfit 'Beach'") as caught:
        outfit_of(avatar, "Beach")
    assert "Day, Night" in caught.value.advice


def test_the_view_knows_the_second_and_the_outfit(tmp_path: Path) -> None:
    avatar = replace(figures.avatar(figures.instance(figures.ball())), variants=("Day", "Night"))
    rest = figures.rest(avatar)
    director = Director(camera="fit", background=None, aspect=1.0, cache=tmp_path, outfit="Night")
    view = director.view(TakeFrame(2.5, avatar, rest, Shot()), rest)
    assert view.time == 2.5
    assert view.outfit == 1
