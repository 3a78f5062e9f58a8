"""Chunks a second through our server beside two Node servers, on `ws` and on socket.io, that relay
the tokens of the same local mind to the same clients.

Ours keeps every chunk on disk before it is sent and numbers it for a resumption; theirs only relay.
They take turns. The processor's time tells how much of a busy machine was the server's own.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict

import aiohttp
import psutil

from benchmarks._figure import median, progress, report, show
from benchmarks._receivers import Line
from benchmarks.rivals.workshop import Absent, relay_command
from benchmarks.server import new_room, ours, served

CLIENTS = 50
TOKENS = 400
SECONDS = 4.0
ROUNDS = 3
ASK = {"content": "Go on."}
Relay = Callable[[str], Iterator[tuple[psutil.Process, list[Line]]]]
Rates = tuple[list[float], list[float]]
"""Chunks for each second on the clock and for each second of the server's processor."""


@contextmanager
def _started(command: list[str]) -> Iterator[tuple[subprocess.Popen[str], int]]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process, json.loads(process.stdout.readline())["port"]
    finally:
        process.terminate()
        process.communicate()


def _our_server(mind: str) -> Iterator[tuple[psutil.Process, list[Line]]]:
    with (
        tempfile.TemporaryDirectory(prefix="conversations-bench-") as folder,
        served(*ours(folder, f"{mind}#tokens")) as (process, said, _),
    ):
        yield process, asyncio.run(_our_lines(said))


async def _our_lines(said: dict[str, str]) -> list[Line]:
    headers = {"Authorization": f"Bearer {said['token']}"}
    async with aiohttp.ClientSession(headers=headers) as client:
        rooms = [await new_room(client, said["http"], number) for number in range(CLIENTS)]
    port = int(said["http"].rpartition(":")[2])
    ask = json.dumps({"type": "ar-message", **ASK})
    return [
        Line(port, f"/ar-stream?roomId={room}", said["token"], [_join(room)], ask) for room in rooms
    ]


def _join(room: str) -> str:
    return json.dumps({"type": "join-ar-room", "roomId": room})


def _ws(mind: str) -> Iterator[tuple[psutil.Process, list[Line]]]:
    with _started([*relay_command("ws.mjs"), mind]) as (process, port):
        ask = json.dumps({"type": "ar-message", **ASK})
        yield psutil.Process(process.pid), [Line(port, "/", "", [], ask)] * CLIENTS


def _socketio(mind: str) -> Iterator[tuple[psutil.Process, list[Line]]]:
    with _started([*relay_command("socketio.mjs"), mind]) as (process, port):
        path, ask = "/socket.io/?EIO=4&transport=websocket", f'42["ar-message",{json.dumps(ASK)}]'
        yield psutil.Process(process.pid), [Line(port, path, "", ["40"], ask)] * CLIENTS


def _measure(relay: Relay, rates: Rates) -> None:
    with (
        _started([sys.executable, "-m", "benchmarks._token_mind", str(TOKENS)]) as (_, port),
        contextmanager(relay)(f"http://127.0.0.1:{port}/v1") as (process, lines),
    ):
        told = json.dumps([asdict(line) for line in lines])
        command = [sys.executable, "-m", "benchmarks._receivers", told, str(SECONDS)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as clients:
            assert clients.stdout is not None
            clients.stdout.readline()  # warm
            before = _spent(process)
            seen = json.loads(clients.stdout.readline())
            rates[0].append(seen["chunks"] / seen["seconds"])
            rates[1].append(seen["chunks"] / (_spent(process) - before))


def _spent(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def main() -> None:
    """Every server in turn, some rounds."""
    relays: dict[str, Relay] = {"ours": _our_server, "ws": _ws, "socket.io": _socketio}
    rates: dict[str, Rates] = {name: ([], []) for name in relays}
    note = ""
    for number in range(ROUNDS):
        for name, relay in relays.items():
            progress(f"  round {number + 1} of {ROUNDS}: {name}")
            try:
                _measure(relay, rates[name])
            except Absent as reason:
                note = str(reason)
    progress("")
    for kind, unit in enumerate(("/s", "/processor s")):
        rivals = {name: median(rates[name][kind]) for name in ("ws", "socket.io")}
        show(f"relay: chunks {unit}", unit, rates["ours"][kind], rivals=rivals, note=note)
        for name, theirs in rivals.items():
            if theirs:
                mine = median(rates["ours"][kind]) or 0.0
                report(f"relay: against {name}, chunks {unit}", "×", mine / theirs)


if __name__ == "__main__":
    main()
