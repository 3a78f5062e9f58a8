"""A crowd for a server process: people who talk, cut in, pause, break off and come back."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import psutil

from server_stub.door.gate import Gate
from tests.makers.conversation_server import Served

FILLING = 140
"""Replies that fill a room's replay to its bound, with messages like those that follow."""
SCRIPT: list[dict[str, Any]] = [
    {"match": "^wall", "chunks": [[0, "x" * 60_000]] * 50},
    {"match": "^break", "chunks": [[0.01, "half a"]], "error": "The mind broke off."},
    {"match": None, "chunks": [[0.06, f"piece {number} "] for number in range(12)]},
]
COUNTED = {"message-received", "ar-stream-start", "ar-stream-chunk", "ar-stream-end",
           "ar-stream-error"}  # fmt: skip
OVER = {"ar-stream-end", "ar-stream-error"}
ANSWER_SECONDS = 60.0
"""A reply that is not over by then is stuck."""
DEEDS = ("listen", "cut in", "pause", "break off", "repeat", "touch", "a broken mind")
OFTEN = (8, 3, 2, 3, 1, 1, 1)


class Broken(Exception):
    """The line is gone."""


@dataclass
class Crowd:
    """What all share: the server, the dice, how busy they may be, and what went wrong."""

    served: Served
    gate: Gate
    dice: random.Random
    rest_seconds: float
    """How long somebody thinks between two questions, about."""
    fills: bool = False
    """Whether everybody's first replies fill the room's replay, so that it grows no more."""
    is_over: bool = False
    stretch: float = 1.0
    done: Counter[str] = field(default_factory=Counter[str])
    faults: list[str] = field(default_factory=list[str])

    def token(self, user: str) -> str:
        return self.gate.issue(user, time.time())

    async def room(self, user: str) -> str:
        headers = {"Authorization": f"Bearer {self.token(user)}"}
        _, room = await self.served.ask(
            "POST", "rooms", headers=headers, json={"agentId": "companion"}
        )
        return room["id"]

    async def rest(self) -> None:
        await asyncio.sleep(self.dice.uniform(0.3, 1.7) * self.rest_seconds * self.stretch)

    async def keep_at(self, what: Callable[[], Awaitable[object]], name: str) -> None:
        """Again and again until the crowd goes home; an exception of ours is a fault."""
        while not self.is_over:
            try:
                await what()
                self.done[name] += 1
            except (Broken, aiohttp.ClientError, OSError, EOFError):
                self.done[f"{name}, cut short"] += 1
            except Exception as wrong:  # noqa: BLE001 - whatever it is, somebody must look at it
                self.faults.append(f"{name}: {wrong!r}")
            await self.rest()


