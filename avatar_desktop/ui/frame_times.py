"""How long each frame takes, over the picture, for whoever works on it."""

from __future__ import annotations

from collections import deque

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from avatar_desktop.ui.theme import text_font
from avatar_desktop.ui.viewport import Viewport

VARIABLE = "AVATAR_DESKTOP_FRAME_TIMES"
KEPT = 120
FRAMES_BETWEEN_PAINTS = 6
_BAR_PX, _HEIGHT_PX, _WIDTH_PX = 2, 78, 2 * KEPT + 16
_MS_A_PIXEL = 1.0


class FrameTimes(QWidget):
    """A bar for each frame: what drawing took, below what passed since the one before."""

    def __init__(self, viewport: Viewport) -> None:
        super().__init__(viewport)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setGeometry(QRect(12, 12, _WIDTH_PX, _HEIGHT_PX))
        self._viewport = viewport
        self._frames: deque[tuple[float, float]] = deque(maxlen=KEPT)
        self._count = 0
        viewport.drawn.connect(self._add)
        self.show()

    def words(self) -> str:
        """The last second or so in a line."""
        if not self._frames:
            return "no frames yet"
        took = sorted(frame[0] for frame in self._frames)
        passed = sum(frame[1] for frame in self._frames) / len(self._frames)
        middle, slow = took[len(took) // 2], took[int(len(took) * 0.95)]
        scale = self._viewport.resolution_scale
        return f"{middle:.1f} ms, p95 {slow:.1f} ms · {1000 / passed:.0f} fps · scale {scale:g}"

    def _add(self) -> None:
        pace = self._viewport.pacemaker
        self._frames.append((pace.took * 1000, max(pace.passed * 1000, 0.1)))
        self._count += 1
        if self._count % FRAMES_BETWEEN_PAINTS == 0:
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(20, 22, 28, 190))
        bottom = self.height() - 6
        for place, (took, passed) in enumerate(self._frames):
            left = 8 + place * _BAR_PX
            for value, colour in ((passed, "#4b5263"), (took, "#6cc49a")):
                tall = round(min(value / _MS_A_PIXEL, 50))
                painter.fillRect(QRect(left, bottom - tall, _BAR_PX - 1, tall), QColor(colour))
        painter.setFont(text_font(11))
        painter.setPen(QColor("#ece8e3"))
        painter.drawText(QRect(8, 4, self.width() - 16, 16), 0, self.words())
        painter.end()
