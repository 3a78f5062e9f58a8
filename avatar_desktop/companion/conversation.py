"""The conversation as rows: what was typed, what streams in, what was kept from before.

Messages of the wire go in, rows for the window come out. It holds no socket and no clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from avatar_desktop.companion.snapshot import Message
from avatar_desktop.reply.cue import Cue
from avatar_desktop.reply.markers import Letter, MarkerReader
from avatar_desktop.reply.vocabulary import Vocabulary

EndReason = Literal["complete", "interrupted", "error"]


@dataclass(slots=True)
class _OpenReply:
    row: str
    reader: MarkerReader


class Conversation:
    """Rows in order; a reply grows in place while it streams."""

    def __init__(self) -> None:
        self._rows: dict[str, Message] = {}
        self._open: dict[str, _OpenReply] = {}
        self._messages: dict[str, str] = {}

    @property
    def rows(self) -> tuple[Message, ...]:
        """In order; a reply has its row from its first letter on."""
        return tuple(row for row in self._rows.values() if row.text or row.state != "streaming")

    def ends_with(self, message_id: str) -> bool:
        """Whether nothing was said after this message."""
        return next(reversed(self._rows), None) == message_id

    @property
    def open_streams(self) -> tuple[str, ...]:
        return tuple(self._open)

    def type(self, client_message_id: str, text: str, time_ms: int, *, waits: bool) -> None:
        """A message of the person; while offline it waits on disk."""
        state = "waiting" if waits else "sent"
        self._rows[client_message_id] = Message(client_message_id, "user", text, state, time_ms)

    def has(self, message_id: str) -> bool:
        return message_id in self._rows

    def sent(self, client_message_id: str) -> None:
        """The server has it."""
        row = self._rows.get(client_message_id)
        if row is not None and row.state in ("waiting", "failed"):
            self._rows[client_message_id] = replace(row, state="sent", detail="")

    def refused(self, client_message_id: str, why: str) -> None:
        row = self._rows.get(client_message_id)
        if row is not None:
            self._rows[client_message_id] = replace(row, state="failed", detail=why)

    def stream_starts(self, stream_id: str, message_id: str, time_ms: int) -> None:
        """A reply begins, or begins again after a resume that lost it."""
        self._open[stream_id] = _OpenReply(message_id, MarkerReader(Vocabulary()))
        self._messages[stream_id] = message_id
        self._rows[message_id] = Message(message_id, "agent", "", "streaming", time_ms)

    def stream_grows(self, stream_id: str, chunk: str) -> None:
        opened = self._open.get(stream_id)
        if opened is None:
            return
        self._grow(opened, opened.reader.feed(chunk))

    def stream_ends(self, stream_id: str, reason: EndReason, detail: str = "") -> None:
        opened = self._open.pop(stream_id, None)
        if opened is None:
            return
        self._grow(opened, opened.reader.finish())
        state = {"complete": "complete", "interrupted": "interrupted", "error": "failed"}[reason]
        self._rows[opened.row] = replace(
            self._rows[opened.row],
            state=state,  # pyright: ignore[reportArgumentType]
            detail=detail,
        )

    def message_of(self, stream_id: str) -> str:
        """The id in the history of the reply that a stream carries."""
        return self._messages.get(stream_id, stream_id)

    def stream_of(self, message_id: str) -> str | None:
        """The stream that carried a reply of the history; None where there was none."""
        pairs = reversed(self._messages.items())  # the latest, where a reply was sent again
        return next((stream for stream, message in pairs if message == message_id), None)

    def knows(self, stream_id: str) -> bool:
        """Whether the server streamed this reply; a welcome is nobody's stream."""
        return stream_id in self._messages

    def _grow(self, opened: _OpenReply, items: Iterable[Letter | Cue]) -> None:
        row = self._rows[opened.row]
        self._rows[opened.row] = replace(row, text=row.text + _letters(items))

    def received(
        self,
        message_id: str,
        sender: str,
        content: str,
        time_ms: int,
        client_message_id: str | None,
    ) -> None:
        """A whole message: of another window of the same person, or one seen already."""
        if client_message_id is not None and client_message_id in self._rows:
            self.sent(client_message_id)
            return
        if message_id in self._rows and self._rows[message_id].state == "streaming":
            return
        is_user = sender in ("human", "user")
        self._rows[message_id] = Message(
            message_id,
            "user" if is_user else "agent",
            content if is_user else shown(content),
            "sent" if is_user else "complete",
            time_ms,
        )

    def clear(self) -> None:
        """Another conversation begins."""
        self._rows = {}

    def load(self, history: Iterable[Message]) -> None:
        """What was said before, oldest first; rows that still wait stay at the end."""
        kept = {row.id: row for row in history}
        waiting = {key: row for key, row in self._rows.items() if key not in kept}
        self._rows = kept | waiting


def shown(content: str) -> str:
    """The text of a stored reply without its markers."""
    reader = MarkerReader(Vocabulary())
    return _letters(reader.feed(content)) + _letters(reader.finish())


def _letters(items: Iterable[Letter | Cue]) -> str:
    return "".join(item.char for item in items if isinstance(item, Letter))
