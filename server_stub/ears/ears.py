"""The ears of one server: opened when the first client speaks, for so many voices at once."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

from server_stub.door.limits import EarLimits
from server_stub.ears.transcriber import EarsError, Hearing, OpenEars, Transcriber
from server_stub.figures import Figures

T = TypeVar("T")

TOO_SLOW: Final = "What you said was not understood in time: say it again, or type the message."


class EarsBusy(EarsError):
    """Too many people speak at once."""


class Ears:
    """Owns the transcriber, and counts the utterances that it hears."""

    def __init__(self, open_ears: OpenEars | None, limits: EarLimits, figures: Figures) -> None:
        self.limits = limits
        self.figures = figures
        self._open_ears = open_ears
        self._transcriber: Transcriber | None = None
        self._at_work = 0

    @property
    def are_deaf(self) -> bool:
        """Whether this server has no ears at all."""
        return self._open_ears is None

    async def hear(self) -> Hearing:
        """Begins an utterance, which must be `done` in the end. Raises EarsError."""
        if self._open_ears is None:
            raise EarsError("This server cannot hear; type the message instead.")
        if self._at_work >= self.limits.at_once:
            raise EarsBusy(
                f"The server listens to {self.limits.at_once} voices already; wait a moment."
            )
        self._at_work += 1
        try:
            if self._transcriber is None:
                self._transcriber = self._open_ears()
            return await self.in_time(self._transcriber.open())
        except BaseException:
            self._at_work -= 1
            raise

    def done(self, hearing: Hearing, *, cancelled: bool = False) -> None:
        """The utterance is over, or nobody waits for it any more."""
        self._at_work -= 1
        if cancelled:
            hearing.cancel()

    async def in_time(self, question: Coroutine[Any, Any, T]) -> T:
        """What the ears answer, if they do so before the person gives up. Raises EarsError."""
        try:
            async with asyncio.timeout(self.limits.timeout_seconds):
                return await question
        except TimeoutError as error:
            raise EarsError(TOO_SLOW) from error

    async def close(self) -> None:
        """Ends the ears for good."""
        transcriber, self._transcriber, self._open_ears = self._transcriber, None, None
        if transcriber is not None:
            await transcriber.close()
