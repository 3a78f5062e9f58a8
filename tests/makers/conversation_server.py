"""Real conversation servers for tests: in this process, or as a process that can be killed."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from server_stub.door.front import Front
from server_stub.door.gate import Gate
from server_stub.door.limits import Limits
from server_stub.ears.transcriber import OpenEars
from server_stub.history.store import History
from server_stub.house import COMPANION, House
from server_stub.line.listener import Listener
from server_stub.mind.choice import Minds

ROOT = Path(__file__).resolve().parents[2]
SECRET = b"s" * 32


class Socket:
    """One WebSocket in the JSON dialect."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws

    async def say(self, **message: Any) -> None:
        await self.ws.send_json(message)

    async def next(self, *types: str) -> dict[str, Any]:
        """The next message, or the next of these types; the others are passed over."""
        while True:
            frame = await self.ws.receive(timeout=30)
            if frame.type is not aiohttp.WSMsgType.TEXT:
                raise AssertionError(f"closed with {self.ws.close_code}")
            message = json.loads(frame.data)
            if message["type"] != "heartbeat" and (not types or message["type"] in types):
                return message

    async def until(self, *types: str) -> list[dict[str, Any]]:
        """Everything up to the first of these types."""
        got = [await self.next()]
        while got[-1]["type"] not in types:
            got.append(await self.next())
        return got

    async def closed(self) -> int | None:
        """The close code, whatever came before it."""
        told: int | None = None
        while not self.ws.closed:
            frame = await self.ws.receive(timeout=30)
            if frame.type is aiohttp.WSMsgType.CLOSE:
                told = frame.data  # the client forgets it when its own goodbye comes too late
        return self.ws.close_code if told is None else told


async def answered(socket: Socket) -> str:
    """What a socket hears when it asks whether anybody is there."""
    await socket.say(type="ar-message", content="Are you there?")
    heard = await socket.until("ar-stream-end")
    return "".join(each["chunk"] for each in heard if each["type"] == "ar-stream-chunk")


@dataclass
class Served:
    """A server and a client of one user."""

    http: str
    token: str
    client: aiohttp.ClientSession
    gate: Gate | None = None
    history: History | None = None
    sweep: Callable[[], Awaitable[None]] | None = None

    @property
    def url(self) -> str:
        return self.http.replace("http", "ws", 1) + "/ar-stream"

    def headers(self, user: str | None = None) -> dict[str, str]:
        token = self.token
        if user is not None and self.gate is not None:
            token = self.gate.issue(user, time.time())
        return {"Authorization": f"Bearer {token}"}

    async def ask(
        self, method: str, path: str, user: str | None = None, **more: Any
    ) -> tuple[int, Any]:
        headers = {**self.headers(user), **more.pop("headers", {})}
        if not path.startswith("/"):
            path = f"/api/ar-conversations/{path}"
        async with self.client.request(method, self.http + path, headers=headers, **more) as answer:
            return answer.status, await answer.json()

    async def room(self, user: str | None = None, agent: str = "companion") -> str:
        _, room = await self.ask("POST", "rooms", user, json={"agentId": agent})
        return room["id"]

    @asynccontextmanager
    async def socket(self, room: str, user: str | None = None) -> AsyncIterator[Socket]:
        async with self.client.ws_connect(
            f"{self.url}?roomId={room}", headers=self.headers(user), max_msg_size=0
        ) as ws:
            yield Socket(ws)

    @asynccontextmanager
    async def joined(self, room: str | None = None) -> AsyncIterator[Socket]:
        room = room or await self.room()
        async with self.socket(room) as socket:
            assert (await socket.next())["type"] == "connected"
            await socket.say(type="join-ar-room", roomId=room)
            yield socket


@asynccontextmanager
async def in_process(
    mind: str = "builtin",
    data: Path | str | None = None,
    limits: Limits | None = None,
    origins: tuple[str, ...] = (),
    now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    *,
    front: Front | None = None,
    ears: OpenEars | None = None,
    port: int = 0,
) -> AsyncIterator[Served]:
    """A server in this very process; `data` is a folder, or the address of a database."""
    history = History(data / "conversations.db" if isinstance(data, Path) else data)
    gate = Gate(SECRET, origins)
    minds = Minds(mind)
    house = House(history, minds, now_ms, limits=limits, ears=ears)
    listener = Listener(house, gate, limits or Limits(), front)
    await history.add_agent(COMPANION)
    await history.close_broken_replies(0)
    await listener.open("127.0.0.1", port)
    token = gate.issue("local", time.time())
    try:
        async with aiohttp.ClientSession() as client:
            yield Served(
                f"http://127.0.0.1:{listener.port}", token, client, gate, history, listener.sweep
            )
    finally:
        await listener.close()
        await minds.close()
        history.close()


@asynccontextmanager
async def in_room(mind: str) -> AsyncIterator[tuple[Served, str, Socket]]:
    """Such a server, a room of it, and who has joined it."""
    async with in_process(mind) as served:
        room = await served.room()
        async with served.joined(room) as socket:
            yield served, room, socket


@asynccontextmanager
async def started(
    *arguments: str, data: Path, program: tuple[str, ...] = ("-m", "server_stub")
) -> AsyncIterator[tuple[asyncio.subprocess.Process, Served]]:
    """A server process; it is killed if it still lives at the end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, *program, "--port", "0", "--data", str(data), *arguments,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE, cwd=ROOT, env=dict(os.environ),
    )  # fmt: skip
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), 60)
        if not line:
            assert process.stderr is not None
            told = (await process.stderr.read()).decode(errors="replace")
            raise AssertionError(f"the server did not start: {told}")
        said = json.loads(line)
        async with aiohttp.ClientSession() as client:
            yield process, Served(said["http"], said["token"], client)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def script(folder: Path, *answers: dict[str, Any]) -> str:
    """The `--mind` of a script with these answers."""
    path = folder / "script.json"
    path.write_text(json.dumps(list(answers)), encoding="utf-8")
    return f"script:{path}"
