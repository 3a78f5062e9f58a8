"""Which engine speaks a request: told by how its voice is named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from avatar_desktop.voice.clip import SpeechClip
from avatar_desktop.voice.engine import EngineInfo, SpeechEngine, SpeechRequest
from avatar_desktop.voice.engines.espeak import EspeakEngine
from avatar_desktop.voice.kokoro_folder import SCHEME as KOKORO
from avatar_desktop.voice.piper_folder import SCHEME as PIPER
from avatar_desktop.voice.sherpa_folder import SCHEME as SHERPA
from avatar_desktop.voice.speech_address import SCHEMES
from avatar_desktop.voice.system_speech import SCHEME as SYSTEM

FOLDERS: Final = (PIPER, KOKORO, SHERPA)


class EveryEngine:
    """All engines behind one; those that are never asked for are never loaded."""

    info = EngineInfo(id="every", timing="exact", licence="each its own")

    def __init__(self) -> None:
        self._espeak = EspeakEngine()
        self._loaded: dict[str, SpeechEngine] = {}

    def speak(self, request: SpeechRequest, is_cancelled: Callable[[], bool]) -> SpeechClip | None:
        return self._engine(request.voice).speak(request, is_cancelled)

    def _engine(self, voice: str) -> SpeechEngine:
        kind = next(
            (start for start in (*FOLDERS, SYSTEM, *SCHEMES) if voice.startswith(start)), ""
        )
        if kind not in self._loaded:
            self._loaded[kind] = self._load(kind)
        return self._loaded[kind]

    def _load(self, kind: str) -> SpeechEngine:
        if kind == KOKORO:
            from avatar_desktop.voice.engines.kokoro import KokoroEngine

            return KokoroEngine(self._espeak)
        if kind == SHERPA:
            from avatar_desktop.voice.engines.sherpa import SherpaEngine

            return SherpaEngine(self._espeak)
        if kind == SYSTEM:
            from avatar_desktop.voice.engines.system import SystemEngine

            return SystemEngine(self._espeak)
        if kind == PIPER:
            from avatar_desktop.voice.engines.piper import PiperEngine

            return PiperEngine(self._espeak)
        if kind:
            from avatar_desktop.voice.engines.speech_server import SpeechServerEngine

            return SpeechServerEngine(self._espeak)
        return self._espeak
