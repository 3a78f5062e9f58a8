"""The SQL of messages and replayable events, as functions of a connection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from server_stub.history import rooms, search
from server_stub.history.changes import (
    Change,
    Heard,
    MessageAdded,
    ReplyBegan,
    ReplyEnded,
    StatusChanged,
)
from server_stub.history.errors import Overtaken
from server_stub.history.records import Event, Room, StoredMessage
from server_stub.history.sql import Sql

FIELDS = StoredMessage.__struct_fields__
INSERT = (
    f"INSERT INTO message ({', '.join(FIELDS)}) VALUES ({', '.join('?' for _ in FIELDS)}) "
    "ON CONFLICT (room_id, client_message_id) DO NOTHING"
)
EVENT = "seq, first_seq, stream_id, code, body"
MOST_CHARS = 2**31 - 1
"""What a client heard may be any number; this one every database can compare with."""
LIST_FIELDS = ("suggested_actions", "metadata")
TOLD = "id, room_id, position, sender_id, sender_type, created_at, heard_chars"
"""What of a message a mind is told, and what its place in the talk is known by."""
TOLD_MESSAGES: Final = 60
TOLD_CHARACTERS: Final = 20_000
"""Of one message; longer than any window into a talk, so that no mind misses the rest."""


def _message(row: Any) -> StoredMessage:
    values = dict(row)
    for name in LIST_FIELDS:
        values[name] = msgspec.json.decode(values[name])
    values["suggested_actions"] = tuple(values["suggested_actions"])
    return StoredMessage(**values)


def _insert(db: Sql, message: StoredMessage) -> None:
    values = msgspec.structs.asdict(message)
    for name in LIST_FIELDS:
        values[name] = msgspec.json.encode(values[name]).decode()
    db.execute(INSERT, tuple(values[name] for name in FIELDS))


def keep(
    db: Sql,
    room_id: str,
    changes: Sequence[Change],
    events: Sequence[Event],
    now: int,
) -> None:
    """All of it or nothing. Events that do not follow the room's last one raise Overtaken."""
    for change in changes:
        _keep_change(db, room_id, change, now)
    if not events:
        return
    first = events[0].first_seq or events[0].seq
    updated = db.execute(
        "UPDATE room SET last_seq = ?, last_activity_at = ? WHERE id = ? AND last_seq = ?",
        (events[-1].seq, now, room_id, first - 1),
    )
    if updated.rowcount != 1:
        raise Overtaken("The room was changed from elsewhere.", advice="Try again.")
    db.executemany(
        "INSERT INTO event (room_id, seq, first_seq, stream_id, code, body, created_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (room_id, one.seq, one.first_seq, one.stream_id, one.code, one.body, now)
            for one in events
        ],
    )


def _keep_change(db: Sql, room_id: str, change: Change, now: int) -> None:
    match change:
        case MessageAdded(message):
            _insert(db, message)
            search.add(db, message.id, room_id, message.content)
        case ReplyBegan(message, answers):
            _insert(db, message)
            db.execute("UPDATE message SET reply_id = ? WHERE id = ?", (message.id, answers))
        case ReplyEnded():
            db.execute(
                "UPDATE message SET stream_status = ?, content = ?, chunk_count = ?, "
                "processing_time = ?, heard_chars = ?, sentiment = ?, confidence = ?, "
                "animation = ? WHERE id = ?",
                (
                    change.status,
                    change.content,
                    change.chunk_count,
                    change.processing_time,
                    change.heard_chars,
                    change.sentiment,
                    change.confidence,
                    change.animation,
                    change.message_id,
                ),
            )
            search.add(db, change.message_id, room_id, change.content)
        case Heard(message_id, told):
            chars = min(told, MOST_CHARS)
            db.execute(
                "UPDATE message SET heard_chars = "
                "CASE WHEN length(content) < ? THEN length(content) ELSE ? END "
                "WHERE id = ? AND room_id = ? AND sender_type = 'agent'",
                (chars, chars, message_id, room_id),
            )
        case StatusChanged(status):
            rooms.set_status(db, room_id, status, now)


def said_before(db: Sql, room_id: str, client_message_id: str) -> StoredMessage | None:
    """The stored message of this client id, if it came before."""
    row = db.execute(
        "SELECT * FROM message WHERE room_id = ? AND client_message_id = ?",
        (room_id, client_message_id),
    ).fetchone()
    return None if row is None else _message(row)


def message(db: Sql, room_id: str, message_id: str) -> StoredMessage | None:
    """One message of the room."""
    row = db.execute(
        "SELECT * FROM message WHERE id = ? AND room_id = ?", (message_id, room_id)
    ).fetchone()
    return None if row is None else _message(row)


def newest(db: Sql, room_id: str, limit: int) -> list[StoredMessage]:
    """The last messages of a room, newest first."""
    rows = db.execute(
        "SELECT * FROM message WHERE room_id = ? ORDER BY position DESC LIMIT ?", (room_id, limit)
    ).fetchall()
    return [_message(row) for row in rows]


@dataclass(frozen=True, slots=True)
class Told:
    """What a mind is told before it answers."""

    words: list[StoredMessage]
    """How the last messages of the room begin, newest first."""
    memory: dict[str, str]
    """What is remembered of the person."""


