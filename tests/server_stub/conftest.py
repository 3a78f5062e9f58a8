"""Both databases for whoever asks: a test with `storage` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.makers.postgres import emptied, postgres_server
from tests.makers.storage import Storage


@pytest.fixture(scope="session")
def database_server() -> Iterator[str]:
    """The address of a PostgreSQL for the whole run."""
    with postgres_server() as address:
        yield address


@pytest.fixture
def address(database_server: str) -> str:
    """Its database, empty."""
    return emptied(database_server)


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    """An empty place for conversations."""
    return tmp_path if request.param == "SQLite" else request.getfixturevalue("address")
