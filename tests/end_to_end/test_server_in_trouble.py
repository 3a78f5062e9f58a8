"""A server process in trouble, one at a time: tokens, frames, clocks, disks, databases, minds.

Each has its code and one sentence, loses nothing that was kept, and leaves the others alone.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from avatar_desktop.wire import binary
from avatar_desktop.wire.messages import TextMessage
from server_stub.door.gate import Gate
from tests.makers.conversation_server import Served, answered, in_process, script, started
from tests.makers.model_server import model_server, saying

SECRET = "for this test alone, thirty-two bytes"
HERE = "I am still here."
GATE = Gate(SECRET.encode())
WHOLE = binary.encode(TextMessage(content="hello", client_message_id="m"))


def on_a_server(
    folder: Path,
    scene: Callable[[Served, asyncio.subprocess.Process], Awaitable[None]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Plays on a new process; Eve has a room on it before, and is answered afterwards."""
    monkeypatch.setenv("JWT_SECRET", SECRET)

    async def play() -> None:
        mind = script(folder, {"match": None, "chunks": [[0.0, HERE]]})
        async with started("--mind", mind, data=folder / "data") as (process, served):
            served.gate = GATE
            eves = await served.room("eve")
            async with served.socket(eves, "eve") as eve:
                await eve.say(type="join-ar-room", roomId=eves)
                await scene(served, process)
                assert await answered(eve) == HERE
            assert process.returncode is None

    asyncio.run(play())


def is_a_sentence(text: str) -> bool:
    return bool(text) and text[-1] in ".!" and "\n" not in text and "Traceback" not in text


