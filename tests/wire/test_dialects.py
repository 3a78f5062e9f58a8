"""Clients that speak other families of names are understood and answered in their own words."""

import base64
from typing import Any

import msgspec
import pytest

from avatar_desktop.wire import binary
from avatar_desktop.wire.dialects import Dialect, Interpreter
from avatar_desktop.wire.messages import (
    AudioChunk,
    AudioControl,
    AvatarInteract,
    AvatarState,
    Connected,
    Heartbeat,
    HeartbeatAck,
    Message,
    MessageReceived,
    PhonemeData,
    RoomJoin,
    SessionStart,
    StreamChunk,
    StreamStart,
    TextMessage,
    TextResponse,
    Typing,
)
from avatar_desktop.wire.parts import BodyState, PhonemeMetadata

NOW = 1_734_206_400_000
SAID = base64.b64encode(b"sound").decode()


def hear(fields: Any, **options: Any) -> tuple[Message | None, Interpreter]:
    interpreter = Interpreter(**options)
    return interpreter.decode(msgspec.json.encode(fields).decode()), interpreter


def reply(interpreter: Interpreter, message: Message) -> Any:
    frame = interpreter.encode(message, now_ms=NOW)
    return msgspec.json.decode(frame) if isinstance(frame, str) else msgspec.msgpack.decode(frame)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {
                "type": "AVATAR_STATE",
                "payload": {"state": "READY", "timestamp": NOW, "sessionId": "s"},
            },
            AvatarState(state=BodyState.READY, timestamp=NOW, session_id="s"),
        ),
        ({"type": "TEXT_MESSAGE", "payload": {"text": "hi"}}, TextMessage(content="hi")),
        ({"type": "HEARTBEAT"}, Heartbeat()),
        (
            {"type": "AUDIO_CONTROL", "payload": {"audioId": "a", "status": "COMPLETE"}},
            AudioControl(audio_id="a", status="COMPLETE"),
        ),
        (
            {"type": "VOICE_DATA", "payload": {"audioData": SAID}},
            AudioChunk(
                stream_id="", index=0, is_final=True, rate=16_000, codec="s16", data=b"sound"
            ),
        ),
    ],
)
def test_names_in_capitals_with_a_payload_are_understood(fields: Any, message: Message) -> None:
    heard, interpreter = hear(fields)
    assert heard == message
    assert interpreter.dialect is Dialect.PAYLOAD


def test_a_payload_client_is_answered_with_payloads() -> None:
    _, interpreter = hear({"type": "TEXT_MESSAGE", "payload": {"text": "hi"}})
    answer = TextResponse(message_id="m", text="Hello", timestamp=NOW)
    assert reply(interpreter, answer) == {
        "type": "TEXT_RESPONSE",
        "payload": {"messageId": "m", "text": "Hello", "timestamp": NOW},
    }


def test_a_packed_payload_without_a_header_is_answered_packed_with_raw_sound() -> None:
    interpreter = Interpreter()
    frame = msgspec.msgpack.encode({"type": "TEXT_MESSAGE", "payload": {"text": "hi"}})
    assert interpreter.decode(frame) == TextMessage(content="hi")
    spoken = PhonemeData(
        audio_id="audio_m",
        audio_data=b"\xff\0",
        codec="mp3",
        rate=24_000,
        duration=10,
        phonemes=(),
        words=(),
        metadata=PhonemeMetadata(message_id="m", index=0, is_final=True),
    )
    answer = reply(interpreter, spoken)
    assert answer["type"] == "PHONEME_DATA"
    assert answer["payload"]["audioData"] == b"\xff\0"


def test_a_call_client_is_answered_with_its_call_and_a_moment() -> None:
    started, interpreter = hear(
        {
            "type": "session_start",
            "callId": "call-456",
            "timestamp": NOW,
            "data": {"userId": "u", "callId": "call-456", "authToken": "t"},
        }
    )
    assert started == SessionStart(user_id="u", call_id="call-456", auth_token="t")
    answer = reply(interpreter, TextResponse(message_id="m", text="Hello", timestamp=NOW - 5))
    assert answer["type"] == "ai_response"
    assert answer["callId"] == "call-456"
    assert answer["timestamp"] == NOW - 5
    assert answer["data"]["text"] == "Hello"


