"""What stands on the stage while no avatar does: a sentence, and the button that opens one."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from avatar_desktop.companion.snapshot import Snapshot
from avatar_desktop.companion.states import AvatarState

AWAY = (AvatarState.UNINITIALIZED, AvatarState.DESTROYED, AvatarState.ERROR)
"""States in which there is an avatar to be opened."""


class Placeholder(QWidget):
    """Emits `opened` when the person wants the avatar."""

    opened = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("placeholder")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(self)
        column.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._words = QLabel("", self)
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._words.setWordWrap(True)
        self._open = QPushButton("Open the avatar", self)
        self._open.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys with the chat
        self._open.clicked.connect(self.opened)
        column.addWidget(self._words)
        column.addWidget(self._open, 0, Qt.AlignmentFlag.AlignCenter)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self._open.setVisible(snapshot.avatar in AWAY)
        self._open.setText(
            "Try again" if snapshot.avatar is AvatarState.ERROR else "Open the avatar"
        )
        self._words.setText(_words(snapshot))


def _words(snapshot: Snapshot) -> str:
    if snapshot.avatar is AvatarState.ERROR:
        return snapshot.avatar_detail
    if snapshot.avatar in AWAY:
        return "The avatar is away. The conversation goes on as text."
    return "One moment…"
