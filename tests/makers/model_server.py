"""A model server on this machine that speaks, stalls and dies as a test tells it to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

Speaker = Callable[[web.Request, web.StreamResponse], Awaitable[None]]


def event(text: str | None = None, **more: object) -> bytes:
    delta = {"content": text, **more}
    return b"data: " + json.dumps({"choices": [{"delta": delta}]}).encode() + b"\n\n"


def saying(words: str) -> Speaker:
    """Begins each answer and ends it so, or dies or stalls in its midst when told to."""

    async def speak(request: web.Request, response: web.StreamResponse) -> None:
        question = (await request.json())["messages"][-1]["content"]
        await response.write(event("Well, "))
        if "die" in question:
            assert request.transport is not None
            request.transport.abort()
        elif "stall" in question:
            await asyncio.Event().wait()
        else:
            await response.write(event(words) + b"data: [DONE]\n\n")

    return speak


@asynccontextmanager
async def model_server(speak: Speaker, seen: list[dict[str, object]]) -> AsyncIterator[str]:
    """Its address; `seen` gets what it was asked, and with which key."""

    async def completions(request: web.Request) -> web.StreamResponse:
        seen.append(await request.json())
        seen[-1]["authorization"] = request.headers.get("Authorization")
        if seen[-1]["model"] == "refused":
            return web.json_response({"error": {"message": "context is full"}}, status=400)
        if seen[-1]["model"] == "locked":
            return web.json_response({"error": "no"}, status=401)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await speak(request, response)
        return response

    async def models(_: web.Request) -> web.Response:
        data = [{"id": "nomic-embed-text"}, {"id": "qwen3:4b"}]
        return web.json_response({"data": data})

    app = web.Application()
    app.add_routes([web.post("/v1/chat/completions", completions), web.get("/v1/models", models)])
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    finally:
        await runner.cleanup()
