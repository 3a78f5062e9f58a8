"""The SQL of rooms, as functions of a connection."""

from __future__ import annotations

import sqlite3

from server_stub.history import agents
from server_stub.history.records import Agent, Room, RoomStatus


def _room(row: sqlite3.Row) -> Room:
    return Room(**dict(row))


def open_room(db: sqlite3.Connection, wanted: Room) -> tuple[Room, bool]:
    """The person's open room with this agent, made if there is none, and whether it was made.

    The partial unique index keeps it the only one, whoever asks at the same time.
    """
    agents.know_person(db, wanted.user_id, wanted.created_at)
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


def room(db: sqlite3.Connection, room_id: str) -> Room | None:
    """The room, whoever it belongs to: for the server's own use."""
    row = db.execute("SELECT * FROM room WHERE id = ?", (room_id,)).fetchone()
    return None if row is None else _room(row)


def room_of(db: sqlite3.Connection, room_id: str, user_id: str) -> tuple[Room, Agent] | None:
    """The room and its agent, for its owner alone."""
    row = db.execute(
        "SELECT * FROM room WHERE id = ? AND user_id = ?", (room_id, user_id)
    ).fetchone()
    if row is None:
        return None
    found = _room(row)
    agent = agents.agent_for(db, found.agent_id, user_id)
    return None if agent is None else (found, agent)


def open_rooms_of(db: sqlite3.Connection, user_id: str) -> list[tuple[Room, Agent]]:
    """The person's rooms that have not ended, the latest first."""
    rows = db.execute(
        "SELECT * FROM room WHERE user_id = ? AND status <> 'ended' "
        "ORDER BY last_activity_at DESC, id",
        (user_id,),
    ).fetchall()
    known = {agent.id: agent for agent in agents.agents_for(db, user_id)}
    return [(one, known[one.agent_id]) for one in map(_room, rows) if one.agent_id in known]


def set_status(db: sqlite3.Connection, room_id: str, status: RoomStatus, now: int) -> None:
    """Pauses or unpauses an open room; an ended one stays ended."""
    db.execute(
        "UPDATE room SET status = ?, last_activity_at = ? WHERE id = ? AND status <> 'ended'",
        (status, now, room_id),
    )


def end_room(db: sqlite3.Connection, room_id: str, user_id: str, now: int) -> Room | None:
    """Ends the room; ending it again changes nothing."""
    db.execute(
        "UPDATE room SET status = 'ended', ended_at = ?, last_activity_at = ? "
        "WHERE id = ? AND user_id = ? AND status <> 'ended'",
        (now, now, room_id, user_id),
    )
    row = db.execute(
        "SELECT * FROM room WHERE id = ? AND user_id = ?", (room_id, user_id)
    ).fetchone()
    return None if row is None else _room(row)
