"""The way from the server that holds a socket to the one that has its room: frames both ways,
untouched, at the pace of the slower side.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any, Final

import aiohttp
from aiohttp import WSMsgType, web

from avatar_desktop.wire.errors import CLOSE_MEANINGS, CloseCode
from server_stub.fleet.errors import FleetError
from server_stub.fleet.leases import Member

ANSWER_SECONDS: Final = 10.0
_UNKNOWN_CLOSE: Final = 1006


class Forwarding:
    """Owns the client that speaks to the other servers of the fleet."""

    def __init__(self, shows: dict[str, str]) -> None:
        """`shows` are the headers by which the others know that one of them asks."""
        self._shows = shows
        self._client = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS),
        )

    async def close(self) -> None:
        """Lets go of every line."""
        await self._client.close()

    async def reached(self, owner: Member, request: web.Request) -> aiohttp.ClientWebSocketResponse:
        """The room's socket at its owner. Raises FleetError when it cannot be reached."""
        headers = dict(self._shows)
        if (token := request.headers.get("Authorization")) is not None:
            headers["Authorization"] = token
        address = owner.http.replace("http", "ws", 1) + str(request.rel_url)
        try:
            return await self._client.ws_connect(
                address, headers=headers, max_msg_size=0, compress=0
            )
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise FleetError(
                "The server that has this room cannot be reached.",
                advice="Connect again in a moment: another one takes the room over.",
            ) from error

    async def ask(self, owner: Member, deed: str, about: dict[str, Any]) -> Any:
        """Has another server do something. Raises FleetError."""
        try:
            async with self._client.post(
                f"{owner.http}/peer/{deed}", json=about, headers=self._shows
            ) as answer:
                answer.raise_for_status()
                return (await answer.json())["done"]
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise FleetError(
                "The server that has this room cannot be reached.", advice="Try again in a moment."
            ) from error


async def pipe(
    client: web.WebSocketResponse,
    owner: aiohttp.ClientWebSocketResponse,
    first: str | bytes | None = None,
) -> None:
    """Passes frames both ways until one side ends; the other then learns why."""
    if first is not None:
        await _pass_on(first, owner)
    ways = [
        asyncio.create_task(_stream(client, owner)),
        asyncio.create_task(_stream(owner, client)),
    ]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        # A server that died said nothing: its clients are to come back, and find the next one.
        code = owner.close_code
        lost = code is None or code == _UNKNOWN_CLOSE
        told = CloseCode.RESTARTING if lost and not client.closed else code or CloseCode.NORMAL
        with contextlib.suppress(ConnectionError, RuntimeError):
            await client.close(code=told, message=_meaning(told))
        await owner.close()


Side = web.WebSocketResponse | aiohttp.ClientWebSocketResponse


async def _stream(source: Side, target: Side) -> None:
    with contextlib.suppress(ConnectionError, RuntimeError, aiohttp.ClientError):
        while True:
            frame = await source.receive()
            if frame.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                return
            await _pass_on(frame.data, target)


async def _pass_on(frame: str | bytes, target: Side) -> None:
    if isinstance(frame, str):
        await target.send_str(frame)
    else:
        await target.send_bytes(frame)


def _meaning(code: int) -> bytes:
    try:
        return CLOSE_MEANINGS[CloseCode(code)].encode()
    except ValueError:
        return b""
