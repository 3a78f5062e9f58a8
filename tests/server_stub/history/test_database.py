"""Writes in groups: who fails, who is called off, and how often the loop is woken for all of it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from server_stub.history import database as databases
from server_stub.history.database import Job, SqliteDatabase
from server_stub.history.errors import HistoryError
from server_stub.history.sql import Sql

PATIENCE = 30.0


def noted(number: int) -> Job[int]:
    def job(db: Sql) -> int:
        db.execute("INSERT INTO note (number) VALUES (?)", (number,))
        return number

    return job


def failing(db: Sql) -> int:
    noted(99)(db)
    raise HistoryError("This one does not want to.")


def breaking(db: Sql) -> int:
    db.execute("ROLLBACK")
    raise HistoryError("This one broke everything.")


def numbers(db: Sql) -> list[int]:
    return [row[0] for row in db.execute("SELECT number FROM note ORDER BY number").fetchall()]


async def in_one_group(
    database: SqliteDatabase,
    jobs: list[Job[int]],
    then: Callable[[list[asyncio.Task[int]]], object],
) -> list[int | BaseException]:
    """What came of jobs that wait together behind one that holds the writer."""
    await database.write(lambda db: db.execute("CREATE TABLE note (number INTEGER)").rowcount)
    held, may_go = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def holding(db: Sql) -> bool:
        loop.call_soon_threadsafe(held.set)
        return may_go.wait(PATIENCE)

    holder = asyncio.create_task(database.write(holding))
    try:
        await held.wait()
        tasks = [asyncio.create_task(database.write(job)) for job in jobs]
        await asyncio.sleep(0)  # each has put its job in line
        then(tasks)
    finally:
        may_go.set()
    assert await holder
    return await asyncio.gather(*tasks, return_exceptions=True)


def with_database(path: Path, scene: Callable[[SqliteDatabase], object]) -> None:
    async def act() -> None:
        database = SqliteDatabase(path)
        try:
            async with asyncio.timeout(PATIENCE):
                await scene(database)  # pyright: ignore[reportGeneralTypeIssues]
        finally:
            database.close()

    asyncio.run(act())


def nothing(tasks: list[asyncio.Task[int]]) -> None:
    assert tasks


def test_a_write_whose_caller_was_cancelled_is_kept_all_the_same(tmp_path: Path) -> None:
    async def scene(database: SqliteDatabase) -> None:
        came = await in_one_group(database, [noted(1), noted(2)], lambda tasks: tasks[0].cancel())
        assert isinstance(came[0], asyncio.CancelledError)
        assert came[1] == 2
        assert await database.read(numbers) == [1, 2]

    with_database(tmp_path / "d.db", scene)


def test_a_job_that_fails_takes_nothing_of_its_group_with_it(tmp_path: Path) -> None:
    async def scene(database: SqliteDatabase) -> None:
        came = await in_one_group(database, [noted(1), failing, noted(2)], nothing)
        assert (came[0], came[2]) == (1, 2)
        assert str(came[1]) == "This one does not want to."
        assert await database.read(numbers) == [1, 2]

    with_database(tmp_path / "d.db", scene)


def test_when_the_transaction_breaks_the_others_are_done_again(tmp_path: Path) -> None:
    async def scene(database: SqliteDatabase) -> None:
        came = await in_one_group(database, [noted(1), breaking, noted(2)], nothing)
        assert (came[0], came[2]) == (1, 2)
        assert str(came[1]) == "This one broke everything."
        assert await database.read(numbers) == [1, 2]  # what was told, once

    with_database(tmp_path / "d.db", scene)


def test_a_group_wakes_the_loop_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bar: Callable[..., None]
) -> None:
    async def scene(database: SqliteDatabase) -> None:
        loop = asyncio.get_running_loop()
        wake, woken = loop.call_soon_threadsafe, 0

        def counted(*given: object) -> object:
            nonlocal woken
            woken += 1
            return wake(*given)  # pyright: ignore[reportArgumentType, reportCallIssue, reportUnknownVariableType]

        def watch(tasks: list[asyncio.Task[int]]) -> None:
            monkeypatch.setattr(loop, "call_soon_threadsafe", counted)

        came = await in_one_group(database, [noted(number) for number in range(40)], watch)
        assert came == list(range(40))
        bar("wakes of the loop for forty writes behind another", woken, at_most=2)

    with_database(tmp_path / "d.db", scene)


async def written(database: SqliteDatabase, jobs: int) -> None:
    """So many jobs of a page each, many at a time."""
    await database.write(lambda db: db.execute("CREATE TABLE page (body BLOB)").rowcount)
    put = "INSERT INTO page (body) VALUES (zeroblob(4000))"
    for _ in range(jobs // 32):
        group = (database.write(lambda db: db.execute(put).rowcount) for _ in range(32))
        await asyncio.gather(*group)


def test_what_was_written_gets_from_the_log_into_the_file_while_the_server_runs(
    tmp_path: Path,
) -> None:
    async def scene() -> None:
        file = tmp_path / "some.db"
        database = SqliteDatabase(file)
        try:
            before = file.stat().st_size
            await written(database, 2 * databases.CARRIED_AFTER)
            async with asyncio.timeout(PATIENCE):
                while file.stat().st_size < before + databases.CARRIED_AFTER * 4000:
                    await database.read(lambda db: db.execute("SELECT 1").fetchone()[0])
        finally:
            database.close()

    asyncio.run(scene())


def test_a_log_that_nobody_else_carries_over_begins_anew_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "CARRIED_AFTER", 1_000_000)
    monkeypatch.setattr(databases, "LONGEST_LOG", 200)

    async def scene() -> None:
        file = tmp_path / "some.db"
        database = SqliteDatabase(file)
        try:
            await written(database, 4_000)
            log = file.with_name(file.name + "-wal").stat().st_size
            assert log < 4_000 * 4000 / 4, log
        finally:
            database.close()

    asyncio.run(scene())
