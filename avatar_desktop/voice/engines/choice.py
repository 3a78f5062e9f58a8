"""Which engine speaks a request: told by how its voice is named."""

from __future__ import annotations

from collections.abc import Callable

from avatar_desktop.voice.clip import SpeechClip
from avatar_desktop.voice.engine import EngineInfo, SpeechEngine, SpeechRequest
from avatar_desktop.voice.engines.espeak import EspeakEngine
from avatar_desktop.voice.piper_folder import SCHEME as PIPER


class EveryEngine:
    """All engines behind one; those that are never asked for are never loaded."""

    info = EngineInfo(id="every", timing="exact", licence="each its own")

    def __init__(self) -> None:
        self._espeak = EspeakEngine()
        self._others: dict[str, SpeechEngine] = {}

    def speak(self, request: SpeechRequest, is_cancelled: Callable[[], bool]) -> SpeechClip | None:
        return self._engine(request.voice).speak(request, is_cancelled)

    def _engine(self, voice: str) -> SpeechEngine:
        if voice.startswith(PIPER):
            if PIPER not in self._others:
                from avatar_desktop.voice.engines.piper import PiperEngine

                self._others[PIPER] = PiperEngine(self._espeak)
            return self._others[PIPER]
        return self._espeak
