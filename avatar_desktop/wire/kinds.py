"""The table of messages: code, names, speaker, whether it is replayed, fate on interruption.

One row a message; everything else (frames, dialects, documents, tests) reads this table.
"""

from dataclasses import dataclass
from typing import Final, Literal

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

Direction = Literal["client", "server", "both"]
Fate = Literal["dies", "lives"]


@dataclass(frozen=True)
class Kind:
    """What is true of every message of one struct."""

    code: int
    name: str
    json_type: str
    sent_by: Direction
    replayable: bool
    fate: Fate
    """Of an interrupted reply: `dies` is dropped wherever it waits, `lives` is delivered."""
    message: type[Message]


def _kind(code: int, name: str, json_type: str, rule: str, message: type[Message]) -> Kind:
    sent_by, replay, fate = rule.split()
    directions: dict[str, Direction] = {"C": "client", "S": "server", "CS": "both"}
    return Kind(
        code=code,
        name=name,
        json_type=json_type,
        sent_by=directions[sent_by],
        replayable=replay == "replay",
        fate="dies" if fate == "dies" else "lives",
        message=message,
    )


KINDS: Final[tuple[Kind, ...]] = (
    _kind(0x01, "AVATAR_STATE", "avatar-state", "C once lives", AvatarState),
    _kind(0x02, "AVATAR_STATE_ACK", "avatar-state-ack", "S once lives", AvatarStateAck),
    _kind(0x03, "HEARTBEAT", "heartbeat", "CS once lives", Heartbeat),
    _kind(0x04, "HEARTBEAT_ACK", "heartbeat-ack", "CS once lives", HeartbeatAck),
    _kind(0x05, "CONNECTED", "connected", "S once lives", Connected),
    _kind(0x06, "RESUME", "resume", "C once lives", Resume),
    _kind(0x10, "AUDIO_CHUNK", "audio-chunk", "CS once dies", AudioChunk),
    _kind(0x11, "PHONEME_DATA", "phoneme-data", "S replay dies", PhonemeData),
    _kind(0x12, "AUDIO_CONTROL", "audio-control", "C once lives", AudioControl),
    _kind(0x20, "TEXT_RESPONSE", "text-response", "S replay dies", TextResponse),
    _kind(0x21, "TRANSCRIPT", "transcript", "S replay lives", Transcript),
    _kind(0x22, "TEXT_MESSAGE", "ar-message", "C once lives", TextMessage),
    _kind(0x30, "STREAM_START", "ar-stream-start", "S replay lives", StreamStart),
    _kind(0x31, "STREAM_CHUNK", "ar-stream-chunk", "S replay dies", StreamChunk),
    _kind(0x32, "STREAM_END", "ar-stream-end", "S replay lives", StreamEnd),
    _kind(0x33, "STREAM_ERROR", "ar-stream-error", "S replay lives", StreamError),
    _kind(0x34, "STREAM_INTERRUPT", "interrupt-stream", "C once lives", StreamInterrupt),
    _kind(0x35, "ROOM_JOIN", "join-ar-room", "C once lives", RoomJoin),
    _kind(0x36, "ROOM_PAUSE", "pause-room", "C once lives", RoomPause),
    _kind(0x37, "ROOM_RESUME", "resume-room", "C once lives", RoomResume),
    _kind(0x38, "SESSION_START", "session-start", "C once lives", SessionStart),
    _kind(0x39, "SESSION_END", "session-end", "CS once lives", SessionEnd),
    _kind(0x3A, "PROCESSING_STATUS", "processing-status", "S once lives", ProcessingStatus),
    _kind(0x3B, "METRICS", "metrics", "CS once lives", Metrics),
    _kind(0x40, "PRESENCE", "presence", "S once lives", Presence),
    _kind(0x41, "TYPING", "typing", "CS once lives", Typing),
    _kind(0x42, "AVATAR_ANIMATE", "avatar-animate", "S replay dies", AvatarAnimate),
    _kind(0x43, "AVATAR_INTERACT", "avatar-interact", "C once lives", AvatarInteract),
    _kind(0x44, "MESSAGE", "message-received", "S replay lives", MessageReceived),
    _kind(0xFF, "ERROR", "error", "S once lives", ErrorMessage),
)

BY_CODE: Final[dict[int, Kind]] = {kind.code: kind for kind in KINDS}
BY_JSON_TYPE: Final[dict[str, Kind]] = {kind.json_type: kind for kind in KINDS}
BY_MESSAGE: Final[dict[type[Message], Kind]] = {kind.message: kind for kind in KINDS}


def kind_of(message: Message) -> Kind:
    """The row of the table that holds for this message."""
    return BY_MESSAGE[type(message)]
