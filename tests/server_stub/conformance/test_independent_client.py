"""The client that was written from the documents alone, against the started server."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import io
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import av
import pytest

from avatar_desktop.wire.messages import Message
from avatar_desktop.wire.replay import RoomLog
from tests.makers.conversation_server import in_process, script
from tests.server_stub.conformance.clients import Server
from tests.server_stub.conformance.independent_client import Client

BINARY = pytest.mark.parametrize("binary", [True, False], ids=["binary", "text"])
NUMBERS = "".join(f"{number} " for number in range(60))


@asynccontextmanager
async def talking(server: Server, binary: bool) -> AsyncIterator[Client]:
    async with server.user() as user:
        client = Client(user.http, user.token, user.session, binary=binary)
        await client.open_room()
        running = asyncio.create_task(client.run())
        try:
            async with asyncio.timeout(110):
                await client.connected()
                yield client
        finally:
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running


@BINARY
def test_it_talks(server: Server, binary: bool) -> None:
    async def scene() -> None:
        async with talking(server, binary) as client:
            first = await client.reply_to(await client.say("Hello"), over=True)
            assert first.words == "Hello! Let me think about that…" and first.end == "complete"
            broken = await client.reply_to(await client.say("break, please"), over=True)
            assert (broken.end, broken.words) == ("error", "One ")
            kept = [(one["senderType"], one["content"]) for one in await client.history()]
            assert kept == [
                ("human", "Hello"), ("agent", first.raw), ("human", "break, please"),
                ("agent", "One "),
            ]  # fmt: skip

    asyncio.run(scene())


@BINARY
def test_it_loses_and_repeats_nothing_through_many_breaks(
    server: Server, binary: bool, full_length: bool
) -> None:
    breaks = 20 if full_length else 4

    async def scene() -> None:
        async with talking(server, binary) as client:
            said: list[str] = []
            for number in range(1, breaks + 1):
                said.append(await client.say("slowly, please"))
                if number % 2:  # in the midst of a reply, else before the message is confirmed
                    await client.reply_to(said[-1], chunks=1)
                client.break_off()
                await client.connected(number + 1)
            replies = [await client.reply_to(one, over=True) for one in said]
            assert [reply.raw for reply in replies] == [NUMBERS] * breaks
            assert len(client.replies) == breaks and client.resumptions == breaks
            assert sorted(client.confirmed) == sorted(said) and client.refusals == []
            kept = sorted(one["content"] for one in await client.history())
            assert kept == [NUMBERS] * breaks + ["slowly, please"] * breaks

    asyncio.run(scene())


@BINARY
@pytest.mark.parametrize("codec", ["opus", "s16"])
def test_it_plays_what_it_is_sent(server: Server, binary: bool, codec: str) -> None:
    async def scene() -> None:
        async with talking(server, binary) as client:
            await client.show_avatar(codec)
            reply = await client.reply_to(await client.say("speak to me"), over=True, spoken=True)
            numbers = [phrase["metadata"]["index"] for phrase in reply.phrases]
            assert numbers == list(range(len(numbers)))
            heard = [phrase for phrase in reply.phrases if phrase["audioData"]]
            for phrase in heard:
                assert phrase["codec"] == codec
                assert abs(1000 * seconds(phrase, binary) - phrase["duration"]) < 120
            spoken = [word for phrase in heard for word in phrase["words"]]
            assert [word["text"] for word in spoken] == re.findall(r"\w+", reply.words)
            for word in spoken:
                assert reply.raw[word["charStart"] : word["charEnd"]] in word["text"]
            shapes = [one["blendshape"] for phrase in heard for one in phrase["phonemes"]]
            assert {"PP", "aa"} <= {name.removeprefix("viseme_") for name in shapes}

    asyncio.run(scene())


def seconds(phrase: dict[str, Any], binary: bool) -> float:
    data = phrase["audioData"] if binary else base64.b64decode(phrase["audioData"])
    if phrase["codec"] == "s16":
        return len(data) / 2 / phrase["rate"]
    with av.open(io.BytesIO(data), "r") as file:
        frames = list(file.decode(file.streams.audio[0]))
        return sum(frame.samples / frame.sample_rate for frame in frames)


@BINARY
def test_it_interrupts(server: Server, binary: bool) -> None:
    async def scene() -> None:
        async with talking(server, binary) as client:
            asked = await client.say("stall, please")
            reply = await client.reply_to(asked, chunks=2)
            await client.interrupt(reply, heard_chars=4)
            await client.reply_to(asked, over=True)
            assert (reply.end, reply.raw) == ("interrupted", "One two ")
            after = await client.reply_to(await client.say("Hello"), over=True)
            assert after.end == "complete"
            cut = (await client.history())[1]
            assert (cut["content"], cut["heardChars"]) == ("One two ", 4)

    asyncio.run(scene())


@BINARY
def test_it_sees_a_loss(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, binary: bool) -> None:
    """A server that replays one message too few."""
    whole = RoomLog.missed

    def lossy(log: RoomLog, epoch: str, last_seq: int) -> tuple[Message, ...] | None:
        missed = whole(log, epoch, last_seq)
        return missed and missed[1:]

    monkeypatch.setattr(RoomLog, "missed", lossy)
    slow = {"match": None, "chunks": [[0.02, f"{number} "] for number in range(60)]}

    async def scene() -> None:
        async with in_process(script(tmp_path, slow)) as served, served.joined() as watcher:
            client = Client(served.http, served.token, served.client, binary=binary)
            await client.open_room()
            running = asyncio.create_task(client.run())
            await client.connected()
            await client.reply_to(await client.say("Hello"), chunks=1)
            running.cancel()
            await watcher.next("ar-stream-end")
            with pytest.raises(AssertionError, match="chunk"):
                await asyncio.wait_for(client.run(), 30)

    asyncio.run(scene())
