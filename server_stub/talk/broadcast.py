"""What is said to several connections, encoded once for each dialect that has one form of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from avatar_desktop.wire.dialects import Dialect, Interpreter
from avatar_desktop.wire.messages import Message, StreamChunk
from server_stub.talk.packets import Packet, encoded
from server_stub.voice.pieces import Wish


class Broadcast:
    """A message, or a run of chunks that were said together; and its packets so far."""

    __slots__ = ("_forms", "_messages", "_packets", "message", "now_ms")

    def __init__(
        self,
        message: Message,
        now_ms: int,
        forms: Mapping[Wish, Message] | None = None,
        *,
        run: Sequence[Message] = (),
    ) -> None:
        """`forms` are the same message for those who want it otherwise; `run` is the whole of it
        when several of one kind were said.
        """
        self._forms: dict[Wish, Broadcast] = {}
        for wish, form in (forms or {}).items():
            self._forms[wish] = Broadcast(form, now_ms)
        self.message = message
        self.now_ms = now_ms
        self._messages = run or (message,)
        self._packets: dict[Dialect, Packet] = {}

    def form(self, wish: Wish | None) -> Broadcast:
        """The message as this wish has it."""
        return self if wish is None else self._forms.get(wish, self)

    def packet(self, interpreter: Interpreter) -> Packet:
        """What goes on the line of one connection, in its dialect."""
        dialect = interpreter.dialect
        packet = self._packets.get(dialect)
        if packet is None:
            packet = encoded(self._messages, interpreter, self.now_ms)
            if dialect is not Dialect.CALL:  # there every connection has an envelope of its own
                self._packets[dialect] = packet
        return packet


def broadcasts(
    messages: Iterable[Message], now_ms: int, forms: Mapping[Wish, Message] | None = None
) -> Iterator[Broadcast]:
    """All that is said, in order: chunks that follow each other go together."""
    for kind, together in groupby(messages, type):
        if kind is StreamChunk:
            run = list(together)
            yield Broadcast(run[0], now_ms, run=run)
        else:
            yield from (Broadcast(message, now_ms, forms) for message in together)
