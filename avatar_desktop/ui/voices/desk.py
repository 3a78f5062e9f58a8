"""Between the list of voices and the app: what is chosen is kept, and the avatar speaks so."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from avatar_desktop.voice.brought import FOLDER, located
from avatar_desktop.workers.supervisor import Worker

if TYPE_CHECKING:
    from collections.abc import Callable

    from avatar_desktop.companion.arrival import Arrived
    from avatar_desktop.companion.companion import Companion
    from avatar_desktop.companion.speaking import SpeechStyle
    from avatar_desktop.library.folders import Folders
    from avatar_desktop.library.settings import Settings
    from avatar_desktop.ui.theme import Theme
    from avatar_desktop.ui.voices.dialog import VoicesDialog
    from avatar_desktop.voice.offered import OfferedVoice
    from avatar_desktop.workers.channel import Message

SAMPLE = "sample"


class Host(Protocol):
    """Who keeps the person's choices."""

    companion: Companion
    settings: Settings

    @property
    def window(self) -> QWidget: ...

    def arrange(self, **choices: Any) -> None: ...


class VoiceDesk:
    """Opens the list; one at a time."""

    def __init__(
        self,
        host: Host,
        theme: Theme,
        places: Folders,
        arrived: Callable[[], Arrived | None],
    ) -> None:
        """`arrived` answers which avatar is there."""
        self._host = host
        self._theme = theme
        self._places = places
        self._arrived = arrived
        self._folder = places.data / FOLDER
        self.dialog: VoicesDialog | None = None
        self._lookout = Worker("speakers", self._hear, lambda status: None)
        """Looks for speakers while the list is open."""

    def open(self) -> None:
        if self.dialog is not None:
            self.dialog.raise_()
            self.dialog.activateWindow()
            return
        from avatar_desktop.ui.voices.dialog import VoicesDialog

        settings = self._host.settings
        stage = self._host.companion.stage
        self.dialog = VoicesDialog(
            self._theme,
            self._host.window,
            folder=self._folder,
            chosen=settings.voice,
            rate=settings.voice_rate,
            pitch=settings.voice_pitch,
            speaker=settings.sound_device,
            can_speak=stage is not None,
            choose=lambda wish: self._arrange(voice=wish),
            bend=lambda rate, pitch: self._arrange(voice_rate=rate, voice_pitch=pitch),
            choose_speaker=self._use_speaker,
            try_out=self._try_out,
        )
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.dialog.finished.connect(self._closed)
        self.dialog.show()
        self._lookout.start()

    def _style(self) -> SpeechStyle:
        from avatar_desktop.companion.live import live_style

        arrived = self._arrived()
        card = None if arrived is None else arrived.card
        return live_style(card, self._host.settings, self._places)

    def _closed(self) -> None:
        self.dialog = None
        self._lookout.stop()

    def close(self) -> None:
        """Nothing of it outlives the app."""
        self._lookout.stop()

    def _hear(self, message: Message) -> None:
        if self.dialog is not None:
            self.dialog.speaker.show_speakers(message["names"], message["default"])

    def _use_speaker(self, name: str) -> None:
        """What is said now goes on there."""
        self._host.arrange(sound_device=name)
        stage = self._host.companion.stage
        if stage is not None:
            stage.speaking.use_device(name or None)

    def _arrange(self, **choices: Any) -> None:
        self._host.arrange(**choices)
        stage = self._host.companion.stage
        if stage is not None:
            stage.speaking.use_style(self._style())

    def _try_out(self, voice: OfferedVoice) -> None:
        """Let the avatar say a sentence with it; whatever it says now gives way."""
        companion, stage = self._host.companion, self._host.companion.stage
        if stage is None:
            return
        companion.interrupt()
        style = self._style()
        if voice.wish:
            style = replace(style, voice=located(voice.wish, self._folder))
        stage.speaking.use_style(style)
        stage.speaking.say(SAMPLE, voice.sample)
        stage.speaking.use_style(self._style())
