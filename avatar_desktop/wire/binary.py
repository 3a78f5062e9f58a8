"""The binary frame: an 8-byte header and a MessagePack map.

Big-endian: magic u16 0xAA55, version u8 1, type u8, payload length u32. `decode` gives None for a
type that it does not know (those are ignored) and raises BadFrame for everything that is no frame.
"""

import struct
from typing import Any, Final

import msgspec

from avatar_desktop.wire.errors import BadFrame
from avatar_desktop.wire.kinds import BY_CODE, BY_MESSAGE, Kind
from avatar_desktop.wire.messages import Message
from avatar_desktop.wire.reading import UNREADABLE, read

MAGIC: Final = 0xAA55
VERSION: Final = 1
HEADER: Final = struct.Struct(">HBBI")

_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODERS: Final[dict[int, msgspec.msgpack.Decoder[Message]]] = {
    code: msgspec.msgpack.Decoder(kind.message) for code, kind in BY_CODE.items()
}
_MAP: Final = msgspec.msgpack.Decoder(dict[str, Any])


def encode(message: Message) -> bytes:
    """The frame of a message."""
    frame = bytearray(HEADER.size)
    _ENCODER.encode_into(message, frame, HEADER.size)
    code = BY_MESSAGE[type(message)].code
    HEADER.pack_into(frame, 0, MAGIC, VERSION, code, len(frame) - HEADER.size)
    return bytes(frame)


def has_header(frame: bytes) -> bool:
    """Whether the frame starts with a whole valid header whose length is exact."""
    if len(frame) < HEADER.size:
        return False
    magic, version, _, length = HEADER.unpack_from(frame)
    return magic == MAGIC and version == VERSION and length == len(frame) - HEADER.size


def decode(frame: bytes) -> Message | None:
    """The message of a frame; None when its type is unknown; BadFrame when it is none."""
    kind = _kind_of_header(frame)
    if kind is None:
        return None
    payload = memoryview(frame)[HEADER.size :]
    try:
        return _DECODERS[kind.code].decode(payload)
    except UNREADABLE:
        return read(kind.message, read_map(payload))


def read_map(payload: bytes | memoryview) -> dict[str, Any]:
    """The MessagePack map of a payload, untyped."""
    try:
        return _MAP.decode(payload)
    except UNREADABLE as error:
        raise BadFrame("The payload is not a MessagePack map with text keys.") from error


def write_map(fields: dict[str, Any]) -> bytes:
    """A MessagePack map without a header."""
    return _ENCODER.encode(fields)


def _kind_of_header(frame: bytes) -> Kind | None:
    if len(frame) < HEADER.size:
        raise BadFrame(f"The frame is shorter than its header of {HEADER.size} bytes.")
    magic, version, code, length = HEADER.unpack_from(frame)
    if magic != MAGIC:
        raise BadFrame("The frame does not start with AA 55.")
    if version != VERSION:
        raise BadFrame(f"The frame has version {version}; this side speaks version {VERSION}.")
    if length != len(frame) - HEADER.size:
        raise BadFrame("The payload is not as long as the header says.")
    return BY_CODE.get(code)
