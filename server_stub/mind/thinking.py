"""Takes a model's thoughts out of its answer: `<think>…</think>` in any cut of the stream. Thoughts
are never spoken.
"""

from __future__ import annotations

from typing import Final

OPEN: Final = "<think>"
CLOSE: Final = "</think>"


def _held_back(text: str, tag: str) -> int:
    """How many characters at the end may be the beginning of the tag."""
    if tag[0] not in text:
        return 0
    for length in range(min(len(tag) - 1, len(text)), 0, -1):
        if tag.startswith(text[-length:]):
            return length
    return 0


class ThoughtFilter:
    """Feed it the pieces of an answer, take what is meant to be said."""

    def __init__(self) -> None:
        self._rest = ""
        self._is_thinking = False
        self._has_spoken = False

    def feed(self, piece: str) -> str:
        """What of this piece, and of what was held back, can be said now."""
        if not self._rest and not self._is_thinking and OPEN[0] not in piece:
            return piece if self._has_spoken else self._trimmed(piece)
        self._rest += piece
        said = ""
        while True:
            tag = CLOSE if self._is_thinking else OPEN
            before, found, after = self._rest.partition(tag)
            if not found:
                break
            if not self._is_thinking:
                said += before
            self._rest = after
            self._is_thinking = not self._is_thinking
        keep = _held_back(self._rest, CLOSE if self._is_thinking else OPEN)
        ready = self._rest[: len(self._rest) - keep]
        self._rest = self._rest[len(self._rest) - keep :]
        return self._trimmed(said if self._is_thinking else said + ready)

    def close(self) -> str:
        """What was held back in case it became a tag."""
        rest, self._rest = self._rest, ""
        return "" if self._is_thinking else self._trimmed(rest)

    def _trimmed(self, text: str) -> str:
        """The blank lines between the thoughts and the answer are no part of the answer."""
        if not self._has_spoken:
            text = text.lstrip()
            self._has_spoken = bool(text)
        return text
