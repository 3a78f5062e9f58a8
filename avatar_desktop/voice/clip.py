"""A spoken phrase: its sound and what is said when. Times are samples of the clip's own rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Timing = Literal["exact", "aligned", "estimated"]
Bend = Literal["rate", "pitch"]


@dataclass(frozen=True, slots=True)
class Phone:
    """One speech sound; phones lie end to end over the whole clip. Silence has an empty `ipa`."""

    start: int
    end: int
    ipa: str
    stress: int
    """0 none, 1 secondary, 2 primary."""


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """One word and the characters of the raw reply that it stands for."""

    start: int
    end: int
    char_start: int
    char_end: int
    text: str


@dataclass(frozen=True, slots=True)
class SpeechClip:
    """Sound (s16 mono) with its phones and words."""

    id: str
    reply_id: str
    seq: int
    last: bool
    rate: int
    pcm: bytes
    phones: tuple[Phone, ...]
    words: tuple[SpokenWord, ...]
    timing: Timing
    loudness: float
    """Root mean square of the voiced sound, 0 to 1."""
    pause_after: float = 0.0
    """Seconds of rest before the next clip of the same reply."""
    unbent: tuple[Bend, ...] = ()
    """The halves of the wished tone that the engine could not do."""

    @property
    def samples(self) -> int:
        return len(self.pcm) // 2

    @property
    def seconds(self) -> float:
        return self.samples / self.rate
