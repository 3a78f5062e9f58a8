"""Server-sent events out of any cut of the bytes: CRLF or LF, keep-alive comments, several data
lines, a last event
without its empty line. Keeps only the data; never decodes what is inside it.
"""

from __future__ import annotations

import codecs
from typing import Final

MAX_EVENT: Final = 1 << 20
"""Characters of one event; a server that sends more is not speaking this protocol."""


class EventReader:
    """Feed it bytes as they come, take the data of whole events."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._rest = ""
        self._after_return = False

    def feed(self, piece: bytes) -> list[str]:
        """The data of every event that this piece completed."""
        return self._take(self._decoder.decode(piece))

    def close(self) -> list[str]:
        """The data of an event that the end of the stream completed."""
        return self._take(self._decoder.decode(b"", final=True) + "\n\n")

    def _take(self, text: str) -> list[str]:
        if self._after_return and text.startswith("\n"):
            text = text[1:]
            self._after_return = False
        if text:
            self._after_return = text.endswith("\r")
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        events = (self._rest + text).split("\n\n")
        self._rest = events.pop()
        if len(self._rest) > MAX_EVENT:
            raise ValueError("an event without an end")
        return [data for event in events if (data := _data_of(event)) is not None]


def _data_of(event: str) -> str | None:
    if event.startswith("data: ") and "\n" not in event:  # nearly all of them
        return event[6:]
    lines = [line[5:] for line in event.split("\n") if line.startswith("data:")]
    return "\n".join([line.removeprefix(" ") for line in lines]) if lines else None
