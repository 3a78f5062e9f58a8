"""The numbered SQL steps from an empty database to today's, each done once and in order; a step is
never edited. Where the two databases differ, a step says it twice.
"""

from __future__ import annotations

import sqlite3
from typing import Final

from server_stub.history.errors import HistoryError

FIRST: Final = """
CREATE TABLE person (
    id TEXT PRIMARY KEY,
    created_at BIGINT NOT NULL
);

CREATE TABLE agent (
    id TEXT PRIMARY KEY,
    owner_id TEXT,
    name TEXT NOT NULL,
    system_prompt TEXT NOT NULL,
    welcome_message TEXT,
    avatar TEXT,
    animations TEXT NOT NULL,
    initial_animation TEXT,
    voice TEXT,
    mind TEXT,
    model_name TEXT,
    temperature DOUBLE PRECISION NOT NULL,
    max_tokens BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX agent_by_owner ON agent (owner_id);

CREATE TABLE room (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL,
    agent_id TEXT NOT NULL REFERENCES agent (id),
    status TEXT NOT NULL,
    epoch TEXT NOT NULL,
    last_seq BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    last_activity_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE UNIQUE INDEX room_open_once ON room (user_id, agent_id) WHERE status <> 'ended';
CREATE INDEX room_by_user ON room (user_id, last_activity_at);

CREATE TABLE message (
    id TEXT PRIMARY KEY,
    room_id TEXT NOT NULL REFERENCES room (id),
    position BIGINT NOT NULL,
    sender_id TEXT NOT NULL,
    sender_type TEXT NOT NULL,
    type TEXT NOT NULL,
    content TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    client_message_id TEXT,
    reply_id TEXT,
    stream_id TEXT,
    stream_status TEXT,
    chunk_count BIGINT,
    heard_chars BIGINT,
    sentiment DOUBLE PRECISION,
    confidence DOUBLE PRECISION,
    intent TEXT,
    animation TEXT,
    processing_time BIGINT,
    suggested_actions TEXT NOT NULL,
    metadata TEXT NOT NULL
);
CREATE UNIQUE INDEX message_by_position ON message (room_id, position);
CREATE UNIQUE INDEX message_once ON message (room_id, client_message_id);
CREATE INDEX message_by_room ON message (room_id);
CREATE INDEX message_by_time ON message (created_at);
CREATE INDEX message_by_room_and_time ON message (room_id, created_at);
CREATE INDEX message_unfinished ON message (stream_status) WHERE stream_status = 'active';

CREATE TABLE event (
    room_id TEXT NOT NULL REFERENCES room (id),
    seq BIGINT NOT NULL,
    stream_id TEXT,
    code BIGINT NOT NULL,
    body BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (room_id, seq)
);
CREATE INDEX event_by_stream ON event (stream_id);
CREATE INDEX event_by_time ON event (created_at);
"""

SECOND: Final = """
ALTER TABLE agent ADD COLUMN deleted_at BIGINT;

CREATE TABLE memory (
    user_id TEXT NOT NULL,
    name TEXT NOT NULL,
    content TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, name)
);

CREATE TABLE deletion (
    user_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    about TEXT NOT NULL,
    deleted_at BIGINT NOT NULL
);
CREATE INDEX deletion_by_time ON deletion (deleted_at);
"""

THIRD: Final = "ALTER TABLE agent ADD COLUMN content_filter TEXT;"

FOURTH: Final = "ALTER TABLE event ADD COLUMN first_seq BIGINT;"
"""From here on an event may be a run of chunks, which older programs cannot read."""

SEARCH_IN_SQLITE: Final = """
CREATE TABLE searchable (
    place INTEGER PRIMARY KEY,
    message_id TEXT NOT NULL,
    room_id TEXT NOT NULL
);
CREATE UNIQUE INDEX searchable_once ON searchable (message_id);
CREATE INDEX searchable_by_room ON searchable (room_id);
CREATE VIRTUAL TABLE message_words
    USING fts5 (room, words, tokenize = "unicode61 remove_diacritics 2");
INSERT INTO searchable (message_id, room_id)
    SELECT id, room_id FROM message WHERE content <> '' ORDER BY created_at, position;
INSERT INTO message_words (rowid, room, words)
    SELECT place, replace(replace(searchable.room_id, '-', ''), '_', ''), content
    FROM searchable JOIN message ON message.id = message_id;
"""

SEARCH_IN_POSTGRES: Final = """
CREATE TABLE searchable (
    place BIGSERIAL PRIMARY KEY,
    message_id TEXT NOT NULL,
    room_id TEXT NOT NULL,
    words TSVECTOR NOT NULL
);
CREATE UNIQUE INDEX searchable_once ON searchable (message_id);
CREATE INDEX searchable_by_room ON searchable (room_id, place);
CREATE INDEX searchable_by_words ON searchable USING gin (words);
INSERT INTO searchable (message_id, room_id, words)
    SELECT id, room_id, to_tsvector('simple', content)
    FROM message WHERE content <> '' ORDER BY created_at, position;
"""

STEPS: Final = ((FIRST, FIRST.replace("BLOB", "BYTEA")),
                (SECOND + SEARCH_IN_SQLITE, SECOND + SEARCH_IN_POSTGRES),
                (THIRD, THIRD),
                (FOURTH, FOURTH))  # fmt: skip
"""Each step for SQLite, and for PostgreSQL."""


def newer() -> HistoryError:
    """Why a database of tomorrow is refused."""
    return HistoryError(
        "The conversations were written by a newer version of this program.",
        advice="Install the newer version, or choose another place for them.",
    )


def statements(step: str) -> list[str]:
    """The single statements of a step; a semicolon at the end of a line ends one."""
    return [part.strip().rstrip(";") for part in step.split(";\n") if part.strip()]


def migrate(database: sqlite3.Connection) -> None:
    """Brings the database to today's form; a newer one is refused, never changed."""
    present = int(database.execute("PRAGMA user_version").fetchone()[0])
    if present > len(STEPS):
        raise newer()
    for number, (step, _) in enumerate(STEPS[present:], start=present + 1):
        database.execute("BEGIN IMMEDIATE")
        try:
            for statement in statements(step):
                database.execute(statement)
            database.execute(f"PRAGMA user_version = {number}")
            database.execute("COMMIT")
        except sqlite3.Error:
            database.execute("ROLLBACK")
            raise
