"""What is still owed to one reply on the stage: phrases to voice, cues to show, what was heard."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from avatar_desktop.companion.miming import Miming
from avatar_desktop.reply.cue import Cue, Phrase
from avatar_desktop.reply.phrases import ReplyReader
from avatar_desktop.voice.clip import SpeechClip

SERVER_PATIENCE: Final = 12.0
"""Seconds of silence after which a server that voices a reply is waited for no longer."""


@dataclass(slots=True)
class StagedReply:
    """One reply from its first letter to its last sound."""

    id: str
    reader: ReplyReader
    is_served: bool = False
    """Its clips come from the server; the text brings the cues alone."""
    phrases: dict[int, Phrase] = field(default_factory=dict[int, Phrase])
    """Those that are not on the stage yet."""
    unasked: deque[Phrase] = field(default_factory=deque[Phrase])
    cues: tuple[Cue, ...] = ()
    """Those that wait for a clip of the server."""
    asked: int = 0
    settled: int = 0
    whole: bool = False
    trailing: tuple[Cue, ...] = ()
    heard: int = 0
    """Its characters up to the end of the last clip that was heard whole."""
    miming: Miming | None = None
    """Who shows it when no voice does."""
    served_at: float = 0.0
    """When the server was last heard of."""
    _numbers: set[int] = field(default_factory=set[int])
    _is_served_whole: bool = False

    def take(self, phrases: list[Phrase], now: float) -> None:
        """More text of the reply."""
        if self.miming is not None:
            self.miming.perform(phrases, now)
            return
        for phrase in phrases:
            if self.is_served:
                self.cues += phrase.cues
                self.served_at = max(self.served_at, now)
            elif not phrase.text.strip():
                self.trailing += phrase.cues
            else:
                self.phrases[phrase.index] = phrase
                self.unasked.append(phrase)

    def serve(self, clip: SpeechClip, now: float) -> bool:
        """A clip of the server, with the cues of its words; False for one that came before."""
        if not self.is_served or clip.seq in self._numbers:
            return False
        self._numbers.add(clip.seq)
        reach = max((word.char_end for word in clip.words), default=0)
        mine = tuple(cue for cue in self.cues if clip.last or cue.char < reach)
        self.cues = self.cues[len(mine) :]
        self.phrases[clip.seq] = Phrase(clip.seq, "", (), mine, "neutral", 0.0, clip.last)
        self.asked += 1
        self._is_served_whole |= clip.last
        self.served_at = max(now, self.served_at) + clip.seconds
        return True

    def skip(self, number: int, *, is_last: bool) -> None:
        """A phrase of the server that cannot be played."""
        self._numbers.add(number)
        self._is_served_whole |= is_last

    def hear(self, clip: SpeechClip) -> None:
        """A clip was heard to its end."""
        self.heard = max((self.heard, *(word.char_end for word in clip.words)))

    def mime(self, miming: Miming, now: float) -> None:
        """Nobody speaks it from here on: face and hands alone show what is left."""
        self.miming = miming
        miming.perform(self.phrases.values(), now)
        for cue in (*self.cues, *self.trailing):
            miming.show(cue)
        self.phrases.clear()
        self.unasked.clear()
        self.cues = self.trailing = ()

    def is_voiced(self, now: float) -> bool:
        """Whether nothing more comes of it."""
        if self.is_served:
            gives_up = self.whole and now - self.served_at > SERVER_PATIENCE
            return self.settled >= self.asked and (self._is_served_whole or gives_up)
        return self.whole and not self.unasked and self.settled >= self.asked
