"""From typed text to a performed reply: real server, wire and voice on a counted clock."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.read import read_avatar
from avatar_desktop.library.avatars import resolve
from avatar_desktop.library.folders import folders
from avatar_desktop.voice.synthesis import BlockingVoice
from tests.makers.counted_companion import CountedCompanion

REPLY = [
    [0.0, "[emotion:happy,ges"],
    [0.01, "ture:wave]Hello there my friend. "],
    [0.01, "Today I bring you news. [emotion:sad]Sadly the bakery"],
    [0.01, " is closed, [gesture:shrug]but the park is open."],
]
SAID = (
    "hello there my friend today i bring you news sadly the bakery is closed but the park is open"
)


@pytest.fixture(scope="module")
def wren(tmp_path_factory: pytest.TempPathFactory) -> Avatar:
    return read_avatar(resolve("wren", folders(profile=tmp_path_factory.mktemp("profile"))))


@pytest.fixture
def voice() -> Iterator[BlockingVoice]:
    with BlockingVoice() as voice:
        yield voice


@pytest.fixture
def mind(tmp_path: Path) -> str:
    file = tmp_path / "mind.json"
    answers = [
        {"match": "slow", "chunks": [[0.0, "One two three. "], [30.0, "never said"]]},
        {"match": None, "chunks": REPLY},
    ]
    file.write_text(json.dumps(answers))
    return f"script:{file}"


def words(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower())


def test_a_typed_message_becomes_a_performed_reply(
    tmp_path: Path, wren: Avatar, voice: BlockingVoice, mind: str, bar: Callable[..., None]
) -> None:
    counted = CountedCompanion(tmp_path / "profile", wren, voice, mind)
    late = asyncio.run(_converse(counted))
    bar("cues fire at their words, off by", late * 1000, at_most=50, unit="ms")


async def _converse(counted: CountedCompanion) -> float:
    """Hold one conversation; how far the worst cue was from its word, in seconds."""
    companion = counted.companion
    running = asyncio.create_task(counted.session.run())
    try:
        await counted.until(lambda: companion.snapshot().link == "online")
        stage = counted.open_avatar()
        counted.live()  # the welcome
        counted.rest(6.0)
        counted.states.clear()
        counted.voice.clips.clear()
        assert companion.say("What is new?") is not None
        await counted.until(lambda: _is_answered(counted))

        emotions: list[tuple[float, str]] = []

        def note(heard: float) -> None:
            emotion = stage.performer.emotion
            if emotion != "neutral" and (not emotions or emotions[-1][1] != emotion):
                emotions.append((heard, emotion))

        counted.states.insert(0, companion.machine.state.name)
        counted.live(note)

        assert counted.states == ["READY", "PLAYING", "READY"]
        heard = [word.text.lower() for clip in counted.voice.clips for word in clip.words]
        assert words(" ".join(heard)) == words(SAID)
        times = _word_times(counted)
        assert [emotion for _, emotion in emotions] == ["happy", "sad"]
        row = companion.snapshot().messages[-1]
        assert row.sender == "agent"
        assert row.state == "complete"
        assert "[" not in row.text
        assert words(row.text) == words(SAID)
        return max(abs(emotions[0][0] - times["hello"]), abs(emotions[1][0] - times["sadly"]))
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await counted.session.close()


def _is_answered(counted: CountedCompanion) -> bool:
    rows = counted.companion.snapshot().messages
    return rows[-1].sender == "agent" and rows[-1].state == "complete"


def _word_times(counted: CountedCompanion) -> dict[str, float]:
    """Stage second at which each word of the reply begins to be heard."""
    assert counted.companion.stage is not None
    starts = {each.clip.id: each.start for each in counted.companion.stage.performer.score.clips}
    return {
        word.text.lower().strip(".,"): starts[clip.id] + word.start / clip.rate
        for clip in counted.voice.clips
        if clip.id in starts
        for word in clip.words
    }


def test_an_interrupted_reply_is_kept_as_far_as_it_was_heard(
    tmp_path: Path, wren: Avatar, voice: BlockingVoice, mind: str
) -> None:
    async def interrupt(counted: CountedCompanion) -> None:
        companion = counted.companion
        running = asyncio.create_task(counted.session.run())
        try:
            await counted.until(lambda: companion.snapshot().link == "online")
            counted.open_avatar()
            counted.live()
            counted.voice.clips.clear()
            companion.say("slow please")
            await counted.until(lambda: bool(counted.voice.clips))
            for _ in range(60):
                counted.step()
            companion.interrupt()
            assert companion.machine.state.name == "READY"
            await counted.until(
                lambda: companion.snapshot().messages[-1].state == "interrupted", 5.0
            )
            assert "never" not in companion.snapshot().messages[-1].text
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await counted.session.close()

    asyncio.run(interrupt(CountedCompanion(tmp_path / "profile", wren, voice, mind)))


def test_with_the_avatar_closed_the_reply_is_text_alone(
    tmp_path: Path, wren: Avatar, voice: BlockingVoice, mind: str
) -> None:
    async def read(counted: CountedCompanion) -> None:
        companion = counted.companion
        running = asyncio.create_task(counted.session.run())
        try:
            await counted.until(lambda: companion.snapshot().link == "online")
            counted.open_avatar()
            companion.close_avatar()
            counted.voice.clips.clear()
            companion.say("What is new?")
            await counted.until(lambda: _is_answered(counted))
            assert counted.voice.clips == []
            assert companion.stage is None
            assert words(companion.snapshot().messages[-1].text) == words(SAID)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await counted.session.close()

    asyncio.run(read(CountedCompanion(tmp_path / "profile", wren, voice, mind)))
