"""One SQLite file behind one writer thread that commits in groups, one reader thread, and one that
carries what was committed from the log to the file.

A write that returned is committed. Nothing here knows a table; a job is a function of the
connection, and is done again when another one of its group failed.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

from server_stub.history.errors import HistoryError
from server_stub.history.schema import migrate
from server_stub.history.sql import Dialect, Sql

T = TypeVar("T")
Job = Callable[[Sql], T]

GROUP: Final = 64
"""Jobs in one transaction at most: more would delay the first of them."""
BUSY_MS: Final = 5000
CARRIED_AFTER: Final = 256
"""Jobs after which the log is carried over: about as much as SQLite itself lets gather."""
LONGEST_LOG: Final = 8_000
"""Pages of log from which on the writer carries over by itself, so that the log can begin anew:
one that is written without a pause is never carried over to its end by anybody else.
"""


@dataclass(frozen=True)
class _Waiting:
    job: Job[Any]
    answer: asyncio.Future[Any]


@dataclass(frozen=True)
class _Settled:
    answer: asyncio.Future[Any]
    value: Any = None
    error: Exception | None = None


def _hand_back(settled: list[_Settled]) -> None:
    """Answers the loops that asked: each is woken once for all of its answers."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Settled]] = {}
    for one in settled:
        by_loop.setdefault(one.answer.get_loop(), []).append(one)
    for loop, its_own in by_loop.items():
        with contextlib.suppress(RuntimeError):  # the loop ended: nobody waits any more
            loop.call_soon_threadsafe(_settle, its_own)


def _settle(settled: list[_Settled]) -> None:
    for one in settled:
        if one.answer.done():  # whoever asked was cancelled
            continue
        if one.error is not None:
            one.answer.set_exception(one.error)
        else:
            one.answer.set_result(one.value)


class SqliteConnection(sqlite3.Connection):
    """A connection that knows whose words it understands."""

    dialect: Dialect = "sqlite"


def _connect(path: Path | None) -> SqliteConnection:
    connection = sqlite3.connect(
        ":memory:" if path is None else str(path),
        isolation_level=None,
        check_same_thread=False,
        factory=SqliteConnection,
    )
    connection.row_factory = sqlite3.Row
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _open_writer(path: Path | None) -> SqliteConnection:
    connection = _connect(path)
    try:
        if path is not None:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(f"PRAGMA wal_autocheckpoint = {LONGEST_LOG}")
        migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def explained(error: sqlite3.Error, path: Path | None) -> HistoryError:
    """The plain sentence of a failure of the database."""
    text = str(error).lower()
    place = "in memory" if path is None else f"in {path}"
    if "readonly" in text or "unable to open" in text:
        return HistoryError(
            f"The conversations {place} cannot be written.",
            advice="Check the permissions of the folder, or choose another one with --data.",
        )
    if "full" in text:
        return HistoryError(
            f"There is no room left to keep the conversations {place}.",
            advice="Free some space on the disk.",
        )
    if "locked" in text or "busy" in text:
        return HistoryError(
            f"Another program is holding the conversations {place}.",
            advice="Close it and try again.",
        )
    if "malformed" in text or "not a database" in text:
        return HistoryError(
            f"The file of the conversations {place} is damaged.",
            advice="Move it away or restore a copy; a new one is made at the next start.",
        )
    if "disk i/o" in text:
        return HistoryError(
            f"The disk does not take the conversations {place}.",
            advice="Look whether it is full or failing.",
        )
    return HistoryError(f"The conversations {place} cannot be kept: {error}.")


class Database(Protocol):
    """Where the history lies: jobs are done in transactions, off the loop."""

    @property
    def is_kept(self) -> bool:
        """Whether what is written outlives the server."""
        ...

    async def write(self, job: Job[T]) -> T:
        """Runs the job in a transaction; returns once it is committed, or raises HistoryError."""
        ...

    async def read(self, job: Job[T]) -> T:
        """Runs a job that changes nothing."""
        ...

    def close(self) -> None:
        """Finishes what waits and lets go. Idempotent."""
        ...


