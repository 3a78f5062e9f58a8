"""A message on its way to several connections, encoded once for each dialect that has one form of
it.
"""

from __future__ import annotations

from avatar_desktop.wire import binary, text
from avatar_desktop.wire.dialects import Dialect, Interpreter
from avatar_desktop.wire.messages import Message

Frame = str | bytes


class Broadcast:
    """The message and its frames so far."""

    __slots__ = ("_binary", "_text", "message", "now_ms")

    def __init__(self, message: Message, now_ms: int) -> None:
        self.message = message
        self.now_ms = now_ms
        self._binary: bytes | None = None
        self._text: str | None = None

    def frame(self, interpreter: Interpreter) -> Frame:
        """The frame in the dialect of one connection."""
        if interpreter.dialect is Dialect.BINARY:
            if self._binary is None:
                self._binary = binary.encode(self.message)
            return self._binary
        if interpreter.dialect is Dialect.JSON:
            if self._text is None:
                self._text = text.encode(self.message)
            return self._text
        return interpreter.encode(self.message, now_ms=self.now_ms)
