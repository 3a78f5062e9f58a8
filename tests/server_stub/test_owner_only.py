"""Whatever Bob asks, over HTTP or a socket, he sees and changes nothing that is Ann's.

What is hers answers him exactly as what never was.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import aiohttp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server_stub.door.limits import Limits
from server_stub.history import agents, people, rooms
from tests.makers.conversation_server import Served, Socket, in_process, script

ANN, BOB = "quokka-ann", "bob"
SECRET = "quokka"
"""In everything that Ann says, is told, names and remembers."""
Whose = Literal["hers", "his", "nobody's"]


@dataclass(frozen=True)
class Request:
    """One request of Bob: an operation of the OpenAPI, and whose things it names."""

    operation: int
    whose: Whose
    which: int = 0
    asks_for: Literal["", "before", "q"] = ""


@dataclass(frozen=True)
class Said:
    """One message on a socket of Bob's own room, or the first one of a new socket."""

    kind: int
    whose: Whose
    which: int = 0


@dataclass
class World:
    """A server on which Ann lives and Bob asks."""

    runner: asyncio.Runner
    served: Served
    operations: list[tuple[str, str]]
    hers: dict[str, list[str]]
    her_socket: Socket
    her_session: dict[str, Any]
    her_things: Any = None

    def run(self, scene: Callable[[], Any]) -> None:
        self.runner.run(scene())


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        yield runner.run(opened(stack, runner, tmp_path))
        runner.run(stack.aclose())


async def opened(stack: AsyncExitStack, runner: asyncio.Runner, folder: Path) -> World:
    mind = script(
        folder,
        {"match": SECRET, "chunks": [[0.0, "The quokka "], [0.0, "[emotion:happy]is yours."]]},
        {"match": None, "chunks": [[0.0, "Fine."]]},
    )
    limits = Limits(requests=10_000_000)
    served = await stack.enter_async_context(in_process(mind, data=folder, limits=limits))
    wish = {"name": "Quokka's own", "systemPrompt": SECRET, "welcomeMessage": SECRET}
    _, agent = await served.ask("POST", "agents", ANN, json=wish)
    _, other = await served.ask("POST", "agents", ANN, json=wish)
    await served.ask("PATCH", "/api/memory", ANN, json={"facts": {"pet": SECRET}})
    kept, over = await served.room(ANN, agent["id"]), await served.room(ANN, other["id"])
    for room in (kept, over):
        async with served.socket(room, ANN) as socket:
            await socket.say(type="join-ar-room", roomId=room)
            await socket.say(type="ar-message", content="my quokka")
            await socket.next("ar-stream-end")
    await served.ask("POST", f"rooms/{over}/end", ANN)
    live = await served.room(ANN)
    socket = await stack.enter_async_context(served.socket(live, ANN))
    session = await socket.next("connected")
    await socket.say(type="join-ar-room", roomId=live)
    pages = [(await served.ask("GET", f"rooms/{room}/messages", ANN))[1] for room in (kept, over)]
    said = [message for page in pages for message in page["messages"]]
    async with served.client.get(served.http + "/openapi.json") as answer:
        paths = (await answer.json())["paths"]
    made = World(
        runner,
        served,
        [(verb.upper(), path) for path, verbs in paths.items() for verb in verbs],
        {
            "room": [kept, live, over],
            "agent": [agent["id"], other["id"]],
            "message": [message["id"] for message in said],
            "visitor": [ANN],
        },
        socket,
        session,
    )
    made.her_things = await her_things(made)
    return made


async def her_things(world: World) -> Any:
    """All that is kept of Ann, but what she is saying just now."""
    _, told = await world.served.ask("GET", "/api/me/export", ANN)
    for one in told["rooms"]:
        if one["room"]["id"] == world.hers["room"][1]:
            one["messages"], one["room"]["lastActivityAt"] = [], ""
    return told


async def named(world: World, kind: str, whose: Whose, which: int) -> str:
    """The id of a thing of this kind."""
    hers = world.hers[kind][which % len(world.hers[kind])]
    if whose == "hers":
        return hers
    if whose == "nobody's":
        return "nobody" if kind == "visitor" else re.sub(r"[0-9a-f]{4}$", "zzzz", hers)
    return {"room": await world.served.room(BOB), "visitor": BOB}.get(kind, "companion")


