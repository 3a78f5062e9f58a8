"""The records of the history as its values and as the HTTP answers show them. They never know where
they are kept.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from avatar_desktop.wire.instants import iso

RoomStatus = Literal["active", "paused", "ended"]
StreamStatus = Literal["active", "completed", "interrupted", "error"]
SenderType = Literal["human", "agent"]


Category = Annotated[str, msgspec.Meta(min_length=1, max_length=60, pattern=r"^\w[\w -]*$(?!\n)")]
Phrase = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Phrases = Annotated[list[Phrase], msgspec.Meta(max_length=200)]


class ContentRules(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What an agent neither answers nor says, by category; beside the usual words or alone."""

    usual_words: bool = True
    phrases: Annotated[dict[Category, Phrases], msgspec.Meta(max_length=20)] = {}


class Agent(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A persona: who answers in a room. Without an owner it belongs to everybody."""

    id: str
    name: str
    owner_id: str | None = None
    system_prompt: str = ""
    welcome_message: str | None = None
    avatar: str | None = None
    animations: dict[str, str] = {}
    initial_animation: str | None = None
    voice: str | None = None
    mind: str | None = None
    model_name: str | None = None
    temperature: float = 0.7
    max_tokens: int | None = None
    content_filter: ContentRules | None = None
    created_at: int = 0


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """One person's private conversation with one agent. Moments are milliseconds since 1970."""

    id: str
    user_id: str
    agent_id: str
    status: RoomStatus
    epoch: str
    last_seq: int
    created_at: int
    last_activity_at: int
    ended_at: int | None = None


class StoredMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One message as it is kept. `reply_id` is, of a human message, the id of the reply that has
    begun.
    """

    id: str
    room_id: str
    position: int
    sender_id: str
    sender_type: SenderType
    content: str
    created_at: int
    type: Literal["text", "image", "voice", "3d-model"] = "text"
    client_message_id: str | None = None
    reply_id: str | None = None
    stream_id: str | None = None
    stream_status: StreamStatus | None = None
    chunk_count: int | None = None
    heard_chars: int | None = None
    sentiment: float | None = None
    confidence: float | None = None
    intent: str | None = None
    animation: str | None = None
    processing_time: int | None = None
    suggested_actions: tuple[str, ...] = ()
    metadata: dict[str, Any] = {}


class Belongings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is kept of one person."""

    agents: list[Agent]
    rooms: list[tuple[Room, list[StoredMessage]]]
    memory: dict[str, str]


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """What was said in a room and can be replayed: one wire message, or a run of chunks.

    It has the numbers from `first_seq` to `seq`; one kept by older programs has only `seq`.
    """

    seq: int
    first_seq: int | None = None
    code: int
    body: bytes
    stream_id: str | None = None


def room_answer(room: Room) -> dict[str, Any]:
    """The room record of an HTTP answer."""
    return {
        "id": room.id,
        "userId": room.user_id,
        "agentId": room.agent_id,
        "status": room.status,
        "createdAt": iso(room.created_at),
        "lastActivityAt": iso(room.last_activity_at),
        "endedAt": None if room.ended_at is None else iso(room.ended_at),
    }


def room_with_agent(room: Room, agent: Agent) -> dict[str, Any]:
    """The room record with the few things of its agent that a list shows."""
    shown: dict[str, Any] = {"id": agent.id, "name": agent.name}
    if agent.avatar is not None:
        shown["avatarUrl"] = agent.avatar
    return room_answer(room) | {"agent": shown}


def room_line(room: Room, agent: Agent) -> dict[str, Any]:
    """One line of the list of rooms."""
    return {
        "id": room.id,
        "agentId": agent.id,
        "agentName": agent.name,
        "lastActivityAt": iso(room.last_activity_at),
        "status": room.status,
    }


def message_answer(message: StoredMessage) -> dict[str, Any]:
    """The message record of an HTTP answer; what nobody knows is left out."""
    optional = {
        "clientMessageId": message.client_message_id,
        "streamId": message.stream_id,
        "chunkCount": message.chunk_count,
        "heardChars": message.heard_chars,
        "sentiment": message.sentiment,
        "confidence": message.confidence,
        "intent": message.intent,
        "animation": message.animation,
        "processingTime": message.processing_time,
    }
    return {
        "id": message.id,
        "roomId": message.room_id,
        "senderId": message.sender_id,
        "senderType": message.sender_type,
        "type": message.type,
        "content": message.content,
        "createdAt": iso(message.created_at),
        **{name: value for name, value in optional.items() if value is not None},
        "suggestedActions": list(message.suggested_actions),
        "metadata": message.metadata,
    }


def agent_answer(agent: Agent) -> dict[str, Any]:
    """The agent record of an HTTP answer."""
    answer: dict[str, Any] = msgspec.to_builtins(agent)
    answer["createdAt"] = iso(agent.created_at)
    return answer
