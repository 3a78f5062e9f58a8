"""The HTTP side against a real small server on loopback."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from aiohttp import web

from avatar_desktop.errors import ConversationError
from avatar_desktop.link.rooms import AgentRecord, Rooms

MOMENT = "2026-01-31T12:00:00.000Z"
ROOM = {
    "id": "r",
    "userId": "local",
    "agentId": "companion",
    "status": "active",
    "createdAt": MOMENT,
    "lastActivityAt": MOMENT,
}


async def create(request: web.Request) -> web.Response:
    if request.headers["Authorization"] != "Bearer good":
        return web.json_response({"code": "UNAUTHORISED", "message": "Wrong token."}, status=401)
    assert await request.json() == {"agentId": "companion"}
    return web.json_response(ROOM, status=201)


async def history(request: web.Request) -> web.Response:
    record = {
        "id": "m",
        "senderType": "agent",
        "content": "[emotion:happy]Hi",
        "createdAt": MOMENT,
        "heardChars": 4,
    }
    return web.json_response({"messages": [record] * int(request.query["limit"])})


async def agents(_: web.Request) -> web.Response:
    return web.json_response({"agents": [{"id": "companion", "name": "Wren"}]})


async def broken(_: web.Request) -> web.Response:
    return web.Response(text="<html>", status=200)


def ask(token: str, question: Callable[[Rooms], Coroutine[Any, Any, None]]) -> None:
    async def told() -> None:
        app = web.Application()
        app.router.add_post("/api/ar-conversations/rooms", create)
        app.router.add_get("/api/ar-conversations/rooms/r/messages", history)
        app.router.add_get("/api/ar-conversations/agents", agents)
        app.router.add_get("/api/minds", broken)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        try:
            async with Rooms(http=f"http://127.0.0.1:{port}/", token=token) as rooms:
                await question(rooms)
        finally:
            await runner.cleanup()

    asyncio.run(told())


def test_a_room_its_history_and_the_agents_come_as_values() -> None:
    async def question(rooms: Rooms) -> None:
        room = await rooms.create_room("companion")
        assert (room.id, room.status) == ("r", "active")
        messages = await rooms.history("r", limit=2)
        assert [message.heard_chars for message in messages] == [4, 4]
        assert await rooms.agents() == (AgentRecord("companion", "Wren", ""),)

    ask("good", question)


def test_a_refusal_is_the_servers_own_sentence() -> None:
    async def question(rooms: Rooms) -> None:
        with pytest.raises(ConversationError, match=r"Wrong token\."):
            await rooms.create_room("companion")

    ask("bad", question)


def test_what_is_no_json_is_told_plainly() -> None:
    async def question(rooms: Rooms) -> None:
        with pytest.raises(ConversationError, match="no JSON"):
            await rooms.minds()

    ask("good", question)


def test_a_server_that_is_not_there_is_told_plainly() -> None:
    async def told() -> None:
        async with Rooms(http="http://127.0.0.1:9", token="t") as rooms:
            with pytest.raises(ConversationError, match="cannot be reached"):
                await rooms.agents()

    asyncio.run(told())


def test_a_persona_is_made_once_and_found_again() -> None:
    kept: list[dict[str, Any]] = [{"id": "companion", "name": "Moss", "ownerId": None}]

    async def list_agents(_: web.Request) -> web.Response:
        return web.json_response({"agents": kept})

    async def add_agent(request: web.Request) -> web.Response:
        made = {**await request.json(), "id": f"agent-{len(kept)}", "ownerId": "local"}
        kept.append(made)
        return web.json_response(made, status=201)

    async def scene() -> None:
        app = web.Application()
        path = "/api/ar-conversations/agents"
        app.add_routes([web.get(path, list_agents), web.post(path, add_agent)])
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        try:
            async with Rooms(http=f"http://{host}:{port}", token="good") as rooms:
                first = await rooms.agent_like(name="Moss", prompt="Dry.", welcome="Hm.")
                assert await rooms.agent_like(name="Moss", prompt="Dry.", welcome="Hm.") == first
                other = await rooms.agent_like(name="Moss", prompt="Wet.", welcome="Hm.")
                assert (first, other) == ("agent-1", "agent-2")
        finally:
            await runner.cleanup()

    asyncio.run(scene())