# What Bob asks ------------------------------------------------------------------------------


async def answer_to(world: World, asked: Request) -> tuple[int, str]:
    method, template = world.operations[asked.operation % len(world.operations)]
    path = template
    for kind in re.findall(r"{(\w+)}", template):
        path = path.replace(f"{{{kind}}}", await named(world, kind, asked.whose, asked.which))
    words = {"q": SECRET, "before": await named(world, "message", asked.whose, asked.which)}
    query = {asked.asks_for: words[asked.asks_for]} if asked.asks_for else {}
    body = None
    if method in ("POST", "PATCH"):
        token = world.served.headers(BOB)["Authorization"].removeprefix("Bearer ")
        body = {
            "agentId": await named(world, "agent", asked.whose, asked.which),
            "userId": await named(world, "visitor", asked.whose, asked.which),
            "name": "Bob's",
            "token": token,
            "facts": {"pet": "dog"},
        }
    async with world.served.client.request(
        method,
        world.served.http + path,
        params=query,
        json=body,
        headers=world.served.headers(BOB),
    ) as answer:
        return answer.status, await answer.text()


async def ask(world: World, asked: Request) -> None:
    """Fails if the answer holds something of Ann's, or betrays that it is there."""
    status, told = await answer_to(world, asked)
    assert status < 500, told
    assert shows_nothing(world, told), (asked, told)
    if asked.whose == "hers":
        twin = await answer_to(world, replace(asked, whose="nobody's"))
        method, path = world.operations[asked.operation % len(world.operations)]
        if "{" in path or (method, path) == ("POST", "/api/ar-conversations/rooms"):
            assert (status, told) == twin, asked
    assert await her_things(world) == world.her_things, asked


def shows_nothing(world: World, told: str) -> bool:
    ids = [one for kind in world.hers.values() for one in kind]
    return SECRET not in told.lower() and not any(one in told for one in ids)


async def talk(world: World, everything: list[Said]) -> None:
    """Bob speaks in a room of his own while Ann gets an answer in hers."""
    his = await world.served.room(BOB)
    async with world.served.socket(his, BOB) as socket:
        await socket.say(type="join-ar-room", roomId=his)
        for said in everything:
            await socket.say(**await frame_of(world, said))
        await world.her_socket.say(type="ar-message", content="my quokka again")
        await world.her_socket.next("ar-stream-end")
        await socket.say(type="heartbeat", timestamp=77)
        async for frame in socket.ws:
            assert shows_nothing(world, str(frame.data)), (everything, frame.data)
            told = json.loads(frame.data)
            if told["type"] == "heartbeat-ack" and told["timestamp"] == 77:
                break
    assert await her_things(world) == world.her_things, everything


async def frame_of(world: World, said: Said) -> dict[str, Any]:
    room = await named(world, "room", said.whose, said.which)
    message = await named(world, "message", said.whose, said.which)
    session = world.her_session
    return [
        {"type": "join-ar-room", "roomId": room},
        {"type": "ar-message", "roomId": room, "content": "hello"},
        {"type": "interrupt-stream", "streamId": f"stream-{message}", "heardChars": 1},
        {"type": "audio-control", "audioId": f"audio_{message}", "status": "COMPLETE",
         "heardChars": 1},
        {"type": "pause-room", "roomId": room},
        {"type": "resume-room", "roomId": room},
        {"type": "resume", "sessionId": session["sessionId"], "epoch": session["epoch"],
         "lastSeq": 0},
        {"type": "typing", "active": True, "roomId": room},
        {"type": "TEXT_MESSAGE", "payload": {"roomId": room, "content": "hello"}},
    ][said.kind % 9]  # fmt: skip


async def knock(world: World, said: Said) -> None:
    """Bob opens a socket to a room: of hers he hears what he hears of one that never was."""
    answers = [await knocked(world, said, whose) for whose in ("hers", "nobody's")]
    assert answers[0] == answers[1], said
    assert shows_nothing(world, str(answers[0]))
    assert await her_things(world) == world.her_things


