"""Short sentences about the parts, with the next step as a button."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from avatar_desktop.companion.snapshot import Notice
from avatar_desktop.ui.icons import icon
from avatar_desktop.ui.theme import Theme

_ACTION_WORDS = {
    "retry-link": "Retry",
    "retry-avatar": "Try again",
    "fetch-avatar": "Download",
    "cancel-avatar": "Cancel",
}


class NoticeBar(QWidget):
    """Emits the action the person chose, or the number of a notice they closed."""

    acted = Signal(str)
    dismissed = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: tuple[Notice, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 0, 16, 0)
        self._column.setSpacing(6)

    def show_notices(self, notices: tuple[Notice, ...]) -> None:
        if notices == self._shown:
            return
        self._shown = notices
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:  # pyright: ignore[reportUnnecessaryComparison]
                widget.deleteLater()
        for notice in notices:
            self._column.addWidget(self._row(notice))

    def texts(self) -> list[str]:
        return [notice.text for notice in self._shown]

    def _row(self, notice: Notice) -> QFrame:
        row = QFrame(self)
        row.setObjectName("notice")
        row.setProperty("kind", notice.kind)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(12, 8, 6, 8)
        words = QLabel(notice.text, row)
        words.setWordWrap(True)
        words.setTextFormat(Qt.TextFormat.PlainText)
        layout.addWidget(words, 1)
        if notice.action:
            button = QPushButton(_ACTION_WORDS[notice.action], row)
            button.setObjectName("quiet")
            button.clicked.connect(lambda: self.acted.emit(notice.action))
            layout.addWidget(button)
        close = QToolButton(row)
        close.setIcon(icon("close", self._theme.colour("soft"), 14))
        close.setAccessibleName("Close this notice")
        close.clicked.connect(lambda: self.dismissed.emit(notice.id))
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        return row
