"""What a reply becomes: phrases to speak and cues anchored to the words that follow them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CueKind = Literal["emotion", "gesture", "tone", "pose"]


@dataclass(frozen=True, slots=True)
class Cue:
    """A marker of the reply, fired when the character after it is heard."""

    kind: CueKind
    name: str
    strength: float
    char: int
    """Index into the raw reply of the character that follows the marker."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A piece of the reply that is spoken in one breath."""

    index: int
    text: str
    """What the voice says: no markers, no markup, numbers and symbols in words."""
    origin: tuple[int, ...]
    """For each character of `text`, the index of its character in the raw reply."""
    cues: tuple[Cue, ...]
    tone: str
    """The tone in force where the phrase starts (a tone cue starts a new phrase)."""
    pause_after: float
    """Seconds of rest that the punctuation after the phrase asks for."""
    is_last: bool
    """True only for the final phrase of a reply; it may have an empty text and only cues."""
