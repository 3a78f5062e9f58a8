"""The replies of a room on their way: pieces of the mind become chunks, chunks become speech."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import aclosing

from avatar_desktop.wire.errors import ErrorCode
from server_stub.figures import Figures
from server_stub.history.errors import HistoryError, StorageFailed
from server_stub.history.messages import Told
from server_stub.history.records import Agent, StoredMessage
from server_stub.mind.contract import ContentRefused, MindError
from server_stub.names import voice_of
from server_stub.talk.answering import MIND_MISTAKE, Answers
from server_stub.talk.audience import Listener
from server_stub.talk.bundles import bundled
from server_stub.talk.room import MindOrder, Outcome, Reply, Room, Speech
from server_stub.voice.voicing import Voicing

_log = logging.getLogger("server.minds")

Verb = Callable[[Room, int], Outcome]


class Replying:
    """Owns the tasks that think and speak; the room itself decides what each piece means."""

    def __init__(
        self,
        room_id: str,
        answers: Answers,
        voicing: Voicing,
        figures: Figures,
        *,
        act: Callable[[Reply, Verb], Awaitable[None]],
        listeners: Callable[[], Iterable[Listener]],
    ) -> None:
        """`act` does a verb of the room, if this reply is still the open one."""
        self._room_id = room_id
        self._answers = answers
        self._voicing = voicing
        self._figures = figures
        self._act = act
        self._listeners = listeners
        self._thinking: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._may_go_on = asyncio.Event()
        self._may_go_on.set()

    @property
    def is_busy(self) -> bool:
        """Whether something is being thought or spoken."""
        return bool(self._tasks) or self._voicing.is_busy

    def begin(self, reply: Reply, agent: Agent, told: Told) -> None:
        """The mind starts on a reply; an older one is no longer thought about."""
        self.stop_thinking()
        self.go_on()
        self._figures.count("streams_started")
        self._voicing.begin(reply.message_id, voice_of(agent.voice), asked_at(reply.answers))
        self._thinking = asyncio.create_task(self._think(reply, agent, told))
        self._tasks.add(self._thinking)
        self._thinking.add_done_callback(self._tasks.discard)

    def obey(
        self, order: MindOrder | None, reply: Reply | None, agent: Agent, told: Told | None
    ) -> None:
        """What the room wants of its mind, once that is kept and said; `told` if it is to think."""
        match order:
            case "think" if reply is not None and told is not None:
                self.begin(reply, agent, told)
            case "hold":
                self.hold()
            case "go on":
                self.go_on()
            case _:
                pass

    def hold(self) -> None:
        """Mind and voice rest until `go_on`."""
        self._may_go_on.clear()
        self._voicing.hold()

    def go_on(self) -> None:
        """Mind and voice go on."""
        self._may_go_on.set()
        self._voicing.go_on()

    def stop_thinking(self) -> None:
        """The mind stops at once; what it said may still be spoken."""
        if self._thinking is not None and self._thinking is not asyncio.current_task():
            self._thinking.cancel()
        self._thinking = None

    def silence(self, message_id: str | None = None) -> None:
        """The reply, or every one, is not spoken any further."""
        self._voicing.stop(message_id)

    async def close(self) -> None:
        """Everything stops."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._voicing.close()

    async def _think(self, reply: Reply, agent: Agent, told: Told) -> None:
        is_told = False
        try:
            await self._tell(reply, agent, told)
            is_told = True
        except StorageFailed:
            pass  # the room said so, and ends the reply when it can be kept again
        finally:
            # A voice that waits for more of a reply would keep those after it silent.
            end = self._voicing.finish if is_told else self._voicing.stop
            end(reply.message_id)

    async def _tell(self, reply: Reply, agent: Agent, told: Told) -> None:
        try:
            pieces = self._answers.pieces(self._room_id, agent, reply, told)
            async with aclosing(bundled(pieces, self._may_go_on)) as bundles:
                async for bundle in bundles:
                    await self._may_go_on.wait()
                    await self._say_pieces(reply, agent, bundle)
        except StorageFailed:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the reply has its end
            if not isinstance(error, MindError | HistoryError):
                _log.exception("reply failed", extra={"room": self._room_id})
                error = MindError(MIND_MISTAKE)
            sentence, code = str(error), _code_of(error)
            await self._act(reply, lambda room, now: room.fail(sentence, now, code))
        else:
            await self._act(reply, lambda room, now: room.finish(now, self._speech(reply, agent)))

    async def _say_pieces(self, reply: Reply, agent: Agent, pieces: list[str]) -> None:
        came = time.monotonic()
        await self._act(reply, lambda room, now: room.chunks(pieces, now))
        if not self._voice_so_far(reply, agent):
            self._voicing.feed(reply.message_id, "".join(pieces))
        self._figures.took("chunk", time.monotonic() - came)
        self._figures.count("chunks", len(pieces))
        for listener in list(self._listeners()):
            await listener.caught_up()

    def _voice_so_far(self, reply: Reply, agent: Agent) -> bool:
        """Voices a reply from its first word for an avatar that became ready in its midst."""
        voice = voice_of(agent.voice)
        began = self._voicing.begin(reply.message_id, voice, asked_at(reply.answers))
        if began:
            self._voicing.feed(reply.message_id, reply.content)
        return began

    def _speech(self, reply: Reply, agent: Agent) -> Speech:
        self._voice_so_far(reply, agent)
        wanted = {listener.body.speech for listener in self._listeners()}
        return "text only" if "text only" in wanted else "elsewhere"


def _code_of(error: Exception) -> ErrorCode:
    if isinstance(error, ContentRefused):
        return ErrorCode.CONTENT_REFUSED
    return ErrorCode.MIND_FAILED if isinstance(error, MindError) else ErrorCode.STORAGE_FAILED


def asked_at(question: StoredMessage) -> int:
    """When the user had said it: what was spoken took a while to become text."""
    took = question.metadata.get("transcribingMs", 0) if question.type == "voice" else 0
    return question.created_at - int(took)
