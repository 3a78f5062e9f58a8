"""What the answers look like. Moments are ISO 8601 in UTC."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from avatar_desktop.wire.instants import iso
from server_stub.history.records import (
    Agent,
    Belongings,
    ContentRules,
    Room,
    RoomStatus,
    SenderType,
    StoredMessage,
)


class RoomAnswer(msgspec.Struct, rename="camel"):
    """One private conversation."""

    id: str
    user_id: str
    agent_id: str
    status: RoomStatus
    created_at: str
    last_activity_at: str
    ended_at: str | None

    @staticmethod
    def of(room: Room) -> RoomAnswer:
        return RoomAnswer(
            id=room.id,
            user_id=room.user_id,
            agent_id=room.agent_id,
            status=room.status,
            created_at=iso(room.created_at),
            last_activity_at=iso(room.last_activity_at),
            ended_at=_moment(room.ended_at),
        )


class AgentShown(msgspec.Struct, rename="camel"):
    """The few things of an agent that a list shows."""

    id: str
    name: str
    avatar_url: str | UnsetType = UNSET


class RoomWithAgent(RoomAnswer, rename="camel", kw_only=True):
    """A conversation and who it is with."""

    agent: AgentShown

    @staticmethod
    def with_agent(room: Room, agent: Agent) -> RoomWithAgent:
        shown = AgentShown(agent.id, agent.name, _given(agent.avatar))
        return RoomWithAgent(agent=shown, **msgspec.structs.asdict(RoomAnswer.of(room)))


class RoomLine(msgspec.Struct, rename="camel"):
    """One line of the list of rooms."""

    id: str
    agent_id: str
    agent_name: str
    last_activity_at: str
    status: RoomStatus

    @staticmethod
    def of(room: Room, agent: Agent) -> RoomLine:
        return RoomLine(room.id, agent.id, agent.name, iso(room.last_activity_at), room.status)


class RoomList(msgspec.Struct):
    """The rooms that are open, the latest first."""

    rooms: list[RoomLine]


class RoomEnded(msgspec.Struct, rename="camel"):
    """A room that is over."""

    id: str
    status: RoomStatus
    ended_at: str | None

    @staticmethod
    def of(room: Room) -> RoomEnded:
        return RoomEnded(room.id, room.status, _moment(room.ended_at))


class MessageAnswer(msgspec.Struct, rename="camel"):
    """One message as it is kept; what nobody knows is left out."""

    id: str
    room_id: str
    sender_id: str
    sender_type: SenderType
    type: str
    content: str
    created_at: str
    suggested_actions: list[str]
    metadata: dict[str, Any]
    client_message_id: str | UnsetType = UNSET
    stream_id: str | UnsetType = UNSET
    chunk_count: int | UnsetType = UNSET
    heard_chars: int | UnsetType = UNSET
    sentiment: float | UnsetType = UNSET
    confidence: float | UnsetType = UNSET
    intent: str | UnsetType = UNSET
    animation: str | UnsetType = UNSET
    processing_time: int | UnsetType = UNSET

    @staticmethod
    def of(message: StoredMessage) -> MessageAnswer:
        return MessageAnswer(
            id=message.id,
            room_id=message.room_id,
            sender_id=message.sender_id,
            sender_type=message.sender_type,
            type=message.type,
            content=message.content,
            created_at=iso(message.created_at),
            suggested_actions=list(message.suggested_actions),
            metadata=message.metadata,
            client_message_id=_given(message.client_message_id),
            stream_id=_given(message.stream_id),
            chunk_count=_given(message.chunk_count),
            heard_chars=_given(message.heard_chars),
            sentiment=_given(message.sentiment),
            confidence=_given(message.confidence),
            intent=_given(message.intent),
            animation=_given(message.animation),
            processing_time=_given(message.processing_time),
        )


class MessagePage(msgspec.Struct):
    """Messages, newest first."""

    messages: list[MessageAnswer]


class AgentAnswer(msgspec.Struct, rename="camel"):
    """A persona; without an owner it belongs to everybody."""

    id: str
    name: str
    owner_id: str | None
    system_prompt: str
    welcome_message: str | None
    avatar: str | None
    animations: dict[str, str]
    initial_animation: str | None
    voice: str | None
    mind: str | None
    model_name: str | None
    temperature: float
    max_tokens: int | None
    content_filter: ContentRules | None
    created_at: str

    @staticmethod
    def of(agent: Agent) -> AgentAnswer:
        told: dict[str, Any] = msgspec.structs.asdict(agent)
        told["created_at"] = iso(agent.created_at)
        return AgentAnswer(**told)


class AgentList(msgspec.Struct):
    """Everybody's agents and one's own, oldest first."""

    agents: list[AgentAnswer]


class MindAnswer(msgspec.Struct, rename="camel"):
    """One mind within reach. `id` is what --mind takes."""

    id: str
    name: str
    kind: str
    local: bool
    selected: bool
    models: tuple[str, ...]


class MindList(msgspec.Struct):
    """Every mind within reach, the one in use marked."""

    minds: list[MindAnswer]


class MindTried(msgspec.Struct, rename="camel"):
    """Whether a mind answers, how fast, and what it said first."""

    ok: bool
    name: str
    detail: str
    first_word_ms: int | None = None


class Memory(msgspec.Struct):
    """What is remembered of the person, by name."""

    facts: dict[str, str]


class PresenceAnswer(msgspec.Struct, rename="camel"):
    """Whether somebody is there."""

    visitor_id: str
    status: str
    last_seen: str | None


class PresenceList(msgspec.Struct):
    """Everybody who was there lately."""

    visitors: list[PresenceAnswer]


class SessionToken(msgspec.Struct, rename="camel"):
    """A token for one session."""

    session_token: str
    expires_at: str


class Storage(msgspec.Struct):
    """Whether conversations outlive the server."""

    kept: bool
    detail: str


class Health(msgspec.Struct):
    """Whether the server lives, and takes more work."""

    status: str
    live: bool
    ready: bool
    storage: Storage


class RoomExport(msgspec.Struct):
    """A room with everything that was said in it."""

    room: RoomAnswer
    messages: list[MessageAnswer]


class Export(msgspec.Struct, rename="camel"):
    """Everything that is kept of one person."""

    user_id: str
    agents: list[AgentAnswer]
    rooms: list[RoomExport]
    memory: dict[str, str]

    @staticmethod
    def of(user_id: str, all_of_it: Belongings) -> Export:
        return Export(
            user_id=user_id,
            agents=[AgentAnswer.of(agent) for agent in all_of_it.agents],
            rooms=[
                RoomExport(RoomAnswer.of(room), [MessageAnswer.of(one) for one in said])
                for room, said in all_of_it.rooms
            ],
            memory=all_of_it.memory,
        )


class RefusalAnswer(msgspec.Struct):
    """Why something was not done."""

    code: str
    message: str
    retryable: bool


def _moment(at: int | None) -> str | None:
    return None if at is None else iso(at)


def _given(value: Any) -> Any:
    return UNSET if value is None else value
