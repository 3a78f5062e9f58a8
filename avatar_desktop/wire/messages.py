"""Every message of the conversation, as one frozen struct each.

What a struct holds is what the wire shows: fields in camelCase, moments in the form of their field,
absent when they hold their default. Unknown fields are ignored; no message knows its encoding.
"""

from typing import Any, Literal

import msgspec

from avatar_desktop.wire.instants import IsoTime, Milliseconds
from avatar_desktop.wire.parts import (
    Agent,
    Animation,
    BodyState,
    Capabilities,
    MessageMetadata,
    Phoneme,
    PhonemeMetadata,
    Vector,
    Word,
)


class Message(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Anything that travels as a frame of its own."""


class ClientMessage(Message, frozen=True, kw_only=True):
    """Said by a client. `op_id` names the act, so that a repeated one is done once."""

    op_id: str | None = None


class ServerMessage(Message, frozen=True, kw_only=True):
    """Said by the server. `seq` counts the room's replayable messages; the others repeat it."""

    seq: int | None = None


# --- the connection ---


class AvatarState(ClientMessage, frozen=True, kw_only=True):
    """How the avatar is: its body state, its animation state, or both."""

    state: BodyState | None = None
    timestamp: Milliseconds = 0
    session_id: str | None = None
    error: str | None = None
    current_animation: str | None = None
    position: Vector | None = None
    rotation: Vector | None = None
    capabilities: Capabilities | None = None


class AvatarStateAck(ServerMessage, frozen=True, kw_only=True):
    """The answer to a body state: whether speech is made and how many pieces wait."""

    acknowledged: bool
    can_stream_tts: bool = msgspec.field(name="canStreamTTS")
    queued_messages: int
    server_timestamp: Milliseconds


class Heartbeat(Message, frozen=True, kw_only=True):
    """Are you there? Either side may ask."""

    timestamp: Milliseconds = 0
    seq: int | None = None
    op_id: str | None = None


class HeartbeatAck(Message, frozen=True, kw_only=True):
    """I am here. Repeats the timestamp of the question when it had one."""

    timestamp: Milliseconds = 0
    seq: int | None = None
    op_id: str | None = None


class Connected(ServerMessage, frozen=True, kw_only=True):
    """The first message of every connection, and the answer to RESUME. `room` is the room's id."""

    session_id: str
    room: str
    resumed: bool
    last_seq: int
    epoch: str
    agent: Agent | None = None


class Resume(ClientMessage, frozen=True, kw_only=True):
    """Take up a broken session where it stopped."""

    session_id: str
    epoch: str
    last_seq: int


# --- sound --------------------------------------------------------------------------------------


class AudioChunk(Message, frozen=True, kw_only=True):
    """A piece of sound: the user's from a client, the reply's from the server."""

    stream_id: str
    index: int
    is_final: bool
    rate: int
    codec: str
    data: bytes
    seq: int | None = None
    op_id: str | None = None


class PhonemeData(ServerMessage, frozen=True, kw_only=True):
    """One spoken phrase of a reply: its sound, its mouth shapes and its words."""

    audio_id: str
    audio_data: bytes
    codec: str
    rate: int
    duration: int
    phonemes: tuple[Phoneme, ...]
    words: tuple[Word, ...]
    metadata: PhonemeMetadata


class AudioControl(ClientMessage, frozen=True, kw_only=True):
    """How far the client's playback is. `heard_chars` counts code points of the raw reply."""

    audio_id: str
    status: Literal["PLAYING", "COMPLETE", "ERROR"]
    heard_chars: int | None = None
    timestamp: Milliseconds = 0


# --- text ---------------------------------------------------------------------------------------


class TextResponse(ServerMessage, frozen=True, kw_only=True):
    """A whole reply as text, for an avatar that cannot speak it now."""

    message_id: str
    text: str
    timestamp: Milliseconds
    error: str | None = None


class Transcript(ServerMessage, frozen=True, kw_only=True):
    """What the server understood of the user's voice."""

    stream_id: str
    text: str
    is_final: bool
    confidence: float


class TextMessage(ClientMessage, frozen=True, kw_only=True):
    """What the user says. Without `room_id` it goes to the room of the socket."""

    content: str
    room_id: str | None = None
    client_message_id: str | None = None
    metadata: dict[str, Any] = {}


# --- the streamed reply -------------------------------------------------------------------------


class StreamStart(ServerMessage, frozen=True, kw_only=True):
    """A reply begins. `message_id` is its id in the history."""

    stream_id: str
    message_id: str
    agent_id: str
    started_at: IsoTime
    client_message_id: str | None = None


class StreamChunk(ServerMessage, frozen=True, kw_only=True):
    """The next piece of the raw reply, markers included."""

    stream_id: str
    chunk: str
    chunk_index: int
    timestamp: IsoTime
    is_final: bool = False


class StreamEnd(ServerMessage, frozen=True, kw_only=True):
    """The reply is over, and why."""

    stream_id: str
    total_chunks: int
    ended_at: IsoTime
    reason: Literal["complete", "interrupted", "error"]
    sentiment: float | None = None
    final_animation: str | None = None


class StreamError(ServerMessage, frozen=True, kw_only=True):
    """The reply broke off: one sentence for the user, and a code of the errors below if known."""

    stream_id: str
    error: str
    timestamp: IsoTime
    code: str | None = None


class StreamInterrupt(ClientMessage, frozen=True, kw_only=True):
    """Stop this reply. `heard_chars` says how much of the raw reply was heard."""

    stream_id: str
    heard_chars: int | None = None


# --- rooms and sessions -------------------------------------------------------------------------


class RoomJoin(ClientMessage, frozen=True, kw_only=True):
    """Send me what happens in the room from now on."""

    room_id: str | None = None


class RoomPause(ClientMessage, frozen=True, kw_only=True):
    """Hold the reply."""

    room_id: str | None = None


class RoomResume(ClientMessage, frozen=True, kw_only=True):
    """Go on with the reply."""

    room_id: str | None = None


class SessionStart(ClientMessage, frozen=True, kw_only=True):
    """Opens a conversation on an address that names no room."""

    user_id: str | None = None
    call_id: str | None = None
    auth_token: str | None = None


class SessionEnd(Message, frozen=True, kw_only=True):
    """Closes the conversation; the server says it of a session that lay idle."""

    seq: int | None = None
    op_id: str | None = None


class ProcessingStatus(ServerMessage, frozen=True, kw_only=True):
    """What the server is doing for the user."""

    stage: Literal["listening", "transcribing", "thinking", "speaking", "idle"]


class Metrics(Message, frozen=True, kw_only=True):
    """The figures of this connection; a client asks for them with an empty one."""

    figures: dict[str, float] = {}
    seq: int | None = None
    op_id: str | None = None


# --- presence and the avatar --------------------------------------------------------------------


class Presence(ServerMessage, frozen=True, kw_only=True):
    """Who is here."""

    visitor_id: str
    status: Literal["online", "away", "offline"]
    last_seen: Milliseconds


class Typing(Message, frozen=True, kw_only=True):
    """Somebody is writing: a visitor, or the agent when no `visitor_id` is named."""

    active: bool
    visitor_id: str | None = None
    seq: int | None = None
    op_id: str | None = None


class AvatarAnimate(ServerMessage, frozen=True, kw_only=True):
    """Play an animation; `duration` in milliseconds."""

    animation: str
    duration: int | None = None
    loop: bool = False
    sentiment: float | None = None


class AvatarInteract(ClientMessage, frozen=True, kw_only=True):
    """The user touched the avatar."""

    kind: Literal["click", "hover", "drag"]
    position: Vector | None = None
    delta: Vector | None = None


class MessageReceived(ServerMessage, frozen=True, kw_only=True):
    """A message of the history, whoever wrote it. `sender` is `human` or `agent`."""

    id: str
    sender: str
    content: str
    timestamp: IsoTime
    client_message_id: str | None = None
    stream_id: str | None = None
    avatar: Animation | None = None
    metadata: MessageMetadata | None = None


class ErrorMessage(ServerMessage, frozen=True, kw_only=True):
    """Something was refused or failed. It names the act that it answers when there was one."""

    code: str
    message: str
    retryable: bool
    client_message_id: str | None = None
    op_id: str | None = None
