"""A server under a crowd for a long time: people and bad clients, and it stays as it was.

An hour with two hundred rooms at full length, where memory is measured from when everybody has
talked enough to fill the room, and left it and come back. The sample is over before that: it asks
what the crowd leaves behind, handles and tasks from before the first client to after the last.
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from server_stub.door.gate import Gate
from tests.makers.bad_clients import BadClient
from tests.makers.conversation_server import Served, script, started
from tests.makers.crowd import SCRIPT, Crowd, Person, not_too_busy

SECRET = "for this soak alone, thirty-two bytes"
SHARE = 0.33
"""Of one core, for the server and its crowd together."""
DRIFT = 0.10
QUIET_SECONDS = 90.0
"""By then nothing of the clients that left is held any more."""
SPARE = 3
"""Handles and tasks that come and go: a request on its way, a connection to the database."""


@dataclass(frozen=True)
class Length:
    """How long everything lasts."""

    rooms: int
    warm_seconds: float
    seconds: float
    rest_seconds: float
    look_seconds: float
    fills: bool


@dataclass(frozen=True)
class Look:
    """The server at one moment."""

    at: float
    memory: float
    handles: int
    tasks: int
    threads: int
    connections: int


@dataclass
class Soak:
    """All that was seen of one run."""

    before: Look
    warm: list[Look] = field(default_factory=list[Look])
    """From when everybody has talked."""
    after: Look | None = None
    crowd_faults: list[str] = field(default_factory=list[str])
    logged: list[str] = field(default_factory=list[str])
    done: dict[str, int] = field(default_factory=dict[str, int])

    @property
    def drift(self) -> float:
        """How much more memory there is in the last part than in the first, as a share."""
        part = max(1, len(self.warm) // 6)
        first = statistics.median(look.memory for look in self.warm[:part])
        last = statistics.median(look.memory for look in self.warm[-part:])
        return last / first - 1

    def faults(self) -> list[str]:
        """What is wrong, each in a sentence; empty when all is well."""
        told = [*self.crowd_faults, *(f"the log: {line}" for line in self.logged)]
        if self.after is not None:
            for what in ("connections", "handles", "tasks", "threads"):
                before, after = getattr(self.before, what), getattr(self.after, what)
                if after > before + SPARE:
                    told.append(f"{what} were {before} and are {after}")
        return told


async def look(served: Served, server: psutil.Process) -> Look:
    async with served.client.get(f"{served.http}/metrics") as answer:
        text = await answer.text()
    told = {
        sample.name: sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    whole = server.memory_full_info()
    return Look(
        at=time.monotonic(),
        memory=float(getattr(whole, "pss", whole.uss)),
        handles=int(told.get("process_open_fds", 0)),
        tasks=int(told["conversations_tasks"]),
        threads=int(told["conversations_threads"]),
        connections=int(told["conversations_connections"]),
    )


async def soak(folder: Path, length: Length, program: tuple[str, ...], seed: int) -> Soak:
    """One run: a server, its crowd, and what is left when the crowd is gone."""
    mind = script(folder, *SCRIPT)
    data = folder / "data"
    async with (
        started("--mind", mind, data=data, program=program) as (process, served),
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as client,
    ):
        served.client, server = client, psutil.Process(process.pid)
        dice = random.Random(seed)
        crowd = Crowd(served, Gate(SECRET.encode()), dice, length.rest_seconds, length.fills)
        await _one_talk(crowd)
        run = Soak(await look(served, server))
        people = [Person(crowd, f"person-{n}", n % 3 == 0) for n in range(length.rooms)]
        tasks = _sent_in(crowd, people, length, server)
        try:
            await asyncio.sleep(length.warm_seconds)
            while length.fills and any(  # noqa: ASYNC110 - the crowd keeps no such moment
                not person.has_come_back for person in people
            ):
                await asyncio.sleep(length.look_seconds)
            began = time.monotonic()
            while time.monotonic() < began + length.seconds:
                run.warm.append(await look(served, server))
                _write_down(folder, run)
                await asyncio.sleep(length.look_seconds)
        finally:
            crowd.is_over = True
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for person in people:
            await person.unpause()
        run.after = await _quiet(served, server, run.before)
        run.crowd_faults, run.done = crowd.faults, dict(crowd.done)
        assert process.returncode is None
    run.logged = unhandled(data)
    return run


def _sent_in(
    crowd: Crowd, people: list[Person], length: Length, server: psutil.Process
) -> list[asyncio.Task[None]]:
    bad = [BadClient(crowd, f"bad-{n}") for n in range(3)]
    walls = [BadClient(crowd, f"reads-nothing-{n}") for n in range(2)]
    mute = [BadClient(crowd, f"silent-{n}") for n in range(2)]
    ramp = 0.6 * length.warm_seconds
    lives = [_later(crowd, person.visit, "visits", ramp) for person in people]
    lives += [_later(crowd, one.lead_some_life, "bad lives", ramp) for one in bad]
    lives += [_later(crowd, one.reads_nothing, "slow lives", 0) for one in walls]
    lives += [_later(crowd, one.stays_silent, "silent lives", 0) for one in mute]
    lives.append(not_too_busy(crowd, server, SHARE))
    return [asyncio.create_task(life) for life in lives]


async def _later(
    crowd: Crowd, what: Callable[[], Awaitable[object]], name: str, within: float
) -> None:
    await asyncio.sleep(crowd.dice.uniform(0, within))
    await crowd.keep_at(what, name)


async def _one_talk(crowd: Crowd) -> None:
    """Whatever a server takes once for all is there before the first look."""
    person = Person(crowd, "first", has_avatar=False)
    room = person.room = await crowd.room("first")
    headers = {"Authorization": f"Bearer {crowd.token('first')}"}
    address = f"{crowd.served.url}?roomId={room}"
    async with crowd.served.client.ws_connect(address, headers=headers, max_msg_size=0) as ws:
        await ws.send_json({"type": "join-ar-room"})
        await ws.send_json({"type": "ar-message", "content": "Well?"})
        while (await ws.receive_json(timeout=30))["type"] != "ar-stream-end":
            pass


async def _quiet(served: Served, server: psutil.Process, before: Look) -> Look:
    """The server when all clients are gone, as soon as it is as before or after long enough."""
    until = time.monotonic() + QUIET_SECONDS
    while True:
        async with aiohttp.ClientSession() as client:
            now = await look(Served(served.http, served.token, client), server)
        calm = now.connections == 0 and now.tasks <= before.tasks + SPARE
        if (calm and now.handles <= before.handles + SPARE) or time.monotonic() > until:
            return now
        await asyncio.sleep(0.5)


def unhandled(data: Path) -> list[str]:
    """The lines of the server's log that tell of an exception that nobody expected."""
    told: list[str] = []
    for path in sorted(data.glob("server.log*")):
        for text in path.read_text(encoding="utf-8").splitlines():
            line = json.loads(text)
            if "trace" in line or line["from"] == "asyncio" or line["level"] == "CRITICAL":
                told.append(text)
    return told


