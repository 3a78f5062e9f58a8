"""One interpreter a connection: reads every dialect, answers in the one that was used first.

Which envelope a frame has is decided by its shape alone; names and fields come from `names`.
`decode` gives None for types that nobody knows, BadFrame for what is no message.
"""

from enum import StrEnum
from typing import Any, Final, cast

import msgspec

from avatar_desktop.wire import binary, text
from avatar_desktop.wire.errors import BadFrame
from avatar_desktop.wire.instants import milliseconds
from avatar_desktop.wire.kinds import BY_JSON_TYPE, Kind, kind_of
from avatar_desktop.wire.messages import AudioChunk, AvatarState, Message
from avatar_desktop.wire.names import (
    CALL_NAMES,
    EVENT_NAMES,
    PAYLOAD_NAMES,
    Row,
    Vocabulary,
)
from avatar_desktop.wire.parts import BodyState
from avatar_desktop.wire.reading import UNREADABLE, read


class Dialect(StrEnum):
    """The envelopes that a connection may speak."""

    BINARY = "binary"
    JSON = "json"
    PAYLOAD = "payload"
    PACKED_PAYLOAD = "packed payload"
    CALL = "call"
    EVENT = "event"
    EVENT_LIST = "event list"


_FIRST_BYTES_OF_A_MAP: Final = frozenset((*range(0x80, 0x90), 0xDE, 0xDF))
_SENDERS: Final = {"bot": "agent", "visitor": "human"}
_SENDERS_BACK: Final = {ours: theirs for theirs, ours in _SENDERS.items()}


class _Shape(msgspec.Struct, rename="camel"):
    """What tells the JSON envelopes apart, without reading the rest."""

    type: str
    payload: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    data: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    call_id: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


_SHAPE: Final = msgspec.json.Decoder(_Shape)
_EVENT_LIST: Final = msgspec.json.Decoder(list[Any])
_PLAIN: Final = (bytes,)


class Interpreter:
    """Between one connection's frames and messages.

    `bare_audio`: binary frames without a header are the user's voice. A side that names its
    `dialect` keeps it; one that does not speaks JSON until the other has chosen.
    """

    def __init__(self, *, bare_audio: bool = False, dialect: Dialect | None = None) -> None:
        self.dialect = dialect or Dialect.JSON
        self._bare_audio = bare_audio
        self._settled = dialect is not None
        self._call_id = ""
        self._pieces = 0

    def decode(self, frame: str | bytes) -> Message | None:
        """The message of a frame; the first one that is understood settles the dialect."""
        if isinstance(frame, bytes):
            dialect, message = self._decode_bytes(frame)
        else:
            dialect, message = self._decode_text(frame)
        if message is not None and dialect is not None and not self._settled:
            self.dialect, self._settled = dialect, True
        return message

    def encode(self, message: Message, *, now_ms: int) -> str | bytes:
        """The frame of a message in this connection's dialect."""
        match self.dialect:
            case Dialect.BINARY:
                return binary.encode(message)
            case Dialect.JSON:
                return text.encode(message)
            case Dialect.PAYLOAD:
                name, fields = _translated(PAYLOAD_NAMES, message)
                return text.write_object({"type": name, "payload": fields})
            case Dialect.PACKED_PAYLOAD:
                name, fields = _translated(PAYLOAD_NAMES, message)
                return binary.write_map({"type": name, "payload": fields})
            case Dialect.CALL:
                return text.write_object(self._call(message, now_ms))
            case Dialect.EVENT:
                name, fields = _translated(EVENT_NAMES, message)
                if "type" in fields:  # in the flat form the event has taken this name
                    fields["kind"] = fields["type"]
                return text.write_object({**fields, "type": name})
            case Dialect.EVENT_LIST:
                return text.write_object(list(_translated(EVENT_NAMES, message)))

    # --- binary frames ---

    def _decode_bytes(self, frame: bytes) -> tuple[Dialect | None, Message | None]:
        if self._bare_audio and not binary.has_header(frame):
            self._pieces += 1
            return None, _bare_sound(frame, self._pieces - 1)
        if frame and frame[0] in _FIRST_BYTES_OF_A_MAP:
            fields = binary.read_map(frame)
            return Dialect.PACKED_PAYLOAD, _read_payload(fields.get("type"), fields)
        return Dialect.BINARY, binary.decode(frame)

    # --- text frames ---

    def _decode_text(self, frame: str) -> tuple[Dialect, Message | None]:
        if frame.lstrip()[:1] == "[":
            return Dialect.EVENT_LIST, _read_event_list(frame)
        try:
            shape = _SHAPE.decode(frame)
        except UNREADABLE as error:
            raise BadFrame('The text is not a JSON object with a "type".') from error
        dialect = _dialect_of(shape)
        if dialect is Dialect.JSON:
            kind = BY_JSON_TYPE.get(shape.type)
            return dialect, None if kind is None else text.decode_as(kind, frame)
        fields = text.read_object(frame)
        if dialect is Dialect.PAYLOAD:
            return dialect, _read_payload(shape.type, fields)
        if dialect is Dialect.EVENT:
            del fields["type"]
            inner = fields.get("data")
            return dialect, _read_event(
                shape.type, _map(inner) if isinstance(inner, dict) else fields
            )
        return dialect, self._read_call(shape.type, fields)

    # --- the envelope with a call ---

    def _read_call(self, name: str, envelope: dict[str, Any]) -> Message | None:
        row = CALL_NAMES.by_name(name)
        if row is None:
            return None
        call_id = envelope.get("callId")
        if isinstance(call_id, str) and call_id:
            self._call_id = call_id
        inner = envelope.get("data")
        fields = {"data": inner} if _is_sound(row, inner) else _map(inner)
        if row.kind.name == "HEARTBEAT" and fields.pop("pong", False):
            row = Row(name, CALL_NAMES.by_kind(_HEARTBEAT_ACK, {}).kind)
        if row.kind.name == "METRICS" and "figures" not in fields:
            fields = {"figures": fields}
        if envelope.get("timestamp") is not None:
            fields.setdefault("timestamp", envelope["timestamp"])
        return _read_row(row, fields)

    def _call(self, message: Message, now_ms: int) -> dict[str, Any]:
        name, fields = _translated(CALL_NAMES, message)
        if kind_of(message) is _HEARTBEAT_ACK:
            name, fields = "heartbeat", {**fields, "pong": True}
        if kind_of(message) is _CONNECTED:
            fields["status"] = "connected"
        moment = fields.get("timestamp") or now_ms
        return {
            "type": name,
            "callId": self._call_id,
            "timestamp": milliseconds(moment) if isinstance(moment, str) else moment,
            "data": fields,
        }


_HEARTBEAT_ACK: Final[Kind] = BY_JSON_TYPE["heartbeat-ack"]
_CONNECTED: Final[Kind] = BY_JSON_TYPE["connected"]


def _dialect_of(shape: _Shape) -> Dialect:
    name = shape.type
    if shape.payload is not msgspec.UNSET or (name.isupper() and PAYLOAD_NAMES.by_name(name)):
        return Dialect.PAYLOAD
    if ":" in name:
        return Dialect.EVENT
    if isinstance(shape.data, msgspec.Raw) and bytes(shape.data).lstrip()[:1] == b"{":
        return Dialect.CALL
    if "_" in name or (shape.call_id is not msgspec.UNSET and name != "session-start"):
        return Dialect.CALL
    return Dialect.JSON


def _read_payload(name: Any, envelope: dict[str, Any]) -> Message | None:
    if not isinstance(name, str):
        raise BadFrame('The message has no "type".')
    row = PAYLOAD_NAMES.by_name(name)
    return None if row is None else _read_row(row, _map(envelope.get("payload")))


def _read_event_list(frame: str) -> Message | None:
    try:
        event = _EVENT_LIST.decode(frame)
    except UNREADABLE as error:
        raise BadFrame("The text is not a JSON list of an event and its fields.") from error
    if not event or not isinstance(event[0], str):
        raise BadFrame("The list does not start with the name of an event.")
    return _read_event(event[0], _map(event[1] if len(event) > 1 else None))


def _read_event(name: str, fields: dict[str, Any]) -> Message | None:
    row = EVENT_NAMES.by_name(name)
    if row is None:
        return None
    if row.kind.name == "MESSAGE":
        sender = fields.get("sender")
        fields["sender"] = _SENDERS.get(sender, sender) if isinstance(sender, str) else sender
    if row.kind.name == "TEXT_MESSAGE":
        fields.pop("timestamp", None)
    return _read_row(row, fields)


def _read_row(row: Row, fields: dict[str, Any]) -> Message:
    ours = {row.fields.get(name, name): value for name, value in fields.items()}
    present = {name: value for name, value in ours.items() if value is not None}
    return read(row.kind.message, {**row.missing, **present, **row.fixed})


def _translated(vocabulary: Vocabulary, message: Message) -> tuple[str, dict[str, Any]]:
    """The dialect's name of a message and its fields in the dialect's words."""
    fields = cast(dict[str, Any], msgspec.to_builtins(message, builtin_types=_PLAIN))
    if isinstance(message, AvatarState) and message.state is not None:
        fields["state"] = BodyState(message.state).name
    row = vocabulary.by_kind(kind_of(message), fields)
    theirs = {ours: name for name, ours in row.fields.items()}
    if vocabulary is EVENT_NAMES and row.kind.name == "MESSAGE":
        fields["sender"] = _SENDERS_BACK.get(fields["sender"], fields["sender"])
    told = {name: value for name, value in fields.items() if name not in row.fixed}
    return row.name, {theirs.get(name, name): value for name, value in told.items()}


def _map(value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadFrame("The fields of the message are not an object.")
    return {str(name): inner for name, inner in cast(dict[Any, Any], value).items()}


def _is_sound(row: Row, value: Any) -> bool:
    return row.kind.message is AudioChunk and isinstance(value, str | bytes)


def _bare_sound(frame: bytes, index: int) -> AudioChunk:
    if not frame:
        raise BadFrame("The frame is empty.")
    containers = {b"\x1a\x45\xdf\xa3": "webm", b"OggS": "ogg"}
    codec = containers.get(frame[:4], "s16")
    return AudioChunk(
        stream_id="", index=index, is_final=False, rate=16_000, codec=codec, data=frame
    )
