"""Values that a frame may hold and no conversation does: each is taken or refused, on both
databases, and the room goes on.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from server_stub.history.messages import Told
from server_stub.history.store import History
from server_stub.talk.answering import Answers
from tests.makers.conversation_server import Socket, in_process, script
from tests.makers.storage import Storage

HERE = "I am still here."
COUNTED = {"message-received", "ar-stream-start", "ar-stream-chunk", "ar-stream-end",
           "ar-stream-error", "error"}  # fmt: skip


def packed(code: int, **fields: object) -> bytes:
    body = msgspec.msgpack.encode(fields)
    return b"\xaa\x55\x01" + bytes([code]) + len(body).to_bytes(4, "big") + body


def talked(storage: Storage, folder: Path, *frames: str | bytes | dict[str, Any]) -> list[Any]:
    """What comes of these frames and of a question after them: types, codes and texts."""

    async def send(socket: Socket, frame: str | bytes | dict[str, Any]) -> None:
        if isinstance(frame, bytes):
            await socket.ws.send_bytes(frame)
        else:
            await socket.ws.send_str(frame if isinstance(frame, str) else json.dumps(frame))

    async def scene() -> list[Any]:
        mind = script(folder, {"match": None, "chunks": [[0.0, HERE]]})
        async with in_process(mind, data=storage) as served, served.joined() as socket:
            for frame in frames:
                await send(socket, frame)
            await socket.say(type="ar-message", content="last", clientMessageId="last")
            heard: list[dict[str, Any]] = []
            answered = ""
            while not any(
                one["type"] == "ar-stream-end" and one["streamId"] == answered for one in heard
            ):
                heard.append(await socket.next())
                if heard[-1].get("clientMessageId") == "last" and "streamId" in heard[-1]:
                    answered = heard[-1]["streamId"]
            return [one for one in heard if one["type"] in COUNTED]

    return asyncio.run(scene())


@pytest.mark.parametrize("chars", [2**31, 2**63, 2**64 - 1])
def test_any_number_of_heard_characters_is_taken(
    chars: int, storage: Storage, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    played = {"audioId": "audio_x", "status": "COMPLETE", "heardChars": chars}
    heard = talked(storage, tmp_path, {"type": "audio-control", **played}, packed(0x12, **played))
    assert [one["code"] for one in heard if one["type"] == "error"] == []
    assert [record for record in caplog.records if record.exc_info] == []


@pytest.mark.parametrize(
    "metadata",
    [{"e": msgspec.msgpack.Ext(5, b"abc")}, {"e": {1.5: 2, None: 3}}],
    ids=["another type", "keys that are no text"],
)
def test_metadata_that_is_no_json_is_refused_and_the_room_goes_on(
    metadata: dict[str, object],
    storage: Storage,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    frame = packed(0x22, content="hello", clientMessageId="odd", metadata=metadata)
    heard = talked(storage, tmp_path, frame)
    (error,) = [one for one in heard if one["type"] == "error"]
    assert error["code"] == "BAD_FRAME" and "plain JSON" in error["message"]
    assert [record for record in caplog.records if record.exc_info] == []


def test_a_character_that_a_database_has_no_place_for_stops_nothing(
    storage: Storage, tmp_path: Path
) -> None:
    heard = talked(
        storage,
        tmp_path,
        {"type": "ar-message", "content": "a\0b", "clientMessageId": "c\0d"},
        {"type": "ar-message", "content": "a\0b", "clientMessageId": "c\0d"},
        {"type": "audio-control", "audioId": "audio_\0", "status": "COMPLETE", "heardChars": 1},
        {"type": "interrupt-stream", "streamId": "x\0y", "heardChars": 3},
    )
    assert [one["code"] for one in heard if one["type"] == "error"] == ["UNKNOWN_STREAM"]
    starts = [one for one in heard if one["type"] == "ar-stream-start"]
    assert len(starts) == 2


def test_paths_and_bodies_with_that_character_find_nothing(storage: Storage) -> None:
    async def scene() -> None:
        async with in_process(data=storage) as served:
            room = await served.room()
            for path in ("rooms/%00", "rooms/%00/messages", f"rooms/{room}/messages?before=%00"):
                assert (await served.ask("GET", path))[0] == 404
            assert (await served.ask("POST", "rooms", json={"agentId": "a\0b"}))[0] == 404
            assert (await served.ask("POST", "agents", json={"name": "a\0b"}))[0] == 201
            for user in ("nul\0user", "\ud800user"):
                status, told = await served.ask("GET", "rooms", user)
                assert (status, told["code"]) == (401, "UNAUTHORISED")

    asyncio.run(scene())


def test_a_mistake_in_keeping_is_told_and_the_room_is_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep, mistakes = History.keep_and_tell, iter([True])

    async def mistaken(self: History, *given: Any) -> Told:
        if next(mistakes, False):
            raise TypeError("a mistake of ours")
        return await keep(self, *given)

    monkeypatch.setattr(History, "keep_and_tell", mistaken)
    heard = talked(tmp_path, tmp_path, {"type": "ar-message", "content": "first"})
    assert (heard[0]["type"], heard[0]["code"]) == ("error", "STORAGE_FAILED")
    assert [one["type"] for one in heard[1:3]] == ["message-received", "ar-stream-start"]


def test_a_mistake_in_answering_ends_its_reply_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pieces, mistakes = Answers.pieces, iter([True])

    async def mistaken(self: Answers, *given: Any) -> AsyncGenerator[str, None]:
        if next(mistakes, False):
            raise KeyError("a mistake of ours")
        async for piece in pieces(self, *given):
            yield piece

    monkeypatch.setattr(Answers, "pieces", mistaken)
    heard = talked(tmp_path, tmp_path, {"type": "ar-message", "content": "first"})
    (error,) = [one for one in heard if one["type"] == "ar-stream-error"]
    assert "mistake" in error["error"]
    assert heard[-1]["type"] == "ar-stream-end"
