"""The realtime test client: a token, a session, envelopes with a call, bare sound both ways."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import av
import pytest

from tests.server_stub.conformance.clients import Address, Server, Socket, Told, User

NOW = 1_769_860_800_000
COUNTED = (
    "connections", "messages_total", "bytes_sent_total", "bytes_received_total",
    "reconnections_total", "errors_total", "stt_seconds_count", "intent_seconds_count",
    "mind_seconds_count", "tts_seconds_count", "whole_seconds_count",
)  # fmt: skip
FIGURES = (
    *(f"conversations_{name}" for name in COUNTED),
    "process_cpu_seconds_total",
    "process_resident_memory_bytes",
)

ADDRESSES = pytest.mark.parametrize("address", ["/realtime/ws", "/ar-stream"])


@dataclass
class Client:
    """What the test client shows: transcripts, replies, sound, states, and the rest by type."""

    socket: Socket
    call_id: str
    replies: list[str] = field(default_factory=list[str])
    sounds: list[bytes] = field(default_factory=list[bytes])

    async def say(self, name: str, **data: Any) -> None:
        await self.socket.say(
            {"type": name, "callId": self.call_id, "timestamp": NOW, "data": data}
        )

    async def next(self, *names: str) -> Told:
        """The data of the next message of these types; sound is what is no text."""
        while True:
            frame = await self.socket.next()
            if isinstance(frame, bytes):
                self.sounds.append(frame)
                if "sound" in names:
                    return {}
                continue
            message = json.loads(frame)
            assert message["callId"] == self.call_id and message["timestamp"] > 0
            if message["type"] == "ai_response":
                self.replies.append(message["data"]["text"])
            if message["type"] in names:
                return message["data"] | {"type": message["type"]}


async def session_token(user: User, call_id: str) -> str:
    body = {"token": user.token, "userId": user.name, "callId": call_id}
    async with user.session.post(f"{user.http}/auth/websocket", json=body) as answer:
        assert answer.status == 200
        told = await answer.json()
    assert told["expiresAt"]
    return told["sessionToken"]


@asynccontextmanager
async def session(
    user: User, call_id: str = "call-456", address: Address = "/realtime/ws"
) -> AsyncIterator[Client]:
    token = await session_token(user, call_id)
    query = {"roomId": await user.room(), "token": token} if address == "/ar-stream" else {}
    async with user.socket(address, **query) as socket:
        client = Client(socket, call_id)
        if query:  # greeted before it said which envelope it speaks
            assert json.loads(await socket.next())["type"] == "connected"
            await client.say("session_start", userId=user.name, callId=call_id, authToken=token)
            yield client
            return
        await client.say("session_start", userId=user.name, callId=call_id, authToken=token)
        status = await client.next("connection_status")
        assert status["status"] == "connected" and status["sessionId"]
        yield client


def seconds_of(mp3: bytes) -> float:
    with av.open(io.BytesIO(mp3), "r") as file:
        frames = list(file.decode(file.streams.audio[0]))
        return sum(frame.samples / frame.sample_rate for frame in frames)


@ADDRESSES
def test_a_call_hears_its_reply_as_text_and_as_sound_and_sees_the_stages(
    server: Server, address: Address
) -> None:
    async def scene() -> None:
        async with server.user() as user, session(user, address=address) as client:
            await client.say("text_message", content="speak to me")
            stages: list[str] = []
            while stages[-1:] != ["idle"]:
                stages.append((await client.next("processing_status"))["status"])
            assert stages == ["thinking", "speaking", "idle"]
            while not client.replies:
                await client.next("ai_response")
            assert client.replies == ["Hello there, my friend. Pip made a blue map. Good night!"]
            while sum(map(seconds_of, client.sounds)) < 2:
                await client.next("sound")
            await client.say("metrics")
            figures = (await client.next("metrics"))["figures"]
            assert figures["connected"] == 1 and figures["messages"] >= 2
            assert {"errors", "reconnections", "first_tokenMs", "replyMs", "ttsMs"} <= set(figures)

    asyncio.run(scene())


def test_heartbeats_are_answered_in_its_own_way(server: Server) -> None:
    async def scene() -> None:
        async with server.user() as user, session(user) as client:
            await client.say("heartbeat", pong=True)  # an answer: it gets none
            await client.say("heartbeat")
            told = await client.next("heartbeat")
            assert told["pong"] is True
            await client.say("metrics")
            assert (await client.next("heartbeat", "metrics"))["type"] == "metrics"

    asyncio.run(scene())


def test_a_call_that_answers_heartbeats_may_be_silent_for_long(
    server: Server, full_length: bool
) -> None:
    if not full_length:
        pytest.skip("waits for minutes; runs with `dev.py bars`")

    async def scene() -> None:
        async with server.user() as user, session(user) as client:
            for _ in range(3):
                asked = await client.next("heartbeat")
                assert "pong" not in asked
                await client.say("heartbeat", pong=True)
            await client.say("metrics")
            assert (await client.next("metrics"))["figures"]["connected"] == 1

    asyncio.run(scene())


@ADDRESSES
def test_a_call_that_was_cut_off_gets_what_it_missed(server: Server, address: Address) -> None:
    async def scene() -> None:
        async with server.user() as user:
            async with session(user, address=address) as client:
                await client.say("text_message", content="slowly, please")
                await client.next("processing_status")
                client.socket.vanish()
            await user.gone()
            async with session(user, address=address) as client:
                await client.next("ai_response")
                assert client.replies == [" ".join(map(str, range(60)))]

    asyncio.run(scene())


def test_a_session_ends_when_the_client_says_so(server: Server) -> None:
    async def scene() -> None:
        async with server.user() as user, session(user) as client:
            await client.say("session_end")
            assert await client.socket.closed() == 1000

    asyncio.run(scene())


def test_sound_of_a_call_is_answered(server: Server) -> None:
    """With a transcript where the server can hear, else with the reason why not."""

    async def scene() -> None:
        async with server.user() as user, session(user) as client:
            await client.socket.say(bytes(3200))
            await client.say("metrics")
            told = await client.next("error", "metrics")
            assert told["type"] == "metrics" or told["code"] == "CANNOT_HEAR"

    asyncio.run(scene())


@pytest.mark.parametrize("wrong", ["token", "user"])
def test_a_session_of_somebody_else_is_refused(server: Server, wrong: str) -> None:
    async def scene() -> None:
        async with server.user() as user, server.user() as other:
            body = {"token": user.token, "userId": other.name, "callId": "call-456"}
            async with user.session.post(f"{user.http}/auth/websocket", json=body) as answer:
                assert answer.status == 403
            token = "not-a-token" if wrong == "token" else await session_token(user, "call-456")
            name = user.name if wrong == "token" else other.name
            async with user.socket("/realtime/ws") as socket:
                client = Client(socket, "call-456")
                await client.say("session_start", userId=name, callId="call-456", authToken=token)
                refused = await client.next("error", "connection_status")
                assert (refused["type"], refused["code"]) == ("error", "UNAUTHORISED")
                assert refused["message"]
                assert await socket.closed() == 4501

    asyncio.run(scene())


def test_health_and_figures_are_there_without_a_token(server: Server) -> None:
    async def scene() -> None:
        async with server.user() as user, session(user):
            async with user.session.get(f"{user.http}/health") as answer:
                assert (answer.status, (await answer.json())["status"]) == (200, "ok")
            async with user.session.get(f"{user.http}/metrics") as answer:
                text = await answer.text()
            for name in FIGURES:
                assert f"\n{name} " in text, name

    asyncio.run(scene())
