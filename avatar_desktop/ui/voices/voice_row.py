"""One voice of the list: its name, whether it is chosen, and a button that lets it speak."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from avatar_desktop.ui.icons import icon
from avatar_desktop.ui.theme import Theme
from avatar_desktop.voice.offered import OfferedVoice

MARK_PX = 18


class VoiceRow(QFrame):
    """Chosen by a click or the space bar."""

    chosen = Signal()
    tried = Signal()

    def __init__(self, voice: OfferedVoice, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.voice = voice
        self._theme = theme
        self.setObjectName("voiceRow")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(f"{voice.title}, {voice.detail}")
        self._mark = QLabel(self)
        self._mark.setFixedWidth(MARK_PX)
        title, detail = QLabel(voice.title, self), QLabel(voice.detail, self)
        title.setObjectName("voiceTitle")
        detail.setObjectName("hint")
        for label in (title, detail):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.sample = QToolButton(self)
        self.sample.setIcon(icon("voice", theme.colour("accent")))
        self.sample.setIconSize(QSize(20, 20))
        self.sample.setToolTip("Hear it")
        self.sample.setAccessibleName(f"Hear {voice.title}")
        self.sample.clicked.connect(self.tried)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(title)
        words.addWidget(detail)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(10)
        row.addWidget(self._mark)
        row.addLayout(words, 1)
        row.addWidget(self.sample)
        self.show_chosen(False)

    def show_chosen(self, is_chosen: bool) -> None:
        self.setProperty("chosen", is_chosen)
        self.style().unpolish(self)
        self.style().polish(self)
        if is_chosen:
            self._mark.setPixmap(icon("done", self._theme.colour("accent")).pixmap(MARK_PX))
        else:
            self._mark.clear()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.pos()):
            self.chosen.emit()
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit()
        else:
            super().keyPressEvent(event)
