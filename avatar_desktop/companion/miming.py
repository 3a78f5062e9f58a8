"""Face and hands of a reply that nobody speaks, at the pace at which it would be spoken."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from avatar_desktop.performer.performer import Performer
from avatar_desktop.reply.cue import Cue, Phrase

SECONDS_A_CHARACTER: Final = 0.065


class Miming:
    """Puts the cues of phrases on the stage, each where its word would sound."""

    def __init__(self, performer: Performer, reply_id: str, starts: float) -> None:
        self._performer = performer
        self._reply_id = reply_id
        self._at = starts

    def perform(self, phrases: Iterable[Phrase], now: float) -> None:
        """One phrase after the other; a mind that is slower than a voice is waited for."""
        for phrase in phrases:
            self._at = max(self._at, now)
            for cue in phrase.cues:
                self.show(cue, self._at + SECONDS_A_CHARACTER * _characters_before(cue, phrase))
            self._at += SECONDS_A_CHARACTER * len(phrase.text) + phrase.pause_after

    def show(self, cue: Cue, at: float | None = None) -> None:
        """A cue at its moment, or after all that was put on the stage."""
        self._performer.do(cue, self._at if at is None else at, self._reply_id)


def _characters_before(cue: Cue, phrase: Phrase) -> int:
    return sum(1 for char in phrase.origin if char < cue.char)
