"""A voice in a conversation: what is said becomes a message like any other."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.makers.conversation_server import Served, Socket, in_process, script
from tests.makers.made_up_ears import MadeUpEars
from tests.makers.speaking_client import ANSWER, HELLO, asked, sentence, speak
from tests.makers.voices_in_rooms import pcm, white

ENDLESS = {"match": "for ever", "chunks": [[0, "On "], [3600, "on."]]}


async def history(served: Served, room: str) -> list[dict[str, Any]]:
    _, told = await served.ask("GET", f"rooms/{room}/messages")
    return list(reversed(told["messages"]))


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
