"""The SQL of people and agents, as functions of a connection."""

from __future__ import annotations

import sqlite3

import msgspec

from server_stub.history.records import Agent

COLUMNS = (
    "id, owner_id, name, system_prompt, welcome_message, avatar, animations, initial_animation, "
    "voice, mind, model_name, temperature, max_tokens, created_at"
)


def _agent(row: sqlite3.Row) -> Agent:
    values = dict(row)
    values["animations"] = msgspec.json.decode(values["animations"], type=dict[str, str])
    return Agent(**values)


def know_person(db: sqlite3.Connection, user_id: str, now: int) -> None:
    """Makes the person if new."""
    db.execute(
        "INSERT INTO person (id, created_at) VALUES (?, ?) ON CONFLICT (id) DO NOTHING",
        (user_id, now),
    )


def add_agent(db: sqlite3.Connection, agent: Agent) -> Agent:
    """Keeps a new agent; one whose id is taken stays as it is."""
    db.execute(
        f"INSERT INTO agent ({COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?) "
        "ON CONFLICT (id) DO NOTHING",
        (
            agent.id,
            agent.owner_id,
            agent.name,
            agent.system_prompt,
            agent.welcome_message,
            agent.avatar,
            msgspec.json.encode(agent.animations).decode(),
            agent.initial_animation,
            agent.voice,
            agent.mind,
            agent.model_name,
            agent.temperature,
            agent.max_tokens,
            agent.created_at,
        ),
    )
    return agent


def agent_for(db: sqlite3.Connection, agent_id: str, user_id: str) -> Agent | None:
    """The agent if this person may talk to it."""
    row = db.execute(
        f"SELECT {COLUMNS} FROM agent WHERE id = ? AND (owner_id IS NULL OR owner_id = ?)",
        (agent_id, user_id),
    ).fetchone()
    return None if row is None else _agent(row)


def agents_for(db: sqlite3.Connection, user_id: str) -> list[Agent]:
    """Everybody's agents and this person's own, oldest first."""
    rows = db.execute(
        f"SELECT {COLUMNS} FROM agent WHERE owner_id IS NULL OR owner_id = ? "
        "ORDER BY created_at, id",
        (user_id,),
    ).fetchall()
    return [_agent(row) for row in rows]
