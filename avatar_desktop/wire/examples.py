"""One whole example of every message: what the samples, the document and the tests show."""

from typing import Final

from avatar_desktop.wire.instants import iso
from avatar_desktop.wire.messages import (
    AudioChunk,
    AudioControl,
    AvatarAnimate,
    AvatarInteract,
    AvatarState,
    AvatarStateAck,
    Connected,
    ErrorMessage,
    Heartbeat,
    HeartbeatAck,
    Message,
    MessageReceived,
    Metrics,
    PhonemeData,
    Presence,
    ProcessingStatus,
    Resume,
    RoomJoin,
    RoomPause,
    RoomResume,
    SessionEnd,
    SessionStart,
    StreamChunk,
    StreamEnd,
    StreamError,
    StreamInterrupt,
    StreamStart,
    TextMessage,
    TextResponse,
    Transcript,
    Typing,
)
from avatar_desktop.wire.parts import (
    Agent,
    AgentAvatar,
    Animation,
    BodyState,
    Capabilities,
    MessageMetadata,
    Phoneme,
    PhonemeMetadata,
    Vector,
    Word,
)

_MOMENT: Final = 1_769_860_800_250
_REPLY: Final = "msg-7"
_STREAM: Final = "stream-msg-7"
_TYPED: Final = "c1a7e0d2"

EXAMPLES: Final[tuple[Message, ...]] = (
    AvatarState(
        state=BodyState.READY,
        timestamp=_MOMENT,
        session_id="sess-1",
        current_animation="idle",
        position=Vector(x=0.0, y=1.5, z=-0.25),
        rotation=Vector(),
        capabilities=Capabilities(
            speech="client",
            max_audio_chunk_size=1_048_576,
            supported_codecs=("opus", "s16"),
            emotions=("happy", "calm"),
            gestures=("wave", "nod"),
            visemes="oculus",
            animations=True,
        ),
    ),
    AvatarStateAck(
        acknowledged=True,
        can_stream_tts=True,
        queued_messages=0,
        server_timestamp=_MOMENT,
        seq=4,
    ),
    Heartbeat(timestamp=_MOMENT),
    HeartbeatAck(timestamp=_MOMENT, seq=4),
    Connected(
        session_id="sess-1",
        room="room-1",
        agent=Agent(
            id="companion",
            name="Mira",
            avatar=AgentAvatar(
                model_url="mira", animations={"wave": "gesture_wave"}, initial_animation="wave"
            ),
            welcome_message="[emotion:happy]Hello!",
        ),
        resumed=False,
        last_seq=4,
        epoch="9f2c",
        seq=4,
    ),
    Resume(session_id="sess-1", epoch="9f2c", last_seq=4),
    AudioChunk(
        stream_id="voice-1",
        index=0,
        is_final=False,
        rate=16_000,
        codec="s16",
        data=b"\0\x01\xff\x7f",
    ),
    PhonemeData(
        audio_id="audio_msg-7",
        audio_data=b"\0\x01\xff\x7f",
        codec="s16",
        rate=24_000,
        duration=480,
        phonemes=(
            Phoneme(time=0, ipa="h", blendshape="jawOpen", weight=0.25),
            Phoneme(time=120, ipa="ə", blendshape="jawOpen", weight=0.5),
        ),
        words=(Word(text="Hello", start=0, end=480, char_start=15, char_end=20),),
        metadata=PhonemeMetadata(
            message_id=_REPLY, index=0, is_final=True, emotion_tag="happy", timestamp=_MOMENT
        ),
        seq=7,
    ),
    AudioControl(audio_id="audio_msg-7", status="COMPLETE", heard_chars=20, timestamp=_MOMENT),
    TextResponse(message_id=_REPLY, text="Hello!", timestamp=_MOMENT, seq=8),
    Transcript(stream_id="voice-1", text="good morning", is_final=True, confidence=0.875, seq=5),
    TextMessage(
        room_id="room-1", content="Good morning", client_message_id=_TYPED, metadata={"lang": "en"}
    ),
    StreamStart(
        stream_id=_STREAM,
        message_id=_REPLY,
        agent_id="companion",
        started_at=iso(_MOMENT),
        client_message_id=_TYPED,
        seq=6,
    ),
    StreamChunk(
        stream_id=_STREAM,
        chunk="[emotion:happy]Hello!",
        chunk_index=0,
        timestamp=iso(_MOMENT),
        seq=7,
    ),
    StreamEnd(
        stream_id=_STREAM,
        total_chunks=1,
        ended_at=iso(_MOMENT),
        reason="complete",
        sentiment=0.75,
        final_animation="happy",
        seq=8,
    ),
    StreamError(
        stream_id=_STREAM, error="The mind stopped answering.", timestamp=iso(_MOMENT), seq=8
    ),
    StreamInterrupt(stream_id=_STREAM, heard_chars=17, op_id="op-3"),
    RoomJoin(room_id="room-1"),
    RoomPause(room_id="room-1", op_id="op-4"),
    RoomResume(room_id="room-1", op_id="op-5"),
    SessionStart(user_id="local", call_id="call-1", auth_token="a-token"),
    SessionEnd(),
    ProcessingStatus(stage="thinking", seq=5),
    Metrics(figures={"messages": 12.0, "mindMs": 182.5}, seq=8),
    Presence(visitor_id="visitor-1", status="online", last_seen=_MOMENT, seq=8),
    Typing(active=True, seq=5),
    AvatarAnimate(animation="wave", duration=2000, sentiment=0.5, seq=9),
    AvatarInteract(kind="drag", position=Vector(x=0.5, y=0.25), delta=Vector(x=0.125)),
    MessageReceived(
        id=_REPLY,
        sender="agent",
        content="[emotion:happy]Hello!",
        timestamp=iso(_MOMENT),
        client_message_id=_TYPED,
        stream_id=_STREAM,
        avatar=Animation(animation="happy", duration=3000, sentiment=0.75),
        metadata=MessageMetadata(
            intent="greeting",
            sentiment=0.75,
            confidence=0.875,
            processing_time=182.5,
            suggested_actions=("Tell me more",),
        ),
        seq=10,
    ),
    ErrorMessage(
        code="TOO_LONG",
        message="The text is longer than 64 KiB.",
        retryable=False,
        client_message_id=_TYPED,
        seq=10,
    ),
)
