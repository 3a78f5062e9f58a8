"""What a room asks the history to keep, as values; one transaction keeps them all with their
events.
"""

from __future__ import annotations

from dataclasses import dataclass

from server_stub.history.records import RoomStatus, StoredMessage, StreamStatus


@dataclass(frozen=True)
class MessageAdded:
    """A message of the user."""

    message: StoredMessage


@dataclass(frozen=True)
class ReplyBegan:
    """An empty message of the agent, whose chunks follow as events."""

    message: StoredMessage
    answers: str
    """Id of the message it answers."""


@dataclass(frozen=True)
class ReplyEnded:
    """The reply as it was sent."""

    message_id: str
    status: StreamStatus
    content: str
    chunk_count: int
    processing_time: int
    heard_chars: int | None
    sentiment: float | None = None
    confidence: float | None = None
    animation: str | None = None


@dataclass(frozen=True)
class Heard:
    """How much of a reply reached the user's ears."""

    message_id: str
    chars: int


@dataclass(frozen=True)
class StatusChanged:
    """The room was paused or goes on."""

    status: RoomStatus


Change = MessageAdded | ReplyBegan | ReplyEnded | Heard | StatusChanged
