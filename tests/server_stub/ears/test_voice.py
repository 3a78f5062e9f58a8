"""A voice in a conversation: what is said becomes a message like any other, or a stated refusal."""

from __future__ import annotations

import asyncio
import base64
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from server_stub.ears.transcriber import EarsError, Transcriber
from server_stub.limits import EarLimits, Limits
from tests.makers.conversation_server import Served, Socket, in_process, script
from tests.makers.made_up_ears import MadeUpEars
from tests.makers.voices_in_rooms import Sound, pcm, silence, spoken, white

HELLO = "Hello there, how are you today?"
ANSWER = {"match": None, "chunks": [[0, "Fine, "], [0, "thanks."]]}
ENDLESS = {"match": "for ever", "chunks": [[0, "On "], [3600, "on."]]}


def sentence(text: str = HELLO, pause: float = 1.0) -> Sound:
    return np.concatenate((spoken(text), silence(pause)))


def piece(data: bytes, **more: Any) -> dict[str, Any]:
    usual = {"streamId": "v", "index": 0, "isFinal": False, "rate": 16_000, "codec": "s16"}
    return {"type": "audio-chunk", "data": base64.b64encode(data).decode(), **usual, **more}


async def speak(
    socket: Socket, sound: Sound, stream: str = "v", *, final: bool = True, size: int = 3200
) -> None:
    """The sound as a microphone gives it: pieces of a tenth of a second."""
    data = pcm(sound).tobytes()
    starts = list(range(0, len(data), size))
    for index, start in enumerate(starts):
        is_last = final and start == starts[-1]
        part = data[start : start + size]
        await socket.say(**piece(part, streamId=stream, index=index, isFinal=is_last))


async def history(served: Served, room: str) -> list[dict[str, Any]]:
    _, told = await served.ask("GET", f"rooms/{room}/messages")
    return list(reversed(told["messages"]))


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


def test_what_is_said_is_answered_like_what_is_typed(tmp_path: Path) -> None:
    ears = MadeUpEars(["Good morning!"])

    async def scene() -> None:
        async with in_process(script(tmp_path, ANSWER), ears=ears) as served:
            room = await served.room()
            async with served.joined(room) as socket:
                await speak(socket, sentence(), final=False)
                came = await socket.until("ar-stream-end")
            stages = [each["stage"] for each in came if each["type"] == "processing-status"]
            assert stages == ["listening", "transcribing"]
            (said,) = (each for each in came if each["type"] == "transcript")
            assert (said["text"], said["isFinal"], said["confidence"]) == (
                "Good morning!", True, 0.875,
            )  # fmt: skip
            (message,) = (each for each in came if each["type"] == "message-received")
            assert message["content"] == "Good morning!" and message["metadata"]["intent"]
            (start,) = (each for each in came if each["type"] == "ar-stream-start")
            assert start["clientMessageId"] == message["clientMessageId"]
            assert came.index(said) < came.index(message) < came.index(start)
            kept, reply = await history(served, room)
            assert (kept["type"], kept["content"]) == ("voice", "Good morning!")
            assert kept["metadata"]["streamId"] == "v" and reply["type"] == "text"
            async with served.client.get(f"{served.http}/metrics") as answer:
                figures = await answer.text()
            for name in ("stt", "mind", "intent"):
                assert f"conversations_{name}_seconds_count 1.0" in figures, name
            assert "conversations_utterances_total 1.0" in figures
        assert ears.is_closed

    asyncio.run(scene())
    assert ears.heard[0] in pcm(sentence(HELLO, 2.0)).tobytes()


def test_two_sentences_are_two_messages_and_the_same_stream_again_is_none(tmp_path: Path) -> None:
    async def scene() -> None:
        ears = MadeUpEars(["One.", "Two.", "One.", "Two."])
        async with in_process(script(tmp_path, ANSWER), ears=ears) as served:
            room = await served.room()
            twice = np.concatenate((sentence(), sentence()))
            for size in (3200, 8190):
                async with served.joined(room) as socket:
                    await speak(socket, twice, size=size)
                    for text in ("One.", "Two."):
                        assert (await socket.next("transcript"))["text"] == text
                        assert (await socket.next("message-received"))["content"] == text
                    await asked(socket)
            told = [each["content"] for each in await history(served, room)]
            assert [each for each in told if each[-1] == "."].count("One.") == 1
            assert told.count("Two.") == 1

    asyncio.run(scene())


async def asked(socket: Socket) -> None:
    """Returns when everything said so far is answered."""
    await socket.say(type="ar-message", content="And?", clientMessageId="and")
    while (await socket.next("message-received"))["clientMessageId"] != "and":
        pass


