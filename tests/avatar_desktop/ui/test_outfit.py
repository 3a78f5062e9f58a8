"""What the avatar wears: offered by name, remembered for each avatar."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.material import Material
from avatar_desktop.companion.arrival import Arrived
from avatar_desktop.companion.prepared import Prepared
from avatar_desktop.library.store import Store
from avatar_desktop.render.framing import landmarks
from avatar_desktop.ui.outfit import AS_IT_COMES, Outfit, looks_of, own_outfit
from tests.makers import figures


def dressed(*names: str, own: int | None = 0) -> Avatar:
    """A ball with a material for each outfit; `own` is the one that it comes in."""
    first = 0 if own is None else 1
    ball = replace(
        figures.ball(material=own if own is not None else len(names)),
        variants={place: place for place in range(len(names))},
    )
    materials = (Material(),) * (len(names) + 1 - first)
    return replace(figures.avatar(figures.instance(ball), materials=materials), variants=names)


def arrived(avatar: Avatar, name: str) -> Arrived:
    pose = figures.rest(avatar)
    return Arrived(Prepared(avatar, pose, landmarks(avatar, pose)), None, "bust", (), name)


@pytest.mark.parametrize(("own", "found"), [(0, 0), (1, 1), (None, None)])
def test_the_outfit_that_it_comes_in_is_known(own: int | None, found: int | None) -> None:
    assert own_outfit(dressed("soft", "toon", own=own)) == found


def test_looks_read_well_and_what_it_comes_in_is_among_them() -> None:
    assert looks_of(dressed("soft", "toon")) == [(None, "Soft"), (1, "Toon")]
    assert looks_of(dressed("day_dress", "A & B", own=None)) == [
        (None, AS_IT_COMES),
        (0, "Day dress"),
        (1, "A && B"),
    ]
    assert looks_of(dressed("one")) == []
    assert looks_of(figures.avatar()) == []


def test_a_choice_is_remembered_for_its_avatar_alone(tmp_path: Path) -> None:
    wren, moss = arrived(dressed("Soft", "Toon"), "wren"), arrived(dressed("Soft", "Toon"), "moss")
    outfit = Outfit(Store(tmp_path))
    assert outfit.of(wren) is None
    outfit.wear(wren, 1)
    assert outfit.of(wren) == 1
    again = Outfit(Store(tmp_path))
    assert again.of(moss) is None
    assert again.of(wren) == 1
    again.wear(wren, None)
    assert Outfit(Store(tmp_path)).of(wren) is None


def test_an_outfit_that_is_gone_is_what_it_comes_in(tmp_path: Path) -> None:
    outfit = Outfit(Store(tmp_path))
    outfit.wear(arrived(dressed("Soft", "Toon"), "wren"), 1)
    assert Outfit(Store(tmp_path)).of(arrived(dressed("Soft", "Clay"), "wren")) is None
