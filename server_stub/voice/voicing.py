"""The speech of one room: which replies are voiced now, for whom, and what becomes of them."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from server_stub.figures import Figures
from server_stub.history.errors import HistoryError
from server_stub.voice.pieces import SpokenPiece, Wish
from server_stub.voice.speaking import SpeechFailed, SpokenReply, Voice

_log = logging.getLogger("server.speech")


class Ear(Protocol):
    """A connection as far as it may hear speech."""

    @property
    def wish(self) -> Wish | None:
        """The form in which it wants speech now; None when it wants none."""
        ...

    @property
    def most_bytes(self) -> int:
        """The longest sound that it takes."""
        ...


@dataclass(frozen=True, slots=True)
class _Voiced:
    reply: SpokenReply
    task: asyncio.Task[None]


class Voicing:
    """Owns the replies of a room that are being voiced, one after the other."""

    def __init__(
        self,
        voice: Voice,
        figures: Figures,
        ears: Callable[[], Iterable[Ear]],
        tell: Callable[[SpokenPiece], Awaitable[None]],
        fall_back: Callable[[str, bool], Awaitable[None]],
        *,
        now_ms: Callable[[], int],
    ) -> None:
        """`fall_back` shows a reply as text, and says whether the voice failed at it."""
        self._voice = voice
        self._figures = figures
        self._ears = ears
        self._tell = tell
        self._fall_back = fall_back
        self._now_ms = now_ms
        self._open: dict[str, _Voiced] = {}
        self._begun: str | None = None
        self._last: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._may_go_on = asyncio.Event()
        self._may_go_on.set()

    def begin(self, message_id: str, voice_name: str, asked_at: int) -> bool:
        """Voices a reply that somebody can hear, once; whether it begins now. `asked_at` is when
        the user had said what it answers.
        """
        if message_id == self._begun or not self._wishes():
            return False
        self._begun = message_id
        reply = SpokenReply(self._voice, message_id, voice_name)
        task = asyncio.create_task(self._speak(message_id, reply, asked_at, self._last))
        self._open[message_id] = _Voiced(reply, task)
        self._last = task
        self._tasks.add(task)
        task.add_done_callback(lambda _: self._open.pop(message_id, None))
        task.add_done_callback(self._tasks.discard)
        return True

    async def close(self) -> None:
        """Silence; returns when nothing is being voiced any more."""
        self.stop()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def is_busy(self) -> bool:
        """Whether a reply is on its way to sound."""
        return bool(self._open)

    def feed(self, message_id: str, chunk: str) -> None:
        """The mind said more."""
        if (voiced := self._open.get(message_id)) is not None:
            voiced.reply.feed(chunk)

    def finish(self, message_id: str) -> None:
        """The mind came to its end."""
        if (voiced := self._open.get(message_id)) is not None:
            voiced.reply.finish()

    def stop(self, message_id: str | None = None) -> None:
        """Silence: this reply, or all of them."""
        for name in [message_id] if message_id is not None else list(self._open):
            voiced = self._open.pop(name, None)
            if voiced is not None:
                voiced.reply.cancel()
                voiced.task.cancel()

    def hold(self) -> None:
        """Nothing more is told until `go_on`."""
        self._may_go_on.clear()

    def go_on(self) -> None:
        """The room goes on."""
        self._may_go_on.set()

    def _wishes(self) -> set[Wish]:
        return {wish for ear in self._ears() if (wish := ear.wish) is not None}

    async def _speak(
        self,
        message_id: str,
        reply: SpokenReply,
        asked_at: int,
        before: asyncio.Task[None] | None,
    ) -> None:
        if before is not None:
            await asyncio.wait([before])
        try:
            await self._speak_all(message_id, reply, asked_at)
        except HistoryError:
            _log.warning("speech not kept", extra={"reply": message_id})

    async def _speak_all(self, message_id: str, reply: SpokenReply, asked_at: int) -> None:
        missed = failed = False
        async for phrase in reply.phrases():
            await self._may_go_on.wait()
            wishes = self._wishes()
            if not wishes:
                missed = True
                continue
            began = time.monotonic()
            try:
                most = min(ear.most_bytes for ear in self._ears() if ear.wish is not None)
                pieces = await reply.spoken(phrase, wishes, most)
            except SpeechFailed as error:
                _log.warning("phrase not voiced", extra={"reply": message_id, "why": str(error)})
                failed = True
                continue
            except Exception:  # noqa: BLE001 - codecs are foreign code: the text is shown instead
                _log.exception("phrase not voiced", extra={"reply": message_id})
                failed = True
                continue
            self._figures.took("tts", time.monotonic() - began)
            self._figures.count("tts_generated")
            for piece in pieces:
                await self._may_go_on.wait()
                await self._tell(piece)
                if piece.index == 0:
                    self._figures.took("whole", (self._now_ms() - asked_at) / 1000)
        if missed or failed:
            await self._fall_back(message_id, failed)
