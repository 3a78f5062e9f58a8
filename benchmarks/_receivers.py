"""Clients that ask, count the chunks of the answer by their look, and ask again at its end.

They speak just enough WebSocket for it, so that a relay and not its clients is what is measured.
Prints one JSON line: chunks and seconds.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import sys
import time
from dataclasses import dataclass
from typing import Final

CHUNK: Final = b'"ar-stream-chunk"'
END: Final = b'"ar-stream-end"'
WARM_SECONDS: Final = 1.5
GULP_SECONDS: Final = 0.005
"""Between two reads: many chunks cost the clients little more than one."""


@dataclass(frozen=True)
class Line:
    """Where one client connects, what it says first, and what it asks."""

    port: int
    path: str
    token: str
    hello: list[str]
    ask: str


class Count:
    """Chunks since the clock was started."""

    chunks = 0


async def _receive(line: Line, count: Count) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", line.port, limit=1 << 20)
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [
        f"GET {line.path} HTTP/1.1", f"Host: 127.0.0.1:{line.port}", "Upgrade: websocket",
        "Connection: Upgrade", f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13",
        *([f"Authorization: Bearer {line.token}"] if line.token else []),
    ]  # fmt: skip
    writer.write("\r\n".join([*lines, "", ""]).encode())
    head = await reader.readuntil(b"\r\n\r\n")
    if b" 101 " not in head.partition(b"\r\n")[0]:
        raise ConnectionError(head.decode(errors="replace"))
    for text in line.hello:
        await asyncio.sleep(0.2)
        writer.write(_masked(text))
    await asyncio.sleep(0.2)
    writer.write(_masked(line.ask))
    rest = b""
    while True:
        await asyncio.sleep(GULP_SECONDS)
        data = await reader.read(1 << 18)
        if not data:
            raise ConnectionError("The relay closed the line.")
        data = rest + data
        count.chunks += data.count(CHUNK)
        if END in data:
            writer.write(_masked(line.ask))
        # A name may be cut by the end of what was read; no whole one fits into what is kept.
        rest = b"" if data.endswith(b"}") else _last_name(data)


def _last_name(data: bytes) -> bytes:
    for size in range(min(len(CHUNK), len(END)) - 1, 0, -1):
        if CHUNK.startswith(data[-size:]) or END.startswith(data[-size:]):
            return data[-size:]
    return b""


def _masked(text: str) -> bytes:
    """A text frame of a client, masked with zeros."""
    body = text.encode()
    size = bytes((0x80 | len(body),)) if len(body) < 126 else b"\xfe" + len(body).to_bytes(2, "big")
    return b"\x81" + size + b"\0\0\0\0" + body


async def _main(lines: list[Line], seconds: float) -> None:
    count = Count()
    tasks = [asyncio.create_task(_receive(line, count)) for line in lines]
    await asyncio.sleep(WARM_SECONDS)
    print(json.dumps({"ready": True}), flush=True)
    before, began = count.chunks, time.monotonic()
    done, _ = await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()
    seen = {"chunks": count.chunks - before, "seconds": time.monotonic() - began}
    print(json.dumps(seen), flush=True)
    for task in tasks:
        task.cancel()


if __name__ == "__main__":
    asyncio.run(_main([Line(**told) for told in json.loads(sys.argv[1])], float(sys.argv[2])))
