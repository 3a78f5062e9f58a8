"""A disk without room for the conversations."""

from __future__ import annotations

from server_stub.history.store import History


async def limit_pages(history: History, pages: int) -> None:
    """The database's own way of having no room left."""
    database = history._database  # pyright: ignore[reportPrivateUsage]
    await database.write(lambda db: db.execute(f"PRAGMA max_page_count = {pages}").fetchone())
