"""Messages as they go on the line of one kind of reader: framed once, and written in one go."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from avatar_desktop.wire import binary, text
from avatar_desktop.wire.dialects import Dialect, Interpreter
from avatar_desktop.wire.messages import Message

Frame = str | bytes

_TEXT: Final = 0x81
_BINARY: Final = 0x82
_SHORT: Final = struct.Struct(">BB")
_MIDDLE: Final = struct.Struct(">BBH")
_LONG: Final = struct.Struct(">BBQ")


@dataclass(frozen=True, slots=True)
class Packet:
    """A few whole messages for one connection."""

    bodies: tuple[bytes, ...]
    is_text: bool
    line: bytes
    """All of them as a server sends them (RFC 6455, 5.2): unmasked, each in a frame of its own."""

    @property
    def count(self) -> int:
        """How many messages."""
        return len(self.bodies)

    @property
    def size(self) -> int:
        """How many bytes they hold the line for."""
        return len(self.line)


def packet_of(frame: Frame) -> Packet:
    """One message."""
    if isinstance(frame, str):
        return _packed([frame.encode()], is_text=True)
    return _packed([frame], is_text=False)


def encoded(messages: Sequence[Message], interpreter: Interpreter, now_ms: int) -> Packet:
    """Messages of one kind, one frame each, in the dialect of a connection."""
    match interpreter.dialect:
        case Dialect.JSON:
            return _packed(text.encode_each(messages), is_text=True)
        case Dialect.BINARY:
            return _packed([binary.encode(message) for message in messages], is_text=False)
        case _:
            frames = [interpreter.encode(message, now_ms=now_ms) for message in messages]
            bodies = [one.encode() if isinstance(one, str) else one for one in frames]
            return _packed(bodies, is_text=isinstance(frames[0], str))


def _packed(bodies: Sequence[bytes], *, is_text: bool) -> Packet:
    first = _TEXT if is_text else _BINARY
    parts: list[bytes] = []
    for body in bodies:
        parts.append(_head(first, len(body)))
        parts.append(body)
    return Packet(tuple(bodies), is_text, b"".join(parts))


@lru_cache(maxsize=1024)
def _head(first: int, size: int) -> bytes:
    if size < 126:
        return _SHORT.pack(first, size)
    if size < 1 << 16:
        return _MIDDLE.pack(first, 126, size)
    return _LONG.pack(first, 127, size)
