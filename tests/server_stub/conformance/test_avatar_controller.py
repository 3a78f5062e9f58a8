"""The avatar state controller: `{type, payload}` with capitals, as text or as bare maps."""

from __future__ import annotations

import asyncio
import base64
import io
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import av
import msgspec
import pytest

from tests.server_stub.conformance.clients import Server, Socket, Told, User

MOUTH_SHAPES = {
    "AE", "Ah", "EE", "Er", "Ih", "Oh", "W_OO", "B_M_P", "F_V", "Th", "T_L_D_N", "S_Z", "Ch_J",
    "K_G_H_NG", "R",
}  # fmt: skip
WORDS = "Hello there, my friend. Pip made a blue map. Good night!"
MP3 = {"phonemeSupport": True, "maxAudioChunkSize": 1_048_576, "supportedCodecs": ["mp3"]}
FORMS = pytest.mark.parametrize("packed", [False, True], ids=["text", "packed"])


@dataclass
class Controller:
    """The controller's side of the line: its state, its queue, its session's name."""

    socket: Socket
    packed: bool
    session_id: str
    queue: list[Told] = field(default_factory=list[Told])
    states: int = 0

    async def say(self, name: str, **payload: Any) -> None:
        message = {"type": name, "payload": payload}
        await self.socket.say(msgspec.msgpack.encode(message) if self.packed else message)

    async def state(self, name: str, **more: Any) -> Told:
        """Notifies the server, as the controller does on every change; answers its ACK."""
        self.states += 1
        moment = 1_769_860_800_000 + self.states
        await self.say("AVATAR_STATE", state=name, timestamp=moment, sessionId=self.session_id,
                       **more)  # fmt: skip
        ack = await self.next("AVATAR_STATE_ACK")
        assert ack["acknowledged"] is True and ack["serverTimestamp"] > 1_700_000_000_000
        return ack

    async def next(self, *names: str) -> Told:
        """The payload of the next message of these types; sound goes into the queue on the way."""
        while True:
            name, payload = await self._read()
            if name == "PHONEME_DATA":
                self.queue.append(payload)
            if name in names:
                return payload

    async def spoken(self) -> list[Told]:
        """The queue, when the last phrase of a reply has come."""
        while not self.queue or not self.queue[-1]["metadata"]["isFinal"]:
            await self.next("PHONEME_DATA")
        return self.queue

    async def figures(self) -> Told:
        await self.say("METRICS")
        return (await self.next("METRICS"))["figures"]

    async def _read(self) -> tuple[str, Told]:
        while True:
            frame = await self.socket.next()
            if isinstance(frame, bytes):
                assert self.packed
                message = msgspec.msgpack.decode(frame)
            else:
                message = json.loads(frame)
            if "payload" in message:  # the greeting comes before the server knows the envelope
                return message["type"], message["payload"]


@asynccontextmanager
async def controller(
    user: User, packed: bool, room: str | None = None, session_id: str = "sess_abc123"
) -> AsyncIterator[Controller]:
    room = room or await user.room()
    async with user.socket("/ar-stream", roomId=room, token=user.token) as socket:
        yield Controller(socket, packed, session_id)


@asynccontextmanager
async def caller(user: User, packed: bool) -> AsyncIterator[Controller]:
    """The same on the address without a room: it says who it is first."""
    async with user.socket("/realtime/ws") as socket:
        client = Controller(socket, packed, "sess_abc123")
        await client.say("SESSION_START", userId=user.name, callId="c-1", authToken=user.token)
        assert (await client.next("CONNECTED"))["room"] == await user.room()
        yield client


Door = Callable[[User, bool], AbstractAsyncContextManager[Controller]]
DOORS = pytest.mark.parametrize(
    ("door", "packed"),
    [
        pytest.param(controller, False, id="text"),
        pytest.param(controller, True, id="packed"),
        pytest.param(caller, False, id="text-realtime"),  # bare bytes are sound there
    ],
)


def sound_of(phrase: Told, packed: bool) -> bytes:
    data = phrase["audioData"]
    assert isinstance(data, bytes) is packed
    return data if packed else base64.b64decode(data)


def seconds_of(mp3: bytes) -> float:
    with av.open(io.BytesIO(mp3), "r") as file:
        assert file.format.name == "mp3"
        frames = list(file.decode(file.streams.audio[0]))
        return sum(frame.samples / frame.sample_rate for frame in frames)


@DOORS
def test_an_avatar_that_is_ready_is_sent_sound_and_mouth_shapes(
    server: Server, packed: bool, door: Door
) -> None:
    async def scene() -> None:
        async with server.user() as user, door(user, packed) as client:
            assert (await client.state("INITIALIZING"))["canStreamTTS"] is False
            ack = await client.state("READY", capabilities=MP3)
            assert (ack["canStreamTTS"], ack["queuedMessages"]) == (True, 0)
            await client.say("TEXT_MESSAGE", text="speak to me")
            for phrase in await client.spoken():
                mp3 = sound_of(phrase, packed)
                if not mp3:
                    continue
                assert abs(1000 * seconds_of(mp3) - phrase["duration"]) < 120
                assert phrase["audioId"] == f"audio_{phrase['metadata']['messageId']}"
                assert phrase["metadata"]["emotionTag"] == "happy"
                shapes = phrase["phonemes"]
                assert {shape["blendshape"] for shape in shapes} <= MOUTH_SHAPES
                assert [shape["time"] for shape in shapes] == sorted(s["time"] for s in shapes)
                assert all(0 <= shape["time"] <= phrase["duration"] for shape in shapes)
                assert all(0 <= shape["weight"] <= 1 for shape in shapes)
            assert any(
                shape["blendshape"] == "B_M_P" for p in client.queue for shape in p["phonemes"]
            )
            await plays(client)

    asyncio.run(scene())


