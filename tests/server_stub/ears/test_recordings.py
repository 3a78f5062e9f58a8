"""What a browser's recorder sends, in pieces of any size: heard like bare samples, or refused."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server_stub.ears.containers import BadSound, OggPackets, WebmPackets
from server_stub.ears.recording import Recording
from tests.makers.conversation_server import in_process, script
from tests.makers.made_up_ears import MadeUpEars
from tests.makers.voices_in_rooms import Sound, pcm, silence, spoken

KINDS = [("webm", {}), ("webm", {"live": "1"}), ("ogg", {})]
RATE = 16_000
ANSWER = {"match": None, "chunks": [[0, "Fine, "], [0, "thanks."]]}


def recorded(sound: Sound, kind: str, options: dict[str, str]) -> bytes:
    """The sound as a browser records it: Opus, mono."""
    library: Any = av
    file = io.BytesIO()
    with library.open(file, "w", format=kind, options=options) as container:
        stream = container.add_stream("libopus", rate=48_000)
        stream.layout = "mono"
        resampler = library.AudioResampler("s16", "mono", 48_000, 960)
        frame = library.AudioFrame.from_ndarray(pcm(sound)[None, :], format="s16", layout="mono")
        frame.sample_rate = RATE
        for ready in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(ready))
        container.mux(stream.encode(None))
    return file.getvalue()


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


@pytest.fixture(scope="module")
def sentence() -> Sound:
    return np.concatenate((spoken("Hello there, how are you today?"), silence(1.2)))


@pytest.mark.parametrize(("kind", "options"), KINDS)
@pytest.mark.parametrize("size", [1 << 20, 700, 13])
def test_a_recording_sounds_as_what_was_recorded(
    sentence: Sound, kind: str, options: dict[str, str], size: int
) -> None:
    recording = Recording(kind)
    pieces = cut(recorded(sentence, kind, options), size)
    got = np.concatenate(
        [recording.feed(piece, last=piece is pieces[-1]) for piece in pieces]
    ).astype(float)
    was = pcm(sentence).astype(float)
    assert abs(len(got) - len(was)) < 0.1 * RATE
    length = min(len(got), len(was))
    loudness = np.array([np.convolve(np.abs(one[:length]), np.ones(800)) for one in (got, was)])
    assert np.corrcoef(loudness)[0, 1] > 0.97


def test_a_call_is_heard_as_its_browser_records_it(tmp_path: Path, sentence: Sound) -> None:
    """The realtime client's own way: bare pieces of WebM, then transcript, reply, sound."""
    ears = MadeUpEars(["Good morning!"])

    async def scene() -> None:
        async with in_process(script(tmp_path, ANSWER), ears=ears) as served:
            url = served.http.replace("http", "ws", 1) + "/realtime/ws"
            async with served.client.ws_connect(url) as ws:
                who = {"userId": "local", "callId": "c", "authToken": served.token}
                opened = {"type": "session_start", "callId": "c", "timestamp": 1, "data": who}
                await ws.send_json(opened)
                for piece in cut(recorded(sentence, "webm", {"live": "1"}), 600):
                    await ws.send_bytes(piece)
                told: list[dict[str, Any]] = []
                sounds = 0
                while not sounds or told[-1]["type"] != "ai_response":
                    frame = await ws.receive(timeout=60)
                    if isinstance(frame.data, bytes):
                        sounds += 1
                    else:
                        told.append(json.loads(frame.data))
            stages = [one["data"]["status"] for one in told if one["type"] == "processing_status"]
            assert stages == ["listening", "transcribing", "thinking", "speaking", "idle"]
            texts = [one["data"]["text"] for one in told if one["type"] == "transcript"]
            assert texts == ["Good morning!"]
            assert told[-1]["data"]["text"] == "Fine, thanks."
            (heard,) = ears.heard
            assert 1.0 < len(heard) / 2 / RATE < 4.0

    asyncio.run(scene())


def test_a_damaged_recording_is_refused_once_and_the_next_one_heard(
    tmp_path: Path, sentence: Sound
) -> None:
    ears = MadeUpEars(["Good morning!"])

    async def scene() -> None:
        async with in_process(script(tmp_path, ANSWER), ears=ears) as served:
            url = served.http.replace("http", "ws", 1) + "/realtime/ws"
            headers = {"Authorization": f"Bearer {served.token}"}
            async with served.client.ws_connect(url, headers=headers) as ws:
                await ws.send_json({"type": "session-start"})
                for _ in range(3):
                    await ws.send_bytes(b"\x1a\x45\xdf\xa3\x80\x00\x00\x00")
                for piece in cut(recorded(sentence, "ogg", {}), 600):
                    await ws.send_bytes(piece)
                seen: list[dict[str, Any]] = []
                while not seen or seen[-1]["type"] != "ar-stream-end":
                    seen.append(await ws.receive_json(timeout=60))
            codes = [one["code"] for one in seen if one["type"] == "error"]
            assert codes == ["BAD_FRAME"]
            assert [one["text"] for one in seen if one["type"] == "transcript"] == ["Good morning!"]

    asyncio.run(scene())


def test_silence_that_unfolds_for_ever_is_refused() -> None:
    silent = b"\xf8\xff\xfe"  # 20 ms of Opus in three bytes
    block = b"\xa3" + bytes([0x80 | (4 + len(silent))]) + b"\x81\x00\x00\x80" + silent
    recording = Recording("webm")
    assert len(recording.feed(b"\x1a\x45\xdf\xa3\x80" + block * 50)) > 0
    with pytest.raises(BadSound, match="more than 180 s"):
        recording.feed(block * 10_000)


@pytest.mark.parametrize(("kind", "options"), KINDS)
@given(data=st.data())
def test_no_bytes_break_the_reading(
    sentence: Sound, kind: str, options: dict[str, str], data: st.DataObject
) -> None:
    bytes_ = bytearray(recorded(sentence[:4000], kind, options))
    for _ in range(data.draw(st.integers(1, 6))):
        bytes_[data.draw(st.integers(0, len(bytes_) - 1))] = data.draw(st.integers(0, 255))
    recording = Recording(kind)
    with contextlib.suppress(BadSound):
        for piece in cut(bytes(bytes_), data.draw(st.integers(50, 5000))):
            recording.feed(piece)


@given(st.binary(max_size=400))
def test_random_bytes_are_no_recording(data: bytes) -> None:
    for packets in (WebmPackets(), OggPackets()):
        with contextlib.suppress(BadSound):
            assert all(isinstance(one, bytes) for one in packets.feed(data))
