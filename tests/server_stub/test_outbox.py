"""What waits on one connection, as the other side reads it: whole, in order, of any size."""

from __future__ import annotations

import asyncio
from typing import cast

import aiohttp
import pytest
from aiohttp import web

from avatar_desktop.wire.errors import CloseCode
from server_stub.outbox import Outbox
from server_stub.packets import Frame, packet_of

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


def test_frames_of_any_size_and_kind_come_whole() -> None:
    sent: list[Frame] = []
    for size in SIZES:
        sent += ["x" * size, b"\x80" * size]
    assert asyncio.run(_read(sent)) == (sent, CloseCode.NORMAL)


def test_a_line_that_nobody_reads_comes_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server_stub.outbox.GOODBYE_SECONDS", 0.2)

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
