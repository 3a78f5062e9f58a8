"""A message on its way to several connections, encoded once for each dialect that has one form of
it.
"""

from __future__ import annotations

from collections.abc import Mapping

from avatar_desktop.wire import binary, text
from avatar_desktop.wire.dialects import Dialect, Interpreter
from avatar_desktop.wire.messages import Message
from server_stub.speech import Wish

Frame = str | bytes


class Broadcast:
    """The message and its frames so far."""

    __slots__ = ("_binary", "_forms", "_text", "message", "now_ms")

    def __init__(
        self, message: Message, now_ms: int, forms: Mapping[Wish, Message] | None = None
    ) -> None:
        """`forms` are the same message for those who want it otherwise."""
        self._forms: dict[Wish, Broadcast] = {}
        for wish, form in (forms or {}).items():
            self._forms[wish] = Broadcast(form, now_ms)
        self.message = message
        self.now_ms = now_ms
        self._binary: bytes | None = None
        self._text: str | None = None

    def form(self, wish: Wish | None) -> Broadcast:
        """The message as this wish has it."""
        return self if wish is None else self._forms.get(wish, self)

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
