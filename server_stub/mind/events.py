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
        self._line = ""
        self._data: list[str] = []
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
        text = self._line + text
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        lines = text.split("\n")
        self._line = lines.pop()
        if len(self._line) > MAX_EVENT or sum(map(len, self._data)) > MAX_EVENT:
            raise ValueError("an event without an end")
        found: list[str] = []
        for line in lines:
            if not line:
                if self._data:
                    found.append("\n".join(self._data))
                    self._data = []
            elif line[:5] == "data:":
                self._data.append(line[6:] if line[5:6] == " " else line[5:])
        return found
