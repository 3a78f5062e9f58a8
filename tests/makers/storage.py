"""Where a test's conversations lie: a folder for SQLite, an address for PostgreSQL; and a look into
either past the server.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

Storage = Path | str

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"


def place_of(storage: Storage) -> Path | str:
    """What the history opens."""
    return storage / "conversations.db" if isinstance(storage, Path) else storage


def do(storage: Storage, statements: Iterable[str]) -> None:
    """Does these in one transaction; not while a loop runs here."""
    place = place_of(storage)
    if isinstance(place, Path):
        with closing(sqlite3.connect(place)) as database, database:
            for statement in statements:
                database.execute(statement)
        return
    asyncio.run(_do(place, list(statements)))


def everything(storage: Storage) -> str:
    """Every row of every table, as text."""
    place = place_of(storage)
    if isinstance(place, Path):
        with closing(sqlite3.connect(place)) as database:
            return "\n".join(database.iterdump())
    return asyncio.run(_everything(place))


def rows(storage: Storage, query: str) -> list[tuple[Any, ...]]:
    """What a query gives."""
    place = place_of(storage)
    if isinstance(place, Path):
        with closing(sqlite3.connect(place)) as database:
            return database.execute(query).fetchall()
    return asyncio.run(_rows(place, query))


async def do_alone(address: str, statement: str) -> None:
    """Does what PostgreSQL does in no transaction."""
    import asyncpg

    connection = await asyncpg.connect(address)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def _do(address: str, statements: list[str]) -> None:
    import asyncpg

    connection = await asyncpg.connect(address)
    try:
        async with connection.transaction():
            for statement in statements:
                await connection.execute(statement)
    finally:
        await connection.close()


async def _rows(address: str, query: str) -> list[tuple[Any, ...]]:
    import asyncpg

    connection = await asyncpg.connect(address)
    try:
        return [tuple(row) for row in await connection.fetch(query)]
    finally:
        await connection.close()


async def _everything(address: str) -> str:
    tables = [row[0] for row in await _rows(address, TABLES)]
    told = [await _rows(address, f"SELECT one::text FROM {table} AS one") for table in tables]
    return "\n".join(row[0] for found in told for row in found)
