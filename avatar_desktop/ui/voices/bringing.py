"""A voice on its way in: in a thread, with its progress, and it can be called off."""

from __future__ import annotations

import threading
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from avatar_desktop.errors import AvatarDesktopError, Cancelled
from avatar_desktop.voice.brought import take_in


class Bringing(QObject):
    """One attempt at a time."""

    progressed = Signal(object, object)
    """Bytes that came, and bytes in all or None."""
    ended = Signal(str, str)
    """The name of the voice, or nothing and a sentence; neither when it was called off."""

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._is_cancelled = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def is_under_way(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def start(self, source: str) -> None:
        """Take in what lies at a path or an address."""
        if self.is_under_way:
            return
        self._is_cancelled = threading.Event()
        self._thread = threading.Thread(
            target=self._bring, args=(source, self._is_cancelled), name="voice-coming", daemon=True
        )
        self._thread.start()

    def cancel(self) -> None:
        """Call it off; what came is kept for another try."""
        self._is_cancelled.set()

    def _bring(self, source: str, is_cancelled: threading.Event) -> None:
        try:
            voice = take_in(
                source,
                self._folder,
                on_progress=self.progressed.emit,
                is_cancelled=is_cancelled.is_set,
            )
        except Cancelled:
            self.ended.emit("", "")
        except AvatarDesktopError as error:
            self.ended.emit("", str(error))
        except OSError as error:
            self.ended.emit("", f"The voice cannot be kept: {error.strerror or error}.")
        else:
            self.ended.emit(voice.name, "")
