"""The system's own voices: each phrase is written to a file by a process that ends with it."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from avatar_desktop.errors import VoiceError
from avatar_desktop.voice.catalogue import find_voice
from avatar_desktop.voice.clip import SpeechClip
from avatar_desktop.voice.engine import EngineInfo, SpeechRequest
from avatar_desktop.voice.engines.espeak import EspeakEngine
from avatar_desktop.voice.engines.finish import clip_of_file
from avatar_desktop.voice.engines.watched import watched
from avatar_desktop.voice.system_speech import SCHEME
from avatar_desktop.voice.system_voices import MOST_SECONDS, ask_system


class SystemEngine:
    """Says what `system:` voices are asked for."""

    info = EngineInfo(id="system", timing="aligned", licence="as the system says")

    def __init__(self, espeak: EspeakEngine, *, driver: str | None = None) -> None:
        self._espeak = espeak
        self._driver = driver

    def speak(self, request: SpeechRequest, is_cancelled: Callable[[], bool]) -> SpeechClip | None:
        _, _, language = request.voice.removeprefix(SCHEME).rpartition("#")

        def written() -> bytes | None:
            with tempfile.TemporaryDirectory(
                prefix="avatar-desktop-", ignore_cleanup_errors=True
            ) as folder:
                return self._written(request, Path(folder, "said.wav"), is_cancelled)

        return clip_of_file(
            self._espeak, request, written, voice=_known(language), is_cancelled=is_cancelled
        )

    def _written(
        self, request: SpeechRequest, out: Path, is_cancelled: Callable[[], bool]
    ) -> bytes | None:
        running: list[subprocess.Popen[str]] = []
        wish = {
            "verb": "say",
            "driver": self._driver,
            "voice": request.voice.removeprefix(SCHEME).rpartition("#")[0],
            "text": request.text,
            "out": str(out),
        }

        def stop() -> None:
            for process in running:
                process.kill()

        told = watched(
            lambda: ask_system(wish, running.append),
            is_cancelled,
            give_up=stop,
            most_seconds=MOST_SECONDS + 1,
        )
        if told is None:
            return None
        if not out.is_file():
            raise VoiceError("The system's voice gave no sound.")
        return out.read_bytes()


def _known(language: str) -> str:
    """What espeak reads beside it: the language if it knows it, or its default."""
    try:
        return find_voice(language) if language else ""
    except VoiceError:
        return ""
