"""Text that remembers where each of its characters came from.

Promise: whatever is replaced or removed, `origin` never runs backwards.
"""

from __future__ import annotations

import re
from collections.abc import Callable


class Traced:
    """A text under edit, with the raw index of every character."""

    def __init__(self, text: str, origin: list[int]) -> None:
        self.text = text
        self.origin: list[int] = origin

    def drop(self, pattern: re.Pattern[str]) -> None:
        self.say(pattern, lambda _: "")

    def keep(self, pattern: re.Pattern[str], group: int | str = 1) -> None:
        """Of each match only one group stays, each character with its own place."""
        self._edit(pattern, lambda match: match.span(group))

    def say(self, pattern: re.Pattern[str], words: Callable[[re.Match[str]], str | None]) -> None:
        """Each match becomes words, spread evenly over the characters it had; None leaves it."""
        self._edit(pattern, words)

    def _edit(
        self,
        pattern: re.Pattern[str],
        change: Callable[[re.Match[str]], str | tuple[int, int] | None],
    ) -> None:
        pieces: list[str] = []
        places: list[int] = []
        done = 0
        for match in pattern.finditer(self.text):
            new = change(match)
            if new is None or match.end() == match.start():
                continue
            start, end = match.span()
            pieces.append(self.text[done:start])
            places += self.origin[done:start]
            if isinstance(new, str):
                pieces.append(new)
                length = end - start
                places += [self.origin[start + i * length // len(new)] for i in range(len(new))]
            else:
                pieces.append(self.text[new[0] : new[1]])
                places += self.origin[new[0] : new[1]]
            done = end
        if done:
            pieces.append(self.text[done:])
            places += self.origin[done:]
            self.text, self.origin = "".join(pieces), places
