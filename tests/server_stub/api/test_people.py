"""Agents, memory, presence, export and being forgotten, over HTTP."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.makers.conversation_server import Served, in_process
from tests.makers.storage import Storage, everything, rows

BARD: dict[str, Any] = {"name": "Bard", "systemPrompt": "Sing.", "animations": {"wave": "bow"}}


async def emptied(served: Served, method: str, path: str, user: str | None = None) -> int:
    async with served.client.request(
        method, served.http + path, headers=served.headers(user)
    ) as answer:
        return answer.status


def test_an_agent_of_ones_own_can_be_made_changed_and_deleted(storage: Storage) -> None:
    async def scene() -> None:
        async with in_process(data=storage) as served:
            status, made = await served.ask("POST", "agents", "ann", json=BARD)
            assert status == 201
            path = f"agents/{made['id']}"
            change = {"temperature": 1.5, "welcomeMessage": "Hark!", "maxTokens": None}
            status, changed = await served.ask("PATCH", path, "ann", json=change)
            assert status == 200
            assert changed == made | change
            assert (await served.ask("GET", path, "ann"))[1] == changed
            room = await served.room("ann", made["id"])
            address = f"/api/ar-conversations/{path}"
            assert await emptied(served, "DELETE", address, "ann") == 409
            await served.ask("POST", f"rooms/{room}/end", "ann")
            assert await emptied(served, "DELETE", address, "ann") == 204
            assert (await served.ask("GET", path, "ann"))[0] == 404
            # What was said with it stays, and still says with whom.
            _, kept = await served.ask("GET", f"rooms/{room}", "ann")
            assert kept["agent"]["name"] == "Bard"

    asyncio.run(scene())


def test_the_agents_of_others_and_of_everybody_stay_as_they_are(storage: Storage) -> None:
    async def scene() -> None:
        async with in_process(data=storage) as served:
            _, made = await served.ask("POST", "agents", "ann", json=BARD)
            for user, agent, status in [("eve", made["id"], 404), ("ann", "companion", 403)]:
                path = f"agents/{agent}"
                assert (await served.ask("PATCH", path, user, json={"name": "x"}))[0] == status
                assert (await served.ask("DELETE", path, user))[0] == status
            assert (await served.ask("POST", "rooms", "eve", json={"agentId": made["id"]}))[
                0
            ] == 404

    asyncio.run(scene())


def test_a_changed_agent_greets_with_its_new_words(storage: Storage) -> None:
    async def scene() -> None:
        async with in_process(data=storage) as served:
            _, made = await served.ask("POST", "agents", json=BARD)
            room = await served.room(agent=made["id"])
            async with served.joined(room):
                await served.ask("PATCH", f"agents/{made['id']}", json={"welcomeMessage": "Hark!"})
            async with served.socket(room) as socket:
                greeting = await socket.next("connected")
                assert greeting["agent"]["welcomeMessage"] == "Hark!"

    asyncio.run(scene())


def test_memory_is_told_corrected_and_forgotten(storage: Storage) -> None:
    async def scene() -> None:
        async with in_process(data=storage) as served:
            facts = {"facts": {"name": "Ann", "tea": "green"}}
            assert (await served.ask("PATCH", "/api/memory", "ann", json=facts))[1] == facts
            fixed = {"facts": {"tea": None, "cat": "Tom"}}
            _, known = await served.ask("PATCH", "/api/memory", "ann", json=fixed)
            assert known == {"facts": {"name": "Ann", "cat": "Tom"}}
            assert (await served.ask("GET", "/api/memory", "eve"))[1] == {"facts": {}}
            assert await emptied(served, "DELETE", "/api/memory", "ann") == 204
            assert (await served.ask("GET", "/api/memory", "ann"))[1] == {"facts": {}}

    asyncio.run(scene())


def test_everything_of_a_person_can_be_taken_along_and_deleted(storage: Storage) -> None:
    async def scene() -> None:
        async with in_process(data=storage) as served:
            await served.ask("POST", "agents", "ann", json=BARD)
            await served.ask("PATCH", "/api/memory", "ann", json={"facts": {"cat": "Tom"}})
            room = await served.room("ann")
            others = await served.room("eve")
            async with served.socket(room, "ann") as socket:
                await socket.next("connected")
                await socket.say(type="join-ar-room", roomId=room)
                await socket.say(type="ar-message", roomId=room, content="remember the marmalade")
                await socket.next("ar-stream-end")
                _, export = await served.ask("GET", "/api/me/export", "ann")
                assert export["userId"] == "ann"
                assert export["memory"] == {"cat": "Tom"}
                assert [agent["name"] for agent in export["agents"]] == ["Bard"]
                (told,) = export["rooms"]
                assert told["messages"][0]["content"] == "remember the marmalade"
                assert await emptied(served, "DELETE", "/api/me", "ann") == 204
                assert await socket.closed() == 4504
            _, export = await served.ask("GET", "/api/me/export", "ann")
            assert (export["rooms"], export["agents"], export["memory"]) == ([], [], {})
            assert (await served.ask("GET", f"rooms/{others}", "eve"))[0] == 200

    asyncio.run(scene())
    assert rows(storage, "SELECT kind FROM deletion") == [("person",)]
    kept = everything(storage)
    assert "marmalade" not in kept and "Tom" not in kept and "eve" in kept


def test_presence_is_told_to_oneself_and_to_the_operator() -> None:
    async def scene() -> None:
        async with in_process() as served:
            path = "/api/presence/ann"
            assert (await served.ask("GET", path, "ann"))[1]["status"] == "offline"
            room = await served.room("ann")
            async with served.socket(room, "ann") as socket:
                await socket.next("connected")
                assert (await served.ask("GET", path, "ann"))[1]["status"] == "online"
                assert (await served.ask("GET", path, "eve"))[0] == 404
                assert (await served.ask("GET", path))[1]["visitorId"] == "ann"
                _, everybody = await served.ask("GET", "/api/presence")
                assert [one["visitorId"] for one in everybody["visitors"]] == ["ann"]
                assert (await served.ask("GET", "/api/presence", "ann"))[0] == 403

    asyncio.run(scene())


def test_a_mind_can_be_tried_and_says_why_it_fails() -> None:
    async def scene() -> None:
        async with in_process() as served:
            _, tried = await served.ask("POST", "/api/minds/test", json={})
            assert tried["ok"] and tried["firstWordMs"] is not None
            closed = {"mind": "http://127.0.0.1:9/v1"}
            _, tried = await served.ask("POST", "/api/minds/test", json=closed)
            assert not tried["ok"] and "127.0.0.1:9" in tried["detail"]
            for foreign in ["script:/etc/passwd", "nonsense"]:
                _, tried = await served.ask("POST", "/api/minds/test", json={"mind": foreign})
                assert not tried["ok"] and tried["detail"]
            # Whoever else comes in must not make the server knock at doors of its network.
            assert (await served.ask("POST", "/api/minds/test", "ann", json=closed))[0] == 403
            assert (await served.ask("POST", "/api/minds/test", "ann", json={}))[1]["ok"]

    asyncio.run(scene())


def test_the_operators_console_is_a_visitor_of_its_own_who_may_try_the_operators_agents() -> None:
    async def scene() -> None:
        async with in_process() as served:
            status, told = await served.ask("POST", "/auth/console")
            assert status == 200
            console = {"Authorization": f"Bearer {told['sessionToken']}"}
            _, bard = await served.ask("POST", "agents", json={"name": "Bard"})
            mine = await served.room(agent=bard["id"])
            wish = {"agentId": bard["id"]}
            status, room = await served.ask("POST", "rooms", json=wish, headers=console)
            assert (status, room["userId"]) == (201, "local-console") and room["id"] != mine
            status, _ = await served.ask("POST", "/auth/console", headers=console)
            assert status == 403
            assert (await served.ask("POST", "/auth/console", "ann"))[0] == 403

    asyncio.run(scene())
