"""The voice of a take: one phrase at a time, without waiting for anything but the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from avatar_desktop.voice.clip import SpeechClip
from avatar_desktop.voice.engine import SpeechRequest
from avatar_desktop.voice.synthesis import BlockingVoice


@contextmanager
def synthesiser() -> Iterator[Callable[[SpeechRequest], SpeechClip]]:
    """A fresh voice process for the length of the `with` block: the same bits at every run."""
    voice = BlockingVoice()
    try:
        yield voice.speak
    finally:
        voice.close()
