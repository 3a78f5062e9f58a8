"""What a mind says while its room keeps and sends what came before: taken on together, in order.

A mind is not made to wait for the disk at every piece, and the disk, the line and the readers take
many pieces for little more than the price of one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final

MOST: Final = 128
"""Pieces that a mind may be ahead of its room."""


async def bundled(
    pieces: AsyncGenerator[str, None], may_go_on: asyncio.Event, most: int = MOST
) -> AsyncGenerator[list[str], None]:
    """All pieces that are there whenever it is asked; the mind rests while it may not go on.

    Its failure comes after all that it said; closing this closes the mind.
    """
    waiting: list[str] = []
    more, less = asyncio.Event(), asyncio.Event()

    async def listen() -> None:
        async with aclosing(pieces):
            async for piece in pieces:
                if not waiting:
                    more.set()
                waiting.append(piece)
                if not may_go_on.is_set():
                    await may_go_on.wait()
                if len(waiting) >= most:
                    less.clear()
                    await less.wait()

    listening = asyncio.create_task(listen())
    listening.add_done_callback(lambda _: more.set())
    try:
        while waiting or not listening.done():
            await more.wait()
            more.clear()
            if waiting:
                bundle = waiting.copy()
                waiting.clear()
                less.set()
                yield bundle
        await listening
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
