"""A disk that is full in the middle of a conversation: it is said, nothing is lost, it goes on."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.makers.conversation_server import in_process, script
from tests.makers.full_disk import limit_pages

LONG = {"match": "long", "chunks": [[0, "first "], [0.2, "x" * 200_000], [0, "last"]]}
"""A reply with more in its midst than a full disk takes."""


def test_a_full_disk_is_said_and_the_room_goes_on_when_there_is_space(tmp_path: Path) -> None:
    async def scene() -> None:
        mind = script(tmp_path, LONG, {"chunks": [[0, "ok"]]})
        async with in_process(mind, data=tmp_path) as served:
            room = await served.room()
            assert served.history is not None
            async with served.joined(room) as socket:
                await socket.say(type="ar-message", content="long")
                await socket.next("ar-stream-chunk")
                await limit_pages(served.history, 1)
                error = await socket.next()
                assert (error["type"], error["code"]) == ("error", "STORAGE_FAILED")
                assert "no room left" in error["message"]
                await limit_pages(served.history, 1_000_000)
                await socket.say(type="ar-message", content="and now?")
                got = await socket.until("ar-stream-end")
            kinds = [message["type"] for message in got if message["type"] != "typing"]
            assert kinds[:2] == ["ar-stream-error", "message-received"]
            _, page = await served.ask("GET", f"rooms/{room}/messages")
            assert [m["content"] for m in page["messages"]] == ["ok", "and now?", "first ", "long"]

    asyncio.run(scene())


def test_who_only_listens_hears_the_end_and_the_next_reply_when_there_is_space(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server_stub.talk.returning.WAITS", (0.05,))

    async def scene() -> None:
        mind = script(tmp_path, LONG, {"chunks": [[0, "ok"]]})
        async with in_process(mind, data=tmp_path) as served:
            room = await served.room()
            assert served.history is not None
            async with served.joined(room) as socket:
                await socket.say(type="ar-message", content="long")
                await socket.say(type="ar-message", content="and then?")
                await socket.next("ar-stream-chunk")
                await limit_pages(served.history, 1)
                assert (await socket.next("error"))["code"] == "STORAGE_FAILED"
                await limit_pages(served.history, 1_000_000)
                got = await socket.until("ar-stream-end")
            kinds = [message["type"] for message in got if message["type"] != "typing"]
            assert kinds == [
                "ar-stream-error", "ar-stream-start", "ar-stream-chunk", "ar-stream-end",
            ]  # fmt: skip

    asyncio.run(scene())
