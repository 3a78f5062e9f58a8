"""The conversation server: how long a message waits, what connections and a start cost, how a large
history is read. Beside it a bare hello server of the same library.

`python -m benchmarks.server messages` measures that part alone; the parts are PARTS.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import psutil

from benchmarks._arrivals import SPREAD_SECONDS
from benchmarks._arrivals import script as script_of
from benchmarks._figure import median, report, show, worst_hundredth
from server_stub.history.changes import MessageAdded
from server_stub.history.records import Agent, Room, StoredMessage
from server_stub.history.store import History

CHUNKS_A_SECOND = 30
STREAM_SECONDS = 8
ARRIVALS_SECONDS = 20
IDLE = 2_000
MANY: dict[str, str] = {
    "MAX_CONNECTIONS": "2100",
    "RATE_LIMIT_MAX_CONNECTIONS": "2100",
    "RATE_LIMIT_MAX_REQUESTS": "100000",
}
"""What a server is told that one user may open so many connections and rooms on."""
MESSAGES = 100_000
QUESTIONS = 200
SONG = (
    "the", "kettle", "sings", "a", "quiet", "song", "of", "tea", "and", "rain", "on", "tin", "roof",
    "by", "sea",
)  # fmt: skip
HELLO = """
import asyncio
from aiohttp import web

