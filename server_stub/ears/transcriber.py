"""Who writes down what was said: the contract between the server and any ears.

The ears themselves (a model in a process of its own, as the voice is) stand behind `Transcriber`;
the server opens them when the first client speaks. Sound is 16-bit samples, mono, 16 kHz.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


class EarsError(Exception):
    """The ears could not do it; the message is one sentence for the person who spoke."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What was said, and how sure the ears are, from 0 to 1."""

    text: str
    confidence: float = 1.0


class Hearing(Protocol):
    """One utterance being understood. Only one call at a time is on its way."""

    async def feed(self, pcm: bytes) -> str:
        """More of its sound; what it seems to say so far, empty when that is not known yet.

        Raises EarsError.
        """
        ...

    async def finish(self) -> Understood:
        """The utterance is over: what it said. Raises EarsError."""
        ...

    def cancel(self) -> None:
        """Nobody wants to know any more; never waits, and may come during another call."""
        ...


class Transcriber(Protocol):
    """Ears that hear several people at once."""

    async def open(self) -> Hearing:
        """Begins an utterance. Raises EarsError."""
        ...

    async def close(self) -> None:
        """Ends the ears for good, with whatever they still hear."""
        ...


OpenEars = Callable[[], Transcriber]
"""Makes the ears without waiting for them. Raises EarsError when they cannot be had."""
