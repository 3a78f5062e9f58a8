"""What a speech engine is: a phrase with its wishes in, a clip with its times out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from avatar_desktop.errors import Cancelled
from avatar_desktop.reply.vocabulary import TONES, Tone
from avatar_desktop.voice.clip import SpeechClip, Timing

DEFAULT_VOICE = "en-us"


@dataclass(frozen=True, slots=True)
class SpeechRequest:
    """A phrase to be spoken, and how."""

    text: str
    origin: tuple[int, ...]
    """For each character of `text`, the index of its character in the raw reply."""
    reply_id: str
    seq: int
    last: bool = False
    voice: str = ""
    """A language (`de`), a voice (`gmw/en-US`) or either with a variant (`en-us+f3`)."""
    tone: str = "neutral"
    rate: float = 1.0
    """The person's wish, on top of the tone's."""
    pitch: float = 1.0
    pause_after: float = 0.0

    @property
    def clip_id(self) -> str:
        return f"{self.reply_id}:{self.seq}"

    @property
    def bend(self) -> Tone:
        """Tone and wish together; a tone nobody knows changes nothing."""
        tone = TONES.get(self.tone, TONES["neutral"])
        return Tone(tone.rate * self.rate, tone.pitch * self.pitch, tone.volume)


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """What is good to know about an engine before it speaks."""

    id: str
    timing: Timing
    licence: str


def go_on_unless(is_cancelled: Callable[[], bool]) -> None:
    """Asked between the steps of long work. Raises Cancelled when nobody wants it any more."""
    if is_cancelled():
        raise Cancelled("The phrase is not wanted any more.")


class SpeechEngine(Protocol):
    """Runs in a worker process, never in the window's."""

    @property
    def info(self) -> EngineInfo: ...

    def speak(self, request: SpeechRequest, is_cancelled: Callable[[], bool]) -> SpeechClip | None:
        """The clip, or None when cancelled on the way (within 50 ms). Raises VoiceError."""
        ...
