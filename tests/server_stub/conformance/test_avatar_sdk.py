"""The client SDK: greeting, animations, touches, typing, presence; in our names and as events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from tests.server_stub.conformance.clients import Server, Socket, Told, User, is_instant

Envelope = Literal["ours", "flat", "list"]
ENVELOPES = pytest.mark.parametrize("envelope", ["ours", "flat", "list"])
MAP = {"wave": "Armature|Wave", "idle": "stand", "talk_calm": "talk_1", "happy": "joy"}
OURS = {
    "message:send": "ar-message", "message:received": "message-received",
    "avatar:animate": "avatar-animate", "avatar:interact": "avatar-interact",
    "avatar:state": "avatar-state", "stream:start": "ar-stream-start",
    "stream:chunk": "ar-stream-chunk", "stream:complete": "ar-stream-end",
    "stream:error": "ar-stream-error",
}  # fmt: skip


@dataclass
class Sdk:
    """`emit` and `on` of the SDK, over whichever envelope."""

    socket: Socket
    envelope: Envelope

    async def emit(self, event: str, **data: Any) -> None:
        if self.envelope == "list":
            await self.socket.say([event, data])
        elif self.envelope == "flat":
            # The event takes the name `type`, so a field of that name moves into `data`.
            await self.socket.say({"type": event, "data": data} if data else {"type": event})
        elif event.startswith("typing:"):
            await self.socket.say({"type": "typing", "active": event == "typing:start"})
        else:
            if event == "avatar:interact":
                data["kind"] = data.pop("type")
            data.pop("timestamp", None)
            await self.socket.say({"type": OURS[event], **data})

    async def next(self, *events: str) -> Told:
        """The next of these events; its name is under `event`."""
        while True:
            frame = await self.socket.next()
            told = json.loads(frame)
            if isinstance(told, list):
                event, data = told
            else:
                event, data = told["type"], told
            for wanted in events:
                if event in (wanted, OURS.get(wanted)):
                    return {**data, "event": wanted}

    async def animations(self, number: int) -> list[tuple[str, int | None, bool]]:
        told = [await self.next("avatar:animate") for _ in range(number)]
        return [(one["animation"], one.get("duration"), one.get("loop", False)) for one in told]


@asynccontextmanager
async def connected(user: User, room: str, envelope: Envelope) -> AsyncIterator[Sdk]:
    async with user.socket("/ar-stream", roomId=room, token=user.token) as socket:
        sdk = Sdk(socket, envelope)
        await greeting(sdk)
        if envelope == "ours":  # our names ask for what events are sent unasked
            capabilities = {"animations": True, "speech": "none"}
            await socket.say({"type": "avatar-state", "capabilities": capabilities})
            await socket.say({"type": "join-ar-room"})
        else:
            await sdk.emit(
                "avatar:state", currentAnimation="idle", position=here(0), rotation=here(0)
            )
        yield sdk


async def greeting(sdk: Sdk) -> None:
    """All that the SDK reads before it shows the avatar."""
    told = json.loads(await sdk.socket.next())
    assert told["type"] == "connected" and told["sessionId"] and told["room"]
    agent = told["agent"]
    assert agent["id"] and agent["name"] == "Bard" and agent["welcomeMessage"] == "Hello!"
    assert agent["avatar"] == {
        "modelUrl": "moss", "animations": MAP, "initialAnimation": "wave",
    }  # fmt: skip


def here(x: float) -> dict[str, float]:
    return {"x": x, "y": 0.0, "z": 0.0}


async def bard(user: User) -> str:
    """The room with an agent whose avatar has its own names for some animations."""
    wish = {
        "name": "Bard", "welcomeMessage": "Hello!", "avatar": "moss", "animations": MAP,
        "initialAnimation": "wave",
    }  # fmt: skip
    status, agent = await user.ask("POST", "agents", wish)
    assert status == 201
    return await user.room(agent["id"])


@ENVELOPES
def test_a_whole_talk_is_animated_in_the_words_of_the_agents_map(
    server: Server, envelope: Envelope
) -> None:
    async def scene() -> None:
        async with (
            server.user() as user,
            connected(user, await bard(user), envelope) as sdk,
        ):
            assert await sdk.animations(1) == [("Armature|Wave", 2000, False)]
            await sdk.emit("typing:start")
            await sdk.emit("typing:stop")
            assert await sdk.animations(2) == [("thinking", None, True), ("stand", None, True)]
            await sdk.emit(
                "message:send", content="twelve, please", timestamp="2026-01-31T12:00:00Z"
            )
            told = await sdk.next("message:received")
            assert told["sender"] in ("visitor", "human") and told["content"] == "twelve, please"
            assert told["id"] and is_instant(told["timestamp"])
            assert await sdk.animations(1) == [("thinking", None, True)]
            start = await sdk.next("stream:start")
            assert await sdk.animations(1) == [("talk_1", None, True)]
            whole = ""
            for number in range(10):
                chunk = await sdk.next("stream:chunk")
                assert (chunk["streamId"], chunk["chunkIndex"]) == (start["streamId"], number)
                whole += chunk["chunk"]
            assert await sdk.animations(1) == [("talk_explain", None, True)]
            end = await sdk.next("stream:complete")
            assert (end["streamId"], end["totalChunks"]) == (start["streamId"], 12)
            assert isinstance(end["sentiment"], int | float)
            last = await sdk.next("avatar:animate")
            assert (last["animation"], last["duration"]) == (end["finalAnimation"], 3000)
            assert last["sentiment"] == end["sentiment"] and whole == "0 1 2 3 4 5 6 7 8 9 "

    asyncio.run(scene())


@ENVELOPES
@pytest.mark.parametrize(
    ("touch", "choices"),
    [
        ("click", {"Armature|Wave", "nod", "joy"}),
        ("hover", {"look_at_camera", "smile"}),
        ("drag", {"surprised", "thinking"}),
    ],
)
def test_a_touch_is_answered(
    server: Server, envelope: Envelope, touch: str, choices: set[str]
) -> None:
    async def scene() -> None:
        async with (
            server.user() as user,
            connected(user, await bard(user), envelope) as sdk,
        ):
            await sdk.animations(1)
            shown: list[tuple[str, int | None, bool]] = []
            for number in range(6):
                more = {"delta": here(0.1)} if touch == "drag" else {}
                await sdk.emit("avatar:interact", type=touch, position=here(number), **more)
                shown += await sdk.animations(1)
            assert {name for name, _, _ in shown} == choices
            assert {(duration, loop) for _, duration, loop in shown} == {(2000, False)}

    asyncio.run(scene())


@ENVELOPES
@pytest.mark.parametrize("words", ["break, please", "sad"])
def test_how_a_reply_ends_shows(server: Server, envelope: Envelope, words: str) -> None:
    async def scene() -> None:
        async with (
            server.user() as user,
            connected(user, await bard(user), envelope) as sdk,
        ):
            await sdk.emit("message:send", content=words)
            over = await sdk.next("stream:error", "stream:complete")
            (shown,) = await sdk.animations(1)
            if words == "sad":
                assert (over["event"], shown) == ("stream:complete", ("concerned", 3000, False))
            else:
                assert (over["event"], shown) == ("stream:error", ("confused", 2000, False))
                assert over["error"] == "The mind stopped answering."

    asyncio.run(scene())


@ENVELOPES
def test_another_window_sees_typing_and_presence(server: Server, envelope: Envelope) -> None:
    async def scene() -> None:
        async with server.user() as user:
            room = await bard(user)
            async with connected(user, room, envelope) as sdk, user.line(room) as other:
                await other.joined()
                await other.settled()
                await sdk.emit("typing:start")
                typing = await other.next("typing")
                assert (typing["active"], typing["visitorId"]) == (True, user.name)
                await other.say("typing", active=True)
                if envelope == "ours":
                    seen = await sdk.next("typing")
                    assert seen["active"] is True
                else:
                    seen = await sdk.next("typing:start")
                assert seen["visitorId"] == user.name
                _, presence = await user.ask("GET", f"/api/presence/{user.name}")
                assert (presence["visitorId"], presence["status"]) == (user.name, "online")
                assert is_instant(presence["lastSeen"])
            await user.gone()

    asyncio.run(scene())


@ENVELOPES
def test_the_avatars_own_state_is_taken(server: Server, envelope: Envelope) -> None:
    async def scene() -> None:
        async with (
            server.user() as user,
            connected(user, await bard(user), envelope) as sdk,
        ):
            await sdk.emit(
                "avatar:state", currentAnimation="wave", position=here(1), rotation=here(0),
                lastInteraction="2026-01-31T12:00:00Z",
            )  # fmt: skip
            await sdk.emit("message:send", content="Hello")
            told = await sdk.next("stream:complete", "error")
            assert told["event"] == "stream:complete"

    asyncio.run(scene())
