"""PostgreSQL behind the same jobs: a few threads, each with a connection and a loop of its own.

A job waits for each of its statements in its thread, so the SQL of the history is written once.
"""

from __future__ import annotations

import asyncio
import queue
import re
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from server_stub.history.database import Job
from server_stub.history.errors import HistoryError
from server_stub.history.schema import STEPS, newer, statements
from server_stub.history.sql import Dialect

try:
    import asyncpg  # pyright: ignore[reportMissingTypeStubs]
except ImportError:  # the extra is missing
    asyncpg = None

T = TypeVar("T")

THREADS: Final = 4
CONNECT_SECONDS: Final = 10.0
STATEMENT_SECONDS: Final = 30.0
UPGRADE_LOCK: Final = 0x61766174
"""Held while a server brings the tables to today's form."""
SERVER_LOCK: Final = 0x61766175
"""Held for as long as a server runs: without a bus there is one at a time."""
SCHEMES: Final = ("postgres", "postgresql")

_library: Any = asyncpg
_TOUCHED = re.compile(r"(\d+)$")
_READS = re.compile(r"\s*SELECT\b|.*\bRETURNING\b", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class _Answer:
    rows: list[Any]
    rowcount: int
    _next: list[int]

    def fetchone(self) -> Any:
        at = self._next[0]
        self._next[0] += 1
        return self.rows[at] if at < len(self.rows) else None

    def fetchall(self) -> list[Any]:
        rest, self._next[0] = self.rows[self._next[0] :], len(self.rows)
        return rest


class PostgresConnection:
    """One connection, waited for by the thread that owns it."""

    dialect: Dialect = "postgres"

    def __init__(self, url: str, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._connection: Any = self.wait(
            _library.connect(url, timeout=CONNECT_SECONDS, command_timeout=STATEMENT_SECONDS)
        )

    def wait(self, awaitable: Any) -> Any:
        """What comes of something asynchronous."""
        return self._loop.run_until_complete(awaitable)

    @property
    def is_closed(self) -> bool:
        """Whether the line broke."""
        return bool(self._connection.is_closed())

    def execute(self, statement: str, values: Sequence[Any] = (), /) -> _Answer:
        """Does one statement."""
        text = numbered(statement)
        if _READS.match(text):
            rows = self.wait(self._connection.fetch(text, *storable(values)))
            return _Answer(rows, len(rows), [0])
        status = self.wait(self._connection.execute(text, *storable(values)))
        touched = _TOUCHED.search(status)
        return _Answer([], int(touched[1]) if touched else 0, [0])

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]], /) -> None:
        """Does one statement for each row."""
        known = [storable(row) for row in rows]
        self.wait(self._connection.executemany(numbered(statement), known))

    def close(self) -> None:
        """Lets go of the line."""
        if not self.is_closed:
            self.wait(self._connection.close(timeout=CONNECT_SECONDS))


def aside(deed: Callable[[], None]) -> None:
    """Does something in a thread of its own, where no other loop runs, and waits for it."""
    failure: list[BaseException] = []

    def run() -> None:
        try:
            deed()
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            failure.append(error)

    thread = threading.Thread(target=run, name="history-guard")
    thread.start()
    thread.join()
    if failure:
        raise failure[0]


def storable(values: Sequence[Any]) -> Sequence[Any]:
    """The values without the one character that PostgreSQL keeps in no text: it shows as unknown,
    to whoever asks for it, too.
    """
    if not any(isinstance(value, str) and "\0" in value for value in values):
        return values
    return [v.replace("\0", "\ufffd") if isinstance(v, str) else v for v in values]


def numbered(statement: str) -> str:
    """The statement with `$1`, `$2` … for its question marks."""
    parts = statement.split("?")
    return "".join(f"{part}${place}" for place, part in enumerate(parts[:-1], 1)) + parts[-1]


@dataclass(frozen=True)
class _Waiting:
    job: Job[Any]
    answer: Future[Any]


