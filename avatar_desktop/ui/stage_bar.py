"""The few things that concern the picture, in a corner of the stage."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QWidget

from avatar_desktop.ui.icons import icon
from avatar_desktop.ui.theme import Theme

MARGIN_PX = 14


class StageBar(QFrame):
    """Lies over the lower left corner of a stage, and goes with it."""

    stepped_out = Signal()
    photographed = Signal()
    background_wanted = Signal(QPoint)
    """At this place of the screen."""

    def __init__(self, theme: Theme, stage: QWidget) -> None:
        super().__init__(stage)
        self._theme = theme
        self._stage = stage
        self.setObjectName("stageBar")
        row = QHBoxLayout(self)
        row.setContentsMargins(3, 3, 3, 3)
        row.setSpacing(0)
        background = self._button("backdrop", "Change the background")
        background.clicked.connect(
            lambda: self.background_wanted.emit(background.mapToGlobal(QPoint(0, 0)))
        )
        self._button("camera", "Take a picture").clicked.connect(self.photographed)
        self._button("stand", "Stand on the desktop").clicked.connect(self.stepped_out)
        stage.installEventFilter(self)
        self.adjustSize()
        self._settle()
        self.show()

    def _button(self, name: str, words: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(name, self._theme.colour("text"), 18))
        button.setIconSize(QSize(18, 18))
        button.setToolTip(words)
        button.setAccessibleName(words)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys with the chat
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        layout = self.layout()
        assert layout is not None
        layout.addWidget(button)
        return button

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize:
            self._settle()
        return super().eventFilter(watched, event)

    def _settle(self) -> None:
        self.move(MARGIN_PX, self._stage.height() - self.height() - MARGIN_PX)
