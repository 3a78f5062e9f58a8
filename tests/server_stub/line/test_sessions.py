"""Sessions that lie idle: told that they are over, and closed, by a counted clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from server_stub.line.sessions import IDLE_MS
from server_stub.presence import AWAY_MS
from tests.makers.conversation_server import Served, Socket, in_process, script

ANSWER = {"match": "hello", "chunks": [[0, "Hello."]]}
ENDLESS = {"chunks": [[0, "On "], [3600, "and on."]]}
START = {"userId": "local", "callId": "7"}


class Clock:
    """Milliseconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 1_800_000_000_000

    def __call__(self) -> int:
        return self.now


@asynccontextmanager
async def session(served: Served) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A session as a client of the realtime address opens it."""
    url = served.http.replace("http", "ws") + "/realtime/ws"
    async with served.client.ws_connect(url) as ws:
        data = {**START, "authToken": served.token}
        await ws.send_json({"type": "session_start", "callId": "7", "timestamp": 1, "data": data})
        assert (await ws.receive_json())["type"] == "connection_status"
        silent = {"capabilities": {"speech": "none"}}
        await ws.send_json({"type": "avatar_state", "callId": "7", "timestamp": 1, "data": silent})
        yield ws


async def said(ws: aiohttp.ClientWebSocketResponse, words: str, wanted: str) -> None:
    """Says a thing and waits for what follows from it."""
    await asked(ws, "text_message", wanted, content=words)


async def is_open(ws: aiohttp.ClientWebSocketResponse) -> None:
    """An answer to what a program asks by itself: a sign of life, and no input."""
    await asked(ws, "metrics", "metrics")


async def asked(ws: aiohttp.ClientWebSocketResponse, name: str, wanted: str, **data: str) -> None:
    await ws.send_json({"type": name, "callId": "7", "timestamp": 1, "data": data})
    async with asyncio.timeout(30):
        while (await ws.receive_json())["type"] != wanted:
            pass


async def goodbye(ws: aiohttp.ClientWebSocketResponse) -> list[str]:
    """The types of all that comes until the socket ends."""
    async with asyncio.timeout(30):
        return [frame.json()["type"] async for frame in ws]


def test_an_idle_session_is_told_and_closed_and_its_room_stays(tmp_path: Path) -> None:
    async def scene() -> None:
        clock = Clock()
        async with in_process(script(tmp_path, ANSWER), now_ms=clock) as served:
            assert served.sweep is not None
            async with session(served) as ws:
                await said(ws, "hello", "stream_end")
                clock.now += IDLE_MS - 1
                await is_open(ws)
                await served.sweep()
                await is_open(ws)
                clock.now += 1
                await served.sweep()
                assert await goodbye(ws) == ["session_end"]
                assert ws.close_code == 1000
            _, listed = await served.ask("GET", "rooms")
            assert [room["status"] for room in listed["rooms"]] == ["active"]

    asyncio.run(scene())


def test_an_input_or_a_reply_keeps_a_session(tmp_path: Path) -> None:
    async def scene() -> None:
        clock = Clock()
        async with in_process(script(tmp_path, ANSWER, ENDLESS), now_ms=clock) as served:
            assert served.sweep is not None
            async with session(served) as ws:
                clock.now += IDLE_MS
                await said(ws, "hello", "stream_end")
                await served.sweep()
                await said(ws, "on and on", "stream_chunk")
                clock.now += 2 * IDLE_MS
                await served.sweep()
                await is_open(ws)

    asyncio.run(scene())


def test_a_rooms_own_socket_may_be_silent_for_hours() -> None:
    async def scene() -> None:
        clock = Clock()
        async with in_process(now_ms=clock) as served, served.joined() as socket:
            assert served.sweep is not None
            await is_there(socket)
            clock.now += 100 * IDLE_MS
            await served.sweep()
            await is_there(socket)

    asyncio.run(scene())


async def is_there(socket: Socket) -> None:
    await socket.say(type="metrics")
    await socket.next("metrics")


async def newest(served: Served, room: str) -> dict[str, Any]:
    return (await served.ask("GET", f"rooms/{room}/messages"))[1]["messages"][0]


async def all_left(served: Served) -> None:
    async with asyncio.timeout(30):
        while True:
            async with served.client.get(served.http + "/metrics") as answer:
                if "conversations_connections 0.0" in await answer.text():
                    return


def test_a_paused_room_that_everybody_left_ends_its_reply_with_what_was_said(
    tmp_path: Path,
) -> None:
    async def scene() -> None:
        clock = Clock()
        async with in_process(script(tmp_path, ENDLESS), now_ms=clock) as served:
            assert served.sweep is not None
            room = await served.room()
            async with served.joined(room) as socket:
                await socket.say(type="ar-message", content="go on")
                await socket.next("ar-stream-chunk")
                await socket.say(type="pause-room")
                await socket.next("processing-status")
                await served.sweep()
                clock.now += 2 * AWAY_MS
                await served.sweep()  # somebody is there: it is held for them
                assert (await newest(served, room))["content"] == ""
            await all_left(served)
            await served.sweep()
            clock.now += AWAY_MS - 1
            async with served.joined(room):  # a look at it, and the time begins anew
                pass
            await all_left(served)
            clock.now += 1
            await served.sweep()
            clock.now += AWAY_MS - 1
            await served.sweep()
            assert (await newest(served, room))["content"] == ""
            clock.now += 1
            await served.sweep()
            assert (await newest(served, room))["content"] == "On "
            async with served.socket(room) as back:
                hello = await back.next("connected")
                asked = {"sessionId": hello["sessionId"], "epoch": hello["epoch"]}
                await back.say(type="resume", **asked, lastSeq=hello["lastSeq"] - 1)
                end = await back.next("ar-stream-end")
                assert (end["reason"], end["totalChunks"]) == ("interrupted", 1)

    asyncio.run(scene())
