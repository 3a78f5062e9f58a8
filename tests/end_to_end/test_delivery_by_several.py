"""Delivery under torture with two servers on one Redis: lines that break anywhere and go to either
server, one server after the other killed in mid-reply, nothing lost or told twice.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest

from tests.end_to_end.test_delivery import OVER, Broken, Client, Plan, is_the_history
from tests.makers.conversation_server import Served, script, started
from tests.makers.postgres import postgres
from tests.makers.redis_server import redis_address

CHUNKS = 12
ANSWER = {"match": None, "chunks": [[0.02, f"piece {number} "] for number in range(CHUNKS)]}
RETRY_SECONDS = 0.05


@dataclass
class FleetPlan(Plan):
    """The same, with more than one server to go to."""

    up: dict[str, tuple[asyncio.subprocess.Process, Served]] = field(
        default_factory=dict[str, tuple[asyncio.subprocess.Process, Served]]
    )

    def any_server(self) -> Served:
        return self.random.choice(list(self.up.values()))[1]


@dataclass
class Wanderer(Client):
    """Comes back to whichever server there is."""

    async def talk(self) -> None:
        assert isinstance(self.plan, FleetPlan)
        while self.over < self.wanted:
            try:
                await self.one_line(self.plan.any_server())
            except (aiohttp.ClientError, ConnectionError, TimeoutError, Broken):
                await asyncio.sleep(RETRY_SECONDS)  # as a client does: the room is being moved


async def torture(folder: Path, rooms: int, plan: FleetPlan, shared: list[str]) -> list[Client]:
    async with AsyncExitStack() as stack:

        async def start(name: str) -> None:
            mind = script(folder, ANSWER)
            one = started("--mind", mind, *shared, data=folder / "data")
            plan.up[name] = await stack.enter_async_context(one)

        await start("first")
        await start("second")
        clients: list[Client] = []
        for number in range(rooms):
            served = plan.any_server()
            _, agent = await served.ask("POST", "agents", json={"name": f"Agent {number}"})
            room = await served.room(agent=agent["id"])
            clients.append(Wanderer(plan, room, plan.replies // rooms))
        everything = asyncio.gather(*(client.talk() for client in clients))
        every = plan.replies * (CHUNKS + 2) // (plan.kills + 1)
        for kill in range(plan.kills):
            waits = asyncio.ensure_future(plan.until_heard(every * (kill + 1)))
            await asyncio.wait([everything, waits], return_when=asyncio.FIRST_COMPLETED)
            waits.cancel()
            process, _ = plan.up.pop(("first", "second")[kill % 2])
            process.kill()
            if kill + 1 < plan.kills:
                await start(("first", "second")[kill % 2])
        await everything
        for client in clients:
            await is_the_history(plan.any_server(), client)
        return clients


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("database", ["one folder", "PostgreSQL"])
def test_a_killed_server_is_followed_by_the_other_and_nothing_is_lost(
    tmp_path: Path,
    database: str,
    full_length: bool,
    bar: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ROOM_LEASE", "2000")
    monkeypatch.setenv("RATE_LIMIT_MAX_REQUESTS", "1000000")
    monkeypatch.setenv("JWT_SECRET", "s" * 32)
    rooms, replies, breaks, kills = (10, 1000, 500, 20) if full_length else (4, 24, 12, 1)
    plan = FleetPlan(replies, breaks, kills, random.Random(11))
    with redis_address() as redis:
        shared = ["--redis", redis]
        if database == "PostgreSQL":
            with postgres() as address:
                shared += ["--database", address]
                clients = asyncio.run(torture(tmp_path, rooms, plan, shared))
        else:
            clients = asyncio.run(torture(tmp_path, rooms, plan, shared))
    assert plan.broken == breaks
    said = [message["type"] for client in clients for message in client.got]
    lost = abs(replies - sum(kind in OVER for kind in said))
    bar("replies lost or told twice by two servers of which one is killed", lost, at_most=0)