class SqliteDatabase:
    """Owns the connection and the two threads; opened complete or not at all."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        try:
            self._connection = _open_writer(path)
            self._reader_connection = self._connection if path is None else _connect(path)
        except sqlite3.Error as error:
            raise explained(error, path) from error
        self._writes: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._reads: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._carries: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self._uncarried = 0
        self._is_carrying = False
        self._threads = [
            threading.Thread(target=self._write_groups, name="history-writer", daemon=True)
        ]
        if path is not None:
            self._threads += [
                threading.Thread(target=self._read_one_by_one, name="history-reader", daemon=True),
                threading.Thread(target=self._carry_over, name="history-carrier", daemon=True),
            ]
        for thread in self._threads:
            thread.start()

    @property
    def is_kept(self) -> bool:
        """Whether what is written outlives the server."""
        return self.path is not None

    async def write(self, job: Job[T]) -> T:
        """Runs the job in a transaction; returns once it is committed, or raises HistoryError."""
        return await self._ask(self._writes, job)

    async def read(self, job: Job[T]) -> T:
        """Runs a job that changes nothing."""
        return await self._ask(self._writes if self.path is None else self._reads, job)

    async def _ask(self, line: queue.SimpleQueue[_Waiting | None], job: Job[T]) -> T:
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        line.put(_Waiting(job, answer))
        try:
            # A cancelled caller takes no write back: the thread does it all the same.
            return await answer
        except sqlite3.Error as error:
            raise explained(error, self.path) from error

    def close(self) -> None:
        """Finishes what waits, ends the threads, closes the file. Idempotent."""
        self._writes.put(None)
        self._reads.put(None)
        self._carries.put(False)
        for thread in self._threads:
            thread.join()
        self._threads.clear()
        with contextlib.suppress(sqlite3.Error):
            self._reader_connection.close()
            self._connection.close()

    def _write_groups(self) -> None:
        while (first := self._writes.get()) is not None:
            group, last_call = [first], False
            with contextlib.suppress(queue.Empty):
                while len(group) < GROUP:
                    following = self._writes.get_nowait()
                    if following is None:
                        last_call = True
                        break
                    group.append(following)
            self._commit(group)
            if last_call:
                return

    def _commit(self, group: list[_Waiting]) -> None:
        settled = self._done_together(group)
        if settled is None:  # one that fails takes nothing of its group with it
            settled = [one for waiting in group for one in self._done_together([waiting]) or ()]
        _hand_back(settled)
        self._uncarried += len(group)
        if self._uncarried >= CARRIED_AFTER and not self._is_carrying:
            self._is_carrying = True
            self._carries.put(True)

    def _carry_over(self) -> None:
        """From the log to the file, which takes its time: the writer meanwhile writes on."""
        connection: SqliteConnection | None = None
        while self._carries.get():
            with contextlib.suppress(sqlite3.Error):  # the writer tells if nothing goes any more
                connection = connection or _connect(self.path)
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
            self._uncarried = 0  # now the writer has its turn: one at a time can do it
            self._is_carrying = False
        if connection is not None:
            connection.close()

    def _done_together(self, group: list[_Waiting]) -> list[_Settled] | None:
        """What came of the jobs in one transaction; nothing, and None, if one of several failed."""
        connection = self._connection
        settled: list[_Settled] = []
        try:
            connection.execute("BEGIN IMMEDIATE")
            for waiting in group:
                try:
                    settled.append(_Settled(waiting.answer, waiting.job(connection)))
                except Exception as error:  # noqa: BLE001 - handed to whoever asked
                    self._roll_back()
                    alone = [_Settled(waiting.answer, error=error)]
                    return alone if len(group) == 1 else None
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._roll_back()
            return [_Settled(waiting.answer, error=error) for waiting in group]
        return settled

    def _roll_back(self) -> None:
        with contextlib.suppress(sqlite3.Error):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def _read_one_by_one(self) -> None:
        while (waiting := self._reads.get()) is not None:
            try:
                settled = _Settled(waiting.answer, waiting.job(self._reader_connection))
            except Exception as error:  # noqa: BLE001 - handed to whoever asked
                settled = _Settled(waiting.answer, error=error)
            _hand_back([settled])
