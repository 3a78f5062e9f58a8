"""Coming back to something that could not be had: again and again, ever less often, never twice at
once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

WAITS: Final = (1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds before each try; the last one again and again."""


class Returning:
    """Owns the task that tries."""

    def __init__(self, succeeds: Callable[[], Awaitable[bool]]) -> None:
        """`succeeds` tries once; whether there is nothing left to try for."""
        self._succeeds = succeeds
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """From now on it is tried; unless it is already."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._try())

    async def close(self) -> None:
        """It is not tried any more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _try(self) -> None:
        tries = 0
        while True:
            await asyncio.sleep(WAITS[min(tries, len(WAITS) - 1)])
            tries += 1
            if await self._succeeds():
                return
