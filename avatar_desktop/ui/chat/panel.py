"""The right half of the window: who is there, what was said, what to say next."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from avatar_desktop.companion.snapshot import Snapshot
from avatar_desktop.companion.states import AvatarState
from avatar_desktop.ui.chat.composer import Composer
from avatar_desktop.ui.chat.notice_bar import NoticeBar
from avatar_desktop.ui.chat.transcript import Transcript
from avatar_desktop.ui.icons import icon
from avatar_desktop.ui.theme import Theme

_DOTS = {"online": "good", "connecting": "warn", "offline": "bad", "refused": "bad"}
_WORDS = {
    "online": "Connected",
    "connecting": "Connecting…",
    "offline": "Offline",
    "refused": "Refused",
}


def status_line(snapshot: Snapshot) -> str:
    """Connection and mind in a few words."""
    words = _WORDS[snapshot.link]
    if snapshot.link == "online":
        return f"{words} · {snapshot.mind}" if snapshot.mind else words
    return f"{words} {snapshot.link_detail}".strip()


class ChatPanel(QFrame):
    """Shows a snapshot; its signals are the person's wishes."""

    muted = Signal(bool)
    voices_wanted = Signal()
    avatar_toggled = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._is_muted: bool | None = None
        self.setObjectName("panel")
        self.transcript = Transcript(theme, self)
        self.notices = NoticeBar(theme, self)
        self.composer = Composer(theme, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._make_header())
        column.addWidget(self.transcript, 1)
        column.addWidget(self.notices)
        holder = QVBoxLayout()
        holder.setContentsMargins(16, 8, 16, 16)
        holder.addWidget(self.composer)
        column.addLayout(holder)

    def _make_header(self) -> QFrame:
        header = QFrame(self)
        header.setObjectName("header")
        self._name = QLabel("", header)
        self._name.setObjectName("name")
        self._dot = QLabel("●", header)
        self._status = QLabel("", header)
        self._status.setObjectName("status")
        self._status.setTextFormat(Qt.TextFormat.PlainText)
        self._mute = self._button("Mute the voice")
        self._mute.clicked.connect(lambda: self.muted.emit(not self._is_muted))
        self._voices = self._button("Voices")
        self._voices.setToolTip("Voices and speaker")
        self._voices.setIcon(icon("voices", self._theme.colour("soft")))
        self._voices.clicked.connect(self.voices_wanted.emit)
        self._leave = self._button("Close the avatar")
        self._leave.setIcon(icon("leave", self._theme.colour("soft")))
        self._leave.clicked.connect(self.avatar_toggled.emit)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._name)
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self._dot)
        line.addWidget(self._status, 1)
        words.addLayout(line)
        row = QHBoxLayout(header)
        row.setContentsMargins(18, 14, 12, 12)
        row.addLayout(words, 1)
        row.addWidget(self._voices)
        row.addWidget(self._mute)
        row.addWidget(self._leave)
        return header

    def _button(self, words: str) -> QToolButton:
        button = QToolButton(self)
        button.setIconSize(QSize(20, 20))
        button.setToolTip(words)
        button.setAccessibleName(words)
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        return button

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self._name.setText(snapshot.agent_name or "Avatar Desktop")
        self._dot.setStyleSheet(f"color: {getattr(self._theme, _DOTS[snapshot.link])};")
        self._status.setText(status_line(snapshot))
        self._show_mute(snapshot.muted)
        is_open = snapshot.avatar not in (AvatarState.DESTROYED, AvatarState.UNINITIALIZED)
        words = "Close the avatar" if is_open else "Open the avatar"
        self._leave.setToolTip(words)
        self._leave.setAccessibleName(words)
        self.transcript.show_rows(snapshot.messages, typing=snapshot.typing)
        self.notices.show_notices(snapshot.notices)
        streaming = any(row.state == "streaming" for row in snapshot.messages)
        self.composer.offer_stop(snapshot.speaking or streaming or snapshot.typing)

    def _show_mute(self, muted: bool) -> None:
        if muted == self._is_muted:
            return
        self._is_muted = muted
        self._mute.setIcon(icon("muted" if muted else "voice", self._theme.colour("soft")))
        words = "Let the avatar speak" if muted else "Mute the voice"
        self._mute.setToolTip(words)
        self._mute.setAccessibleName(words)
