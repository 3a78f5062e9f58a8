"""Three dots that breathe while the mind has not answered yet."""

from __future__ import annotations

import math

from PySide6.QtCore import QElapsedTimer, QPointF, QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from avatar_desktop.ui.theme import Theme


class TypingDots(QWidget):
    """Moves only while it is visible."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._since = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setInterval(60)
        self._timer.timeout.connect(self.update)
        self.setFixedSize(QSize(58, 26))
        self.setAccessibleName("The avatar is thinking")

    def showEvent(self, event: QShowEvent) -> None:
        self._since.start()
        self._timer.start()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
        super().hideEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        seconds = self._since.elapsed() / 1000
        for index in range(3):
            phase = math.sin(seconds * 5.0 - index * 0.9)
            colour = self._theme.colour("soft")
            colour.setAlphaF(0.45 + 0.4 * max(0.0, phase))
            painter.setBrush(colour)
            painter.drawEllipse(QPointF(13 + index * 14, 14 - 3 * max(0.0, phase)), 3.6, 3.6)
