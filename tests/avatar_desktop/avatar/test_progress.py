"""Whoever reads an avatar hears how far it is, and may end it at any part."""

from __future__ import annotations

import pytest

from avatar_desktop.avatar.progress import Stage
from avatar_desktop.avatar.read import read_avatar
from avatar_desktop.errors import Cancelled
from avatar_desktop.library.avatars import built_in_places
from tests.makers.public_models import folder, needs_models

MANY_PICTURES = "vrm0/Godette_vrm_v4.vrm"
STAGES = ["contents", "geometry", "pictures", "motions"]


def _starter():
    return next(
        file for place in built_in_places() for file in sorted(place.glob("wren/*.vrm")) if file
    )


def test_each_stage_is_told_in_order() -> None:
    heard: list[Stage] = []
    read_avatar(_starter(), progress=lambda stage, done=0, of=1: heard.append(stage))
    assert list(dict.fromkeys(heard)) == STAGES


@pytest.mark.parametrize("unwanted", STAGES)
def test_reading_ends_at_the_stage_at_which_it_is_not_wanted_any_more(unwanted: Stage) -> None:
    heard: list[Stage] = []

    def hear(stage: Stage, done: int = 0, of: int = 1) -> None:
        heard.append(stage)
        if stage == unwanted:
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        read_avatar(_starter(), progress=hear)
    assert heard[-1] == unwanted


@needs_models
def test_pictures_are_counted_and_the_rest_is_not_begun() -> None:
    models = folder()
    assert models is not None
    file = models / MANY_PICTURES
    counted: list[tuple[int, int]] = []

    def hear(stage: Stage, done: int = 0, of: int = 1) -> None:
        if stage == "pictures":
            counted.append((done, of))

    read_avatar(file, progress=hear)
    whole = counted[-1][1]
    assert counted == [(done, whole) for done in range(whole + 1)]
    assert whole > 1

    def stop(stage: Stage, done: int = 0, of: int = 1) -> None:
        if (stage, done) == ("pictures", 1):
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        read_avatar(file, progress=stop)
