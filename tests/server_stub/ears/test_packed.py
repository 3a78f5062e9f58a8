"""The voice as browsers record it: Opus in WebM or Ogg, one file in many pieces."""

from __future__ import annotations

import asyncio
import base64
import random
from pathlib import Path

import numpy as np
import pytest

from server_stub.ears import packed as unpacking
from server_stub.ears import sound as sounds
from server_stub.ears.packed import BadSound, Unpacker
from tests.makers.conversation_server import Socket, in_process, script
from tests.makers.made_up_ears import MadeUpEars
from tests.makers.voices_in_rooms import packed, pcm, silence, spoken

ANSWER = {"match": None, "chunks": [[0, "Fine."]]}
SAID = np.concatenate((silence(0.4), spoken("Hello there, how are you today?"), silence(1.2)))


def unpacked(data: bytes, sizes: list[int]) -> bytes:
    unpacker, at, got = Unpacker(), 0, b""
    for size in sizes:
        got += unpacker.feed(data[at : at + size]).tobytes()
        at += size
    return got + unpacker.feed(data[at:], last=True).tobytes()


@pytest.mark.parametrize("kind", ["webm", "ogg"])
def test_packed_sound_comes_out_alike_however_it_is_cut(kind: str) -> None:
    data, dice = packed(SAID, kind), random.Random(4)
    whole = unpacked(data, [])
    assert abs(len(whole) / 2 / 48_000 - len(SAID) / 16_000) < 0.1
    heard = np.frombuffer(whole, np.int16)[::3].astype(float)
    meant = pcm(SAID)[: len(heard)].astype(float)
    assert np.corrcoef(np.abs(heard[: len(meant)]), np.abs(meant))[0, 1] > 0.3
    for _ in range(5):
        sizes = [dice.randint(4, 900) for _ in range(8)]
        assert unpacked(data, sizes) == whole


def test_sound_comes_while_it_is_recorded() -> None:
    data, unpacker = packed(SAID, "webm"), Unpacker()
    halfway = sum(len(unpacker.feed(part)) for part in (data[:900], data[900 : len(data) // 2]))
    assert halfway > 48_000
    unpacker.close()


@pytest.mark.parametrize("data", [b"RIFF" + bytes(999), b"OggS" + bytes(999), b"", bytes(9)])
def test_what_is_no_recording_is_told_so(data: bytes) -> None:
    with pytest.raises(BadSound, match="no WebM or Ogg"):
        Unpacker().feed(data, last=True)


def test_few_bytes_that_stand_for_hours_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "MOST_SECONDS", 2.0)
    with pytest.raises(BadSound, match="holds at most"):
        Unpacker().feed(packed(SAID, "webm"), last=True)


def test_a_browsers_recorder_is_heard_on_the_realtime_address(tmp_path: Path) -> None:
    async def scene() -> None:
        mind, ears = script(tmp_path, ANSWER), MadeUpEars(["One.", "Two."])
        async with (
            in_process(mind, ears=ears) as served,
            served.client.ws_connect(f"{served.http}/realtime/ws", headers=served.headers()) as ws,
        ):
            await ws.send_json({"type": "session_start", "callId": "c", "timestamp": 1, "data": {}})
            silent = {"capabilities": {"speech": "none"}}
            about = {"type": "avatar_state", "callId": "c", "timestamp": 1, "data": silent}
            await ws.send_json(about)
            data = packed(SAID, "webm")
            for words in ("One.", "Two."):  # the recorder is started twice
                for start in range(0, len(data), 501):
                    await ws.send_bytes(data[start : start + 501])
                told = await Socket(ws).next("transcript")
                assert told["data"]["text"] == words

    asyncio.run(scene())


def test_a_damaged_recording_is_refused_once_and_the_next_one_heard(tmp_path: Path) -> None:
    async def scene() -> None:
        mind, ears = script(tmp_path, ANSWER), MadeUpEars(["Better."])
        async with in_process(mind, ears=ears) as served, served.joined() as socket:
            for index, data in enumerate([bytes(500)] * 3):
                await send(socket, data, streamId="bad", index=index, isFinal=index == 2)
            await send(socket, packed(SAID, "ogg"), streamId="good", isFinal=True)
            came = await socket.until("message-received")
            told = [each for each in came if each["type"] == "error"]
            assert [each["code"] for each in told] == ["BAD_FRAME"]
            assert came[-1]["content"] == "Better."

    asyncio.run(scene())


def test_without_a_decoder_packed_sound_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sounds, "can_unpack", lambda: False)

    async def scene() -> None:
        async with in_process(ears=MadeUpEars()) as served, served.joined() as socket:
            await send(socket, packed(SAID, "webm"), isFinal=True)
            told = await socket.next("error")
            assert told["code"] == "NO_COMMON_CODEC" and "s16 only" in told["message"]

    asyncio.run(scene())


async def send(socket: Socket, data: bytes, **more: object) -> None:
    usual = {"streamId": "v", "index": 0, "isFinal": False, "rate": 48_000, "codec": "opus"}
    sound = base64.b64encode(data).decode()
    await socket.say(**{"type": "audio-chunk", "data": sound, **usual, **more})
