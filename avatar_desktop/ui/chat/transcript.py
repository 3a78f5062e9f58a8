"""The rows of the conversation in a scrolling column that follows the newest one."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from avatar_desktop.companion.snapshot import Message
from avatar_desktop.ui.chat.bubble import Bubble
from avatar_desktop.ui.chat.typing_dots import TypingDots
from avatar_desktop.ui.theme import GAP_PX, Theme

NEAR_END_PX = 48


class Transcript(QScrollArea):
    """Shows snapshot rows; a row that did not change is not touched."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._bubbles: dict[str, Bubble] = {}
        self._shown: dict[str, Message] = {}
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._rows = QWidget()
        self._rows.setObjectName("rows")
        self._column = QVBoxLayout(self._rows)
        self._column.setContentsMargins(16, 16, 16, 8)
        self._column.setSpacing(GAP_PX)
        self._column.addStretch(1)
        self._dots = TypingDots(theme, self._rows)
        self._column.addWidget(self._dots)
        self._dots.hide()
        self.setWidget(self._rows)
        self._follows = True
        bar = self.verticalScrollBar()
        bar.rangeChanged.connect(self._keep_at_end)
        bar.valueChanged.connect(self._note_place)
        self.viewport().setAutoFillBackground(False)

    def show_rows(self, rows: tuple[Message, ...], *, typing: bool) -> None:
        for row in rows:
            if self._shown.get(row.id) != row:
                self._show(row)
        for gone in self._shown.keys() - {row.id for row in rows}:
            self._bubbles.pop(gone).deleteLater()
            del self._shown[gone]
        if list(self._bubbles) != [row.id for row in rows]:
            self._reorder(rows)
        self._dots.setVisible(typing)

    def texts(self) -> list[str]:
        """What each row says, oldest first, as a reader sees it."""
        return [bubble.text for bubble in self._bubbles.values()]

    def _show(self, row: Message) -> None:
        bubble = self._bubbles.get(row.id)
        if bubble is None:
            bubble = Bubble(row, self._theme, self._rows)
            self._bubbles[row.id] = bubble
            self._column.insertWidget(self._column.count() - 1, bubble)
        else:
            bubble.show_message(row)
        self._shown[row.id] = row

    def _reorder(self, rows: tuple[Message, ...]) -> None:
        """History arrived before rows that were already shown."""
        self._bubbles = {row.id: self._bubbles[row.id] for row in rows}
        for bubble in self._bubbles.values():
            self._column.removeWidget(bubble)
        for place, bubble in enumerate(self._bubbles.values()):
            self._column.insertWidget(place + 1, bubble)

    def _note_place(self, value: int) -> None:
        """Whoever scrolls up stays there; whoever comes back to the end follows again."""
        self._follows = value >= self.verticalScrollBar().maximum() - NEAR_END_PX

    def _keep_at_end(self, lowest: int, highest: int) -> None:
        if self._follows:
            self.verticalScrollBar().setValue(highest)
