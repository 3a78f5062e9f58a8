"""Another avatar comes beside the present one; the wait is told, and may be called off."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from avatar_desktop.companion import casting as casting_module
from avatar_desktop.companion.arrival import Arrival, Arrived, Step
from avatar_desktop.companion.casting import CANCEL, Casting, progress_words
from avatar_desktop.companion.companion import Companion
from avatar_desktop.companion.prepared import FOLDER, Prepared
from avatar_desktop.companion.stage import Stage
from avatar_desktop.companion.states import AvatarState
from avatar_desktop.companion.wardrobe import Wardrobe
from avatar_desktop.errors import AvatarError
from avatar_desktop.library.avatars import built_in_places
from avatar_desktop.library.folders import Folders, folders
from avatar_desktop.library.settings import Settings

STARTER = next(file for place in built_in_places() for file in sorted(place.glob("wren/*.vrm")))


class Theatre:
    """A companion whose stages are counted and whose avatars come when the test lets them."""

    def __init__(self, places: Folders) -> None:
        self.places = places
        self.companion = Companion(new_id=lambda: "id", wall_ms=lambda: 0)
        self.wardrobe = Wardrobe(
            places, Settings(), name=str(STARTER), chosen="", notices=self.companion.notices
        )
        self.casting = Casting(self.companion, self.wardrobe, places, self._set)
        self.shown: list[Arrived] = []
        self.closed = 0

    def _set(self, arrived: Arrived) -> Stage:
        self.shown.append(arrived)
        stage = SimpleNamespace(
            performer=SimpleNamespace(gestures=()), close=self._close, open_voice=lambda: None
        )
        return cast("Stage", stage)

    def _close(self) -> None:
        self.closed += 1

    @property
    def state(self) -> AvatarState:
        return self.companion.machine.state

    @property
    def notices(self) -> list[str]:
        return [notice.text for notice in self.companion.notices.current]


@pytest.fixture
def theatre(tmp_path: Path) -> Theatre:
    return Theatre(folders(profile=tmp_path / "profile"))


@pytest.fixture
def other(tmp_path: Path) -> str:
    return str(shutil.copy(STARTER, tmp_path / "other.vrm"))


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Readers wait here, in the middle of the pictures, until the test opens it."""
    opened = threading.Event()
    prepare = Arrival._prepare

    def slowly(self: Arrival, file: Path) -> Prepared:
        if file.stem == "other":
            self._hear("pictures", 3, 12)
            assert opened.wait(20)
        return prepare(self, file)

    monkeypatch.setattr(Arrival, "_prepare", slowly)
    monkeypatch.setattr(casting_module, "PATIENCE_SECONDS", 0.0)
    return opened


async def until(what: Callable[[], object]) -> None:
    clock = asyncio.get_running_loop().time
    deadline = clock() + 20
    while not what():
        assert clock() < deadline, "waited in vain"
        await asyncio.sleep(0.005)


def played(scene: Callable[[], Awaitable[None]]) -> None:
    async def play() -> None:
        await scene()

    asyncio.run(play())


def test_the_present_avatar_stays_until_the_new_one_is_there(
    theatre: Theatre, other: str, gate: threading.Event
) -> None:
    async def scene() -> None:
        await theatre.casting.bring()
        assert theatre.state is AvatarState.READY
        theatre.wardrobe.name = other
        change = asyncio.ensure_future(theatre.casting.bring())
        await until(lambda: theatre.notices)
        assert theatre.notices == ["Other is coming: unpacking its pictures (3 of 12)…"]
        assert theatre.companion.notices.current[0].action == CANCEL
        assert (theatre.state, theatre.closed, len(theatre.shown)) == (AvatarState.READY, 0, 1)
        gate.set()
        await change
        assert (theatre.state, theatre.closed, len(theatre.shown)) == (AvatarState.READY, 1, 2)
        assert theatre.notices == []

    played(scene)


