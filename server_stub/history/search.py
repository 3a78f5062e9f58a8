"""Finding messages by their words: FTS5 on SQLite, a text index on PostgreSQL. Markers of a reply
are not words of it, and accents do not count.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Final

from server_stub.history.sql import Sql
from server_stub.markers import without_markers

WORD: Final = re.compile(r"\w+")
MOST_WORDS: Final = 16


def add(db: Sql, message_id: str, room_id: str, content: str) -> None:
    """From now on the message is found by these words."""
    words = _plain(without_markers(content))
    if not WORD.search(words):
        return
    if db.dialect == "postgres":
        db.execute(
            "INSERT INTO searchable (message_id, room_id, words) "
            "VALUES (?, ?, to_tsvector('simple', ?)) ON CONFLICT (message_id) DO NOTHING",
            (message_id, room_id, words),
        )
        return
    place = db.execute(
        "INSERT INTO searchable (message_id, room_id) VALUES (?, ?) "
        "ON CONFLICT (message_id) DO NOTHING RETURNING place",
        (message_id, room_id),
    ).fetchone()
    if place is not None:
        db.execute(
            "INSERT INTO message_words (rowid, room, words) VALUES (?, ?, ?)",
            (place["place"], _as_one_word(room_id), words),
        )


def forget(db: Sql, message_id: str) -> None:
    """The message is found no more."""
    _forget(db, "message_id", message_id)


def forget_room(db: Sql, room_id: str) -> None:
    """No message of the room is found any more."""
    _forget(db, "room_id", room_id)


def _forget(db: Sql, column: str, value: str) -> None:
    if db.dialect == "postgres":
        db.execute(f"DELETE FROM searchable WHERE {column} = ?", (value,))
        return
    places = f"SELECT place FROM searchable WHERE {column} = ?"
    db.execute(f"DELETE FROM message_words WHERE rowid IN ({places})", (value,))
    db.execute(f"DELETE FROM searchable WHERE {column} = ?", (value,))


def rows(db: Sql, room_id: str, wanted: str, before: str | None, limit: int) -> list[Any]:
    """The rows of the messages that hold all of these words, the last as a beginning; newest
    first.
    """
    words = WORD.findall(_plain(wanted))[:MOST_WORDS]
    if not words:
        return []
    if db.dialect == "postgres":
        return _rows_in_postgres(db, room_id, words, before, limit)
    *whole, last = [f'"{word}"' for word in words]
    asked = f'room : "{_as_one_word(room_id)}" AND words : ({" AND ".join([*whole, last + "*"])})'
    return db.execute(
        "SELECT message.* FROM message_words "
        "JOIN searchable ON searchable.place = message_words.rowid "
        "JOIN message ON message.id = searchable.message_id "
        "WHERE message_words MATCH ? AND searchable.room_id = ? AND message_words.rowid < "
        "coalesce((SELECT place FROM searchable WHERE message_id = ?), 9223372036854775807) "
        "ORDER BY message_words.rowid DESC LIMIT ?",
        (asked, room_id, before, limit),
    ).fetchall()


def _as_one_word(room_id: str) -> str:
    """The id in a form that the index takes for a single word."""
    return "".join(WORD.findall(room_id)).replace("_", "").lower()


def _rows_in_postgres(
    db: Sql, room_id: str, words: list[str], before: str | None, limit: int
) -> list[Any]:
    asked = " & ".join(f"'{word}'" for word in words) + ":*"
    return db.execute(
        "SELECT message.* FROM searchable JOIN message ON message.id = searchable.message_id "
        "WHERE searchable.room_id = ? AND searchable.words @@ to_tsquery('simple', ?) "
        "AND searchable.place < coalesce((SELECT place FROM searchable WHERE message_id = ?), "
        "9223372036854775807) ORDER BY searchable.place DESC LIMIT ?",
        (room_id, asked, before, limit),
    ).fetchall()


def _plain(text: str) -> str:
    """Without accents: both databases then find alike."""
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFKD", text)
    return "".join(char for char in apart if not unicodedata.combining(char))