async def knocked(world: World, said: Said, whose: Whose) -> Any:
    room = await named(world, "room", whose, said.which)
    headers = world.served.headers(BOB)
    if said.kind % 3 == 0:
        try:
            await world.served.client.ws_connect(
                f"{world.served.url}?roomId={room}", headers=headers
            )
        except aiohttp.WSServerHandshakeError as refused:
            return refused.status
        raise AssertionError("Bob came into a room of Ann's")
    address = world.served.url.replace("/ar-stream", "/realtime/ws")
    token = headers["Authorization"].removeprefix("Bearer ")
    first: dict[str, Any] = {"type": "join-ar-room", "roomId": room}
    if said.kind % 3 == 1:
        visitor = await named(world, "visitor", whose, said.which)
        first = {"type": "session-start", "authToken": token, "userId": visitor}
    async with world.served.client.ws_connect(address, headers=headers) as ws:
        await ws.send_json(first)
        told = (await ws.receive_json()) | {"timestamp": 0}
        assert told["type"] == "error", told
        return told, (await ws.receive()).data


REQUESTS = st.builds(
    Request,
    operation=st.integers(0, 40),
    whose=st.sampled_from(("hers", "hers", "his", "nobody's")),
    which=st.integers(0, 3),
    asks_for=st.sampled_from(("", "before", "q")),
)
SPOKEN = st.builds(
    Said,
    kind=st.integers(0, 8),
    whose=st.sampled_from(("hers", "hers", "his", "nobody's")),
    which=st.integers(0, 3),
)


def property_of(full_length: bool, sample: int) -> settings:
    return settings(max_examples=sample * 20 if full_length else sample, deadline=None)


def test_no_request_of_another_user_sees_anything(world: World, full_length: bool) -> None:
    @property_of(full_length, 400)
    @given(REQUESTS)
    def holds(asked: Request) -> None:
        world.run(lambda: ask(world, asked))

    holds()


def test_no_socket_of_another_user_hears_anything(world: World, full_length: bool) -> None:
    @property_of(full_length, 60)
    @given(st.lists(SPOKEN, min_size=1, max_size=6))
    def holds(everything: list[Said]) -> None:
        world.run(lambda: talk(world, everything))

    @property_of(full_length, 20)
    @given(SPOKEN)
    def finds_no_door(said: Said) -> None:
        world.run(lambda: knock(world, said))

    holds()
    finds_no_door()


# The property can fail ----------------------------------------------------------------------


def room_of_anybody(db: Any, room_id: str, user_id: str) -> Any:
    row = db.execute("SELECT user_id FROM room WHERE id = ?", (room_id,)).fetchone()
    return ROOM_OF(db, room_id, user_id if row is None else row[0])


def agent_for_anybody(db: Any, agent_id: str, user_id: str) -> Any:
    return agents.agent(db, agent_id)


def memory_of_ann(db: Any, user_id: str) -> dict[str, str]:
    return MEMORY_OF(db, ANN)


ROOM_OF, MEMORY_OF = rooms.room_of, people.memory_of
SLIPS: list[tuple[Any, str, Any]] = [
    (rooms, "room_of", room_of_anybody),
    (agents, "agent_for", agent_for_anybody),
    (people, "memory_of", memory_of_ann),
]


async def ask_everything(world: World) -> None:
    for number in range(len(world.operations)):
        await ask(world, Request(number, "hers"))


@pytest.mark.parametrize(("place", "name", "slip"), SLIPS, ids=[slip[1] for slip in SLIPS])
def test_a_forgotten_check_of_the_owner_is_found(
    place: Any, name: str, slip: Any, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.run(lambda: ask_everything(world))
    monkeypatch.setattr(place, name, slip)
    with pytest.raises(AssertionError):
        world.run(lambda: ask_everything(world))


def test_a_door_left_open_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "room_of", room_of_anybody)
    for kind in (0, 2):
        with pytest.raises(AssertionError):
            world.run(lambda kind=kind: knock(world, Said(kind, "hers")))
