"""What the flows need of a client: users with tokens, HTTP, and a socket that speaks any envelope.

Nothing here knows the server's own reading of the wire: codes, headers and envelopes are written
out again as their documents have them.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import struct
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import aiohttp
import jwt
import msgspec

SECRET: Final = "a-secret-that-the-backend-shares!"
PATIENCE: Final = 60.0

Told = dict[str, Any]
Form = Literal["json", "binary"]
Address = Literal["/ar-stream", "/realtime/ws"]

CODES: Final = {
    "avatar-state": 0x01, "avatar-state-ack": 0x02, "heartbeat": 0x03, "heartbeat-ack": 0x04,
    "connected": 0x05, "resume": 0x06, "phoneme-data": 0x11, "audio-control": 0x12,
    "text-response": 0x20, "ar-message": 0x22, "ar-stream-start": 0x30, "ar-stream-chunk": 0x31,
    "ar-stream-end": 0x32, "ar-stream-error": 0x33, "interrupt-stream": 0x34,
    "join-ar-room": 0x35, "pause-room": 0x36, "resume-room": 0x37, "session-start": 0x38,
    "session-end": 0x39, "processing-status": 0x3A, "metrics": 0x3B, "presence": 0x40,
    "typing": 0x41, "avatar-animate": 0x42, "avatar-interact": 0x43, "message-received": 0x44,
    "error": 0xFF,
}  # fmt: skip
TYPES: Final = {code: name for name, code in CODES.items()}
HEADER: Final = struct.Struct(">HBBI")

_users = itertools.count(1)


@dataclass(frozen=True)
class Server:
    """The running server; every user is new."""

    http: str

    @asynccontextmanager
    async def user(self) -> AsyncIterator[User]:
        """Somebody whom the server has not seen, with a token of the backend."""
        name = f"user-{next(_users)}"
        claims = {"sub": name, "exp": int(time.time()) + 3600}
        token = jwt.encode(claims, SECRET, algorithm="HS256")  # pyright: ignore[reportUnknownMemberType]
        async with aiohttp.ClientSession() as session:
            yield User(self.http, name, token, session)


@dataclass(frozen=True)
class User:
    """A person with a token and a browser."""

    http: str
    name: str
    token: str
    session: aiohttp.ClientSession

    async def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """A request of the HTTP side: its status and its JSON."""
        path = path if path.startswith("/") else f"/api/ar-conversations/{path}"
        headers = {"Authorization": f"Bearer {self.token}"}
        async with self.session.request(
            method, self.http + path, json=body, headers=headers
        ) as answer:
            return answer.status, await answer.json()

    async def room(self, agent: str = "companion") -> str:
        """The id of the user's open room with an agent."""
        status, room = await self.ask("POST", "rooms", {"agentId": agent})
        assert status in (200, 201)
        return room["id"]

    async def gone(self) -> None:
        """Returns when the server has seen that the user's last connection broke."""
        async with asyncio.timeout(PATIENCE):
            while True:
                _, seen = await self.ask("GET", f"/api/presence/{self.name}")
                if seen["status"] == "offline":
                    return
                await asyncio.sleep(0.05)

    def address(self, path: str, **query: str) -> str:
        """The address of a socket, with the token where the documents have it."""
        told = "&".join(f"{name}={value}" for name, value in query.items())
        return self.http.replace("http", "ws", 1) + path + (f"?{told}" if told else "")

    @asynccontextmanager
    async def socket(self, path: str, **query: str) -> AsyncIterator[Socket]:
        """A bare socket."""
        async with self.session.ws_connect(self.address(path, **query), max_msg_size=0) as ws:
            yield Socket(ws)

    @asynccontextmanager
    async def line(
        self, room: str, form: Form = "json", address: Address = "/ar-stream"
    ) -> AsyncIterator[Line]:
        """A socket of a room that speaks our names; it has said nothing yet."""
        query = {"token": self.token}
        if address == "/ar-stream":
            query["roomId"] = room
        async with self.socket(address, **query) as socket:
            yield Line(socket, form, room)


@dataclass
class Socket:
    """Frames in order, with patience."""

    ws: aiohttp.ClientWebSocketResponse

    async def say(self, message: Told | list[Any] | bytes) -> None:
        """Sends an object as text, or bytes as they are."""
        if isinstance(message, bytes):
            await self.ws.send_bytes(message)
        else:
            await self.ws.send_str(json.dumps(message))

    async def next(self) -> str | bytes:
        """The next frame."""
        frame = await self.ws.receive(timeout=PATIENCE)
        if frame.type not in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
            raise AssertionError(f"closed with {self.ws.close_code}")
        return frame.data

    async def until(self, is_it: Callable[[Any], bool]) -> list[Any]:
        """All up to the first that is it: objects and lists of text frames, bytes of the others."""
        got: list[Any] = []
        while not got or not is_it(got[-1]):
            frame = await self.next()
            got.append(json.loads(frame) if isinstance(frame, str) else frame)
        return got

    async def closed(self) -> int:
        """The close code, whatever came before it."""
        async with asyncio.timeout(PATIENCE):
            while True:
                frame = await self.ws.receive()
                if frame.type is aiohttp.WSMsgType.CLOSE:
                    return int(frame.data)
                if frame.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR):
                    return int(self.ws.close_code or 0)

    def vanish(self) -> None:
        """The network is gone: no goodbye."""
        connection = self.ws._conn  # pyright: ignore[reportPrivateUsage]
        if connection is not None and connection.transport is not None:
            connection.transport.abort()


@dataclass
class Line:
    """Our own names over a socket, in JSON or binary; what it hears are maps with their `type`."""

    socket: Socket
    form: Form
    room: str
    heard: list[Told] = field(default_factory=list[Told])

    async def say(self, name: str, /, **fields: Any) -> None:
        """One message."""
        if self.form == "json":
            await self.socket.say({"type": name, **fields})
            return
        payload = msgspec.msgpack.encode(fields)
        await self.socket.say(HEADER.pack(0xAA55, 1, CODES[name], len(payload)) + payload)

    async def next(self, *types: str) -> Told:
        """The next message of these types, or of any."""
        return (await self.until(*types))[-1]

    async def until(self, *types: str) -> list[Told]:
        """All up to the first of these types."""
        got: list[Told] = []
        while not got or (types and got[-1]["type"] not in types):
            got.append(self._read(await self.socket.next()))
        self.heard += got
        return got

    async def joined(self) -> Told:
        """Joins the room; answers CONNECTED."""
        if "/realtime" in str(self.socket.ws._response.url):  # pyright: ignore[reportPrivateUsage]
            await self.say("join-ar-room", roomId=self.room)
            return await self.next("connected")
        hello = await self.next("connected")
        await self.say("join-ar-room", roomId=self.room)
        return hello

    async def settled(self) -> list[Told]:
        """All that came before the answer to a question asked now."""
        await self.say("metrics")
        return (await self.until("metrics"))[:-1]

    def _read(self, frame: str | bytes) -> Told:
        if isinstance(frame, str):
            return json.loads(frame)
        magic, version, code, length = HEADER.unpack_from(frame)
        assert (magic, version, length) == (0xAA55, 1, len(frame) - HEADER.size)
        return {"type": TYPES[code], **msgspec.msgpack.decode(frame[HEADER.size :])}


def is_instant(text: str) -> bool:
    """Whether it is a UTC moment in ISO 8601."""
    return len(text) >= 20 and text[10] == "T" and text.endswith("Z")
