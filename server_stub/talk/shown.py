"""What clients see of what the server knows: agents, messages of the history, who is there."""

from __future__ import annotations

from avatar_desktop.wire.instants import iso
from avatar_desktop.wire.messages import MessageReceived, Presence
from avatar_desktop.wire.parts import Agent as WireAgent
from avatar_desktop.wire.parts import AgentAvatar, MessageMetadata
from server_stub.history.records import Agent, StoredMessage
from server_stub.presence import Seen


def wire_agent(agent: Agent) -> WireAgent:
    """The side of an agent that its clients see."""
    return WireAgent(
        id=agent.id,
        name=agent.name,
        avatar=AgentAvatar(
            model_url=agent.avatar,
            animations=agent.animations,
            initial_animation=agent.initial_animation,
        ),
        welcome_message=agent.welcome_message,
    )


def seen_message(stored: StoredMessage) -> MessageReceived:
    """A message of the history as the room's connections see it."""
    return MessageReceived(
        id=stored.id,
        sender=stored.sender_type,
        content=stored.content,
        timestamp=iso(stored.created_at),
        client_message_id=stored.client_message_id,
        stream_id=stored.stream_id,
        metadata=MessageMetadata(
            intent=stored.intent,
            sentiment=stored.sentiment,
            confidence=stored.confidence,
            processing_time=stored.processing_time,
            suggested_actions=stored.suggested_actions,
        ),
    )


def seen_visitor(seen: Seen, now: int) -> Presence:
    """How it is with a visitor."""
    last = now if seen.last_seen is None else seen.last_seen
    return Presence(visitor_id=seen.visitor_id, status=seen.status, last_seen=last)
