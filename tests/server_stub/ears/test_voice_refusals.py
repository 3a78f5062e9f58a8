"""Voices that cannot be heard: a code, a sentence, and nothing else is lost."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import numpy as np
import pytest

from server_stub.door.limits import EarLimits, Limits
from server_stub.ears.transcriber import EarsError, Transcriber
from tests.makers.conversation_server import in_process, script
from tests.makers.made_up_ears import MadeUpEars
from tests.makers.speaking_client import ANSWER, HELLO, asked, piece, sentence, speak
from tests.makers.voices_in_rooms import pcm, spoken


def test_a_server_without_ears_says_so_once_a_stream_and_goes_on(tmp_path: Path) -> None:
    async def scene() -> None:
        async with in_process(script(tmp_path, ANSWER)) as served, served.joined() as socket:
            for stream in ("one", "two"):
                for index in range(3):
                    about = {"streamId": stream, "index": index, "isFinal": index == 2}
                    await socket.say(**piece(bytes(3200), **about))
            await socket.say(type="ar-message", content="Hi")
            came = await socket.until("ar-stream-end")
            told = [each for each in came if each["type"] == "error"]
            assert [each["code"] for each in told] == ["CANNOT_HEAR"] * 2
            assert "type the message" in told[0]["message"] and not told[0]["retryable"]

    asyncio.run(scene())


BAD = {
    "half a sample": (piece(bytes(3201)), "BAD_FRAME", "3201 bytes"),
    "another rate": (piece(bytes(3200), rate=16_001), "NO_COMMON_CODEC", "16001"),
    "no rate": (piece(bytes(3200), rate=0), "NO_COMMON_CODEC", "not 0"),
    "another codec": (piece(bytes(3200), codec="flac"), "NO_COMMON_CODEC", "flac"),
    "an endless name": (piece(bytes(3200), streamId="v" * 201), "BAD_FRAME", "200"),
}


@pytest.mark.parametrize("fault", BAD)
def test_sound_that_cannot_be_heard_is_refused_and_nothing_else_is(
    fault: str, tmp_path: Path
) -> None:
    frame, code, word = BAD[fault]

    async def scene() -> None:
        ears = MadeUpEars(["Still here."])
        mind = script(tmp_path, ANSWER)
        async with in_process(mind, ears=ears) as served, served.joined() as socket:
            await socket.say(**frame)
            told = await socket.next("error")
            assert told["code"] == code and word in told["message"]
            await speak(socket, sentence(), "after")
            assert (await socket.next("message-received"))["content"] == "Still here."

    asyncio.run(scene())


def test_who_speaks_without_end_is_cut_and_told(tmp_path: Path) -> None:
    async def scene() -> None:
        limits = Limits(ears=EarLimits(longest_seconds=2.0))
        mind, ears = script(tmp_path, ANSWER), MadeUpEars(["So far."])
        serving = in_process(mind, limits=limits, ears=ears)
        async with serving as served, served.joined() as socket:
            await speak(socket, np.concatenate([spoken(HELLO)] * 2))
            told = await socket.next("error")
            assert told["code"] == "TOO_LONG" and "2 s" in told["message"]
            assert (await socket.next("message-received"))["content"] == "So far."
        assert [len(sound) for sound in ears.heard] == [2 * 2 * 16_000]

    asyncio.run(scene())


def test_who_sends_faster_than_it_is_understood_is_refused_and_heard_later(tmp_path: Path) -> None:
    async def scene() -> None:
        holds = asyncio.Event()
        limits = Limits(ears=EarLimits(buffer_seconds=0.5, timeout_seconds=60.0))
        mind, ears = script(tmp_path, ANSWER), MadeUpEars(["Later."], holds=holds)
        serving = in_process(mind, limits=limits, ears=ears)
        async with serving as served, served.joined() as socket:
            await speak(socket, sentence())
            told = await socket.next("error")
            assert told["code"] == "RATE_LIMITED" and "0.5 s" in told["message"]
            holds.set()
            await speak(socket, sentence(), "again")
            assert (await socket.next("message-received"))["content"] == "Later."
        assert ears.was_cancelled.is_set() and len(ears.heard) == 1

    asyncio.run(scene())


def test_a_line_that_is_cut_keeps_what_was_said_to_the_end(tmp_path: Path) -> None:
    async def scene() -> None:
        thinks = asyncio.Event()
        limits = Limits(ears=EarLimits(buffer_seconds=0.5, timeout_seconds=60.0))
        mind, ears = script(tmp_path, ANSWER), MadeUpEars(["Kept."], thinks=thinks)
        serving = in_process(mind, limits=limits, ears=ears)
        async with serving as served, served.joined() as socket:
            await speak(socket, sentence())
            while (await socket.next("processing-status"))["stage"] != "transcribing":
                pass
            await speak(socket, sentence(), "too much")
            assert (await socket.next("error"))["code"] == "RATE_LIMITED"
            thinks.set()
            assert (await socket.next("transcript"))["text"] == "Kept."
        assert not ears.was_cancelled.is_set()

    asyncio.run(scene())


@pytest.mark.parametrize("how", ["fail", "stall", "crash", "are not there"])
def test_ears_that_do_not_do_it_say_a_sentence_and_hear_the_next(how: str, tmp_path: Path) -> None:
    class Broken(MadeUpEars):
        def __call__(self) -> Transcriber:  # type: ignore[override]
            if self.breaks == "are not there":
                raise EarsError("The model of the ears is damaged: fetch it again.")
            return self

    ears = Broken(["Again."], breaks="The ears ended." if how == "fail" else "")
    if how == "stall":
        ears.holds = asyncio.Event()
    if how == "crash":
        ears.next_words = lambda: 1 // 0  # type: ignore[method-assign,assignment,return-value]
    if how == "are not there":
        ears.breaks = how
    word = {"fail": "ended", "stall": "in time", "crash": "mistake", "are not there": "damaged"}

    async def scene() -> None:
        limits = Limits(ears=EarLimits(timeout_seconds=0.2 if how == "stall" else 60.0))
        serving = in_process(script(tmp_path, ANSWER), limits=limits, ears=ears)
        async with serving as served, served.joined() as socket:
            await speak(socket, sentence())
            told = await socket.next("error")
            assert told["code"] == "HEARING_FAILED" and told["retryable"]
            assert word[how] in told["message"]
            ears.breaks, ears.holds, ears.heard = "", None, []
            if how == "stall":
                return  # the next one would be in a hurry as well
            ears.__dict__.pop("next_words", None)
            await speak(socket, sentence(), "again")
            assert (await socket.next("message-received"))["content"] == "Again."

    asyncio.run(scene())


def test_more_voices_than_the_ears_can_follow_are_told_to_wait(tmp_path: Path) -> None:
    async def scene() -> None:
        limits = Limits(ears=EarLimits(at_once=1))
        mind, ears = script(tmp_path, ANSWER), MadeUpEars()
        serving = in_process(mind, limits=limits, ears=ears)
        async with serving as served, served.joined() as first, served.joined() as second:
            await speak(first, spoken(HELLO), final=False)
            await first.next("processing-status")
            await asked(first)
            await speak(second, sentence())
            told = await second.next("error")
            assert told["code"] == "BUSY" and told["retryable"]
            await first.ws.close()  # in the midst of its sentence
            await asyncio.wait_for(ears.was_cancelled.wait(), 30)
            await speak(second, sentence(), "again")
            assert (await second.next("transcript"))["text"] == "I spoke."

    asyncio.run(scene())


def test_whatever_comes_as_sound_the_connection_lives(tmp_path: Path) -> None:
    dice = random.Random(7)
    codecs = ["s16", "S16", "webm", "ogg", "opus", "", "mp3", "audio/webm;codecs=opus"]
    heads = [b"", b"OggS", b"\x1a\x45\xdf\xa3", pcm(sentence()).tobytes()]

    async def scene() -> None:
        mind, ears = script(tmp_path, ANSWER), MadeUpEars()
        async with in_process(mind, ears=ears) as served, served.joined() as socket:
            for _ in range(120):
                data = dice.choice(heads) + dice.randbytes(dice.randrange(3000))
                about = {
                    "streamId": dice.choice(["", "a", "b"]),
                    "index": dice.choice([-1, 0, 1, 2**40]),
                    "isFinal": dice.random() < 0.3,
                    "rate": dice.choice([16_000, 16_000, 8000, 48_000, 0, -5, 2**40]),
                    "codec": dice.choice(codecs),
                }
                await socket.say(**piece(data, **about))
            await asked(socket)
            await speak(socket, sentence(), "after")
            while (await socket.next("transcript"))["streamId"] != "after":
                pass

    asyncio.run(scene())
