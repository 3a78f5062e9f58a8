"""What the history asks of a database: statements in the one dialect that all of them understand.

Values stand as `?`. SQLite's own connection has this form already.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal, Protocol

Dialect = Literal["sqlite", "postgres"]


class Answer(Protocol):
    """What came of a statement; a row is read by its column's name or number."""

    @property
    def rowcount(self) -> int:
        """How many rows a change touched."""
        ...

    def fetchone(self) -> Any:
        """The next row, or None."""
        ...

    def fetchall(self) -> list[Any]:
        """The rows that are left."""
        ...


class Sql(Protocol):
    """A connection inside a transaction."""

    @property
    def dialect(self) -> Dialect:
        """Whose words it understands where they differ."""
        ...

    def execute(self, statement: str, values: Sequence[Any] = ..., /) -> Answer:
        """Does one statement."""
        ...

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]], /) -> object:
        """Does one statement for each row."""
        ...
