"""An empty database for a test: in the PostgreSQL that `dev.py test --services` started, else in
one of the test's own, where it is installed.
"""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import pytest
import services


@contextmanager
def postgres() -> Iterator[str]:
    """The address of an empty database."""
    if handed := os.environ.get(services.DATABASE):
        name = f"test_{secrets.token_hex(6)}"
        asyncio.run(_tell(handed, f"CREATE DATABASE {name}"))
        try:
            yield urlsplit(handed)._replace(path=f"/{name}").geturl()
        finally:
            asyncio.run(_tell(handed, f"DROP DATABASE {name} WITH (FORCE)"))
        return
    with ExitStack() as held:
        try:
            address = held.enter_context(services.postgres())
        except services.NoService as why:
            pytest.skip(str(why))
        yield address


async def _tell(address: str, statement: str) -> None:
    import asyncpg

    connection = await asyncpg.connect(address)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
