"""The server's voice for clients without one: phrases in order, in the client's own form."""

from __future__ import annotations

import asyncio
import base64
import io
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import msgspec
import pytest

from avatar_desktop.voice.engine import SpeechRequest
from avatar_desktop.voice.served import served_clip
from avatar_desktop.wire.messages import PhonemeData
from avatar_desktop.wire.parts import Capabilities
from server_stub.voice import speaking
from server_stub.voice.pieces import Wish, wish_of
from server_stub.voice.speaking import most_samples, pieces_of
from tests.makers.conversation_server import Served, Socket, in_process, script
from tests.makers.full_disk import limit_pages
from tests.makers.made_up_voice import made_up_clip

TALK = ["[emotion:happy]Hello there, ", "my friend. ", "Pip made a blue map. ", "Good night!"]
ANSWER = {"match": None, "chunks": [[0, piece] for piece in TALK]}


async def body(socket: Socket, state: str = "READY", **capabilities: Any) -> None:
    await socket.say(
        type="avatar-state", state=state, capabilities={"speech": "server", **capabilities}
    )
    await socket.next("avatar-state-ack")


async def all_phrases(socket: Socket) -> list[dict[str, Any]]:
    told = [await socket.next("phoneme-data")]
    while not told[-1]["metadata"]["isFinal"]:
        told.append(await socket.next("phoneme-data"))
    return told


def read(message: dict[str, Any]) -> tuple[int, float]:
    """Rate and seconds of the sound of a message."""
    data = base64.b64decode(message["audioData"])
    if message["codec"] == "s16":
        return message["rate"], len(data) / 2 / message["rate"]
    with av.open(io.BytesIO(data), "r") as file:
        frames = list(file.decode(file.streams.audio[0]))
        return frames[0].sample_rate, sum(frame.samples / frame.sample_rate for frame in frames)


@pytest.mark.parametrize(
    ("codecs", "codec"),
    [(["mp3", "opus"], "opus"), (["s16", "mp3"], "mp3"), (["s16"], "s16")],
)
def test_a_reply_is_heard_phrase_by_phrase(tmp_path: Path, codecs: list[str], codec: str) -> None:
    async def scene() -> None:
        async with in_process(script(tmp_path, ANSWER)) as served, served.joined() as socket:
            await body(socket, supportedCodecs=codecs)
            await socket.say(type="ar-message", content="Hi")
            told = await all_phrases(socket)
            assert [one["metadata"]["index"] for one in told] == list(range(len(told)))
            assert len(told) >= 2
            assert {one["codec"] for one in told} == {codec}
            raw = "".join(TALK)
            for one in told:
                rate, seconds = read(one)
                assert rate in (one["rate"], 48_000)  # Opus is always decoded at 48 kHz
                assert abs(seconds * 1000 - one["duration"]) < 120
                assert one["metadata"]["emotionTag"] == "happy"
                assert one["phonemes"] and all(0 <= p["weight"] <= 1 for p in one["phonemes"])
                assert max(p["time"] for p in one["phonemes"]) <= one["duration"]
                for word in one["words"]:
                    assert word["text"].strip(".,!") in raw[word["charStart"] : word["charEnd"]]
            words = [word["text"].strip(".,!") for one in told for word in one["words"]]
            assert " ".join(words) == "Hello there my friend Pip made a blue map Good night"
            async with served.client.get(f"{served.http}/metrics") as answer:
                assert "conversations_whole_seconds_count 1.0" in await answer.text()

    asyncio.run(scene())


def test_lips_close_on_a_p_in_the_names_of_the_rig(tmp_path: Path) -> None:
    async def scene() -> None:
        async with in_process(script(tmp_path, ANSWER)) as served:
            for rig, closed in [("arkit", "mouthClose"), ("oculus", "PP"), ("cc4", "B_M_P")]:
                async with served.joined() as socket:
                    await body(socket, supportedCodecs=["s16"], visemes=rig)
                    await socket.say(type="ar-message", content="Hi")
                    shapes = [p for one in await all_phrases(socket) for p in one["phonemes"]]
                    assert any(
                        p["ipa"].strip("ˈˌ") == "p" and p["blendshape"].endswith(closed)
                        for p in shapes
                    ), rig

    asyncio.run(scene())


def test_a_client_without_phonemes_gets_an_empty_list(tmp_path: Path) -> None:
    async def scene() -> None:
        async with in_process(script(tmp_path, ANSWER)) as served, served.joined() as socket:
            await body(socket, phonemeSupport=False, supportedCodecs=["s16"])
            await socket.say(type="ar-message", content="Hi")
            told = await all_phrases(socket)
            assert all(one["phonemes"] == [] and one["words"] for one in told)

    asyncio.run(scene())


