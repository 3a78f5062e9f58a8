"""Ears that need no model: they tell how long they listened, or what a test has them tell."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from server_stub.ears.transcriber import EarsError, Hearing, Understood

RATE = 16_000


@dataclass
class MadeUpEars:
    """What the next utterances say, one after the other; then `I spoke.` for each."""

    says: Sequence[str] = ()
    partials: bool = False
    breaks: str = ""
    """Fails with this sentence at the end of an utterance."""
    holds: asyncio.Event | None = None
    """Takes no sound before this is set."""
    thinks: asyncio.Event | None = None
    """Gives no text before this is set."""
    heard: list[bytes] = field(default_factory=list[bytes])
    """The sound of each utterance that was heard to its end."""
    was_cancelled: asyncio.Event = field(default_factory=asyncio.Event)
    opened: int = 0
    is_closed: bool = False

    def __call__(self) -> MadeUpEars:
        """The ears as a server opens them."""
        return self

    async def open(self) -> Hearing:
        self.opened += 1
        return _MadeUpHearing(self)

    async def close(self) -> None:
        self.is_closed = True

    def next_words(self) -> str:
        said = len(self.heard) - 1
        return self.says[said] if said < len(self.says) else "I spoke."


class _MadeUpHearing:
    def __init__(self, ears: MadeUpEars) -> None:
        self._ears = ears
        self._sound = b""

    async def feed(self, pcm: bytes) -> str:
        if self._ears.holds is not None:
            await self._ears.holds.wait()
        self._sound += pcm
        return f"{len(self._sound) // RATE} half-seconds" if self._ears.partials else ""

    async def finish(self) -> Understood:
        if self._ears.breaks:
            raise EarsError(self._ears.breaks)
        if self._ears.thinks is not None:
            await self._ears.thinks.wait()
        self._ears.heard.append(self._sound)
        return Understood(self._ears.next_words(), 0.875)

    def cancel(self) -> None:
        self._ears.was_cancelled.set()
