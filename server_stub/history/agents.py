"""The SQL of people and agents, as functions of a connection."""

from __future__ import annotations

from typing import Any

import msgspec

from server_stub.history.records import Agent, ContentRules
from server_stub.history.sql import Sql

COLUMNS = (
    "id, owner_id, name, system_prompt, welcome_message, avatar, animations, initial_animation, "
    "voice, mind, model_name, temperature, max_tokens, content_filter, created_at"
)


CHANGEABLE = (
    "name", "system_prompt", "welcome_message", "avatar", "animations", "initial_animation",
    "voice", "mind", "model_name", "temperature", "max_tokens", "content_filter",
)  # fmt: skip


def _agent(row: Any) -> Agent:
    values = dict(row)
    values["animations"] = msgspec.json.decode(values["animations"], type=dict[str, str])
    if values["content_filter"] is not None:
        values["content_filter"] = msgspec.json.decode(values["content_filter"], type=ContentRules)
    return Agent(**values)


def _written(rules: ContentRules | None) -> str | None:
    return None if rules is None else msgspec.json.encode(rules).decode()


def know_person(db: Sql, user_id: str, now: int) -> None:
    """Makes the person if new."""
    db.execute(
        "INSERT INTO person (id, created_at) VALUES (?, ?) ON CONFLICT (id) DO NOTHING",
        (user_id, now),
    )


def add_agent(db: Sql, agent: Agent) -> Agent:
    """Keeps a new agent; one whose id is taken stays as it is."""
    db.execute(
        f"INSERT INTO agent ({COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) "
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
            _written(agent.content_filter),
            agent.created_at,
        ),
    )
    return agent


def agent_for(db: Sql, agent_id: str, user_id: str) -> Agent | None:
    """The agent if this person may talk to it."""
    row = db.execute(
        f"SELECT {COLUMNS} FROM agent WHERE id = ? AND (owner_id IS NULL OR owner_id = ?) "
        "AND deleted_at IS NULL",
        (agent_id, user_id),
    ).fetchone()
    return None if row is None else _agent(row)


def agent(db: Sql, agent_id: str) -> Agent | None:
    """The agent, also one that was taken away: rooms of the past go on having it."""
    row = db.execute(f"SELECT {COLUMNS} FROM agent WHERE id = ?", (agent_id,)).fetchone()
    return None if row is None else _agent(row)


def change_agent(db: Sql, agent: Agent) -> bool:
    """Keeps a person's own agent as it is now; false if it is not theirs."""
    values = msgspec.structs.asdict(agent)
    values["animations"] = msgspec.json.encode(agent.animations).decode()
    values["content_filter"] = _written(agent.content_filter)
    changed = db.execute(
        f"UPDATE agent SET {', '.join(f'{name} = ?' for name in CHANGEABLE)} "
        "WHERE id = ? AND owner_id = ? AND deleted_at IS NULL",
        (*(values[name] for name in CHANGEABLE), agent.id, agent.owner_id),
    )
    return changed.rowcount > 0


def is_spoken_with(db: Sql, agent_id: str) -> bool:
    """Whether a room with this agent is open."""
    row = db.execute(
        "SELECT 1 FROM room WHERE agent_id = ? AND status <> 'ended' LIMIT 1", (agent_id,)
    ).fetchone()
    return row is not None


def delete_agent(db: Sql, agent_id: str, user_id: str, now: int) -> bool:
    """Takes a person's own agent away from every list; what was said with it stays."""
    changed = db.execute(
        "UPDATE agent SET deleted_at = ? WHERE id = ? AND owner_id = ? AND deleted_at IS NULL",
        (now, agent_id, user_id),
    )
    return changed.rowcount > 0


def agents_for(db: Sql, user_id: str) -> list[Agent]:
    """Everybody's agents and this person's own, oldest first."""
    rows = db.execute(
        f"SELECT {COLUMNS} FROM agent WHERE (owner_id IS NULL OR owner_id = ?) "
        "AND deleted_at IS NULL "
        "ORDER BY created_at, id",
        (user_id,),
    ).fetchall()
    return [_agent(row) for row in rows]