async def refused_socket(served: Served, room: str, token: str) -> tuple[int, dict[str, Any]]:
    headers = {
        "Authorization": f"Bearer {token}",
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    address = f"{served.http}/ar-stream?roomId={room}"
    async with served.client.get(address, headers=headers) as answer:
        return answer.status, await answer.json()


# Tokens, rooms and agents -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("token", "says"),
    [
        (GATE.issue("local", time.time() - 7200, 3600), "out of date"),
        (Gate(b"another server's secret of today").issue("local", time.time()), "not one of this"),
        ("", "missing"),
    ],
    ids=["expired", "foreign", "none"],
)
def test_a_token_that_is_not_good_is_refused_at_every_door(
    token: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(served: Served, _: object) -> None:
        room = await served.room()
        status, told = await refused_socket(served, room, token)
        assert (status, told["code"]) == (401, "UNAUTHORISED")
        assert says in told["message"] and is_a_sentence(told["message"])
        headers = {"Authorization": f"Bearer {token}"}
        status, told = await served.ask("GET", "rooms", headers=headers)
        assert (status, told["code"]) == (401, "UNAUTHORISED") and says in told["message"]
        status, told = await served.ask("POST", "/auth/websocket", json={"token": token})
        assert (status, told["code"]) == (401, "UNAUTHORISED") and says in told["message"]
        address = served.http.replace("http", "ws", 1) + "/realtime/ws"
        async with served.client.ws_connect(address) as ws:
            await ws.send_json({"type": "session-start", "authToken": token})
            assert (await ws.receive_json())["code"] == "UNAUTHORISED"
            assert (await ws.receive()).data == 4501

    on_a_server(tmp_path, scene, monkeypatch)


def test_an_ended_room_and_an_unknown_agent_have_their_own_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(served: Served, _: object) -> None:
        room = await served.room()
        async with served.joined(room) as socket:
            await served.ask("POST", f"rooms/{room}/end")
            assert await socket.closed() == 4504
        status, told = await refused_socket(served, room, served.token)
        assert (status, told["code"]) == (404, "ROOM_ENDED") and is_a_sentence(told["message"])
        status, told = await refused_socket(served, room, GATE.issue("eve", time.time()))
        assert (status, told["code"]) == (404, "UNKNOWN_ROOM")
        status, told = await served.ask("POST", "rooms", json={"agentId": "nobody"})
        assert (status, told["code"]) == (404, "UNKNOWN_AGENT") and is_a_sentence(told["message"])

    on_a_server(tmp_path, scene, monkeypatch)


# Frames and clocks --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "frame",
    [
        WHOLE[:2] + b"\x09" + WHOLE[3:],
        WHOLE[:4] + (len(WHOLE) - 9).to_bytes(4, "big") + WHOLE[8:],
        WHOLE[:4] + (len(WHOLE) - 7).to_bytes(4, "big") + WHOLE[8:],
        WHOLE.replace(b"hello", b"he\xff\xfeo"),
    ],
    ids=["version", "length too short", "length too long", "text that is no UTF-8"],
)
def test_a_frame_of_another_kind_gets_its_code_and_the_connection_lives(
    frame: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(served: Served, _: object) -> None:
        async with served.joined() as socket:
            assert await answered(socket) == HERE
            await socket.ws.send_bytes(frame)
            error = await socket.next("error")
            assert error["code"] == "BAD_FRAME" and is_a_sentence(error["message"])
            assert await answered(socket) == HERE

    on_a_server(tmp_path, scene, monkeypatch)


def test_text_that_is_no_utf_8_closes_its_connection_and_a_body_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(served: Served, _: object) -> None:
        async with served.joined() as socket:
            await socket.ws.send_frame(b'{"type": "\xff\xfe"}', aiohttp.WSMsgType.TEXT)
            assert await socket.closed() == 1007
        status, told = await served.ask("POST", "rooms", data=b'{"agentId": "\xff"}')
        assert (status, told["code"]) == (400, "BAD_REQUEST") and is_a_sentence(told["message"])

    on_a_server(tmp_path, scene, monkeypatch)


def test_a_client_whose_clock_is_wrong_is_served_like_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(served: Served, _: object) -> None:
        async with served.joined() as socket:
            for moment in (0, 1, 4_102_444_800_000, "1970-01-01T00:00:00.000Z"):
                await socket.say(type="heartbeat", timestamp=moment)
                await socket.next("heartbeat-ack")
                await socket.say(type="avatar-state", state=2, timestamp=moment)
                told = await socket.next("avatar-state-ack")
                assert abs(told["serverTimestamp"] - time.time() * 1000) < 3_600_000
            assert await answered(socket) == HERE
        early = Gate(SECRET.encode()).issue("local", time.time() + 86_400)
        headers = {"Authorization": f"Bearer {early}"}
        assert (await served.ask("GET", "rooms", headers=headers))[0] == 200

    on_a_server(tmp_path, scene, monkeypatch)


def test_a_server_whose_clock_jumps_keeps_the_order_of_what_was_said(tmp_path: Path) -> None:
    async def scene() -> None:
        now = 1_800_000_000_000
        mind = script(tmp_path, {"match": None, "chunks": [[0.0, HERE]]})
        async with in_process(mind, data=tmp_path, now_ms=lambda: now) as served:
            room = await served.room()
            async with served.joined(room) as socket:
                for number, jump in enumerate((0, -7_200_000, 90_000_000, -1_700_000_000_000)):
                    now += jump
                    await socket.say(type="ar-message", content=f"number {number}")
                    heard = await socket.until("ar-stream-end")
                    counted = [each["seq"] for each in heard if each["type"] == "ar-stream-chunk"]
                    assert counted == sorted(counted)
            _, page = await served.ask("GET", f"rooms/{room}/messages")
            said = [each["content"] for each in page["messages"] if each["senderType"] == "human"]
            assert said == [f"number {number}" for number in (3, 2, 1, 0)]

    asyncio.run(scene())


# The disk and the database ------------------------------------------------------------------


@pytest.mark.skipif(sys.platform != "linux", reason="limits another process, as Linux can")
def test_a_disk_that_takes_no_more_is_said_and_the_talk_goes_on_when_it_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import resource

    async def scene(served: Served, process: asyncio.subprocess.Process) -> None:
        room = await served.room()
        async with served.joined(room) as socket:
            assert await answered(socket) == HERE
            endless = resource.RLIM_INFINITY
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (1, endless))
            for _ in range(2):
                await socket.say(type="ar-message", content="lost?", clientMessageId="c")
                error = await socket.next("error", "ar-stream-end")
                assert error["code"] == "STORAGE_FAILED" and error["retryable"]
                assert "disk" in error["message"] and is_a_sentence(error["message"])
            status, page = await served.ask("GET", f"rooms/{room}/messages")
            assert (status, len(page["messages"])) == (200, 2)
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (endless, endless))
            await socket.say(type="ar-message", content="lost?", clientMessageId="c")
            await socket.next("ar-stream-end")
        _, page = await served.ask("GET", f"rooms/{room}/messages")
        said = [each["content"] for each in page["messages"]]
        assert said == [HERE, "lost?", HERE, "Are you there?"]

    on_a_server(tmp_path, scene, monkeypatch)


