"""Clients that mean no good, each for a short life: they get an answer, and nobody else notices."""

from __future__ import annotations

import asyncio
import contextlib
import io
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tests.makers.crowd import Crowd

TEXT, BINARY, CLOSE = 1, 2, 8
LIFE_SECONDS = 90.0
GONE_SECONDS = 110.0
"""By then the server let go of a client that is silent: 60 s and what its checks take."""


@dataclass
class Line:
    """A TCP line with frames on it, read and written by hand."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, kind: int, payload: bytes) -> None:
        """A masked frame; a mask of zeros leaves the payload as it is."""
        size = len(payload)
        head = bytes([0x80 | kind])
        if size < 126:
            head += bytes([0x80 | size])
        elif size < 1 << 16:
            head += bytes([0x80 | 126]) + size.to_bytes(2, "big")
        else:
            head += bytes([0x80 | 127]) + size.to_bytes(8, "big")
        self.writer.write(head + bytes(4) + payload)
        await self.writer.drain()

    async def closed(self, within: float = 30.0) -> int | None:
        """The close code; None if the line ended without one."""
        async with asyncio.timeout(within):
            while True:
                try:
                    kind, payload = await self._frame()
                except (asyncio.IncompleteReadError, ConnectionError):
                    return None
                if kind == CLOSE:
                    return int.from_bytes(payload[:2], "big")

    async def _frame(self) -> tuple[int, bytes]:
        first, size = await self.reader.readexactly(2)
        if size == 126:
            size = int.from_bytes(await self.reader.readexactly(2), "big")
        elif size == 127:
            size = int.from_bytes(await self.reader.readexactly(8), "big")
        return first & 0xF, await self.reader.readexactly(size)


@dataclass
class BadClient:
    """One of many, with a room of its own; the lives are its methods."""

    crowd: Crowd
    name: str
    room: str = ""

    def lives(self) -> list[Callable[[], Awaitable[None]]]:
        return [
            self.garbage, self.too_long, self.flood, self.vanishes, self.never_says_who,
            self.has_a_foreign_token, self.sends_bad_bodies, self.sends_half_a_body,
            self.sends_half_a_request, self.speaks_before_joining,
        ]  # fmt: skip

    async def lead_some_life(self) -> None:
        life = self.crowd.dice.choice(self.lives())
        try:
            async with asyncio.timeout(LIFE_SECONDS):
                await life()
        except TimeoutError:
            raise AssertionError(f"{life.__name__} came to no end") from None
        self.crowd.done[f"bad: {life.__name__}"] += 1

    async def garbage(self) -> None:
        async with self._line() as line:
            for _ in range(10):
                size = self.crowd.dice.randint(1, 60)
                await line.send(BINARY, self.crowd.dice.randbytes(size))
            code = await line.closed()
            assert code == 4400, f"garbage was answered with {code}"

    async def too_long(self) -> None:
        async with self._line() as line:
            with contextlib.suppress(ConnectionError):
                await line.send(TEXT, b"x" * 1_300_000)
            code = await line.closed()
            assert code in (1009, None), f"a frame too long was answered with {code}"

    async def flood(self) -> None:
        async with self._line() as line:
            await line.send(TEXT, b'{"type": "join-ar-room"}')
            for _ in range(400):
                await line.send(TEXT, b'{"type": "typing", "active": true}')
            await line.send(CLOSE, (1000).to_bytes(2, "big"))
            await line.closed()

    async def vanishes(self) -> None:
        async with self._line() as line:
            await line.send(TEXT, b'{"type": "join-ar-room"}')
            await line.send(TEXT, b'{"type": "ar-message", "content": "Well?"}')
            await asyncio.sleep(self.crowd.dice.uniform(0, 0.5))

    async def never_says_who(self) -> None:
        async with self._line("/realtime/ws", token="") as line:
            code = await line.closed()
            assert code == 4501, f"a silent session was answered with {code}"

    async def speaks_before_joining(self) -> None:
        async with self._line() as line:
            for _ in range(30):
                await line.send(TEXT, b'{"type": "ar-message", "content": "Well?"}')
            await line.send(CLOSE, (1000).to_bytes(2, "big"))
            await line.closed()

    async def has_a_foreign_token(self) -> None:
        headers = {"Authorization": "Bearer a.b.c"}
        status, told = await self.crowd.served.ask("GET", "rooms", headers=headers)
        assert (status, told["code"]) == (401, "UNAUTHORISED"), told

    async def sends_bad_bodies(self) -> None:
        headers = {"Authorization": f"Bearer {self.crowd.token(self.name)}"}
        for body in (b"{", b"\xff\xfe", b"[" * 5000, b'{"agentId": 7}'):
            status, told = await self.crowd.served.ask("POST", "rooms", headers=headers, data=body)
            assert (status, told["code"]) == (400, "BAD_REQUEST"), told
        status, _ = await self.crowd.served.ask(
            "POST", "rooms", headers=headers, data=io.BytesIO(b" " * 1_100_000)
        )
        assert status == 413, status

    async def sends_half_a_body(self) -> None:
        async with self._tcp() as line:
            line.writer.write(self._head("POST", "/api/ar-conversations/rooms", length=500))
            line.writer.write(b'{"agentId": ')
            await line.writer.drain()
            await asyncio.sleep(0.2)

    async def sends_half_a_request(self) -> None:
        async with self._tcp() as line:
            line.writer.write(self._head("GET", "/health")[:-10])
            await line.writer.drain()
            await asyncio.sleep(0.2)

    # --- those that take long

    async def stays_silent(self) -> None:
        """Neither speaks nor answers: the server lets go by itself."""
        async with self._line() as line:
            await line.send(TEXT, b'{"type": "join-ar-room"}')
            await line.closed(GONE_SECONDS)
        self.crowd.done["bad: silent, let go"] += 1

    async def reads_nothing(self) -> None:
        """Asks for more than any buffer takes, and does not read it."""
        async with self._line() as line:
            await line.send(TEXT, b'{"type": "join-ar-room"}')
            await line.send(TEXT, b'{"type": "ar-message", "content": "wall"}')
            await asyncio.sleep(12)
        self.crowd.done["bad: read nothing"] += 1

    # --- how they reach the server

    @asynccontextmanager
    async def _tcp(self) -> AsyncIterator[Line]:
        place = urlsplit(self.crowd.served.http)
        plain = socket.socket()
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        plain.setblocking(False)
        try:
            loop = asyncio.get_running_loop()
            await loop.sock_connect(plain, (place.hostname or "", place.port or 0))
            reader, writer = await asyncio.open_connection(sock=plain)
        except BaseException:
            plain.close()
            raise
        try:
            yield Line(reader, writer)
        finally:
            writer.transport.abort()

    @asynccontextmanager
    async def _line(self, path: str = "", token: str | None = None) -> AsyncIterator[Line]:
        if not self.room:
            self.room = await self.crowd.room(self.name)
        async with self._tcp() as line:
            upgrade = {
                "Connection": "Upgrade",
                "Upgrade": "websocket",
                "Sec-WebSocket-Version": "13",
                "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
            }
            where = path or f"/ar-stream?roomId={self.room}"
            line.writer.write(self._head("GET", where, token, 0, **upgrade))
            await line.reader.readuntil(b"\r\n\r\n")
            yield line

    def _head(
        self, method: str, path: str, token: str | None = None, length: int = 0, **more: Any
    ) -> bytes:
        given = self.crowd.token(self.name) if token is None else token
        fields = {"Host": urlsplit(self.crowd.served.http).netloc, **more}
        if given:
            fields["Authorization"] = f"Bearer {given}"
        if length:
            fields["Content-Length"] = str(length)
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {is_}" for name, is_ in fields.items())]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()
