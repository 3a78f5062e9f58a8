"""What waits to be sent on one connection: bounded, in order, and cut off when the other side does
not read.
"""

from __future__ import annotations

import asyncio
from typing import Final

from aiohttp import web

from avatar_desktop.wire.errors import CLOSE_MEANINGS, CloseCode
from server_stub.door.limits import QUEUED_BYTES, QUEUED_MESSAGES
from server_stub.talk.packets import Packet

BEHIND: Final = 4
"""A reader counts as behind from this part of the limits on: the mind then waits."""
PATIENCE_SECONDS: Final = 5.0
"""How long a mind waits for one reader before it goes on without it."""
GOODBYE_SECONDS: Final = 15.0
"""How long a line may take to its end; the library itself waits ten for the other side's word."""
TOGETHER_BYTES: Final = 1 << 16
"""What is handed to the line at once; more only when it took all of that."""


class Outbox:
    """Owns the line of packets. A reader that keeps up gets all that a turn of the loop brought in
    one write; the task waits with what one that does not has not taken yet.
    """

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.Transport | None) -> None:
        self._socket = socket
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._line: list[Packet] = []
        self._messages = 0
        self._bytes = 0
        self._is_due = False
        self._is_waiting = False
        self._is_over = False
        self._close_with: CloseCode | None = None
        self._something = asyncio.Event()
        self._caught_up: asyncio.Event | None = None
        self.was_cut = False

    def put(self, packet: Packet) -> None:
        """Queues messages; too many cut the connection at once, without waiting for anybody."""
        if self._is_over or self._close_with is not None:
            return
        self._line.append(packet)
        self._messages += packet.count
        self._bytes += packet.size
        if self._messages > QUEUED_MESSAGES or self._bytes > QUEUED_BYTES:
            self.cut()
            return
        if not self._is_due and not self._is_waiting:
            self._is_due = True
            self._loop.call_soon(self._write)

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
        self._messages = self._bytes = 0
        self._is_near_again()
        self._something.set()

    async def caught_up(self) -> None:
        """Returns when the reader is near again; one that stays behind for long is not waited
        for.
        """
        if not self._is_behind():
            return
        if self._caught_up is None:
            self._caught_up = asyncio.Event()
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
                self._is_waiting = True
                await self._empty()
                self._is_waiting = False
                if self._close_with is not None and not self._is_over:
                    message = CLOSE_MEANINGS[self._close_with].encode()
                    await self._socket.close(code=self._close_with, message=message)
                    return
        except (ConnectionError, RuntimeError):
            self.over()

    async def goodbye(self, sending: asyncio.Task[None]) -> None:
        """Closes, and returns in a while even when the other side reads nothing: neither the task
        nor the line may stay for ever.
        """
        self.close(CloseCode.NORMAL)
        done, _ = await asyncio.wait([sending], timeout=GOODBYE_SECONDS)
        if not done:
            self.cut()
        await sending
        self.over()
        if self._transport is not None and self._transport.get_write_buffer_size():
            self._loop.call_later(GOODBYE_SECONDS, self._transport.abort)

    def _write(self) -> None:
        self._is_due = False
        if self._is_waiting:
            return
        self._write_together()
        if self._line:
            self._something.set()

    async def _empty(self) -> None:
        while self._line:
            self._write_together()
            if self._line:
                await self._send(self._line[0])
                if self._line:  # or it was cut meanwhile
                    self._took(self._line.pop(0))

    async def _send(self, packet: Packet) -> None:
        """By the library, which waits for the line."""
        for body in packet.bodies:
            if packet.is_text:
                await self._socket.send_str(body.decode())
            else:
                await self._socket.send_bytes(body)

    def _write_together(self) -> None:
        """As much in one go as a reader takes that took all that it was sent before."""
        line, transport = self._line, self._transport
        if transport is None or self._socket.closed:
            return
        while line and not (transport.is_closing() or transport.get_write_buffer_size()):
            count = size = 0
            while count < len(line) and size < TOGETHER_BYTES:
                size += line[count].size
                count += 1
            together = line[:count]
            del line[:count]
            transport.write(b"".join([packet.line for packet in together]))
            for packet in together:
                self._took(packet)

    def _took(self, packet: Packet) -> None:
        self._messages -= packet.count
        self._bytes -= packet.size
        if self._caught_up is not None and not self._is_behind():
            self._is_near_again()

    def _is_near_again(self) -> None:
        if self._caught_up is not None:
            self._caught_up.set()
            self._caught_up = None

    def _is_behind(self) -> bool:
        return self._messages * BEHIND > QUEUED_MESSAGES or self._bytes * BEHIND > QUEUED_BYTES
