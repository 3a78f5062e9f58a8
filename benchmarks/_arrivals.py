"""Clients in a process of their own: rooms that stream without a pause, and people who speak in
other rooms at random moments. Prints one JSON line of what they saw.

The bar asks how long a message waits for the first chunk of its answer while fifty rooms stream
thirty chunks a second each. Clients that all start together and ask again the moment they were
answered make the server work in waves: it rests, then everybody waits for everybody, and the figure
tells of the wave and not of the server. People do not keep step. So the streams here begin spread
over their first second, and messages come at random (a Poisson process): each finds the server as
busy as it is on average, which is what a person who speaks to a busy server meets. The clients run
apart from whoever measures, read frames by their look alone, and tell how late their own loop was:
a wait that the client itself made would show there.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp

STREAMING: Final = 50
SPEAKERS: Final = 10
"""Rooms where somebody speaks; each gives the first chunk at once and ends."""
SPREAD_SECONDS: Final = 1.0
BETWEEN_SECONDS: Final = 0.6
"""On average, between two messages of one speaker: slower than the limit for one connection."""
LAG_SECONDS: Final = 0.005
STREAM, ASK = "Stream!", "Hm?"


@dataclass
class Seen:
    """What the clients saw, in milliseconds."""

    waits: list[float] = field(default_factory=list[float])
    lags: list[float] = field(default_factory=list[float])
    chunks: int = 0
    seconds: float = 0.0


class Crowd:
    """Owns the clients of one run."""

    def __init__(self, client: aiohttp.ClientSession, said: dict[str, str], seconds: float) -> None:
        self._client = client
        self._said = said
        self._seconds = seconds
        self._chance = random.Random(7)
        self._counts = False
        self.seen = Seen()

    async def run(self) -> None:
        """Streams until the flow is steady, then speaks and counts for the asked time."""
        rooms = [await self._room(number) for number in range(STREAMING + SPEAKERS)]
        streams = [asyncio.create_task(self._listen(room)) for room in rooms[:STREAMING]]
        lag = asyncio.create_task(self._watch_loop())
        await asyncio.sleep(2 * SPREAD_SECONDS)
        self._counts, began = True, time.monotonic()
        until = began + self._seconds
        await asyncio.gather(*(self._speak(room, until) for room in rooms[STREAMING:]))
        self._counts = False
        self.seen.seconds = time.monotonic() - began
        for task in (*streams, lag):
            task.cancel()
        await asyncio.gather(*streams, lag, return_exceptions=True)

    async def _room(self, number: int) -> str:
        base = f"{self._said['http']}/api/ar-conversations"
        name = {"name": f"Agent {number}"}
        async with self._client.post(f"{base}/agents", json=name) as answer:
            agent = (await answer.json())["id"]
        async with self._client.post(f"{base}/rooms", json={"agentId": agent}) as answer:
            return (await answer.json())["id"]

    async def _joined(self, room: str) -> aiohttp.ClientWebSocketResponse:
        ws = await self._client.ws_connect(f"{self._said['url']}?roomId={room}")
        await ws.receive()
        await ws.send_json({"type": "join-ar-room", "roomId": room})
        return ws

    async def _listen(self, room: str) -> None:
        ws = await self._joined(room)
        await asyncio.sleep(self._chance.random() * SPREAD_SECONDS)
        while True:
            await ws.send_json({"type": "ar-message", "content": STREAM})
            while '"ar-stream-end"' not in (told := await ws.receive_str()):
                self.seen.chunks += self._counts and '"ar-stream-chunk"' in told

    async def _speak(self, room: str, until: float) -> None:
        ws = await self._joined(room)
        while True:
            await asyncio.sleep(self._chance.expovariate(1 / BETWEEN_SECONDS))
            if time.monotonic() > until:
                return
            asked = time.perf_counter()
            await ws.send_json({"type": "ar-message", "content": ASK})
            while '"ar-stream-chunk"' not in await ws.receive_str():
                pass
            self.seen.waits.append(1000 * (time.perf_counter() - asked))
            while '"ar-stream-end"' not in await ws.receive_str():
                pass

    async def _watch_loop(self) -> None:
        while True:
            wanted = time.perf_counter() + LAG_SECONDS
            await asyncio.sleep(LAG_SECONDS)
            if self._counts:
                self.seen.lags.append(1000 * (time.perf_counter() - wanted))


def script(seconds: float, a_second: float) -> list[dict[str, Any]]:
    """What the scripted mind says to both: a stream of so many chunks a second, and one word."""
    chunks = [[1 / a_second, f"word{number} "] for number in range(int(seconds * a_second))]
    return [{"match": STREAM, "chunks": chunks}, {"match": None, "chunks": [[0, "Yes."]]}]


async def _main(said: dict[str, str], seconds: float) -> None:
    headers = {"Authorization": f"Bearer {said['token']}"}
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(headers=headers, connector=connector) as client:
        crowd = Crowd(client, said, seconds)
        await crowd.run()
    seen = crowd.seen
    figures = {"waits": seen.waits, "lags": seen.lags, "chunks": seen.chunks}
    print(json.dumps(figures | {"seconds": seen.seconds}), flush=True)


if __name__ == "__main__":
    asyncio.run(_main(json.loads(sys.argv[1]), float(sys.argv[2])))
