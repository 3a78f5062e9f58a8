"""Wire messages as events of the history and back."""

from __future__ import annotations

import msgspec

from avatar_desktop.wire.kinds import BY_CODE, kind_of
from avatar_desktop.wire.messages import ServerMessage
from server_stub.history.records import Event

_ENCODER = msgspec.msgpack.Encoder()


def event_of(message: ServerMessage) -> Event:
    """The event that keeps a replayable message; its seq must be set."""
    if message.seq is None:
        raise ValueError("a replayable message without a number cannot be kept")
    return Event(
        seq=message.seq,
        code=kind_of(message).code,
        body=_ENCODER.encode(message),
        stream_id=getattr(message, "stream_id", None),
    )


def message_of(event: Event) -> ServerMessage:
    """The message as it was first said."""
    message = msgspec.msgpack.decode(event.body, type=BY_CODE[event.code].message)
    if not isinstance(message, ServerMessage):
        raise ValueError(f"the event {event.seq} is none of the server's")
    return message
