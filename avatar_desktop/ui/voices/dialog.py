"""Every voice there is, to be heard, chosen and brought; with its pace, pitch and speaker."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from avatar_desktop.ui.theme import Theme
from avatar_desktop.ui.voices.arrival_bar import ArrivalBar
from avatar_desktop.ui.voices.asked_system import AskedSystem
from avatar_desktop.ui.voices.bringing import Bringing
from avatar_desktop.ui.voices.speaker_bar import SpeakerBar
from avatar_desktop.ui.voices.voice_row import VoiceRow
from avatar_desktop.voice.offered import OfferedVoice, offered_voices

WIDTH_PX, HEIGHT_PX = 480, 640
STEPS: Final = 20
"""Of a slider, for each doubling."""


class VoicesDialog(QDialog):
    """Says at once what is chosen; nothing has to be confirmed."""

    def __init__(
        self,
        theme: Theme,
        parent: QWidget,
        *,
        folder: Path,
        chosen: str,
        rate: float,
        pitch: float,
        speaker: str,
        can_speak: bool,
        choose: Callable[[str], None],
        choose_speaker: Callable[[str], None],
        bend: Callable[[float, float], None],
        try_out: Callable[[OfferedVoice], None],
    ) -> None:
        super().__init__(parent)
        self.setObjectName("window")
        self.setWindowTitle("Voices and speaker")
        self.resize(WIDTH_PX, HEIGHT_PX)
        self._theme = theme
        self._folder = folder
        self._chosen = chosen
        self._can_speak = can_speak
        self._choose = choose
        self._bend = bend
        self._try_out = try_out
        self._rows: list[VoiceRow] = []
        self.search = QLineEdit(self)
        self.search.setPlaceholderText("Search by name or language")
        self.search.setAccessibleName("Search by name or language")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._sift)
        self._nobody = QLabel("No voice is called that.", self)
        self._nobody.setObjectName("hint")
        self._nobody.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nobody.hide()
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._bringing = Bringing(folder, self)
        self._asked = AskedSystem(self)
        self._asked.answered.connect(self._fill)
        self.arrivals = ArrivalBar(self._bringing, self)
        self.arrivals.arrived.connect(self._arrived)
        self._rate, self._pitch = self._slider("Pace", rate), self._slider("Pitch", pitch)
        self.speaker = SpeakerBar(theme, self, chosen=speaker, can_speak=can_speak)
        self.speaker.chosen.connect(choose_speaker)
        self.speaker.tried.connect(self._try_chosen)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(self.search)
        column.addWidget(self._nobody)
        column.addWidget(self._scroll, 1)
        column.addLayout(self._manner())
        column.addWidget(self.arrivals)
        self._fill()
        self._asked.start()

    def _manner(self) -> QFormLayout:
        manner = QFormLayout()
        manner.setContentsMargins(2, 0, 2, 0)
        manner.setHorizontalSpacing(14)
        manner.addRow("Pace", self._rate)
        manner.addRow("Pitch", self._pitch)
        beside = QLabel("Speaker", self)
        beside.setBuddy(self.speaker.box)
        beside.setFixedHeight(self.speaker.box.sizeHint().height())  # a hint below moves no word
        manner.addRow(beside, self.speaker)
        return manner

    def _fill(self) -> None:
        """All voices anew; where the person was in the list they stay."""
        rows = QWidget(self._scroll)
        rows.setObjectName("rows")
        column = QVBoxLayout(rows)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(4)
        locale = QLocale.system().name()
        self._rows = []
        for voice in offered_voices(
            self._folder, chosen=self._chosen, locale=locale, system=self._asked.found
        ):
            row = VoiceRow(voice, self._theme, rows)
            row.show_chosen(voice.wish == self._chosen)
            row.chosen.connect(lambda voice=voice: self.take(voice))
            row.tried.connect(lambda voice=voice: self._try_out(voice))
            row.sample.setEnabled(self._can_speak)
            if not self._can_speak:
                row.sample.setToolTip("Open the avatar to hear it")
            column.addWidget(row)
            self._rows.append(row)
        column.addStretch(1)
        self._scroll.setWidget(rows)
        self._sift(self.search.text())

    def take(self, voice: OfferedVoice) -> None:
        """This one speaks from the next phrase on."""
        self._chosen = voice.wish
        for row in self._rows:
            row.show_chosen(row.voice.wish == voice.wish)
        self._choose(voice.wish)

    def _try_chosen(self) -> None:
        for row in self._rows:
            if row.voice.wish == self._chosen:
                self._try_out(row.voice)

    @property
    def listed(self) -> list[OfferedVoice]:
        """The voices that a search leaves, in order."""
        return [row.voice for row in self._rows if not row.isHidden()]

    def _sift(self, search: str) -> None:
        for row in self._rows:
            row.setVisible(row.voice.matches(search))
        self._nobody.setVisible(not self.listed)

    def _slider(self, name: str, value: float) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal, self)
        slider.setAccessibleName(name)
        slider.setRange(-STEPS, STEPS)
        slider.setMinimumHeight(22)
        slider.setValue(_step_of(value))
        slider.setCursor(Qt.CursorShape.PointingHandCursor)
        slider.valueChanged.connect(self._bent)
        return slider

    def _bent(self, _step: int) -> None:
        self._bend(_factor_of(self._rate.value()), _factor_of(self._pitch.value()))

    def _arrived(self, name: str) -> None:
        self.search.clear()
        self._fill()
        brought = next((row.voice for row in self._rows if row.voice.wish == name), None)
        if brought is not None:
            self.take(brought)

    def done(self, result: int) -> None:
        self._bringing.cancel()
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._bringing.cancel()
        super().closeEvent(event)


def _step_of(factor: float) -> int:
    from math import log2

    return round(STEPS * log2(factor))


def _factor_of(step: int) -> float:
    return round(2.0 ** (step / STEPS), 3)