class PostgresDatabase:
    """Owns the threads; opened complete or not at all."""

    is_kept = True

    def __init__(self, url: str, *, shared: bool = False) -> None:
        """Raises HistoryError. A shared one lets other servers in that share it, too."""
        self._lock = "pg_try_advisory_lock_shared" if shared else "pg_try_advisory_lock"
        if _library is None:
            raise HistoryError(
                "PostgreSQL needs the server extra.", advice="Install avatar-desktop[server]."
            )
        self._url = url
        self._name = shown(url)
        self._jobs: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._guard_loop = asyncio.new_event_loop()
        self._guard: PostgresConnection | None = None
        try:
            aside(self._begin)
        except _FAILURES as error:
            raise self._explained(error) from error
        self._threads = [
            threading.Thread(target=self._work, name=f"history-{number}", daemon=True)
            for number in range(THREADS)
        ]
        for thread in self._threads:
            thread.start()

    async def write(self, job: Job[T]) -> T:
        """Runs the job in a transaction; returns once it is committed, or raises HistoryError."""
        answer: Future[T] = Future()
        self._jobs.put(_Waiting(job, answer))
        try:
            return await asyncio.shield(asyncio.wrap_future(answer))
        except _FAILURES as error:
            raise self._explained(error) from error

    async def read(self, job: Job[T]) -> T:
        """Runs a job that changes nothing, as of one moment."""
        return await self.write(job)

    def close(self) -> None:
        """Finishes what waits and lets go. Idempotent."""
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()
        self._threads.clear()
        aside(self._let_go)

    def _begin(self) -> None:
        try:
            self._guard = PostgresConnection(self._url, self._guard_loop)
            self._take_the_lock(self._guard)
            migrate(self._guard)
        except BaseException:
            self._let_go()
            raise

    def _let_go(self) -> None:
        if self._guard is not None:
            self._guard.close()
            self._guard = None
        self._guard_loop.close()

    def _take_the_lock(self, guard: PostgresConnection) -> None:
        if not guard.execute(f"SELECT {self._lock}(?)", (SERVER_LOCK,)).fetchone()[0]:
            raise HistoryError(
                f"Another server is at work on the database {self._name}.",
                advice="Stop it, give this one another database, or all of them the same --redis.",
            )

    def _work(self) -> None:
        loop = asyncio.new_event_loop()
        connection: PostgresConnection | None = None
        while (waiting := self._jobs.get()) is not None:
            if not waiting.answer.set_running_or_notify_cancel():
                continue
            try:
                if connection is None or connection.is_closed:
                    connection = PostgresConnection(self._url, loop)
                waiting.answer.set_result(in_transaction(connection, waiting.job))
            except Exception as error:  # noqa: BLE001 - handed to whoever asked
                waiting.answer.set_exception(error)
        if connection is not None:
            connection.close()
        loop.close()

    def _explained(self, error: BaseException) -> HistoryError:
        if isinstance(error, OSError | TimeoutError):
            return HistoryError(
                f"The database {self._name} does not answer.",
                advice="Check that it runs and that --database names it rightly.",
            )
        return HistoryError(f"The database {self._name} refused: {error}.")


def in_transaction(connection: PostgresConnection, job: Job[T]) -> T:
    """The job, committed; or nothing of it."""
    connection.execute("BEGIN")
    try:
        done = job(connection)
    except BaseException:
        if not connection.is_closed:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
    return done


def migrate(connection: PostgresConnection) -> None:
    """Brings the database to today's form; a newer one is refused, never changed."""

    def upgrade(db: Any) -> None:
        db.execute("SELECT pg_advisory_xact_lock(?)", (UPGRADE_LOCK,))
        db.execute("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)")
        row = db.execute("SELECT version FROM schema_version").fetchone()
        present = 0 if row is None else int(row[0])
        if present > len(STEPS):
            raise newer()
        for _, step in STEPS[present:]:
            for statement in statements(step):
                db.execute(statement)
        db.execute("DELETE FROM schema_version")
        db.execute("INSERT INTO schema_version (version) VALUES (?)", (len(STEPS),))

    in_transaction(connection, upgrade)


def shown(url: str) -> str:
    """The address without its password."""
    parts = urlsplit(url)
    return f"{parts.hostname or ''}{parts.path}"


_FAILURES: Final[tuple[type[BaseException], ...]] = (
    OSError,
    TimeoutError,
    *((_library.PostgresError, _library.InterfaceError) if _library is not None else ()),
)