@dataclass
class Person:
    """Somebody with a room, who counts every message of every reply."""

    crowd: Crowd
    name: str
    has_avatar: bool
    room: str = ""
    session: str | None = None
    epoch: str = ""
    last_seq: int = 0
    asked: int = 0
    has_come_back: bool = False
    """Since the room was filled: what a server then holds of it, it has read."""
    open_since: float | None = None
    chunks: dict[str, int] = field(default_factory=dict[str, int])
    has_paused: bool = False

    async def visit(self) -> None:
        """One line: a few questions, until the line breaks or the person leaves."""
        crowd = self.crowd
        if not self.room:
            self.room = await crowd.room(self.name)
        async with crowd.served.client.ws_connect(
            f"{crowd.served.url}?roomId={self.room}",
            headers={"Authorization": f"Bearer {crowd.token(self.name)}"},
            max_msg_size=0,
        ) as ws:
            await self._greet(ws)
            if self.has_paused:
                await ws.send_json({"type": "resume-room"})
                self.has_paused = False
            if self.open_since is not None:
                await ws.send_json(self._question("Well?"))  # it is answered once
                await self._until_over(ws)
            for _ in range(crowd.dice.randint(1, 12)):
                await self._turn(ws)
                if crowd.fills and not self.has_come_back:
                    while self.asked < FILLING and not crowd.is_over:
                        await self._turn(ws)
                    return
                await self._listen(ws, crowd.dice.uniform(0.3, 1.7) * crowd.rest_seconds)
                if crowd.is_over:
                    return

    async def unpause(self) -> None:
        """Who left a room paused would leave its reply half said for ever."""
        if self.has_paused:
            await self.crowd.room(self.name)

    async def _greet(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        hello = await self._next(ws)
        if self.has_avatar:
            await ws.send_json(
                {"type": "avatar-state", "state": 2, "capabilities": {"speech": "client"}}
            )
        if self.session is None:
            self.session, self.epoch = hello["sessionId"], hello["epoch"]
            self.last_seq = hello["lastSeq"]
            await ws.send_json({"type": "join-ar-room", "roomId": self.room})
            return
        back = {"sessionId": self.session, "epoch": self.epoch, "lastSeq": self.last_seq}
        await ws.send_json({"type": "resume", **back})
        while (again := await self._next(ws))["type"] != "connected":
            pass
        assert again["resumed"], f"{self.name} could not resume"
        self.crowd.done["resumed"] += 1
        self.has_come_back = self.asked >= FILLING

    async def _turn(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        crowd = self.crowd
        deed = crowd.dice.choices(DEEDS, OFTEN)[0]
        if crowd.fills and self.asked < FILLING:
            deed = "listen"
        await ws.send_json({"type": "typing", "active": True})
        self.asked += 1
        asked = self._question("break" if deed == "a broken mind" else "Well?")
        self.open_since = time.monotonic()
        await ws.send_json(asked)
        if deed == "repeat":
            await ws.send_json(asked)
        if deed in ("cut in", "pause", "break off", "touch"):
            heard = await self._next(ws)
            for _ in range(crowd.dice.randint(0, 7)):
                if heard["type"] in OVER:
                    return
                heard = await self._next(ws)
            await self._disturb(ws, deed, heard)
        await self._until_over(ws)
        crowd.done[f"replies: {deed}"] += 1

    def _question(self, text: str) -> dict[str, Any]:
        return {"type": "ar-message", "content": text, "clientMessageId": f"q-{self.asked}"}

    async def _disturb(
        self, ws: aiohttp.ClientWebSocketResponse, deed: str, heard: dict[str, Any]
    ) -> None:
        if deed == "cut in" and "streamId" in heard:
            await ws.send_json({"type": "interrupt-stream", "streamId": heard["streamId"]})
        elif deed == "pause":
            self.has_paused = True
            await ws.send_json({"type": "pause-room"})
            await self._listen(ws, 0.5)
            await ws.send_json({"type": "resume-room"})
            self.has_paused = False
        elif deed == "touch":
            await ws.send_json({"type": "avatar-interact", "kind": "click"})
        elif deed == "break off":
            transport = ws.get_extra_info("socket")
            if self.crowd.dice.random() < 0.5 and transport is not None:
                transport.shutdown(2)
            raise Broken

    async def _until_over(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        while self.open_since is not None:
            await self._next(ws)

    async def _listen(self, ws: aiohttp.ClientWebSocketResponse, seconds: float) -> None:
        until = time.monotonic() + seconds * self.crowd.stretch
        while (left := until - time.monotonic()) > 0 and not self.crowd.is_over:
            try:
                frame = await ws.receive(timeout=min(left, 1.0))
            except TimeoutError:
                continue
            await self._take(ws, frame)

    async def _next(self, ws: aiohttp.ClientWebSocketResponse) -> dict[str, Any]:
        while True:
            since = self.open_since
            try:
                frame = await ws.receive(timeout=ANSWER_SECONDS)
            except TimeoutError:
                raise AssertionError(f"{self.name} heard nothing, asked {since}") from None
            message = await self._take(ws, frame)
            if message["type"] != "heartbeat":
                return message

    async def _take(
        self, ws: aiohttp.ClientWebSocketResponse, frame: aiohttp.WSMessage
    ) -> dict[str, Any]:
        if frame.type is not aiohttp.WSMsgType.TEXT:
            raise Broken
        message: dict[str, Any] = json.loads(frame.data)
        if message["type"] == "heartbeat":
            await ws.send_json({"type": "heartbeat-ack"})
        if message["type"] in COUNTED and message.get("seq", 0) > self.last_seq:
            self._count(message)
        return message

    def _count(self, message: dict[str, Any]) -> None:
        seq, before = message["seq"], self.last_seq
        self.last_seq = seq
        assert seq == before + 1, f"{self.name} lost what came between {before} and {seq}"
        stream = message.get("streamId", "")
        match message["type"]:
            case "ar-stream-start":
                self.chunks[stream] = 0
            case "ar-stream-chunk":
                got = self.chunks.get(stream)
                assert got == message["chunkIndex"], f"{self.name}: {message} after {got}"
                self.chunks[stream] = message["chunkIndex"] + 1
                self.crowd.done["chunks"] += 1
            case "ar-stream-end":
                heard = self.chunks.pop(stream, None)
                assert heard == message["totalChunks"], f"{self.name}: {message} after {heard}"
                self.open_since = None
            case "ar-stream-error":
                self.chunks.pop(stream, None)
                self.open_since = None
            case _:
                pass


async def not_too_busy(crowd: Crowd, server: psutil.Process, share: float) -> None:
    """Has the crowd take more time whenever it and the server use more than this of a core."""
    own = psutil.Process()

    def used() -> float:
        return sum(sum(process.cpu_times()[:2]) for process in (own, server))

    spent, at = used(), time.monotonic()
    while True:
        await asyncio.sleep(5)
        now_spent, now = used(), time.monotonic()
        busy = (now_spent - spent) / (now - at)
        spent, at = now_spent, now
        wanted = crowd.stretch * busy / share
        crowd.stretch = max(1.0, min(10.0, 0.5 * (crowd.stretch + wanted)))