def test_a_change_that_is_called_off_changes_nothing(
    theatre: Theatre, other: str, gate: threading.Event
) -> None:
    async def scene() -> None:
        await theatre.casting.bring()
        theatre.wardrobe.name = other
        change = asyncio.ensure_future(theatre.casting.bring())
        await until(lambda: theatre.notices)
        theatre.casting.cancel()
        await change  # at once, though the reader is still busy
        assert not gate.is_set()
        assert (theatre.state, theatre.closed, len(theatre.shown)) == (AvatarState.READY, 0, 1)
        assert theatre.notices == []
        assert theatre.wardrobe.name == str(STARTER)
        gate.set()
        await until(lambda: not any(t.name == "avatar" for t in threading.enumerate()))
        kept = [file.name for file in (theatre.places.cache / FOLDER).glob("*")]
        assert not any(name.startswith("other") for name in kept)

    played(scene)


def test_a_first_avatar_that_is_called_off_leaves_an_empty_stage(
    theatre: Theatre, other: str, gate: threading.Event
) -> None:
    async def scene() -> None:
        theatre.wardrobe.name = other
        coming = asyncio.ensure_future(theatre.casting.bring())
        await until(lambda: theatre.notices)
        theatre.casting.cancel()
        await coming
        assert theatre.state is AvatarState.DESTROYED
        assert theatre.shown == []
        gate.set()

    played(scene)


def test_of_two_wishes_the_later_counts(
    theatre: Theatre, other: str, gate: threading.Event
) -> None:
    async def scene() -> None:
        theatre.wardrobe.name = other
        first = asyncio.ensure_future(theatre.casting.bring())
        await until(lambda: theatre.notices)
        theatre.wardrobe.name = str(STARTER)
        await theatre.casting.bring()
        await first
        gate.set()
        assert theatre.state is AvatarState.READY
        assert len(theatre.shown) == 1

    played(scene)


def test_an_avatar_that_cannot_be_read_leaves_the_present_one(
    theatre: Theatre, tmp_path: Path
) -> None:
    async def scene() -> None:
        await theatre.casting.bring()
        broken = tmp_path / "broken.vrm"
        broken.write_bytes(b"no avatar")
        theatre.wardrobe.name = str(broken)
        await theatre.casting.bring()
        assert theatre.state is AvatarState.READY
        assert theatre.notices[0].endswith("The present avatar stays.")
        assert theatre.wardrobe.name == str(STARTER)

    played(scene)


def test_a_first_avatar_that_cannot_be_read_is_said(theatre: Theatre, tmp_path: Path) -> None:
    async def scene() -> None:
        theatre.wardrobe.name = str(tmp_path / "nowhere.vrm")
        await theatre.casting.bring()
        assert theatre.state is AvatarState.ERROR
        assert theatre.companion.notices.current[0].action == "retry-avatar"

    played(scene)


def test_who_closes_the_avatar_meanwhile_gets_no_new_one(
    theatre: Theatre, other: str, gate: threading.Event
) -> None:
    async def scene() -> None:
        await theatre.casting.bring()
        theatre.wardrobe.name = other
        change = asyncio.ensure_future(theatre.casting.bring())
        await until(lambda: theatre.notices)
        theatre.companion.close_avatar()
        gate.set()
        await change
        assert theatre.state is AvatarState.DESTROYED
        assert len(theatre.shown) == 1

    played(scene)


def test_the_loop_is_not_held_while_an_avatar_is_read(theatre: Theatre) -> None:
    ticks: list[float] = []

    async def scene() -> None:
        clock = asyncio.get_running_loop().time
        coming = asyncio.ensure_future(theatre.casting.bring())
        while not coming.done():
            ticks.append(clock())
            await asyncio.sleep(0.002)

    played(scene)
    assert len(ticks) > 5
    assert theatre.state is AvatarState.READY


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (None, "Wren is coming…"),
        (Step("geometry", 0, 1), "Wren is coming: building its body…"),
        (Step("pictures", 2, 9), "Wren is coming: unpacking its pictures (2 of 9)…"),
    ],
)
def test_progress_is_one_quiet_line(step: Step | None, words: str) -> None:
    assert progress_words("Wren", step) == words


def test_every_error_of_a_reader_is_known(theatre: Theatre, monkeypatch: Any) -> None:
    def fail(self: Arrival, file: Path) -> Prepared:
        raise AvatarError("The file is no avatar.")

    monkeypatch.setattr(Arrival, "_prepare", fail)
    asyncio.run(theatre.casting.bring())
    assert theatre.state is AvatarState.ERROR
