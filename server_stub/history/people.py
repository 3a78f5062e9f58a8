"""The SQL of people: what is remembered of them, all that is theirs, and what was taken away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server_stub.history import agents, messages, rooms
from server_stub.history.records import Belongings
from server_stub.history.sql import Sql


def memory_of(db: Sql, user_id: str) -> dict[str, str]:
    """What is remembered of the person, by name."""
    rows = db.execute(
        "SELECT name, content FROM memory WHERE user_id = ? ORDER BY name", (user_id,)
    ).fetchall()
    return {row["name"]: row["content"] for row in rows}


def remember(db: Sql, user_id: str, facts: Mapping[str, str | None], now: int) -> dict[str, str]:
    """Keeps these; None forgets one. Returns all that is remembered then."""
    agents.know_person(db, user_id, now)
    for name, content in facts.items():
        if content is None:
            db.execute("DELETE FROM memory WHERE user_id = ? AND name = ?", (user_id, name))
            continue
        db.execute(
            "INSERT INTO memory (user_id, name, content, changed_at) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (user_id, name) DO UPDATE SET content = excluded.content, "
            "changed_at = excluded.changed_at",
            (user_id, name, content, now),
        )
    return memory_of(db, user_id)


def belongings(db: Sql, user_id: str) -> Belongings:
    """Everything that is kept of the person."""
    mine = [agent for agent in agents.agents_for(db, user_id) if agent.owner_id == user_id]
    said = [(room, messages.everything(db, room.id)) for room in rooms.rooms_of(db, user_id)]
    return Belongings(agents=mine, rooms=said, memory=memory_of(db, user_id))


def forget_person(db: Sql, user_id: str, now: int) -> None:
    """Takes away everything of the person; that it happened is noted."""
    rooms.one_by_one(db, user_id)
    for room in rooms.rooms_of(db, user_id):
        rooms.delete_room(db, room.id)
    db.execute("DELETE FROM agent WHERE owner_id = ?", (user_id,))
    db.execute("DELETE FROM memory WHERE user_id = ?", (user_id,))
    db.execute("DELETE FROM person WHERE id = ?", (user_id,))
    note(db, user_id, "person", user_id, now)


def note(db: Sql, user_id: str, kind: str, about: str, now: int) -> None:
    """Writes into the audit log who deleted what; never what it said."""
    db.execute(
        "INSERT INTO deletion (user_id, kind, about, deleted_at) VALUES (?, ?, ?, ?)",
        (user_id, kind, about, now),
    )


def deletions(db: Sql, limit: int) -> list[Any]:
    """The last deletions, newest first."""
    return db.execute(
        "SELECT user_id, kind, about, deleted_at FROM deletion ORDER BY deleted_at DESC LIMIT ?",
        (limit,),
    ).fetchall()
