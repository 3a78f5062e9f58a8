"""The main window: the avatar on the left, the conversation on the right.

The stage is there at once; `furnish` brings the rest, when the avatar has been seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from avatar_desktop.companion.states import AvatarState
from avatar_desktop.ui.frame import FrameSource
from avatar_desktop.ui.theme import Theme, style_sheet
from avatar_desktop.ui.viewport import Viewport

if TYPE_CHECKING:
    from avatar_desktop.companion.snapshot import Snapshot
    from avatar_desktop.ui.chat.panel import ChatPanel
    from avatar_desktop.ui.placeholder import Placeholder

PANEL_WIDTH_PX = 410
LEAST_PX = QSize(720, 480)


class Verbs(Protocol):
    """What a person can do; the companion answers."""

    def say(self, text: str) -> str | None: ...

    def interrupt(self) -> None: ...

    def typing(self, active: bool) -> None: ...

    def mute(self, muted: bool) -> None: ...

    def touch(self, kind: str) -> None: ...

    def voices(self) -> None: ...

    def toggle_avatar(self) -> None: ...

    def act(self, action: str) -> None: ...

    def dismiss(self, notice_id: int) -> None: ...


class MainWindow(QMainWindow):
    """Shows snapshots and calls verbs."""

    closed = Signal()
    panel: ChatPanel
    """The conversation; there once the window is furnished."""

    def __init__(
        self, theme: Theme, verbs: Verbs, frames: FrameSource, *, opens_avatar: bool = False
    ) -> None:
        super().__init__()
        self._theme = theme
        self._verbs = verbs
        self._frames = frames
        self.setWindowTitle("Avatar Desktop")
        self.setMinimumSize(LEAST_PX)
        self.resize(1120, 740)
        self.setStyleSheet(style_sheet(theme))
        self.viewport: Viewport | None = None
        self._placeholder: Placeholder | None = None
        self._left = QVBoxLayout()
        self._whole: QSize | None = None
        if opens_avatar:  # a scene that comes into a shown window would cost it a new surface
            self.raise_stage()
        centre = QWidget(self)
        centre.setObjectName("window")
        self._row = QHBoxLayout(centre)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._row.addLayout(self._left, 1)
        self._empty = QFrame(centre)
        self._empty.setObjectName("panel")
        self._empty.setFixedWidth(PANEL_WIDTH_PX)
        self._row.addWidget(self._empty)
        self.setCentralWidget(centre)

    def furnish(self, snapshot: Snapshot) -> None:
        """Bring the conversation and what else does not belong to the first sight."""
        from avatar_desktop.ui.chat.panel import ChatPanel

        self.panel = ChatPanel(self._theme, self)
        self.panel.setFixedWidth(PANEL_WIDTH_PX)
        self._connect()
        self.show_snapshot(snapshot)
        self._row.replaceWidget(self._empty, self.panel)
        self._empty.deleteLater()
        self.panel.composer.focus()

    def _connect(self) -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtGui import QKeySequence, QShortcut

        panel, verbs = self.panel, self._verbs
        panel.composer.sent.connect(verbs.say)
        panel.composer.stopped.connect(verbs.interrupt)
        panel.composer.typing.connect(verbs.typing)
        panel.muted.connect(verbs.mute)
        panel.voices_wanted.connect(verbs.voices)
        panel.avatar_toggled.connect(verbs.toggle_avatar)
        panel.notices.acted.connect(verbs.act)
        panel.notices.dismissed.connect(verbs.dismiss)
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, verbs.interrupt)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self.panel.show_snapshot(snapshot)
        self._show_stage(snapshot)

    def _show_stage(self, snapshot: Snapshot) -> None:
        if self.is_stage_out:
            return
        on_stage = snapshot.avatar in (
            AvatarState.READY,
            AvatarState.PLAYING,
            AvatarState.PAUSED,
        )
        if on_stage:
            self.raise_stage().wake()
        elif self.viewport is not None and not self._is_loading(snapshot):
            self._strike_stage()
        if self.viewport is None:
            self._hold_the_place().show_snapshot(snapshot)

    @staticmethod
    def _is_loading(snapshot: Snapshot) -> bool:
        return snapshot.avatar in (AvatarState.UNINITIALIZED, AvatarState.INITIALIZING)

    def raise_stage(self) -> Viewport:
        """Make the GL scene; it lives only while an avatar is open."""
        if self.viewport is None:
            self.viewport = Viewport(self._frames, self._theme, self)
            if self._placeholder is not None:
                self._placeholder.hide()
            self._left.addWidget(self.viewport)
        return self.viewport

    @property
    def is_stage_out(self) -> bool:
        """Whether the avatar stands on the desktop, and the conversation alone is here."""
        return self._whole is not None

    def send_stage_out(self) -> None:
        """Keep the conversation only, where it was."""
        self._whole, right = self.size(), self.geometry().right()
        self._strike_stage()
        if self._placeholder is not None:
            self._placeholder.hide()
        self.setMinimumSize(QSize(PANEL_WIDTH_PX, LEAST_PX.height()))
        self.setGeometry(right + 1 - PANEL_WIDTH_PX, self.y(), PANEL_WIDTH_PX, self.height())

    def take_stage_back(self, *, raises: bool = True) -> None:
        """Be whole again; without an avatar its place is held."""
        whole, self._whole = self._whole, None
        if whole is None:
            return
        right = self.geometry().right()
        self.setMinimumSize(LEAST_PX)
        self.setGeometry(max(0, right + 1 - whole.width()), self.y(), whole.width(), self.height())
        if raises:
            self.raise_stage()
        self.show_again()

    def show_again(self) -> None:
        """Come to the front, wherever it was."""
        self.showNormal() if self.isMinimized() else self.show()
        self.raise_()
        self.activateWindow()

    def _strike_stage(self) -> None:
        if self.viewport is not None:
            self.viewport.release()
            self._left.removeWidget(self.viewport)
            self.viewport.setParent(None)
            self.viewport.deleteLater()
            self.viewport = None
            if not self.is_stage_out:
                self._hold_the_place().show()

    def _hold_the_place(self) -> Placeholder:
        if self._placeholder is None:
            from avatar_desktop.ui.placeholder import Placeholder

            self._placeholder = Placeholder(self)
            self._placeholder.opened.connect(self._verbs.toggle_avatar)
            self._left.addWidget(self._placeholder)
        return self._placeholder

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.is_stage_out:  # the avatar stays; its own menu ends the app
            event.ignore()
            self.hide()
            return
        if self.viewport is not None:
            self.viewport.release()
        self.closed.emit()
        super().closeEvent(event)
