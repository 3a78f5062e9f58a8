"""Several servers as one: forwarded rooms, work that is taken over, and a Redis that goes away."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from server_stub.fleet.fleet import Fleet
from server_stub.fleet.redis_line import RedisLine
from server_stub.fleet.work import LIFE_MS, MOST_TRIES, Due, WorkQueue
from server_stub.history.changes import ReplyBegan
from server_stub.history.errors import Overtaken
from server_stub.history.records import Agent, Room, StoredMessage
from server_stub.history.store import History
from tests.makers.conversation_server import Served, script, started
from tests.makers.redis_server import redis_address, redis_server

ANSWER = {"match": None, "chunks": [[0, "The kettle "], [0.01, "sings."]]}


def due(name: str) -> Due:
    return Due(name, "room", "ann", "first server")


def test_urgent_work_first_then_tries_then_a_dead_letter() -> None:
    async def scene(url: str) -> None:
        line = RedisLine(url)
        work = WorkQueue(line)
        for name, priority in (("later", 2), ("usual", 5), ("urgent", 9)):
            await work.put(due(name), 1000, priority=priority)
        taken = [await work.take(2000, 3000) for _ in range(4)]
        assert [one and one.question for one in taken] == ["urgent", "usual", "later", None]
        await work.done(["usual", "later"])
        for turn in range(1, MOST_TRIES + 1):
            assert await work.lengths() == (1, 0)
            await work.reclaim(3000 * turn)
            again = await work.take(3000 * turn, 3000 * (turn + 1))
            assert (again is None) == (turn == MOST_TRIES)
        (letter,) = await work.dead_letters()
        assert letter.question == "urgent" and letter.origin == "first server"
        assert letter.error == "The server that was at it is gone." and letter.tries == MOST_TRIES
        await work.put(due("old"), 1000)
        assert await work.take(1001 + LIFE_MS, 0) is None
        assert "in time" in (await work.dead_letters())[-1].error
        await line.close()

    with redis_address() as address:
        asyncio.run(scene(address))


def test_a_room_that_a_slow_server_still_writes_keeps_no_other_from_starting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    close, asked = History.close_broken_replies, list[str]()

    async def overtaken_once(self: History, now: int, room_id: str | None = None) -> int:
        asked.append(room_id or "")
        if len(asked) == 1:
            raise Overtaken("The room was changed from elsewhere.")
        return await close(self, now, room_id)

    monkeypatch.setattr(History, "close_broken_replies", overtaken_once)

    async def scene(url: str) -> None:
        history, fleet = History(tmp_path / "conversations.db"), Fleet(url, "mark", lambda: 5)
        try:
            await history.add_agent(Agent(id="a", name="A"))
            for user in ("ann", "bob"):
                await begin_a_reply(history, user)
            assert await fleet.close_broken_replies(history) == 1
            assert sorted(asked) == ["room-ann", "room-bob"]
        finally:
            await fleet.close()
            history.close()

    with redis_address() as address:
        asyncio.run(scene(address))


async def begin_a_reply(history: History, user: str) -> None:
    room = Room(
        id=f"room-{user}", user_id=user, agent_id="a", status="active", epoch="e", last_seq=0,
        created_at=1, last_activity_at=1,
    )  # fmt: skip
    await history.open_room(room)
    reply = StoredMessage(
        id=f"reply-{user}", room_id=room.id, position=1, sender_id="a", sender_type="agent",
        content="", created_at=2, stream_id=f"stream-reply-{user}", stream_status="active",
    )  # fmt: skip
    await history.keep(room.id, [ReplyBegan(reply, "nothing")], [], 2)


async def says(served: Served, room: str, name: str) -> None:
    async with served.joined(room) as socket:
        await socket.say(type="ar-message", content="Tea?", clientMessageId=name)
        await socket.next("ar-stream-end")


async def figure(served: Served, name: str) -> float:
    async with served.client.get(served.http + "/metrics") as answer:
        lines = (await answer.text()).splitlines()
    (line,) = [line for line in lines if line.startswith(f"conversations_{name} ")]
    return float(line.split()[1])


def test_one_room_at_two_servers_and_a_redis_that_goes_and_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROOM_LEASE", "1000")

    async def scene() -> None:
        with redis_server() as redis:
            shared = ("--mind", script(tmp_path, ANSWER), "--redis", redis.url)
            async with (
                started(*shared, data=tmp_path / "data") as (_, one),
                started(*shared, data=tmp_path / "data") as (_, two),
            ):
                room = await one.room()
                async with one.joined(room) as here, two.joined(room) as there:
                    await there.say(type="ar-message", content="Tea?", clientMessageId="a")
                    for socket in (here, there):
                        got = await socket.until("ar-stream-end")
                        said = [m["chunk"] for m in got if m["type"] == "ar-stream-chunk"]
                        assert said == ["The kettle ", "sings."]
                    assert await figure(one, "redis_connections") >= 1
                    redis.stop()
                    await here.say(type="ar-message", content="More?", clientMessageId="b")
                    await here.next("ar-stream-end")  # a room in hand goes on
                _, agent = await one.ask("POST", "agents", json={"name": "Other"})
                other = await one.room(agent=agent["id"])
                status, told = await one.ask("GET", f"/ar-stream?roomId={other}")
                assert status == 503 and "Redis at 127.0.0.1" in str(told), told
                redis.start()
                async with asyncio.timeout(60):
                    while (await one.ask("GET", f"/ar-stream?roomId={other}"))[0] == 503:
                        pass  # each question tries Redis again
                await says(one, other, "c")
                await says(two, room, "d")

    asyncio.run(scene())
