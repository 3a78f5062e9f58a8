"""What the fleet notes of every room: the replies that are due and the streams under way.

Noted after the fact and in order; a line that breaks loses notes, never messages.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Final

from avatar_desktop.wire.instants import iso
from server_stub.fleet.errors import FleetError
from server_stub.fleet.redis_line import RedisLine
from server_stub.fleet.work import Due, WorkQueue, priority_of
from server_stub.history.changes import MessageAdded, ReplyBegan, ReplyEnded
from server_stub.talk.room import Outcome

STREAM_SECONDS: Final = 3600
LINE: Final = 10_000
"""Errands that may wait; beyond, the oldest news is not worth the memory."""


class Ledger:
    """Owns the errands of this server, and the questions that it is answering."""

    def __init__(
        self,
        line: RedisLine,
        work: WorkQueue,
        server_id: str,
        now_ms: Callable[[], int],
        hold_ms: int,
    ) -> None:
        self._redis = line
        self._work = work
        self._server = server_id
        self._now_ms = now_ms
        self._hold_ms = hold_ms
        self._errands: asyncio.Queue[Callable[[], Awaitable[object]]] = asyncio.Queue(LINE)
        self._held: set[str] = set()
        self._question_of: dict[str, tuple[str, str]] = {}
        self._task = asyncio.create_task(self._run())

    @property
    def held(self) -> list[str]:
        """The questions that this server is answering or is going to."""
        return list(self._held)

    def settled(self, room_id: str, user_id: str, outcome: Outcome) -> None:
        """A room did something that was kept."""
        for change in outcome.changes:
            match change:
                case MessageAdded(message):
                    due = Due(message.id, room_id, user_id, self._server)
                    self._owe(due, priority_of(message.metadata))
                case ReplyBegan(message, answers):
                    self._held.add(answers)
                    self._question_of[message.id] = answers, message.stream_id or ""
                    if message.stream_id:
                        self._began(room_id, user_id, message.id, message.stream_id, outcome)
                case ReplyEnded(message_id=reply):
                    question, stream = self._question_of.pop(reply, ("", ""))
                    self.answered(question)
                    self._ended(room_id, user_id, stream, change.status)
                case _:
                    pass

    def answered(self, question: str) -> None:
        """Nothing is owed to this question any more."""
        self._held.discard(question)
        self._later(lambda: self._work.done([question]))

    def hold(self, question: str) -> None:
        """This server took the question over."""
        self._held.add(question)

    def let_go(self) -> None:
        """The server no longer knows what it is at: another one may be."""
        self._held.clear()
        self._question_of.clear()

    async def close(self) -> None:
        """Finishes the errands that can be done."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._errands.join(), 2.0)
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    def _owe(self, due: Due, priority: int) -> None:
        self._held.add(due.question)
        now = self._now_ms()
        self._later(
            lambda: self._work.put(due, now, priority=priority, held_until=now + self._hold_ms)
        )

    def _began(
        self, room_id: str, user_id: str, message_id: str, stream_id: str, outcome: Outcome
    ) -> None:
        begun = next(c for c in outcome.changes if isinstance(c, ReplyBegan))
        fields = {
            "streamId": stream_id, "messageId": message_id, "roomId": room_id,
            "agentId": begun.message.sender_id, "userId": user_id, "status": "active",
            "startedAt": iso(begun.message.created_at), "server": self._server,
        }  # fmt: skip
        flat = [part for pair in fields.items() for part in pair]
        mine, theirs = f"ar:room:{room_id}:streams", f"ar:user:{user_id}:active-streams"
        self._note(
            ("HSET", f"ar:stream:{stream_id}", *flat),
            ("EXPIRE", f"ar:stream:{stream_id}", STREAM_SECONDS),
            ("SADD", mine, stream_id),
            ("EXPIRE", mine, STREAM_SECONDS),
            ("SADD", theirs, stream_id),
            ("EXPIRE", theirs, STREAM_SECONDS),
        )

    def _ended(self, room_id: str, user_id: str, stream_id: str, status: str) -> None:
        if stream_id:
            self._note(
                ("HSET", f"ar:stream:{stream_id}", "status", status),
                ("EXPIRE", f"ar:stream:{stream_id}", STREAM_SECONDS),
                ("SREM", f"ar:room:{room_id}:streams", stream_id),
                ("SREM", f"ar:user:{user_id}:active-streams", stream_id),
            )

    def _note(self, *commands: tuple[str | int, ...]) -> None:
        self._later(lambda: self._redis.ask_all(commands))

    def _later(self, errand: Callable[[], Awaitable[object]]) -> None:
        with contextlib.suppress(asyncio.QueueFull):
            self._errands.put_nowait(errand)

    async def _run(self) -> None:
        while True:
            errand = await self._errands.get()
            try:
                with contextlib.suppress(FleetError):
                    await errand()
            finally:
                self._errands.task_done()
