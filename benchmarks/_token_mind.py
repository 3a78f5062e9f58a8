"""A model server that costs next to nothing: tokens at once, in the form of OpenAI's stream.

Every token is an event of its own; some of them go into one write, so that this process and not
the relays behind it is the fast one. Prints its port; what is asked of it does not matter.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Final

TOGETHER: Final = 32
HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"


def _event(number: int) -> bytes:
    piece = {"choices": [{"index": 0, "delta": {"content": f"word{number} "}}]}
    return b"data: " + json.dumps(piece).encode() + b"\n\n"


async def _answer(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, pieces: list[bytes]
) -> None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
        await reader.readexactly(int(length or b"0"))
        writer.write(HEAD)
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
    except (asyncio.IncompleteReadError, ConnectionError):  # opened and not used, or left
        pass
    writer.close()


async def _main(tokens: int) -> None:
    events = [_event(number) for number in range(tokens)] + [b"data: [DONE]\n\n"]
    starts = range(0, len(events), TOGETHER)
    pieces = [b"".join(events[start : start + TOGETHER]) for start in starts]
    server = await asyncio.start_server(lambda r, w: _answer(r, w, pieces), "127.0.0.1", 0)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1])))
