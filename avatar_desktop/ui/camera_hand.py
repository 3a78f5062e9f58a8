"""The hand on the camera: a drag turns it, with another button or Shift it shifts, the wheel comes
closer, a double click puts everything back, and a click touches the avatar."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

CLICK_PX = 6
"""A hand that moves less than this has clicked."""


class CameraHand(QObject):
    """Is told what the mouse does over a widget and says what it means.

    It filters no events: a widget that draws thirty times a second has too many that are none
    of its business.
    """

    clicked = Signal()
    orbited = Signal(float, float)
    """By pixels to the right and down."""
    panned = Signal(float, float)
    """By shares of the widget's height."""
    zoomed = Signal(float)
    reset = Signal()
    menu_wanted = Signal(QPointF)
    """At this place of the screen."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._held: QPointF | None = None
        self._is_dragging = False

    def press(self, event: QMouseEvent) -> None:
        self._held, self._is_dragging = event.position(), False

    def double_click(self) -> None:
        self._held = None
        self.reset.emit()

    def turn_wheel(self, event: QWheelEvent) -> None:
        self.zoomed.emit(event.angleDelta().y() / 120.0)

    def move(self, event: QMouseEvent) -> None:
        if self._held is None:
            return
        moved = event.position() - self._held
        if not self._is_dragging and moved.manhattanLength() <= CLICK_PX:
            return
        self._is_dragging = True
        self._held = event.position()
        left = event.buttons() & Qt.MouseButton.LeftButton
        if left and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.orbited.emit(moved.x(), moved.y())
        else:
            height = max(1, self._widget.height())
            self.panned.emit(moved.x() / height, moved.y() / height)

    def release(self, event: QMouseEvent) -> None:
        held, self._held = self._held, None
        if held is None or self._is_dragging:
            return
        if event.button() is Qt.MouseButton.RightButton:
            self.menu_wanted.emit(event.globalPosition())
        elif event.button() is Qt.MouseButton.LeftButton:
            self.clicked.emit()
