"""What a mind is told of a room: the messages as turns, cut to what was really heard."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from server_stub.history.records import Agent, StoredMessage
from server_stub.mind.contract import Conversation, Persona, Turn


def conversation_of(
    newest_first: Sequence[StoredMessage], question: StoredMessage, reply_id: str
) -> Conversation:
    """The turns before the question, then the question; what still waits in line is left out."""
    earlier = [
        message
        for message in reversed(newest_first)
        if message.id not in (question.id, reply_id)
        and (message.sender_type == "agent" or message.position < question.position)
    ]
    turns = [turn for message in earlier if (turn := _turn(message)).text.strip()]
    return Conversation(
        turns=(*turns, _turn(question)),
        now=datetime.fromtimestamp(question.created_at / 1000, UTC).astimezone(),
        seed=zlib.crc32(question.room_id.encode()),
    )


def _turn(message: StoredMessage) -> Turn:
    text = message.content
    if message.heard_chars is not None:
        text = text[: message.heard_chars]
    return Turn("user" if message.sender_type == "human" else "assistant", text)


def persona_of(agent: Agent, memory: Mapping[str, str]) -> Persona:
    """The side of an agent that a mind must know, and what is remembered of the user."""
    return Persona(
        name=agent.name,
        system_prompt=agent.system_prompt,
        temperature=agent.temperature,
        max_tokens=agent.max_tokens,
        model_name=agent.model_name,
        memory=tuple(memory.items()),
    )
