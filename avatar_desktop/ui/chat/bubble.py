"""One row of the conversation: who said it, what, and a way to copy it."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from avatar_desktop.companion.snapshot import Message
from avatar_desktop.ui.chat.markdown import MarkdownView
from avatar_desktop.ui.icons import icon, pixmap
from avatar_desktop.ui.theme import Theme

COPIED_MS = 1400
BADGE_PX = 30
AROUND_TEXT_PX = 84
"""Margins and the copy button beside a text."""
WIDEST_PX = 300
_NOTES = {
    "waiting": "Waits until the server is back",
    "interrupted": "Stopped",
}


class Bubble(QWidget):
    """A message; agent and person are told apart by side, tint and badge."""

    def __init__(self, message: Message, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._message = message
        is_user = message.sender == "user"
        bubble = QFrame(self)
        bubble.setObjectName("userBubble" if is_user else "agentBubble")
        self._bubble = bubble
        self._text = MarkdownView(theme, bubble)
        self._note = QLabel(bubble)
        self._note.setObjectName("hint")
        self._note.setWordWrap(True)
        self._copy = _copy_button(theme, bubble)
        self._copy.clicked.connect(self._copy_text)
        inside = QHBoxLayout(bubble)
        inside.setContentsMargins(14, 10, 6, 10)
        inside.setSpacing(4)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(self._text)
        column.addWidget(self._note)
        inside.addLayout(column, 1)
        inside.addWidget(self._copy, 0, Qt.AlignmentFlag.AlignTop)
        badge = QLabel(self)
        badge.setFixedSize(BADGE_PX, BADGE_PX)
        colour = theme.colour("user" if is_user else "accent")
        ink = theme.colour("soft" if is_user else "accent_text")
        badge.setPixmap(pixmap("person" if is_user else "spark", ink, BADGE_PX, colour))
        badge.setAccessibleName("You" if is_user else "Avatar")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        top = Qt.AlignmentFlag.AlignTop
        if is_user:
            row.addStretch(1)
            row.addWidget(bubble, 1000)
            row.addWidget(badge, 0, top)
        else:
            row.addWidget(badge, 0, top)
            row.addWidget(bubble, 1)
            row.addSpacing(BADGE_PX + 8)
        self.show_message(message)

    @property
    def text(self) -> str:
        return self._text.toPlainText()

    def show_message(self, message: Message) -> None:
        self._message = message
        if message.sender == "user":
            self._text.show_plain(message.text)
        else:
            self._text.show_markdown(message.text)
        self._hug()
        note = message.detail or _NOTES.get(message.state, "")
        self._note.setText(note)
        self._note.setVisible(bool(note))

    def _hug(self) -> None:
        """A short message of the person gets a short bubble."""
        if self._message.sender == "user":
            note = 190 if self._message.state in _NOTES or self._message.detail else 0
            wanted = max(self._text.natural_width(), note) + AROUND_TEXT_PX
            self._bubble.setMaximumWidth(min(max(wanted, 90), WIDEST_PX))

    def _copy_text(self) -> None:
        QGuiApplication.clipboard().setText(self._message.text)
        self._copy.setIcon(icon("done", self._theme.colour("good"), 16))
        QTimer.singleShot(
            COPIED_MS,
            self,
            lambda: self._copy.setIcon(icon("copy", self._theme.colour("soft"), 16)),
        )


def _copy_button(theme: Theme, parent: QWidget) -> QToolButton:
    button = QToolButton(parent)
    button.setIcon(icon("copy", theme.colour("soft"), 16))
    button.setToolTip("Copy this message")
    button.setAccessibleName("Copy this message")
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    return button