def beginnings(db: Sql, room_id: str) -> list[StoredMessage]:
    """The last messages with how their words begin, newest first, and little else."""
    rows = db.execute(
        f"SELECT {TOLD}, substr(content, 1, {TOLD_CHARACTERS}) AS content FROM message"
        f" WHERE room_id = ? ORDER BY position DESC LIMIT {TOLD_MESSAGES}",
        (room_id,),
    ).fetchall()
    return [StoredMessage(**dict(row)) for row in rows]


def older_than(db: Sql, room_id: str, before: str, limit: int) -> list[StoredMessage] | None:
    """The messages before this one, newest first; None if the room has no such message."""
    mark = db.execute(
        "SELECT position FROM message WHERE room_id = ? AND id = ?", (room_id, before)
    ).fetchone()
    if mark is None:
        return None
    rows = db.execute(
        "SELECT * FROM message WHERE room_id = ? AND position < ? ORDER BY position DESC LIMIT ?",
        (room_id, mark[0], limit),
    ).fetchall()
    return [_message(row) for row in rows]


def found(
    db: Sql, room_id: str, words: str, before: str | None, limit: int
) -> list[StoredMessage] | None:
    """The messages that hold these words, newest first; None if the room has none `before`."""
    if before is not None and message(db, room_id, before) is None:
        return None
    return [_message(row) for row in search.rows(db, room_id, words, before, limit)]


def everything(db: Sql, room_id: str) -> list[StoredMessage]:
    """All that was said in a room, oldest first."""
    rows = db.execute(
        "SELECT * FROM message WHERE room_id = ? ORDER BY position", (room_id,)
    ).fetchall()
    return [_message(row) for row in rows]


def delete_message(db: Sql, room_id: str, message_id: str, epoch: str) -> bool:
    """Takes a message away, and every copy of it that could be replayed."""
    if message(db, room_id, message_id) is None:
        return False
    search.forget(db, message_id)
    db.execute("DELETE FROM message WHERE id = ?", (message_id,))
    rooms.renumber(db, room_id, epoch)
    return True


def last_position(db: Sql, room_id: str) -> int:
    """The number of the room's last message, 0 if it has none."""
    row = db.execute(
        "SELECT coalesce(max(position), 0) FROM message WHERE room_id = ?", (room_id,)
    ).fetchone()
    return int(row[0])


def unanswered(db: Sql, room_id: str) -> list[StoredMessage]:
    """The user's messages to which no reply has begun, oldest first."""
    rows = db.execute(
        "SELECT * FROM message WHERE room_id = ? AND sender_type = 'human' AND reply_id IS NULL "
        "ORDER BY position",
        (room_id,),
    ).fetchall()
    return [_message(row) for row in rows]


def events_after(db: Sql, room_id: str, seq: int) -> list[Event]:
    """The events of a room that reach beyond this number, in order."""
    rows = db.execute(
        f"SELECT {EVENT} FROM event WHERE room_id = ? AND seq > ? ORDER BY seq",
        (room_id, seq),
    ).fetchall()
    return [Event(**dict(row)) for row in rows]


def forget_events(db: Sql, before: int) -> int:
    """Drops the events older than this moment, but none of a reply that is still open."""
    return db.execute(
        "DELETE FROM event WHERE created_at < ? AND (stream_id IS NULL OR stream_id NOT IN "
        "(SELECT stream_id FROM message WHERE stream_status = 'active'))",
        (before,),
    ).rowcount


def unfinished(db: Sql, room_id: str | None) -> list[StoredMessage]:
    """The replies that were being sent when the last server died, in one room or in all."""
    rows = db.execute(
        "SELECT * FROM message WHERE stream_status = 'active' AND room_id = coalesce(?, room_id)",
        (room_id,),
    ).fetchall()
    return [_message(row) for row in rows]


def events_of_stream(db: Sql, stream_id: str) -> list[Event]:
    """What was sent of one reply, in order."""
    rows = db.execute(
        f"SELECT {EVENT} FROM event WHERE stream_id = ? ORDER BY seq",
        (stream_id,),
    ).fetchall()
    return [Event(**dict(row)) for row in rows]


def last_seq(db: Sql, room_id: str) -> int:
    """The room's number of its last event."""
    return int(db.execute("SELECT last_seq FROM room WHERE id = ?", (room_id,)).fetchone()[0])


@dataclass(frozen=True)
class Standing:
    """Where a room stands: all that is needed to take it up again."""

    room: Room
    last_position: int
    unanswered: list[StoredMessage]
    events: list[Event]
    """The last ones, in order."""


def standing(db: Sql, room_id: str, limit: int, most_bytes: int) -> Standing | None:
    """All of it as of one moment, with no more events than these; None if there is no such room."""
    room = rooms.room(db, room_id)
    if room is None:
        return None
    return Standing(
        room=room,
        last_position=last_position(db, room_id),
        unanswered=unanswered(db, room_id),
        events=events_after(db, room_id, _too_old(db, room_id, room.last_seq - limit, most_bytes)),
    )


def _too_old(db: Sql, room_id: str, seq: int, most_bytes: int) -> int:
    """The number after which the events of a room are no more bytes than these; `seq` at least."""
    row = db.execute(
        "SELECT max(seq) FROM (SELECT seq, sum(length(body)) OVER (ORDER BY seq DESC) AS held "
        "FROM event WHERE room_id = ? AND seq > ?) AS sums WHERE held > ?",
        (room_id, seq, most_bytes),
    ).fetchone()
    return seq if row[0] is None else int(row[0])
