"""A voice without an engine: every word lasts a fifth of a second, and hums."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from avatar_desktop.errors import VoiceError
from avatar_desktop.voice.clip import Phone, SpeechClip
from avatar_desktop.voice.engine import SpeechRequest
from avatar_desktop.voice.words import spoken_words

RATE = 16_000
WORD_SECONDS = 0.2
UNSPEAKABLE = "unspeakable"
"""A word at which this voice fails."""


def made_up_clip(request: SpeechRequest) -> SpeechClip:
    """The same request gives the same bits. Raises VoiceError for what cannot be spoken."""
    if UNSPEAKABLE in request.text.lower():
        raise VoiceError("This phrase cannot be spoken.")
    step = round(WORD_SECONDS * RATE)
    starts = [at for at, char in enumerate(request.text) if _begins(request.text, at, char)]
    phones = tuple(
        Phone(i * step, (i + 1) * step, "a" if i % 2 else "m", 1) for i in range(len(starts))
    )
    marks = [(char, i * step) for i, char in enumerate(starts)]
    wave = np.sin(np.arange(step * len(starts)) * (2 * np.pi * 220 / RATE)) * 6000
    return SpeechClip(
        request.clip_id,
        request.reply_id,
        request.seq,
        request.last,
        RATE,
        wave.astype("<i2").tobytes(),
        phones,
        spoken_words(request.text, request.origin, marks, phones),
        "exact",
        0.1,
        request.pause_after,
    )


def _begins(text: str, at: int, char: str) -> bool:
    return char.isalnum() and (at == 0 or text[at - 1].isspace())


@dataclass
class MadeUpVoice:
    """Answers each request before it returns, as the voice process would a moment later."""

    asked: list[SpeechRequest] = field(default_factory=list[SpeechRequest])
    cancelled: list[str] = field(default_factory=list[str])
    deliver: Callable[[SpeechClip], None] = lambda clip: None
    fail: Callable[[str, int, str], None] = lambda reply, seq, why: None

    def request(self, request: SpeechRequest) -> None:
        self.asked.append(request)
        try:
            clip = made_up_clip(request)
        except VoiceError as error:
            self.fail(request.reply_id, request.seq, str(error))
        else:
            self.deliver(clip)

    def cancel(self, reply_id: str) -> None:
        self.cancelled.append(reply_id)