def test_no_common_codec_is_said(tmp_path: Path) -> None:
    async def scene() -> None:
        async with in_process(script(tmp_path, ANSWER)) as served, served.joined() as socket:
            await body(socket, supportedCodecs=["flac"])
            await socket.say(type="ar-message", content="Hi")
            text = await socket.next("text-response", "phoneme-data")
            assert text["type"] == "text-response" and "NO_COMMON_CODEC" in text["error"]
            assert text["text"].startswith("Hello there")

    asyncio.run(scene())


def test_a_voice_that_fails_leaves_the_text(tmp_path: Path) -> None:
    async def scene() -> None:
        async with in_process(script(tmp_path, ANSWER)) as served:
            voiceless = {"name": "Mute", "voice": "nobody-has-it"}
            _, agent = await served.ask("POST", "agents", json=voiceless)
            async with served.joined(await served.room(agent=agent["id"])) as socket:
                await body(socket)
                await socket.say(type="ar-message", content="Hi")
                text = await socket.next("text-response")
                assert text["error"] == "TTS generation failed"
                assert text["text"].endswith("Good night!")

    asyncio.run(scene())


def test_each_connection_gets_its_own_form_under_the_same_number(tmp_path: Path) -> None:
    async def scene() -> None:
        async with in_process(script(tmp_path, ANSWER)) as served:
            room = await served.room()
            async with served.joined(room) as bare, served.joined(room) as packed:
                await body(bare, supportedCodecs=["s16"], visemes="oculus")
                await body(packed, supportedCodecs=["opus"])
                await bare.say(type="ar-message", content="Hi")
                one, other = await all_phrases(bare), await all_phrases(packed)
                assert [m["seq"] for m in one] == [m["seq"] for m in other]
                assert {m["codec"] for m in one} == {"s16"}
                assert {m["codec"] for m in other} == {"opus"}
                assert one[0]["phonemes"] != other[0]["phonemes"]

    asyncio.run(scene())


def test_an_interrupt_silences_what_was_not_sent_yet(tmp_path: Path) -> None:
    sentence = "This is a rather long sentence to say. "
    long = {"match": None, "chunks": [[0, sentence] for _ in range(40)]}

    async def scene() -> None:
        async with in_process(script(tmp_path, long)) as served, served.joined() as socket:
            await body(socket, supportedCodecs=["s16"])
            await socket.say(type="ar-message", content="Hi")
            first = await socket.next("phoneme-data")
            reply = first["metadata"]["messageId"]
            await socket.say(type="interrupt-stream", streamId=f"stream-{reply}", heardChars=5)
            await socket.say(type="ar-message", content="Hi again")
            after = await socket.until("ar-stream-start")
            started = after[-1]["messageId"]
            while (piece := await socket.next("phoneme-data"))["metadata"]["messageId"] == reply:
                pass
            assert piece["metadata"]["messageId"] == started
            assert piece["metadata"]["index"] == 0

    asyncio.run(scene())


def test_speech_of_a_client_that_is_away_waits_for_its_return(tmp_path: Path) -> None:
    async def scene() -> None:
        async with in_process(script(tmp_path, ANSWER)) as served:
            room = await served.room()
            async with served.socket(room) as socket:
                hello = await socket.next("connected")
                await socket.say(type="join-ar-room", roomId=room)
                await body(socket, supportedCodecs=["opus"])
                await socket.say(type="ar-message", content="Hi")
                start = await socket.next("ar-stream-start")
            async with served.socket(room) as socket:
                await socket.next("connected")
                back = {"sessionId": hello["sessionId"], "epoch": hello["epoch"]}
                await socket.say(type="resume", lastSeq=start["seq"], **back)
                assert (await socket.next("connected"))["resumed"]
                told = await all_phrases(socket)
                assert [one["metadata"]["index"] for one in told] == list(range(len(told)))

    asyncio.run(scene())


def test_what_was_asked_while_the_room_rested_is_spoken_when_it_goes_on(tmp_path: Path) -> None:
    async def scene() -> None:
        async with in_process(script(tmp_path, ANSWER)) as served, served.joined() as socket:
            await body(socket, supportedCodecs=["s16"])
            await socket.say(type="pause-room")
            await socket.next("processing-status")
            await socket.say(type="ar-message", content="Hi")
            await socket.next("message-received")
            await socket.say(type="resume-room")
            assert await all_phrases(socket)

    asyncio.run(scene())