def test_a_pong_is_an_answer_and_a_heartbeat_without_it_a_question() -> None:
    pong = {"type": "heartbeat", "callId": "", "timestamp": NOW, "data": {"pong": True}}
    assert hear(pong)[0] == HeartbeatAck(timestamp=NOW)
    question, interpreter = hear({"type": "heartbeat", "callId": "", "timestamp": NOW})
    assert question == Heartbeat(timestamp=NOW)
    assert reply(interpreter, HeartbeatAck(timestamp=NOW))["data"]["pong"] is True


def test_on_the_voice_address_whatever_has_no_header_is_sound() -> None:
    interpreter = Interpreter(bare_audio=True)
    first, second = interpreter.decode(b"\x81\x00"), interpreter.decode(b"\x1a\x45\xdf\xa3webm")
    assert isinstance(first, AudioChunk)
    assert isinstance(second, AudioChunk)
    assert (first.index, first.codec, second.index, second.codec) == (0, "s16", 1, "webm")
    assert interpreter.decode(binary.encode(Heartbeat(timestamp=1))) == Heartbeat(timestamp=1)


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (
            ["message:send", {"content": "hi", "metadata": {"a": 1}, "timestamp": "2024-12-14"}],
            TextMessage(content="hi", metadata={"a": 1}),
        ),
        (["typing:start"], Typing(active=True)),
        (["typing:stop", None], Typing(active=False)),
        (["avatar:interact", {"type": "click"}], AvatarInteract(kind="click")),
        (
            ["avatar:state", {"currentAnimation": "idle", "lastInteraction": "now"}],
            AvatarState(current_animation="idle"),
        ),
        ({"type": "message:send", "content": "hi"}, TextMessage(content="hi")),
        ({"type": "message:send", "data": {"content": "hi"}}, TextMessage(content="hi")),
    ],
)
def test_events_with_colons_are_understood(event: Any, message: Message) -> None:
    assert hear(event)[0] == message


def test_an_event_client_is_answered_with_events() -> None:
    _, interpreter = hear(["typing:start"])
    start = StreamStart(
        stream_id="s", message_id="m", agent_id="a", started_at="2024-12-14T20:00:00.000Z"
    )
    assert reply(interpreter, start) == [
        "stream:start",
        {"streamId": "s", "messageId": "m", "agentId": "a", "timestamp": start.started_at},
    ]
    assert reply(interpreter, Typing(active=False, visitor_id="v")) == [
        "typing:stop",
        {"visitorId": "v"},
    ]
    said = MessageReceived(id="m", sender="agent", content="c", timestamp=start.started_at)
    assert reply(interpreter, said)[1]["sender"] == "bot"


def test_what_an_event_server_leaves_out_is_filled_in() -> None:
    chunk, _ = hear(["stream:chunk", {"streamId": "s", "chunk": "Hi", "chunkIndex": 1}])
    assert isinstance(chunk, StreamChunk)
    greeting, _ = hear(
        [
            "connected",
            {"sessionId": "s", "conversationId": "r", "chatbot": {"id": "c", "name": "C"}},
        ]
    )
    assert isinstance(greeting, Connected)
    assert greeting.room == "r"
    assert greeting.agent is not None
    assert greeting.agent.name == "C"


def test_the_first_understood_frame_settles_the_dialect() -> None:
    interpreter = Interpreter()
    assert isinstance(interpreter.encode(Heartbeat(), now_ms=NOW), str)
    assert interpreter.decode('{"type":"nobody-knows"}') is None
    interpreter.decode(binary.encode(RoomJoin()))
    interpreter.decode('{"type":"heartbeat"}')
    assert interpreter.dialect is Dialect.BINARY
    assert isinstance(interpreter.encode(Heartbeat(), now_ms=NOW), bytes)


def test_a_side_that_named_its_dialect_keeps_it() -> None:
    interpreter = Interpreter(dialect=Dialect.BINARY)
    interpreter.decode('{"type":"heartbeat"}')
    assert interpreter.dialect is Dialect.BINARY


@pytest.mark.parametrize("name", ["ready", "Ready", "READY", 2])
def test_a_body_state_is_read_by_number_or_by_any_spelling(name: Any) -> None:
    heard, _ = hear({"type": "avatar-state", "state": name})
    assert heard == AvatarState(state=BodyState.READY)
