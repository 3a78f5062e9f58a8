"""Which voices the system has: asked in a thread, because it takes a moment."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, Signal

from avatar_desktop.errors import VoiceError
from avatar_desktop.voice.system_speech import IS_OFFERED
from avatar_desktop.voice.system_voices import SystemVoice, system_voices


class AskedSystem(QObject):
    """Answers once, and only where there is something to tell."""

    answered = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.found: tuple[SystemVoice, ...] = ()

    def start(self) -> None:
        if IS_OFFERED:
            threading.Thread(target=self._ask, name="system-voices", daemon=True).start()

    def _ask(self) -> None:
        try:
            self.found = system_voices()
        except VoiceError:
            return
        self.answered.emit()