async def plays(client: Controller) -> None:
    """Reports what it played; the session's figures follow."""
    before = await client.figures()
    assert before["ttsGenerated"] == len(client.queue) and before["ttsPlayed"] == 0
    audio = client.queue[0]["audioId"]
    for status in ("PLAYING", "COMPLETE", "COMPLETE", "ERROR"):
        await client.say("AUDIO_CONTROL", audioId=audio, status=status, timestamp=1_769_860_800_000)
    after = await client.figures()
    assert (after["ttsPlayed"], after["errors"]) == (2, before["errors"] + 1)


@DOORS
@pytest.mark.parametrize("state", [None, "UNINITIALIZED", "INITIALIZING", "ERROR", "DESTROYED", 0])
def test_an_avatar_that_is_not_ready_is_sent_text_alone(
    server: Server, packed: bool, door: Door, state: str | int | None
) -> None:
    async def scene() -> None:
        async with server.user() as user, door(user, packed) as client:
            if isinstance(state, str):
                more = {"error": "The model is broken."} if state == "ERROR" else {}
                assert (await client.state(state, **more))["canStreamTTS"] is False
            elif state is not None:
                await client.say("AVATAR_STATE", state=state, timestamp=0, sessionId="")
                assert not (await client.next("AVATAR_STATE_ACK"))["canStreamTTS"]
            await client.say("TEXT_MESSAGE", text="speak to me")
            told = await client.next("TEXT_RESPONSE")
            assert told["text"] == WORDS and told["messageId"].startswith("msg-")
            assert told["timestamp"] > 1_700_000_000_000 and "error" not in told
            await client.figures()
            assert client.queue == []

    asyncio.run(scene())


def test_a_ready_state_is_enough(server: Server) -> None:
    async def scene() -> None:
        async with server.user() as user, controller(user, packed=False) as client:
            await client.say("AVATAR_STATE", state="READY")
            assert (await client.next("AVATAR_STATE_ACK"))["canStreamTTS"] is True
            await client.say("TEXT_MESSAGE", text="Explain Newton")
            assert (await client.next("PHONEME_DATA"))["phonemes"]

    asyncio.run(scene())


@FORMS
def test_an_avatar_without_mouth_shapes_gets_sound_alone(server: Server, packed: bool) -> None:
    async def scene() -> None:
        async with server.user() as user, controller(user, packed) as client:
            await client.state("PLAYING", capabilities=MP3 | {"phonemeSupport": False})
            await client.say("TEXT_MESSAGE", text="speak to me")
            spoken = await client.spoken()
            assert all(phrase["phonemes"] == [] for phrase in spoken)
            assert any(sound_of(phrase, packed) for phrase in spoken)

    asyncio.run(scene())


def test_a_voice_that_fails_leaves_the_text_and_says_so(server: Server) -> None:
    async def scene() -> None:
        async with server.user() as user:
            mute = {"name": "Mute", "voice": "nobody-has-it"}
            _, agent = await user.ask("POST", "agents", mute)
            room = await user.room(agent["id"])
            async with controller(user, packed=False, room=room) as client:
                await client.state("READY", capabilities=MP3)
                await client.say("TEXT_MESSAGE", text="speak to me")
                told = await client.next("TEXT_RESPONSE")
                assert (told["text"], told["error"]) == (WORDS, "TTS generation failed")

    asyncio.run(scene())


@FORMS
def test_speech_waits_for_a_controller_that_was_cut_off(server: Server, packed: bool) -> None:
    async def scene() -> None:
        async with server.user() as user:
            room = await user.room()
            async with controller(user, packed, room) as client:
                await client.state("READY", capabilities=MP3)
                await client.say("TEXT_MESSAGE", text="speak to me")
                first = await client.next("PHONEME_DATA")
                client.socket.vanish()
            await user.gone()
            async with controller(user, packed, room, "sess_other") as client:
                assert (await client.state("READY", capabilities=MP3))["queuedMessages"] == 0
            async with controller(user, packed, room) as client:
                ack = await client.state("READY", capabilities=MP3)
                spoken = await client.spoken()
                numbers = [phrase["metadata"]["index"] for phrase in spoken]
                assert numbers == list(range(first["metadata"]["index"] + 1, numbers[-1] + 1))
                assert ack["queuedMessages"] <= len(spoken)

    asyncio.run(scene())


@FORMS
def test_a_heartbeat_is_answered_with_its_moment(server: Server, packed: bool) -> None:
    async def scene() -> None:
        async with server.user() as user, controller(user, packed) as client:
            await client.say("HEARTBEAT", timestamp=1_769_860_800_000)
            assert (await client.next("HEARTBEAT_ACK"))["timestamp"] == 1_769_860_800_000
            await client.say("HEARTBEAT")
            assert (await client.next("HEARTBEAT_ACK"))["timestamp"] > 1_700_000_000_000

    asyncio.run(scene())


@FORMS
def test_an_unknown_type_is_passed_over_and_a_broken_payload_refused(
    server: Server, packed: bool
) -> None:
    async def scene() -> None:
        async with server.user() as user, controller(user, packed) as client:
            await client.state("INITIALIZING")
            await client.say("SOMETHING_NEW", a=1)
            await client.say("TEXT_MESSAGE", text={"not": "text"})
            told = await client.next("ERROR")
            assert told["code"] == "BAD_FRAME" and told["message"] and told["retryable"] is False

    asyncio.run(scene())
