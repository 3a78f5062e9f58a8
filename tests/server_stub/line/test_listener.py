"""The gate and the HTTP side, from outside."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server_stub.api.forms import NewAgent, NewRoom
from server_stub.api.route import body_of
from server_stub.door.gate import Gate
from server_stub.door.limits import Limits
from server_stub.door.refusals import Refused
from server_stub.history.store import History
from server_stub.line.listener import Listener
from tests.makers.conversation_server import SECRET, Socket, in_process, script


def test_every_refusal_of_a_socket_comes_before_the_upgrade() -> None:
    async def scene() -> None:
        async with in_process() as served:
            room = await served.room()
            mine = served.headers()
            ended = await served.room("eve")
            await served.ask("POST", f"rooms/{ended}/end", "eve")
            stale = Gate(SECRET).issue("local", time.time() - 7200, 3600)
            foreign = Gate(b"x" * 32).issue("local", time.time())
            cases = [
                (room, {}, 401),
                (room, {"Authorization": "Bearer nonsense"}, 401),
                (room, {"Authorization": f"Bearer {stale}"}, 401),
                (room, {"Authorization": f"Bearer {foreign}"}, 401),
                (room, mine | {"Origin": "https://evil.example"}, 403),
                (room, mine | {"Origin": "null"}, 403),
                (room, mine | {"Host": "evil.example:80"}, 421),
                (room, served.headers("bob"), 404),
                (ended, served.headers("eve"), 404),
                ("room-nobody-made", mine, 404),
                ("", mine, 404),
            ]
            for wanted, headers, status in cases:
                with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                    await served.client.ws_connect(f"{served.url}?roomId={wanted}", headers=headers)
                assert refused.value.status == status, headers
            async with served.client.ws_connect(
                f"{served.url}?roomId={room}&token={served.token}"
            ) as ws:
                assert (await ws.receive_json())["type"] == "connected"

    asyncio.run(scene())


def test_an_allowed_page_may_talk_to_the_server() -> None:
    async def scene() -> None:
        async with in_process(origins=("https://chat.example.org", "localhost:3000")) as served:
            for origin, status in [
                ("https://chat.example.org", 200),
                ("http://localhost:3000", 200),
                (served.http, 200),
                ("https://chat.example.org.evil.example", 403),
                ("http://127.0.0.1:1", 403),
            ]:
                got, _ = await served.ask("GET", "rooms", headers={"Origin": origin})
                assert got == status, origin
            got, _ = await served.ask("GET", "rooms", headers={"Host": "chat.example.org"})
            assert got == 200

    asyncio.run(scene())


def test_one_open_room_for_user_and_agent_whoever_asks_at_the_same_time(tmp_path: Path) -> None:
    async def scene() -> None:
        async with in_process(data=tmp_path) as served:
            wish = {"json": {"agentId": "companion"}}
            answers = await asyncio.gather(
                *(served.ask("POST", "rooms", "ann", **wish) for _ in range(24))
            )
            assert len({room["id"] for _, room in answers}) == 1
            assert sorted(status for status, _ in answers) == [200] * 23 + [201]

    asyncio.run(scene())


def test_another_users_room_does_not_exist() -> None:
    async def scene() -> None:
        async with in_process() as served:
            room = await served.room("ann")
            for method, path in [
                ("GET", f"rooms/{room}"),
                ("GET", f"rooms/{room}/messages"),
                ("POST", f"rooms/{room}/end"),
            ]:
                status, answer = await served.ask(method, path, "bob")
                assert (status, answer["code"]) == (404, "UNKNOWN_ROOM")
            _, rooms = await served.ask("GET", "rooms", "bob")
            assert rooms == {"rooms": []}
            status, mine = await served.ask("GET", f"rooms/{room}", "ann")
            assert (status, mine["agent"]["name"]) == (200, "Wren")

    asyncio.run(scene())


def test_an_agent_is_its_owners_alone() -> None:
    async def scene() -> None:
        async with in_process() as served:
            status, agent = await served.ask("POST", "agents", "ann", json={"name": "Robin"})
            assert (status, agent["ownerId"], agent["temperature"]) == (201, "ann", 0.7)
            assert await served.room("ann", agent["id"])
            status, _ = await served.ask("GET", f"agents/{agent['id']}", "bob")
            assert status == 404
            status, answer = await served.ask("POST", "rooms", "bob", json={"agentId": agent["id"]})
            assert (status, answer["code"]) == (404, "UNKNOWN_AGENT")
            _, known = await served.ask("GET", "agents", "bob")
            assert [one["id"] for one in known["agents"]] == ["companion"]

    asyncio.run(scene())


def test_messages_come_newest_first_in_pages(tmp_path: Path) -> None:
    async def scene() -> None:
        mind = script(tmp_path, {"chunks": [[0, "ok"]]})
        async with in_process(mind) as served:
            room = await served.room()
            async with served.joined(room) as socket:
                for number in range(4):
                    await socket.say(type="ar-message", content=f"m{number}")
                    await socket.next("ar-stream-end")
            path = f"rooms/{room}/messages"
            _, page = await served.ask("GET", f"{path}?limit=3")
            assert [m["content"] for m in page["messages"]] == ["ok", "m3", "ok"]
            _, older = await served.ask("GET", f"{path}?before={page['messages'][-1]['id']}")
            assert [m["content"] for m in older["messages"]] == ["m2", "ok", "m1", "ok", "m0"]
            for query, status in [
                ("limit=0", 400), ("limit=x", 400), ("limit=9999", 200), ("before=no", 404),
            ]:  # fmt: skip
                got, _ = await served.ask("GET", f"{path}?{query}")
                assert got == status, query

    asyncio.run(scene())


def test_a_session_token_is_for_the_tokens_own_user() -> None:
    async def scene() -> None:
        async with in_process() as served:
            wish = {"token": served.token, "userId": "local", "callId": "7"}
            status, answer = await served.ask("POST", "/auth/websocket", json=wish)
            assert status == 200 and answer["expiresAt"].endswith("Z")
            headers = {"Authorization": f"Bearer {answer['sessionToken']}"}
            assert (await served.ask("GET", "rooms", headers=headers))[0] == 200
            status, _ = await served.ask("POST", "/auth/websocket", json=wish | {"userId": "bob"})
            assert status == 403
            status, _ = await served.ask("POST", "/auth/websocket", json={"token": "no"})
            assert status == 401

    asyncio.run(scene())


def test_the_realtime_address_opens_with_session_start_or_join() -> None:
    async def scene() -> None:
        async with in_process() as served:
            url = served.http.replace("http", "ws") + "/realtime/ws"
            data = {"userId": "local", "callId": "7", "authToken": served.token}
            start = {"type": "session_start", "callId": "7", "timestamp": 1, "data": data}
            async with served.client.ws_connect(url) as ws:
                await ws.send_json(start)
                status = await ws.receive_json()
                assert (status["type"], status["callId"]) == ("connection_status", "7")
                assert status["data"]["room"] == await served.room()
            async with served.client.ws_connect(url, headers=served.headers()) as ws:
                await ws.send_json({"type": "join-ar-room", "roomId": await served.room()})
                assert (await ws.receive_json())["type"] == "connected"
            for wrong in (data | {"authToken": "no"}, data | {"userId": "bob"}):
                async with served.client.ws_connect(url) as ws:
                    await ws.send_json(start | {"data": wrong})
                    assert (await ws.receive_json())["data"]["code"] == "UNAUTHORISED"
                    await ws.receive()
                    assert ws.close_code == 4501

    asyncio.run(scene())


def test_requests_over_the_rate_are_told_when_to_come_back() -> None:
    async def scene() -> None:
        async with in_process(limits=Limits(requests=5, window_seconds=60)) as served:
            got = [(await served.ask("GET", "rooms"))[0] for _ in range(7)]
            assert got[:5] == [200] * 5 and got[-1] == 429

    asyncio.run(scene())


def test_a_user_may_hold_only_so_many_connections() -> None:
    async def scene() -> None:
        async with in_process(limits=Limits(connections_a_user=1)) as served:
            room = await served.room("ann")
            async with served.socket(room, "ann") as one:
                await one.next("connected")
                with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                    async with served.socket(room, "ann"):
                        pass
                assert refused.value.status == 429

    asyncio.run(scene())


def test_health_needs_no_token_and_a_foreign_path_is_named() -> None:
    async def scene() -> None:
        async with in_process() as served:
            async with served.client.get(served.http + "/health") as answer:
                health = await answer.json()
            assert health["live"] and health["ready"]
            assert (await served.ask("GET", "/nowhere"))[0] == 404
            assert (await served.ask("DELETE", "rooms"))[0] == 405
            _, minds = await served.ask("GET", "/api/minds")
            assert [mind["id"] for mind in minds["minds"] if mind["selected"]] == ["builtin"]

    asyncio.run(scene())


class _Body:
    def __init__(self, data: bytes) -> None:
        self._data = data

    async def read(self) -> bytes:
        return self._data


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_any_body_is_read_or_refused_in_one_sentence(data: bytes) -> None:
    async def read(form: type[NewRoom] | type[NewAgent]) -> str:
        try:
            await body_of(_Body(data), form)  # pyright: ignore[reportArgumentType]
        except Refused as refused:
            return f"{refused.status} {refused}"
        return "read"

    for form in (NewRoom, NewAgent):
        said = asyncio.run(read(form))
        assert said == "read" or said.startswith("400 The body cannot be read")


def test_a_room_that_ends_while_its_socket_opens_takes_nobody_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scene() -> None:
        async with in_process() as served:
            room = await served.room()
            opened = Listener._upgraded  # pyright: ignore[reportPrivateUsage]

            async def meanwhile(self: Listener, request: Any) -> Any:
                socket = await opened(self, request)
                assert (await served.ask("POST", f"rooms/{room}/end"))[0] == 200
                return socket

            monkeypatch.setattr(Listener, "_upgraded", meanwhile)
            async with served.socket(room) as socket:
                assert await socket.closed() == 4504

    asyncio.run(scene())


def test_whoever_comes_in_while_a_room_is_deleted_is_sent_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scene() -> None:
        async with in_process() as served, AsyncExitStack() as stack:
            room = await served.room()
            delete, came = History.delete_room, list[Socket]()

            async def meanwhile(self: History, *given: Any) -> bool:
                came.append(await stack.enter_async_context(served.joined(room)))
                await came[0].say(type="heartbeat", timestamp=1)
                return await delete(self, *given)

            monkeypatch.setattr(History, "delete_room", meanwhile)
            address = f"{served.http}/api/ar-conversations/rooms/{room}"
            async with served.client.delete(address, headers=served.headers()) as answer:
                assert answer.status == 204
            assert await came[0].closed() == 4504

    asyncio.run(scene())