async def main():
    app = web.Application()
    async def hello(request):
        return web.json_response({"status": "ok"})
    app.router.add_get("/health", hello)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print('{"http": "http://127.0.0.1:%d"}' % runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


@contextmanager
def served(
    *command: str, told: Mapping[str, str] | None = None
) -> Iterator[tuple[psutil.Process, dict[str, str], float]]:
    """A server process, the line it says, and the moment when it was asked to start. `told` is
    said to it in its environment.
    """
    began = time.monotonic()
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", **(told or {})}
    process = subprocess.Popen(
        [sys.executable, *command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env=environment,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        yield psutil.Process(process.pid), json.loads(process.stdout.readline()), began
    finally:
        process.terminate()
        process.wait()


def ours(folder: str, mind: str) -> list[str]:
    """The command of our server."""
    return ["-m", "server_stub", "--port", "0", "--data", folder, "--mind", mind]


def arrivals(said: dict[str, str], process: psutil.Process) -> None:
    """How long messages that come at random wait for their first chunk while all rooms stream, as
    clients in another process see it (why so: `_arrivals`), and what a chunk costs the server.
    """
    before = process.cpu_times()
    clients = [
        sys.executable,
        "-m",
        "benchmarks._arrivals",
        json.dumps(said),
        str(ARRIVALS_SECONDS),
    ]
    told = subprocess.run(clients, stdout=subprocess.PIPE, text=True, check=True).stdout
    after = process.cpu_times()
    seen: dict[str, Any] = json.loads(told)
    waits, lags = seen["waits"], seen["lags"]
    rate = seen["chunks"] / seen["seconds"]
    lag = f"the clients' own loop: {median(lags):.2f} ms late, p99 {worst_hundredth(lags):.1f} ms"
    report("server: message in to first chunk out, median", "ms", median(waits) or 0.0, note=lag)
    report("server: message in to first chunk out, p99", "ms", worst_hundredth(waits))
    report("server: chunks while messages came", "/s", rate, note=f"{len(waits)} messages")
    spent = after.user - before.user + after.system - before.system
    every = rate * (seen["seconds"] + 2 * SPREAD_SECONDS)
    report("server: processor time per chunk", "µs", 1e6 * spent / every)


async def new_room(client: aiohttp.ClientSession, http: str, number: int) -> str:
    """The id of a new room with an agent of its own."""
    base = f"{http}/api/ar-conversations"
    async with client.post(f"{base}/agents", json={"name": f"Agent {number}"}) as answer:
        agent = (await answer.json())["id"]
    async with client.post(f"{base}/rooms", json={"agentId": agent}) as answer:
        return (await answer.json())["id"]


async def idle_bytes(said: dict[str, str], process: psutil.Process, rooms: int) -> float:
    """Resident memory that one idle connection costs, in KB, where they share so many rooms."""
    headers = {"Authorization": f"Bearer {said['token']}"}
    async with aiohttp.ClientSession(
        headers=headers, connector=aiohttp.TCPConnector(limit=0)
    ) as client:
        known = [await new_room(client, said["http"], number) for number in range(rooms)]
        sockets: list[Any] = []
        before = _memory(process)
        for number in range(IDLE):
            room = known[number % rooms]
            ws = await client.ws_connect(f"{said['url']}?roomId={room}")
            await ws.receive()
            await ws.send_json({"type": "join-ar-room", "roomId": room})
            sockets.append(ws)
        async with client.get(f"{said['http']}/health") as answer:  # all that came is handled
            assert answer.status == 200
        after = _memory(process)
        await asyncio.gather(*(ws.close() for ws in sockets))
    return (after - before) / IDLE / 1000


def _memory(process: psutil.Process) -> int:
    """What is the process's own, with its share of what it has in common; else what it holds."""
    return getattr(process.memory_full_info(), "pss", 0) or process.memory_info().rss


async def first_answer(said: dict[str, str], began: float) -> float:
    """Milliseconds from the start of the process to its first HTTP 200."""
    async with aiohttp.ClientSession() as client, client.get(f"{said['http']}/health") as answer:
        assert answer.status == 200
        return 1000 * (time.monotonic() - began)


async def large_history(folder: Path) -> dict[str, list[float]]:
    """Milliseconds of the newest page, a search and the list of rooms, among many messages."""
    history = History(folder / "large.db")
    words = SONG
    await history.add_agent(Agent(id="a", name="A"))
    for room in range(20):
        await history.add_agent(Agent(id=f"a{room}", name="A"))
        await history.open_room(_record(room))
    each = MESSAGES // 20
    for room in range(20):
        for start in range(0, each, 500):
            batch = [_message(room, number, words) for number in range(start, start + 500)]
            await history.keep(f"r{room}", [MessageAdded(one) for one in batch], [], 1)
    asked: dict[str, Callable[[int], Any]] = {
        "newest page": lambda n: history.page(f"r{n % 20}", None, 50),
        "full-text search": lambda n: history.found(
            f"r{n % 20}", f"{words[n % len(words)]} {n % 97}", None, 50
        ),
        "list of rooms": lambda n: history.open_rooms_of("ann"),
    }
    took: dict[str, list[float]] = {name: [] for name in asked}
    for number in range(QUESTIONS):
        for name, question in asked.items():
            began = time.perf_counter()
            await question(number)
            took[name].append(1000 * (time.perf_counter() - began))
    history.close()
    return took


def _record(number: int) -> Room:
    return Room(
        id=f"r{number}", user_id="ann", agent_id=f"a{number}", status="active", epoch="e",
        last_seq=0, created_at=1, last_activity_at=number,
    )  # fmt: skip


def _message(room: int, number: int, words: tuple[str, ...]) -> StoredMessage:
    chosen = [words[(number * step + room) % len(words)] for step in range(1, 13)]
    return StoredMessage(
        id=f"m{room}-{number}", room_id=f"r{room}", position=number + 1, sender_id="ann",
        sender_type="human", content=" ".join([*chosen, str(number % 97)]), created_at=number,
    )  # fmt: skip


def start(place: Path, _mind: str) -> None:
    mine: list[float] = []
    bare: list[float] = []
    for number in range(7):
        with served(*ours(f"{place}/start", "builtin")) as (_, said, began):
            mine.append(asyncio.run(first_answer(said, began)))
        with served("-c", HELLO) as (_, said, began):
            bare.append(asyncio.run(first_answer(said, began)))
        if not number:  # the first made the folder and the bytecode
            mine.clear()
            bare.clear()
    show("server: start to first 200", "ms", mine, rivals={"bare aiohttp": sorted(bare)[3]})


def connections(place: Path, mind: str) -> None:
    with served(*ours(f"{place}/data", mind), told=MANY) as (process, said, _):
        time.sleep(0.5)  # idleness has no event to wait for
        report("server: resident memory when idle", "MB", process.memory_info().rss / 1e6)
        report("server: an idle connection", "KB", asyncio.run(idle_bytes(said, process, 1)))
    with served(*ours(f"{place}/rooms", mind), told=MANY) as (process, said, _):
        own = asyncio.run(idle_bytes(said, process, IDLE))
        report("server: an idle connection to a room of its own", "KB", own)


def messages(place: Path, mind: str) -> None:
    with served(*ours(f"{place}/more", mind)) as (process, said, _):
        arrivals(said, process)


def history(place: Path, _mind: str) -> None:
    for name, took in asyncio.run(large_history(place)).items():
        tail = sorted(took)[int(0.95 * len(took))]
        report(f"server: {name} among {MESSAGES} messages, p95", "ms", tail)


PARTS: dict[str, Callable[[Path, str], None]] = {
    "start": start,
    "connections": connections,
    "messages": messages,
    "history": history,
}


def main(names: Sequence[str]) -> None:
    """The parts that are named, or all."""
    with tempfile.TemporaryDirectory(prefix="conversations-bench-") as folder:
        place = Path(folder)
        script = place / "script.json"
        lines = script_of(STREAM_SECONDS, CHUNKS_A_SECOND)
        script.write_text(json.dumps(lines), "utf-8")
        for name in names or PARTS:
            PARTS[name](place, f"script:{script}")


if __name__ == "__main__":
    main(sys.argv[1:])
