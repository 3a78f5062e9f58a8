"""A real Redis for a test, empty: the one that `dev.py test --services` started, or one of the
test's own, which it may stop and start, where Redis is installed.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
import services


@contextmanager
def redis_server() -> Iterator[services.RedisServer]:
    """One that can be stopped, accepting connections."""
    with ExitStack() as held:
        try:
            server = held.enter_context(services.redis())
        except services.NoService as why:
            pytest.skip(str(why))
        yield server


@contextmanager
def redis_address() -> Iterator[str]:
    """The address of one that stays."""
    if handed := os.environ.get(services.REDIS):
        asyncio.run(_empty(handed))
        yield handed
        return
    with redis_server() as server:
        yield server.url


async def _empty(address: str) -> None:
    from redis.asyncio import Redis

    client = Redis.from_url(address)
    await client.flushall()
    await client.aclose()
