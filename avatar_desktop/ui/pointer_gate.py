"""Lets clicks through where a see-through window shows nothing, and takes them where it does.

X11, Windows and macOS give or take the whole window's clicks at once: so the place of the pointer
is looked up in the alpha of the last frame, thirty times a second while it is near.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QCursor, QGuiApplication, QWindow

NEAR_MS, FAR_MS = 30, 150
NEAR_PX = 160
SOLID_ALPHA = 40


def is_solid(coverage: NDArray[np.uint8], across: float, down: float) -> bool:
    """Whether a place, as shares of width and height, is on the figure."""
    if not (0.0 <= across < 1.0 and 0.0 <= down < 1.0):
        return False
    rows, columns = coverage.shape
    return bool(coverage[int(down * rows), int(across * columns)] >= SOLID_ALPHA)


class PointerGate(QObject):
    """Opens and closes one window for the pointer."""

    hovered = Signal(bool)
    """The pointer is over the window's rectangle; told when that changes."""

    def __init__(
        self, window: QWindow, is_solid_at: Callable[[QPoint], bool], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._is_solid_at = is_solid_at
        self._is_over = False
        self.is_open: bool | None = None
        """Whether clicks go through to what is behind; None before the first look."""
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        self._timer.start(NEAR_MS)

    def stop(self) -> None:
        """Take every click, as any window does."""
        self._timer.stop()
        self._open(False)

    def look(self) -> None:
        """Look once where the pointer is."""
        pointer, here = QCursor.pos(), self._window.geometry()
        is_over = here.contains(pointer)
        if is_over is not self._is_over:
            self._is_over = is_over
            self.hovered.emit(is_over)
        if QGuiApplication.mouseButtons() == Qt.MouseButton.NoButton:  # a drag is not let go
            self._open(not (is_over and self._is_solid_at(pointer - here.topLeft())))
        self._timer.setInterval(NEAR_MS if _grown(here, NEAR_PX).contains(pointer) else FAR_MS)

    def _open(self, is_open: bool) -> None:
        if is_open is not self.is_open:
            self.is_open = is_open
            self._window.setFlag(Qt.WindowType.WindowTransparentForInput, is_open)


def _grown(rect: QRect, by: int) -> QRect:
    return rect.adjusted(-by, -by, by, by)