def test_a_reply_that_was_lost_does_not_keep_the_next_one_silent(tmp_path: Path) -> None:
    breaks = {"match": "^wait", "chunks": [[0, "Pip made a blue "], [30, "map."]]}

    async def scene() -> None:
        async with in_process(script(tmp_path, breaks, ANSWER), data=tmp_path) as served:
            assert served.history is not None
            async with served.joined() as socket:
                await body(socket, supportedCodecs=["s16"])
                await socket.say(type="ar-message", content="wait")
                await socket.next("ar-stream-chunk")
                await limit_pages(served.history, 1)
                await socket.say(type="ar-message", content="x" * 60_000)
                assert (await socket.next("error"))["code"] == "STORAGE_FAILED"
                await limit_pages(served.history, 1_000_000)
                await socket.say(type="ar-message", content="Hi")
                assert await all_phrases(socket)

    asyncio.run(scene())


def test_a_codec_that_breaks_leaves_the_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(pcm: bytes, rate: int, codec: str) -> tuple[bytes, str, int]:
        raise ValueError(codec)

    monkeypatch.setattr(speaking, "packed", broken)

    async def scene() -> None:
        async with in_process(script(tmp_path, ANSWER)) as served, served.joined() as socket:
            await body(socket)
            await socket.say(type="ar-message", content="Hi")
            assert (await socket.next("text-response"))["error"] == "TTS generation failed"

    asyncio.run(scene())


def test_no_voice_process_starts_once_the_server_stops() -> None:
    async def scene() -> None:
        voice = speaking.Voice()
        voice.close()
        with pytest.raises(speaking.SpeechFailed):
            await voice.speak(SpeechRequest("Hi", (0, 1), "reply", 0))

    asyncio.run(scene())


def test_played_phrases_are_counted(tmp_path: Path) -> None:
    async def scene() -> None:
        async with in_process(script(tmp_path, ANSWER)) as served, served.joined() as socket:
            await body(socket, supportedCodecs=["s16"])
            await socket.say(type="ar-message", content="Hi")
            told = await all_phrases(socket)
            for one in told:
                await socket.say(type="audio-control", audioId=one["audioId"], status="COMPLETE")
            async with served.client.get(f"{served.http}/metrics") as answer:
                text = await answer.text()
            assert f"conversations_tts_generated_total {len(told)}.0" in text

    asyncio.run(scene())


def test_the_desktop_can_play_what_the_server_says(tmp_path: Path) -> None:
    async def scene() -> None:
        async with in_process(script(tmp_path, ANSWER)) as served, served.joined() as socket:
            await body(socket)
            await socket.say(type="ar-message", content="Hi")
            (first, *_) = await all_phrases(socket)
            fields = {name: value for name, value in first.items() if name != "type"}
            clip = served_clip(msgspec.convert(fields, PhonemeData, strict=False), "reply")
            assert clip.seconds > 0.3 and len(clip.words) >= 2

    asyncio.run(scene())


def test_light_forms_are_light(tmp_path: Path, bar: Callable[..., None]) -> None:
    async def size(served: Served, codec: str) -> int:
        async with served.joined() as socket:
            await body(socket, supportedCodecs=[codec])
            await socket.say(type="ar-message", content="Hi")
            return sum(len(one["audioData"]) for one in await all_phrases(socket))

    async def scene() -> tuple[int, int]:
        async with in_process(script(tmp_path, ANSWER)) as served:
            return await size(served, "opus"), await size(served, "s16")

    opus, bare = asyncio.run(scene())
    share = 100 * opus * 0.75 / bare  # the binary form carries bytes, JSON carries base64
    bar("Opus in binary, of s16 in JSON", share, at_most=15, unit="%")


def test_long_clips_are_cut_between_words() -> None:
    text = " ".join(["word"] * 40)
    clip = made_up_clip(SpeechRequest(text, tuple(range(len(text))), "reply", 0))
    most = most_samples([Wish("s16", "arkit", True)], 2 * clip.samples // 4, clip.rate)
    cuts = list(pieces_of(clip, most))
    assert len(cuts) >= 4
    assert cuts[0][0] == 0 and cuts[-1][1] == clip.samples
    assert all(before[1] == after[0] for before, after in pairwise(cuts))
    assert all(end - start <= most for start, end in cuts)
    for _, cut in cuts[:-1]:
        assert not any(word.start < cut < word.end for word in clip.words)


def test_what_a_client_wants_is_the_lightest_that_it_plays() -> None:
    assert wish_of(Capabilities()) == Wish("opus", "arkit", True)
    assert wish_of(Capabilities(supported_codecs=("S16",), visemes="odd")) == Wish(
        "s16", "arkit", True
    )
    assert wish_of(Capabilities(supported_codecs=())) is None