def test_partial_words_are_shown_and_only_the_last_are_a_message(tmp_path: Path) -> None:
    async def scene() -> None:
        ears = MadeUpEars([HELLO], partials=True)
        mind = script(tmp_path, ANSWER)
        async with in_process(mind, ears=ears) as served, served.joined() as socket:
            await speak(socket, sentence())
            came = await socket.until("ar-stream-end")
            said = [each for each in came if each["type"] == "transcript"]
            assert len(said) > 2 and [each["isFinal"] for each in said[-2:]] == [False, True]
            assert len({each["text"] for each in said}) == len(said)
            assert len([each for each in came if each["type"] == "message-received"]) == 1

    asyncio.run(scene())


def test_a_stream_in_which_nobody_spoke_says_so() -> None:
    async def scene() -> None:
        ears = MadeUpEars()
        async with in_process(ears=ears) as served, served.joined() as socket:
            await speak(socket, white(1.5, -30))
            told = await socket.next("transcript")
            assert (told["text"], told["isFinal"], told["confidence"]) == ("", True, 0.0)
        assert ears.opened == 0

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


@pytest.mark.parametrize("wants", [True, False])
def test_a_voice_cuts_in_only_where_the_client_asks_for_it(wants: bool, tmp_path: Path) -> None:
    async def scene() -> None:
        mind, ears = script(tmp_path, ENDLESS, ANSWER), MadeUpEars(["Stop!"])
        async with in_process(mind, ears=ears) as served, served.joined() as socket:
            about = {"speech": "client", "interruptOnSpeech": wants}
            await socket.say(type="avatar-state", capabilities=about)
            await socket.say(type="ar-message", content="Go on for ever")
            await socket.next("ar-stream-chunk")
            await speak(socket, sentence())
            came = await socket.until("message-received")
            ends = [each["reason"] for each in came if each["type"] == "ar-stream-end"]
            assert ends == (["interrupted"] if wants else [])
            if wants:  # before it is known what was said
                kinds = [each["type"] for each in came]
                assert kinds.index("ar-stream-end") < kinds.index("transcript")

    asyncio.run(scene())


def test_the_content_filter_hears_too(tmp_path: Path) -> None:
    async def scene() -> None:
        mind, ears = script(tmp_path, ANSWER), MadeUpEars(["Tell me about dragons."])
        async with in_process(mind, ears=ears) as served:
            rules = {"phrases": {"myths": ["dragons"]}}
            _, agent = await served.ask(
                "POST", "agents", json={"name": "Ann", "contentFilter": rules}
            )
            async with served.joined(await served.room(agent=agent["id"])) as socket:
                await speak(socket, sentence())
                told = await socket.next("ar-stream-error", "ar-stream-end")
                assert told["type"] == "ar-stream-error"

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


def test_a_recording_in_one_message_is_heard_in_its_clients_words(tmp_path: Path) -> None:
    async def scene() -> None:
        mind, ears = script(tmp_path, ANSWER), MadeUpEars(["Good night."])
        sound = base64.b64encode(pcm(sentence()).tobytes()).decode()
        async with in_process(mind, ears=ears) as served:
            room = await served.room()
            async with served.socket(room) as socket:
                await socket.say(type="VOICE_DATA", payload={"audioData": sound})
                told = await socket.next("TRANSCRIPT")
                assert told["payload"]["text"] == "Good night."

    asyncio.run(scene())


def test_a_microphone_in_an_empty_room_is_no_input_and_a_voice_is(tmp_path: Path) -> None:
    moment = [1_000_000_000_000]

    async def scene() -> None:
        mind = script(tmp_path, ANSWER)
        serving = in_process(mind, ears=MadeUpEars(), now_ms=lambda: moment[0])
        async with serving as served, served.joined() as socket:
            await asked(socket)
            moment[0] += 400_000
            await speak(socket, white(0.5, -40), final=False)
            await asked_nothing(socket)
            assert await status(served) == "away"
            await speak(socket, sentence(), "again", final=False)
            await socket.next("processing-status")
            assert await status(served) == "online"

    async def asked_nothing(socket: Socket) -> None:
        await socket.say(type="metrics")
        await socket.next("metrics")

    async def status(served: Served) -> str:
        return (await served.ask("GET", "/api/presence/local"))[1]["status"]

    asyncio.run(scene())


def test_bare_sound_on_the_realtime_address_is_heard_in_its_clients_words(tmp_path: Path) -> None:
    async def scene() -> None:
        mind, ears = script(tmp_path, ANSWER), MadeUpEars(["Good evening."])
        async with (
            in_process(mind, ears=ears) as served,
            served.client.ws_connect(f"{served.http}/realtime/ws", headers=served.headers()) as ws,
        ):
            await ws.send_json({"type": "session_start", "callId": "c", "timestamp": 1, "data": {}})
            data = pcm(sentence()).tobytes()
            for start in range(0, len(data), 8192):
                await ws.send_bytes(data[start : start + 8192])
            told = await Socket(ws).next("transcript")
            assert told["data"]["text"] == "Good evening." and told["callId"] == "c"

    asyncio.run(scene())
