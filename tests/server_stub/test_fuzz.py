"""Random and mutated frames and bodies: never a 500, never a hang, and the server goes on."""

from __future__ import annotations

import asyncio
import json
import random

import aiohttp
import pytest

from avatar_desktop.wire import binary
from avatar_desktop.wire.messages import RoomJoin, StreamInterrupt, TextMessage
from server_stub.door.limits import Limits
from tests.makers.conversation_server import Served, in_process

SEED = 7
FRAMES_A_SOCKET = 10
ADDRESSES = ["/ar-stream?roomId=", "/realtime/ws?roomId="]
"""On the second the first frames must open a session; bytes that are no frame are a voice."""
TEXTS = [
    {"type": "ar-message", "content": "hello", "clientMessageId": "m"},
    {"type": "join-ar-room"},
    {"type": "avatar-state", "state": 2, "capabilities": {"speech": "client"}},
    {"type": "resume", "sessionId": "s", "epoch": "e", "lastSeq": 4},
    {"type": "AVATAR_STATE", "payload": {"state": "READY"}},
    {"type": "session_start", "data": {"userId": "a", "authToken": "b"}},
    {"type": "session-start", "authToken": "TOKEN"},
]
FRAMES = [
    binary.encode(TextMessage(content="hello", client_message_id="m")),
    binary.encode(RoomJoin()),
    binary.encode(StreamInterrupt(stream_id="s", heard_chars=3)),
]
BODIES = [
    ("POST", "/api/ar-conversations/rooms", {"agentId": "companion"}),
    ("POST", "/api/ar-conversations/agents", {"name": "A", "temperature": 0.5}),
    ("PATCH", "/api/memory", {"facts": {"name": "Ann"}}),
    ("POST", "/auth/websocket", {"token": "t", "userId": "u"}),
]


def mutated(whole: bytes, dice: random.Random) -> bytes:
    """The frame with a few bytes changed, cut out, put in or taken away."""
    frame = bytearray(whole)
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(frame) + 1)
        frame[at : at + dice.randint(0, 3)] = dice.randbytes(dice.randint(0, 3))
    return bytes(frame)


def a_frame(token: str, dice: random.Random) -> str | bytes:
    if dice.random() < 0.1:
        return dice.randbytes(dice.randint(0, 60))
    if dice.random() < 0.5:
        return mutated(dice.choice(FRAMES), dice)
    text = json.dumps(dice.choice(TEXTS)).replace("TOKEN", token).encode()
    if dice.random() < 0.1:
        return text.decode()
    return mutated(text, dice).decode("utf-8", "replace")


async def flood(served: Served, count: int, dice: random.Random) -> None:
    """The tenth bad frame closes a socket, so each takes ten: all of them are read."""
    room = await served.room()
    while count > 0:
        address = served.http + dice.choice(ADDRESSES) + room
        async with served.client.ws_connect(address, headers=served.headers()) as socket:
            for _ in range(min(count, FRAMES_A_SOCKET)):
                frame = a_frame(served.token, dice)
                count -= 1
                try:
                    await (
                        socket.send_str(frame)
                        if isinstance(frame, str)
                        else socket.send_bytes(frame)
                    )
                except (aiohttp.ClientError, ConnectionError):
                    break


async def post(served: Served, count: int, dice: random.Random) -> None:
    for _ in range(count):
        method, path, body = dice.choice(BODIES)
        data = mutated(json.dumps(body).encode(), dice)
        status, told = await served.ask(method, path, data=data)
        assert status < 500, (method, path, data)
        assert status < 400 or told["message"]


def test_no_frame_and_no_body_brings_the_server_down(
    full_length: bool, caplog: pytest.LogCaptureFixture
) -> None:
    frames, bodies = (80_000, 20_000) if full_length else (1_600, 400)

    async def scene() -> None:
        limits = Limits(requests=1_000_000)
        async with in_process(limits=limits) as served:
            dice = random.Random(SEED)
            await flood(served, frames, dice)
            await post(served, bodies, dice)
            await served.ask("POST", f"rooms/{await served.room()}/end")
            async with served.joined() as socket:
                await socket.say(type="ar-message", content="Are you there?")
                await socket.until("ar-stream-end")

    asyncio.run(scene())
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []
