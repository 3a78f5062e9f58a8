"""The text frame: one JSON object whose `type` names the message.

`decode` gives None for a type that it does not know and raises BadFrame for what is no message.
Bytes are base64.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from avatar_desktop.wire.errors import BadFrame
from avatar_desktop.wire.kinds import BY_JSON_TYPE, BY_MESSAGE, Kind
from avatar_desktop.wire.messages import Message
from avatar_desktop.wire.reading import UNREADABLE, read


class _Head(msgspec.Struct):
    type: str


_HEAD: Final = msgspec.json.Decoder(_Head)
_ENCODER: Final = msgspec.json.Encoder()
_DECODERS: Final[dict[str, msgspec.json.Decoder[Message]]] = {
    name: msgspec.json.Decoder(kind.message) for name, kind in BY_JSON_TYPE.items()
}
_HEADS: Final = {
    message: f'{{"type":"{kind.json_type}",'.encode() for message, kind in BY_MESSAGE.items()
}
_OBJECT: Final = msgspec.json.Decoder(dict[str, Any])


def encode(message: Message) -> str:
    """The JSON text of a message, `type` first."""
    return encode_utf8(message).decode()


def encode_utf8(message: Message) -> bytes:
    """The same text as it goes on the line."""
    return encode_each([message])[0]


def encode_each(messages: Sequence[Message]) -> list[bytes]:
    """The texts of messages that are all of one kind, as they go on the line."""
    head = _HEADS[type(messages[0])]
    bodies = map(_ENCODER.encode, messages)
    return [head + body[1:] if len(body) > 2 else head[:-1] + b"}" for body in bodies]


def decode(frame: str) -> Message | None:
    """The message of a text frame; None when its type is unknown; BadFrame when it is none."""
    try:
        head = _HEAD.decode(frame)
    except UNREADABLE as error:
        raise BadFrame('The text is not a JSON object with a "type".') from error
    kind = BY_JSON_TYPE.get(head.type)
    return None if kind is None else decode_as(kind, frame)


def decode_as(kind: Kind, frame: str) -> Message:
    """The message of a text frame whose kind is known already."""
    try:
        return _DECODERS[kind.json_type].decode(frame)
    except UNREADABLE:
        return read(kind.message, read_object(frame))


def read_object(frame: str) -> dict[str, Any]:
    """The JSON object of a text frame, untyped."""
    try:
        return _OBJECT.decode(frame)
    except UNREADABLE as error:
        raise BadFrame("The text is not a JSON object.") from error


def write_object(fields: Any) -> str:
    """Any plain value as JSON text; bytes as base64."""
    return _ENCODER.encode(fields).decode()