def test_a_database_that_another_program_holds_is_said_and_read_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(served: Served, _: object) -> None:
        room = await served.room()
        async with served.joined(room) as socket:
            assert await answered(socket) == HERE
            other = sqlite3.connect(tmp_path / "data" / "conversations.db", isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            try:
                await socket.say(type="ar-message", content="kept?", clientMessageId="c")
                status, page = await served.ask("GET", f"rooms/{room}/messages")
                assert (status, len(page["messages"])) == (200, 2)
                error = await socket.next("error", "ar-stream-end")
                assert error["code"] == "STORAGE_FAILED" and error["retryable"]
                assert "Another program" in error["message"] and is_a_sentence(error["message"])
            finally:
                other.close()
            await socket.say(type="ar-message", content="kept?", clientMessageId="c")
            await socket.next("ar-stream-end")
        _, page = await served.ask("GET", f"rooms/{room}/messages")
        assert [each["content"] for each in page["messages"]][:2] == [HERE, "kept?"]

    on_a_server(tmp_path, scene, monkeypatch)


def test_a_database_with_a_broken_page_says_so_and_is_left_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What can still be read is served; a file that cannot be opened at all is another test's."""
    monkeypatch.setenv("JWT_SECRET", SECRET)
    mind = script(tmp_path, {"match": None, "chunks": [[0.0, HERE]]})
    data = tmp_path / "data"

    async def talk() -> str:
        async with started("--mind", mind, data=data) as (process, served):
            room = await served.room()
            async with served.joined(room) as socket:
                assert await answered(socket) == HERE
            process.terminate()
            await process.wait()
            return room

    async def talk_again(room: str) -> None:
        async with started("--mind", mind, data=data) as (process, served):
            served.gate = GATE
            status, told = await served.ask("GET", f"rooms/{room}/messages")
            assert (status, told["code"]) == (503, "STORAGE_FAILED")
            assert "is damaged" in told["message"] and is_a_sentence(told["message"])
            async with served.socket(room) as socket:
                error = await socket.next("error")
                assert error["code"] == "STORAGE_FAILED" and "is damaged" in error["message"]
            status, mine = await served.ask("GET", "rooms")
            assert (status, [each["id"] for each in mine["rooms"]]) == (200, [room])
            assert process.returncode is None

    room = asyncio.run(talk())
    break_the_messages(data / "conversations.db")
    asyncio.run(talk_again(room))


def break_the_messages(path: Path) -> None:
    """Overwrites the page at which the table of messages begins."""
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (size,) = database.execute("PRAGMA page_size").fetchone()
        (root,) = database.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'message'"
        ).fetchone()
    database.close()
    whole = bytearray(path.read_bytes())
    whole[(root - 1) * size : root * size] = b"\xa5" * size
    path.write_bytes(whole)


# The mind -----------------------------------------------------------------------------------


def test_a_mind_that_dies_leaves_its_first_words_and_the_others_their_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JWT_SECRET", SECRET)

    async def scene() -> None:
        async with (
            model_server(saying(HERE), []) as url,
            started("--mind", f"{url}#m", data=tmp_path) as (_, served),
        ):
            served.gate = GATE
            room = await served.room()
            async with served.joined(room) as socket:
                await socket.say(type="ar-message", content="die")
                error = await socket.next("ar-stream-error", "ar-stream-end")
                assert "broke off" in error["error"] and is_a_sentence(error["error"])
                assert await answered(socket) == f"Well, {HERE}"
            _, page = await served.ask("GET", f"rooms/{room}/messages")
            said = [each["content"] for each in page["messages"]]
            assert said == [f"Well, {HERE}", "Are you there?", "Well, ", "die"]

    asyncio.run(scene())


def test_a_mind_that_stalls_holds_up_nobody_and_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene() -> None:
        async with (
            model_server(saying(HERE), []) as url,
            in_process(f"{url}#m", data=tmp_path) as served,
            served.joined() as socket,
        ):
            await socket.say(type="ar-message", content="stall")
            first = await socket.next("ar-stream-chunk")
            eves = await served.room("eve")
            async with served.socket(eves, "eve") as eve:
                await eve.say(type="join-ar-room", roomId=eves)
                assert await answered(eve) == f"Well, {HERE}"
            await socket.say(type="interrupt-stream", streamId=first["streamId"])
            assert (await socket.next("ar-stream-end"))["reason"] == "interrupted"
            monkeypatch.setattr("server_stub.mind.openai.SILENCE_SECONDS", 0.5)
            await socket.say(type="ar-message", content="stall again")
            error = await socket.next("ar-stream-error", "ar-stream-end")
            assert "silent for too long" in error["error"] and is_a_sentence(error["error"])
            monkeypatch.undo()
            assert await answered(socket) == f"Well, {HERE}"

    asyncio.run(scene())
