"""Asking a mind: what it is told of the room, and its reply piece by piece."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Final

from server_stub.figures import Figures
from server_stub.history.messages import Told
from server_stub.history.records import Agent
from server_stub.mind.choice import Minds
from server_stub.mind.contract import ContentRefused, MindError
from server_stub.talk.budget import RemoteBudget, spent, tokens_of
from server_stub.talk.content_filter import ContentFilter, FilteredReply, refused
from server_stub.talk.context import conversation_of, persona_of
from server_stub.talk.room import Reply

MIND_MISTAKE: Final = "The mind made a mistake of its own. Try again."

_log = logging.getLogger("server.minds")


class Answers:
    """Knows the minds and what they must know."""

    def __init__(
        self,
        minds: Minds,
        figures: Figures,
        now_ms: Callable[[], int],
        budget: RemoteBudget,
    ) -> None:
        self._minds = minds
        self._figures = figures
        self._now_ms = now_ms
        self._budget = budget

    def pieces(
        self, room_id: str, agent: Agent, reply: Reply, told: Told
    ) -> AsyncGenerator[str, None]:
        """The raw reply to a room's question. Raises MindError with a sentence for the user."""
        if agent.content_filter is None:
            return self._thought(room_id, agent, reply, told, None)
        return self._filtered(room_id, agent, reply, told, ContentFilter(agent.content_filter))

    async def _filtered(
        self, room_id: str, agent: Agent, reply: Reply, told: Told, content: ContentFilter
    ) -> AsyncGenerator[str, None]:
        if (category := content.category_in(reply.answers.content)) is not None:
            raise ContentRefused(refused(category))
        filtered = FilteredReply(content)
        async with aclosing(self._thought(room_id, agent, reply, told, content)) as pieces:
            async for piece in pieces:
                if shown := filtered.feed(piece):
                    yield shown
        if rest := filtered.close():
            yield rest

    async def _thought(
        self, room_id: str, agent: Agent, reply: Reply, told: Told, content: ContentFilter | None
    ) -> AsyncGenerator[str, None]:
        mind = await self._minds.for_agent(agent.mind)
        user = reply.answers.sender_id
        is_remote = not mind.is_local  # once: it may read an address, and pieces are many
        if is_remote and (wait := self._budget.wait(user, self._now())) > 0:
            raise MindError(spent(wait))
        words = told.words
        if content is not None:  # what was refused is no part of the talk
            words = [one for one in words if content.category_in(one.content) is None]
        conversation = conversation_of(words, reply.answers, reply.message_id)
        is_first = True
        if is_remote:
            asked = agent.system_prompt + "".join(turn.text for turn in conversation.turns)
            self._budget.spend(user, tokens_of(asked), self._now())
        asked_at = time.monotonic()
        try:
            async with aclosing(mind.reply(conversation, persona_of(agent, told.memory))) as pieces:
                async for piece in pieces:
                    if is_first:
                        self._figures.took("first_token", self._since(reply))
                        self._figures.took("mind", time.monotonic() - asked_at)
                        is_first = False
                    if is_remote:
                        self._budget.spend(user, tokens_of(piece), self._now())
                    yield piece
            self._figures.took("reply", self._since(reply))
        except MindError:
            self._minds.failed(mind)
            _log.warning("mind refused", extra={"room": room_id, "mind": mind.name})
            raise
        except Exception as error:  # a mind is foreign code: whatever it does, the room lives
            _log.exception("mind failed", extra={"room": room_id, "mind": mind.name})
            raise MindError(MIND_MISTAKE) from error

    def _since(self, reply: Reply) -> float:
        return (self._now_ms() - reply.answers.created_at) / 1000

    def _now(self) -> float:
        return self._now_ms() / 1000