def _write_down(folder: Path, run: Soak) -> None:
    """What a long run saw so far, for whoever looks at it meanwhile."""
    lines = [
        f"{one.at - run.warm[0].at:.0f} s: {one.memory / 1e6:.1f} MB, {one.handles} handles, "
        f"{one.tasks} tasks, {one.connections} connections"
        for one in run.warm
    ]
    (folder / "looks.txt").write_text("\n".join(lines), encoding="utf-8")


@pytest.fixture
def own_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JWT_SECRET", SECRET)
    monkeypatch.setenv("RATE_LIMIT_MAX_REQUESTS", "1000000")
    monkeypatch.setenv("LOG_LEVEL", "warning")


SAMPLE = Length(200, warm_seconds=7, seconds=8, rest_seconds=6, look_seconds=0.5, fills=False)
HOUR = Length(200, warm_seconds=600, seconds=3000, rest_seconds=12, look_seconds=15, fills=True)


@pytest.mark.timeout(6000)
def test_a_crowd_of_two_hundred_rooms_leaves_the_server_as_it_was(
    tmp_path: Path, own_secret: None, full_length: bool, bar: Callable[..., None]
) -> None:
    length = HOUR if full_length else SAMPLE
    run = asyncio.run(soak(tmp_path, length, ("-m", "server_stub"), seed=5))
    assert run.after is not None
    print(json.dumps(run.done, indent=1), run.faults()[:20], run.before, run.warm[-1], run.after)
    if full_length:
        drift = abs(run.drift) * 100
        bar("memory of a server under a crowd, drift", drift, at_most=DRIFT * 100, unit="%")
    left = max(run.after.tasks - run.before.tasks, run.after.handles - run.before.handles)
    bar("tasks and handles left by a crowd", max(0, left), at_most=SPARE)
    bar("unhandled exceptions under a crowd", len(run.logged), at_most=0)
    assert run.faults() == []
    assert run.done["chunks"] > 1_000 and run.done["resumed"] > 0


LEAKY = """
import asyncio, sys
from server_stub.line import connection
left, kept = connection.Connection._leave, []
def leave(self, expiry):
    left(self, expiry)
    kept.append((self._socket, bytearray(b"x" * 400_000)))
    kept.append(asyncio.get_running_loop().create_task(asyncio.Event().wait()))
connection.Connection._leave = leave
sys.argv = ["server_stub", *sys.argv[1:]]
from server_stub.__main__ import main
sys.exit(main())
"""


def test_a_server_that_leaks_is_found_out(
    tmp_path: Path, own_secret: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.server_stub.test_soak.QUIET_SECONDS", 2.0)
    length = Length(60, warm_seconds=2, seconds=5, rest_seconds=0.7, look_seconds=0.5, fills=False)
    run = asyncio.run(soak(tmp_path, length, ("-c", LEAKY), seed=5))
    assert run.drift > DRIFT
    assert "tasks were" in " ".join(run.faults())
