"""A speech server on this machine that does what a test tells it to."""

from __future__ import annotations

import asyncio
import io
import json
import threading
import wave
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from avatar_desktop.voice.engines.espeak import Reading
from tests.makers.one_espeak import one_espeak

Answer = Callable[[dict[str, Any]], Awaitable[web.StreamResponse]]


@dataclass
class Asked:
    """What came to the server."""

    wishes: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    keys: list[str] = field(default_factory=list[str])
    is_asked: threading.Event = field(default_factory=threading.Event)
    is_left: threading.Event = field(default_factory=threading.Event)


def wav(pcm: bytes, rate: int) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(rate)
        writer.writeframes(pcm)
    return file.getvalue()


def said(text: str, voice: str = "en-us+f3", speed: int = 160) -> Reading:
    """Another throat than the one that times are taken from."""
    reading = one_espeak().read(text, voice, lambda: False, speed=speed)
    assert reading is not None
    return reading


def speaks(readings: dict[str, Reading]) -> Answer:
    async def answer(wish: dict[str, Any]) -> web.Response:
        reading = readings[wish["input"]]
        return web.Response(body=wav(reading.pcm, reading.rate), content_type="audio/wav")

    return answer


@contextmanager
def speech_server(answer: Answer) -> Iterator[tuple[str, Asked]]:
    """Its address, and what it was asked."""
    asked, loop = Asked(), asyncio.new_event_loop()

    async def handle(request: web.Request) -> web.StreamResponse:
        asked.wishes.append(json.loads(await request.read()))
        asked.keys.append(request.headers.get("Authorization", ""))
        asked.is_asked.set()
        try:
            return await answer(asked.wishes[-1])
        except asyncio.CancelledError:
            asked.is_left.set()
            raise

    async def start() -> web.AppRunner:
        app = web.Application()
        app.router.add_post("/v1/audio/speech", handle)
        runner = web.AppRunner(
            app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True
        )
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return runner

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    runner = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/v1", asked
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()
