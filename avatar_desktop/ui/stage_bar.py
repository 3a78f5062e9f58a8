"""The few things that concern the picture, in a corner of the stage."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, QSize, Qt, Signal, SignalInstance
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from avatar_desktop.ui.icons import icon
from avatar_desktop.ui.theme import Theme

MARGIN_PX = 14


class StageBar(QFrame):
    """Lies over the lower left corner of a stage, and goes with it."""

    stepped_out = Signal()
    photographed = Signal()
    avatar_wanted = Signal(QPoint)
    """At this place of the screen."""
    background_wanted = Signal(QPoint)
    """At this place of the screen."""

    def __init__(self, theme: Theme, stage: QWidget) -> None:
        super().__init__(stage)
        self._theme = theme
        self.setObjectName("stageBar")
        row = QHBoxLayout(self)
        row.setContentsMargins(3, 3, 3, 3)
        row.setSpacing(0)
        for name, words, wanted in (
            ("person", "Change the avatar", self.avatar_wanted),
            ("backdrop", "Change the background", self.background_wanted),
        ):
            button = self._button(name, words)
            button.clicked.connect(partial(self._ask, button, wanted))
        self._button("camera", "Take a picture").clicked.connect(self.photographed)
        self._button("stand", "Stand on the desktop").clicked.connect(self.stepped_out)
        self.adjustSize()
        corner = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
        over = QVBoxLayout(stage)  # a filter of the stage's events would be asked in every frame
        over.setContentsMargins(*[MARGIN_PX] * 4)
        over.addWidget(self, alignment=corner)
        self.show()

    @staticmethod
    def _ask(button: QToolButton, wanted: SignalInstance, *_: object) -> None:
        wanted.emit(button.mapToGlobal(QPoint(0, 0)))

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
