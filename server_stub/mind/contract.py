"""What a mind is: a conversation in, pieces of a marked-up reply out, stoppable at any moment."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol


@dataclass(frozen=True)
class Turn:
    """What one of the two said. Of an interrupted reply only what was heard."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True)
class Conversation:
    """Everything said so far, oldest first; the last turn is the user's and waits for an answer."""

    turns: tuple[Turn, ...]
    now: datetime
    """The local time, with its zone."""
    seed: int = 0
    """Names the conversation: the same conversation gets the same reply where a mind can do so."""

    @property
    def question(self) -> str:
        """What the user said last."""
        return self.turns[-1].text if self.turns else ""


@dataclass(frozen=True)
class Persona:
    """Who the mind speaks as."""

    name: str
    system_prompt: str = ""
    temperature: float = 0.7
    max_tokens: int | None = None
    model_name: str | None = None
    memory: tuple[tuple[str, str], ...] = ()
    """What is remembered of the user: names and contents."""


class MindError(Exception):
    """The mind cannot answer; the message is one plain sentence for the user."""


class ContentRefused(MindError):
    """The mind is not asked: the agent's owner does not want such messages answered."""


class Mind(Protocol):
    """Closing the iterator stops the thinking at once."""

    @property
    def name(self) -> str:
        """What a person calls it."""
        ...

    @property
    def is_local(self) -> bool:
        """Whether what is said stays on this machine."""
        ...

    def reply(self, conversation: Conversation, persona: Persona) -> AsyncGenerator[str, None]:
        """The raw reply in pieces, markers included. Raises MindError."""
        ...

    async def close(self) -> None:
        """Gives back what it holds."""
        ...
