"""After a kill: what was sent of a reply is the reply, and ar-stream-error ends it. Nothing is made
up again.
"""

from __future__ import annotations

from typing import Final

from avatar_desktop.wire.errors import ErrorCode
from avatar_desktop.wire.instants import iso
from avatar_desktop.wire.messages import StreamChunk, StreamError
from server_stub.history import messages
from server_stub.history.changes import ReplyEnded
from server_stub.history.records import StoredMessage
from server_stub.history.replay import events_of, messages_of
from server_stub.history.sql import Sql

STOPPED: Final = "The server stopped in the middle of this reply. Ask again to get a whole one."


def close_broken_replies(db: Sql, now: int, room_id: str | None = None) -> int:
    """Ends every reply that is still open and says so in its room; returns how many."""
    broken = messages.unfinished(db, room_id)
    for reply in broken:
        _close(db, reply, now)
    return len(broken)


def _close(db: Sql, reply: StoredMessage, now: int) -> None:
    stream_id = reply.stream_id or f"stream-{reply.id}"
    sent = messages.events_of_stream(db, stream_id)
    chunks = [
        message.chunk
        for event in sent
        for message in messages_of(event)
        if isinstance(message, StreamChunk)
    ]
    ended = ReplyEnded(
        message_id=reply.id,
        status="error",
        content="".join(chunks),
        chunk_count=len(chunks),
        processing_time=max(0, now - reply.created_at),
        heard_chars=reply.heard_chars,
    )
    number = messages.last_seq(db, reply.room_id) + 1
    said = StreamError(
        stream_id=stream_id,
        error=STOPPED,
        timestamp=iso(now),
        code=ErrorCode.SHUTTING_DOWN.value,
        seq=number,
    )
    messages.keep(db, reply.room_id, [ended], events_of([said]), now)
