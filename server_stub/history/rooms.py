"""The SQL of rooms, as functions of a connection."""

from __future__ import annotations

from typing import Any

from server_stub.history import agents, search
from server_stub.history.records import Agent, Room, RoomStatus
from server_stub.history.sql import Sql


def _room(row: Any) -> Room:
    return Room(**dict(row))


def one_by_one(db: Sql, user_id: str) -> None:
    """Until the transaction ends, nobody else opens, ends or deletes a room of this person."""
    if db.dialect == "postgres":  # SQLite lets one write at a time anyhow
        db.execute("SELECT id FROM person WHERE id = ? FOR UPDATE", (user_id,))


def open_room(db: Sql, wanted: Room) -> tuple[Room, bool]:
    """The person's open room with this agent, made if there is none, and whether it was made.

    The partial unique index keeps it the only one, whoever asks at the same time.
    """
    agents.know_person(db, wanted.user_id, wanted.created_at)
    one_by_one(db, wanted.user_id)
    made = db.execute(
        "INSERT INTO room (id, user_id, agent_id, status, epoch, last_seq, created_at, "
        "last_activity_at) VALUES (?, ?, ?, 'active', ?, 0, ?, ?) "
        "ON CONFLICT (user_id, agent_id) WHERE status <> 'ended' DO NOTHING RETURNING id",
        (
            wanted.id,
            wanted.user_id,
            wanted.agent_id,
            wanted.epoch,
            wanted.created_at,
            wanted.created_at,
        ),
    ).fetchone()
    row = db.execute(
        "UPDATE room SET status = 'active', last_activity_at = ? "
        "WHERE user_id = ? AND agent_id = ? AND status <> 'ended' RETURNING *",
        (wanted.created_at, wanted.user_id, wanted.agent_id),
    ).fetchone()
    return _room(row), made is not None


def room(db: Sql, room_id: str) -> Room | None:
    """The room, whoever it belongs to: for the server's own use."""
    row = db.execute("SELECT * FROM room WHERE id = ?", (room_id,)).fetchone()
    return None if row is None else _room(row)


def room_of(db: Sql, room_id: str, user_id: str) -> tuple[Room, Agent] | None:
    """The room and its agent, for its owner alone."""
    row = db.execute(
        "SELECT * FROM room WHERE id = ? AND user_id = ?", (room_id, user_id)
    ).fetchone()
    if row is None:
        return None
    found = _room(row)
    agent = agents.agent(db, found.agent_id)
    return None if agent is None else (found, agent)


def open_rooms_of(db: Sql, user_id: str) -> list[tuple[Room, Agent]]:
    """The person's rooms that have not ended, the latest first."""
    rows = db.execute(
        "SELECT * FROM room WHERE user_id = ? AND status <> 'ended' "
        "ORDER BY last_activity_at DESC, id",
        (user_id,),
    ).fetchall()
    mine = [_room(row) for row in rows]
    known = {one.agent_id: agents.agent(db, one.agent_id) for one in mine}
    return [(one, agent) for one in mine if (agent := known[one.agent_id]) is not None]


def rooms_of(db: Sql, user_id: str) -> list[Room]:
    """Every room the person ever had, the oldest first."""
    rows = db.execute(
        "SELECT * FROM room WHERE user_id = ? ORDER BY created_at, id", (user_id,)
    ).fetchall()
    return [_room(row) for row in rows]


def set_status(db: Sql, room_id: str, status: RoomStatus, now: int) -> None:
    """Pauses or unpauses an open room; an ended one stays ended."""
    db.execute(
        "UPDATE room SET status = ?, last_activity_at = ? WHERE id = ? AND status <> 'ended'",
        (status, now, room_id),
    )


def end_room(db: Sql, room_id: str, user_id: str, now: int) -> Room | None:
    """Ends the room; ending it again changes nothing."""
    one_by_one(db, user_id)
    db.execute(
        "UPDATE room SET status = 'ended', ended_at = ?, last_activity_at = ? "
        "WHERE id = ? AND user_id = ? AND status <> 'ended'",
        (now, now, room_id, user_id),
    )
    row = db.execute(
        "SELECT * FROM room WHERE id = ? AND user_id = ?", (room_id, user_id)
    ).fetchone()
    return None if row is None else _room(row)


def reopen_room(db: Sql, room_id: str, user_id: str, now: int) -> Room | str | None:
    """The room, open again; the id of the open one that is in its way; None if it is not theirs."""
    one_by_one(db, user_id)
    row = db.execute(
        "SELECT * FROM room WHERE id = ? AND user_id = ?", (room_id, user_id)
    ).fetchone()
    if row is None:
        return None
    other = db.execute(
        "SELECT id FROM room WHERE user_id = ? AND agent_id = ? AND status <> 'ended' AND id <> ?",
        (user_id, row["agent_id"], room_id),
    ).fetchone()
    if other is not None:
        return str(other["id"])
    opened = db.execute(
        "UPDATE room SET status = 'active', ended_at = NULL, last_activity_at = ? "
        "WHERE id = ? RETURNING *",
        (now, room_id),
    ).fetchone()
    return _room(opened)


def delete_room(db: Sql, room_id: str) -> None:
    """Takes the room away with all that was said in it."""
    search.forget_room(db, room_id)
    for table in ("event", "message"):
        db.execute(f"DELETE FROM {table} WHERE room_id = ?", (room_id,))
    db.execute("DELETE FROM room WHERE id = ?", (room_id,))


def renumber(db: Sql, room_id: str, epoch: str) -> None:
    """Forgets what could be replayed: whoever comes back reads the history again."""
    db.execute("DELETE FROM event WHERE room_id = ?", (room_id,))
    db.execute("UPDATE room SET epoch = ? WHERE id = ?", (epoch, room_id))
