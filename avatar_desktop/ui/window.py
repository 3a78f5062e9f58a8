"""The main window: the avatar on the left, the conversation on the right."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMainWindow, QPushButton, QVBoxLayout, QWidget

from avatar_desktop.companion.snapshot import Snapshot
from avatar_desktop.companion.states import AvatarState
from avatar_desktop.ui.chat.panel import ChatPanel
from avatar_desktop.ui.theme import Theme, style_sheet
from avatar_desktop.ui.viewport import FrameSource, Viewport

PANEL_WIDTH_PX = 410


AWAY = (AvatarState.UNINITIALIZED, AvatarState.DESTROYED, AvatarState.ERROR)
"""States in which there is an avatar to be opened."""


class Verbs(Protocol):
    """What a person can do; the companion answers."""

    def say(self, text: str) -> str | None: ...

    def interrupt(self) -> None: ...

    def typing(self, active: bool) -> None: ...

    def mute(self, muted: bool) -> None: ...

    def touch(self, kind: str) -> None: ...

    def toggle_avatar(self) -> None: ...

    def act(self, action: str) -> None: ...

    def dismiss(self, notice_id: int) -> None: ...


class MainWindow(QMainWindow):
    """Shows snapshots and calls verbs."""

    closed = Signal()

    def __init__(
        self, theme: Theme, verbs: Verbs, frames: FrameSource, *, opens_avatar: bool = False
    ) -> None:
        super().__init__()
        self._theme = theme
        self._verbs = verbs
        self._frames = frames
        self.setWindowTitle("Avatar Desktop")
        self.setMinimumSize(QSize(720, 480))
        self.resize(1120, 740)
        self.setStyleSheet(style_sheet(theme))
        self.viewport: Viewport | None = None
        self.panel = ChatPanel(theme, self)
        self.panel.setFixedWidth(PANEL_WIDTH_PX)
        self._left = QVBoxLayout()
        self._placeholder = self._make_placeholder()
        self._left.addWidget(self._placeholder)
        if opens_avatar:  # a scene that comes into a shown window would cost it a new surface
            self.raise_stage()
        centre = QWidget(self)
        centre.setObjectName("window")
        row = QHBoxLayout(centre)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(self._left, 1)
        row.addWidget(self.panel)
        self.setCentralWidget(centre)
        self._connect()
        self.panel.composer.focus()

    def _connect(self) -> None:
        panel, verbs = self.panel, self._verbs
        panel.composer.sent.connect(verbs.say)
        panel.composer.stopped.connect(verbs.interrupt)
        panel.composer.typing.connect(verbs.typing)
        panel.muted.connect(verbs.mute)
        panel.avatar_toggled.connect(verbs.toggle_avatar)
        panel.notices.acted.connect(verbs.act)
        panel.notices.dismissed.connect(verbs.dismiss)
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, verbs.interrupt)

    def _make_placeholder(self) -> QWidget:
        holder = QWidget(self)
        holder.setObjectName("placeholder")
        holder.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(holder)
        column.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stage_words = QLabel("", holder)
        self._stage_words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stage_words.setWordWrap(True)
        self._open = QPushButton("Open the avatar", holder)
        self._open.clicked.connect(self._verbs.toggle_avatar)
        column.addWidget(self._stage_words)
        column.addWidget(self._open, 0, Qt.AlignmentFlag.AlignCenter)
        return holder

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self.panel.show_snapshot(snapshot)
        self._show_stage(snapshot)

    def _show_stage(self, snapshot: Snapshot) -> None:
        on_stage = snapshot.avatar in (
            AvatarState.READY,
            AvatarState.PLAYING,
            AvatarState.PAUSED,
        )
        if on_stage:
            self.raise_stage().wake()
        elif not on_stage and self.viewport is not None and not self._is_loading(snapshot):
            self._strike_stage()
        self._open.setVisible(snapshot.avatar in AWAY)
        self._open.setText(
            "Try again" if snapshot.avatar is AvatarState.ERROR else "Open the avatar"
        )
        self._stage_words.setText(_stage_words(snapshot))

    @staticmethod
    def _is_loading(snapshot: Snapshot) -> bool:
        return snapshot.avatar in (AvatarState.UNINITIALIZED, AvatarState.INITIALIZING)

    def raise_stage(self) -> Viewport:
        """Make the GL scene; it lives only while an avatar is open."""
        if self.viewport is None:
            self.viewport = Viewport(self._frames, self._theme, self)
            self.viewport.clicked.connect(lambda: self._verbs.touch("click"))
            self._placeholder.hide()
            self._left.addWidget(self.viewport)
        return self.viewport

    def _strike_stage(self) -> None:
        if self.viewport is not None:
            self.viewport.release()
            self._left.removeWidget(self.viewport)
            self.viewport.setParent(None)
            self.viewport.deleteLater()
            self.viewport = None
            self._placeholder.show()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.viewport is not None:
            self.viewport.release()
        self.closed.emit()
        super().closeEvent(event)


def _stage_words(snapshot: Snapshot) -> str:
    if snapshot.avatar is AvatarState.ERROR:
        return snapshot.avatar_detail
    if snapshot.avatar in AWAY:
        return "The avatar is away. The conversation goes on as text."
    return "One moment…"
