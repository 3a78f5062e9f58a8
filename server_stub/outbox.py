"""What waits to be sent on one connection: bounded, in order, and cut off when the other side does
not read.
"""

from __future__ import annotations

import asyncio
import struct
from collections import deque
from typing import Final

from aiohttp import web

from avatar_desktop.wire.errors import CLOSE_MEANINGS, CloseCode
from server_stub.broadcast import Frame
from server_stub.limits import QUEUED_BYTES, QUEUED_MESSAGES

BEHIND: Final = 4
"""A reader counts as behind from this part of the limits on: the mind then waits."""
PATIENCE_SECONDS: Final = 5.0
"""How long a mind waits for one reader before it goes on without it."""
TOGETHER_BYTES: Final = 1 << 16
"""What is handed to the line at once, when several frames wait."""
_SHORT: Final = struct.Struct(">BB")
_MIDDLE: Final = struct.Struct(">BBH")
_LONG: Final = struct.Struct(">BBQ")


def framed(frame: Frame) -> bytes:
    """A whole message as a server sends it on the line (RFC 6455, 5.2): unmasked, in one frame."""
    first, body = (0x81, frame.encode()) if isinstance(frame, str) else (0x82, frame)
    size = len(body)
    if size < 126:
        return _SHORT.pack(first, size) + body
    if size < 1 << 16:
        return _MIDDLE.pack(first, 126, size) + body
    return _LONG.pack(first, 127, size) + body


class Outbox:
    """Owns the line of frames and the one task that sends them."""

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.Transport | None) -> None:
        self._socket = socket
        self._transport = transport
        self._line: deque[Frame] = deque()
        self._bytes = 0
        self._is_over = False
        self._close_with: CloseCode | None = None
        self._something = asyncio.Event()
        self._caught_up = asyncio.Event()
        self._caught_up.set()
        self.was_cut = False

    def put(self, frame: Frame) -> None:
        """Queues a frame; too many cut the connection at once, without waiting for anybody."""
        if self._is_over or self._close_with is not None:
            return
        self._line.append(frame)
        self._bytes += len(frame)
        if len(self._line) > QUEUED_MESSAGES or self._bytes > QUEUED_BYTES:
            self.cut()
            return
        if self._is_behind():
            self._caught_up.clear()
        self._something.set()

    def close(self, code: CloseCode) -> None:
        """Closes when what waits is sent."""
        if self._close_with is None:
            self._close_with = code
            self._something.set()

    def cut(self) -> None:
        """Ends the connection now: a side that does not read cannot read a close frame either."""
        self.was_cut = True
        self.over()
        if self._transport is not None:
            self._transport.abort()

    def over(self) -> None:
        """The connection is gone: nobody waits for it any more."""
        self._is_over = True
        self._line.clear()
        self._bytes = 0
        self._caught_up.set()
        self._something.set()

    async def caught_up(self) -> None:
        """Returns when the reader is near again; one that stays behind for long is not waited
        for.
        """
        if self._caught_up.is_set():
            return
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._caught_up.wait()
        except TimeoutError:
            self.cut()

    async def send_all(self) -> None:
        """Sends what comes until the connection ends."""
        try:
            while not self._is_over:
                await self._something.wait()
                self._something.clear()
                await self._empty()
                if self._close_with is not None and not self._is_over:
                    message = CLOSE_MEANINGS[self._close_with].encode()
                    await self._socket.close(code=self._close_with, message=message)
                    return
        except (ConnectionError, RuntimeError):
            self.over()

    async def _empty(self) -> None:
        while self._line:
            self._write_together()
            frame = self._line.popleft()
            if isinstance(frame, str):
                await self._socket.send_str(frame)
            else:
                await self._socket.send_bytes(frame)
            self._bytes = max(0, self._bytes - len(frame))
            if not self._is_behind():
                self._caught_up.set()

    def _write_together(self) -> None:
        """All frames but the last in one go, to a reader that keeps up; the library sends the last,
        and waits with it for the line.
        """
        line, transport = self._line, self._transport
        if transport is None or len(line) < 2 or self._socket.closed:
            return
        if transport.is_closing() or transport.get_write_buffer_size():
            return
        together = bytearray()
        while len(line) > 1 and len(together) < TOGETHER_BYTES:
            frame = line.popleft()
            self._bytes = max(0, self._bytes - len(frame))
            together += framed(frame)
        transport.write(together)

    def _is_behind(self) -> bool:
        return len(self._line) * BEHIND > QUEUED_MESSAGES or self._bytes * BEHIND > QUEUED_BYTES
