"""What waits on one connection, as the other side reads it: whole, in order, of any size."""

from __future__ import annotations

import asyncio
from typing import cast

import aiohttp
import pytest
from aiohttp import web

from avatar_desktop.wire.errors import CloseCode
from server_stub.door.limits import QUEUED_MESSAGES
from server_stub.line.outbox import Outbox
from server_stub.talk.packets import Frame, packet_of

SIZES = (0, 1, 125, 126, 127, 1000, 65_535, 65_536, 70_000)
PATIENCE = 30


async def _read(frames: list[Frame]) -> tuple[list[Frame], int | None]:
    """What a client reads of frames that waited together, and how the connection was closed."""

    async def serve(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        outbox = Outbox(socket, cast("asyncio.Transport | None", request.transport))
        for frame in frames:
            outbox.put(packet_of(frame))
        outbox.close(CloseCode.NORMAL)
        await outbox.send_all()
        return socket

    app = web.Application()
    app.router.add_get("/", serve)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    got: list[Frame] = []
    try:
        async with (
            asyncio.timeout(PATIENCE),
            aiohttp.ClientSession() as client,
            client.ws_connect(address) as ws,
        ):
            got.extend([frame.data async for frame in ws])
            return got, ws.close_code
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("count", [1, 2, 3, 200])
def test_frames_that_waited_together_come_whole_and_in_order(count: int) -> None:
    sent = [f"{number} ä€🦊" for number in range(count)]
    assert asyncio.run(_read([*sent])) == (sent, CloseCode.NORMAL)


class Line:
    """A transport that takes everything, or nothing more from its first write on."""

    def __init__(self, *, takes_all: bool) -> None:
        self.writes: list[bytes] = []
        self.was_aborted = False
        self._takes_all = takes_all

    def write(self, data: bytes) -> None:
        self.writes.append(data)

    def get_write_buffer_size(self) -> int:
        return 0 if self._takes_all else sum(map(len, self.writes))

    def is_closing(self) -> bool:
        return self.was_aborted

    def abort(self) -> None:
        self.was_aborted = True


class Socket:
    """One whose library waits for ever, as for a reader that does not read."""

    closed = False

    async def send_str(self, _text: str) -> None:
        await asyncio.Event().wait()


def _outbox(line: Line) -> Outbox:
    socket = cast("web.WebSocketResponse", Socket())
    return Outbox(socket, cast("asyncio.Transport", line))


def test_what_a_turn_of_the_loop_brings_is_one_write() -> None:
    async def scene() -> list[bytes]:
        line = Line(takes_all=True)
        outbox = _outbox(line)
        for turn in range(3):
            for number in range(5):
                outbox.put(packet_of(f"{turn}{number}"))
            await asyncio.sleep(0)
        return line.writes

    frames = [[b"\x81\x02%d%d" % (turn, number) for number in range(5)] for turn in range(3)]
    assert asyncio.run(scene()) == [b"".join(turn) for turn in frames]


def test_a_reader_that_takes_nothing_is_waited_for_and_then_cut() -> None:
    async def scene() -> None:
        line = Line(takes_all=False)
        outbox = _outbox(line)
        sending = asyncio.create_task(outbox.send_all())
        for number in range(QUEUED_MESSAGES + 1):
            outbox.put(packet_of(str(number)))
            await asyncio.sleep(0)
            assert not outbox.was_cut
        assert len(line.writes) == 1  # the rest is held back
        outbox.put(packet_of("one too many"))
        assert outbox.was_cut and line.was_aborted
        async with asyncio.timeout(PATIENCE):
            await outbox.caught_up()  # nobody waits for what is gone
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)

    asyncio.run(scene())


def test_frames_of_any_size_and_kind_come_whole() -> None:
    sent: list[Frame] = []
    for size in SIZES:
        sent += ["x" * size, b"\x80" * size]
    assert asyncio.run(_read(sent)) == (sent, CloseCode.NORMAL)


def test_a_line_that_nobody_reads_comes_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server_stub.line.outbox.GOODBYE_SECONDS", 0.2)

    async def scene() -> None:
        ended = asyncio.Event()

        async def serve(request: web.Request) -> web.WebSocketResponse:
            socket = web.WebSocketResponse(compress=False)
            await socket.prepare(request)
            transport = cast("asyncio.Transport | None", request.transport)
            outbox = Outbox(socket, transport)
            sending = asyncio.create_task(outbox.send_all())
            assert transport is not None
            transport.set_write_buffer_limits(high=1)
            while not transport.get_write_buffer_size():  # what the system itself takes is not it
                outbox.put(packet_of("x" * 100_000))
                await asyncio.sleep(0)
            outbox.put(packet_of("never sent"))
            await outbox.goodbye(sending)
            assert transport.is_closing()
            ended.set()
            return socket

        app = web.Application()
        app.router.add_get("/", serve)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        reader, writer = await asyncio.open_connection(host, port, limit=1024)
        try:
            writer.write(UPGRADE)
            await reader.readuntil(b"\r\n\r\n")
            async with asyncio.timeout(PATIENCE):
                await ended.wait()
        finally:
            writer.transport.abort()
            await runner.cleanup()

    asyncio.run(scene())


UPGRADE = (
    b"GET / HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
