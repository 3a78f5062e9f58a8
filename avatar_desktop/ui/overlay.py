"""The avatar on the desktop: no frame, in front of everything, see-through where it is not.

Drag moves it, the wheel makes it larger or smaller, a double click brings it back to the window.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QContextMenuEvent, QMouseEvent, QScreen, QWheelEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QWidget

from avatar_desktop.library.overlay_spots import Spot
from avatar_desktop.ui.frame import FrameSource
from avatar_desktop.ui.icons import icon
from avatar_desktop.ui.pointer_gate import PointerGate, is_solid
from avatar_desktop.ui.theme import Theme, style_sheet
from avatar_desktop.ui.viewport import Viewport

ASPECT = 0.8
"""Width by height: room for a wave beside a whole figure."""
LOWEST_PX = 160
ZOOM_STEP = 1.08
FIRST_SHARE = 0.5
"""Of the screen's height, where nobody has chosen another."""
FIRST_MARGIN_PX = 24
CLICK_PX = 6
CONTROLS_PX = 8


class Overlay(QWidget):
    """One avatar in front of the desktop."""

    came_back = Signal()
    touched = Signal()
    menu_wanted = Signal(QPointF)
    moved = Signal()
    """It stands somewhere else, or is of another size."""

    def __init__(self, frames: FrameSource, theme: Theme) -> None:
        super().__init__()
        kinds = Qt.WindowType
        self.setWindowFlags(
            kinds.FramelessWindowHint
            | kinds.WindowStaysOnTopHint
            | kinds.Tool
            | kinds.NoDropShadowWindowHint
        )
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_MacAlwaysShowToolWindow)
        self.setWindowTitle("Avatar Desktop: the avatar")
        self.setStyleSheet(style_sheet(theme))
        self.viewport = Viewport(frames, theme, self)
        self.viewport.setMinimumSize(1, 1)
        self._controls = _Controls(theme, self)
        self._controls.came_back.connect(self.came_back)
        self._controls.menu_wanted.connect(self.menu_wanted)
        self._controls.hide()
        self._gate: PointerGate | None = None
        self._grabbed: QPoint | None = None
        self._is_dragging = False
        self.blends = True
        """Whether what is behind the window is seen through it."""

    @property
    def lets_through(self) -> bool:
        """Whether a click goes to what is behind, where the pointer is now."""
        return bool(self._gate is not None and self._gate.is_open)

    # Its place -----------------------------------------------------------------------------

    def appear(self, screen: QScreen, spot: Spot | None) -> None:
        """Stand where it stood on this screen before, or in its lower right corner."""
        free = screen.availableGeometry()
        if spot is None:
            height = round(free.height() * FIRST_SHARE)
            right = free.right() - FIRST_MARGIN_PX - round(height * ASPECT / 2)
            spot = Spot(
                right - screen.geometry().x(), free.bottom() - screen.geometry().y(), height
            )
        feet = screen.geometry().topLeft() + QPoint(spot.x, spot.y)
        self._stand(feet, spot.height, free)
        self.show()

    def spot(self) -> Spot:
        """Where it stands, in its screen's own pixels."""
        feet, origin = self._feet(), self.screen().geometry().topLeft()
        return Spot(feet.x() - origin.x(), feet.y() - origin.y(), self.height())

    def _feet(self) -> QPoint:
        here = self.geometry()
        return QPoint(here.x() + here.width() // 2, here.y() + here.height())

    def _stand(self, feet: QPoint, height: int, free: QRect) -> None:
        height = max(LOWEST_PX, min(height, free.height()))
        size = QSize(round(height * ASPECT), height)
        left = _between(free.left(), feet.x() - size.width() // 2, free.right() - size.width())
        top = _between(free.top(), feet.y() - height, free.bottom() + 1 - height)
        self.setGeometry(QRect(QPoint(left, top), size))

    def resizeEvent(self, event: object) -> None:
        self.viewport.setGeometry(self.rect())
        self._controls.adjustSize()
        self._controls.move(self.width() - self._controls.width() - CONTROLS_PX, CONTROLS_PX)

    # See-through ---------------------------------------------------------------------------

    def show_through(self, blends: bool) -> None:
        """Draw the figure alone where the desktop blends; before its background elsewhere."""
        self.blends = self.viewport.is_clear = blends
        if self._gate is None and (handle := self.windowHandle()):
            self._gate = PointerGate(handle, self._is_solid_at, self)
            self._gate.hovered.connect(self._hovered)
        if self._gate is not None:
            if blends:
                self._gate.start()
            else:
                self._gate.stop()
        self.viewport.hurry()

    def _is_solid_at(self, place: QPoint) -> bool:
        if self._controls.isVisible() and self._controls.geometry().contains(place):
            return True
        coverage = self.viewport.coverage
        if coverage is None:
            return False
        across, down = place.x() / self.width(), place.y() / self.height()
        return is_solid(coverage, across, down)

    def _hovered(self, is_over: bool) -> None:
        self.viewport.wants_coverage = is_over
        if is_over:
            self.viewport.hurry()
        else:
            self.viewport.coverage = None
        self._controls.setVisible(is_over)

    # The hand ------------------------------------------------------------------------------

    def enterEvent(self, event: object) -> None:
        self._controls.show()

    def leaveEvent(self, event: object) -> None:
        if not self.blends:
            self._controls.hide()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._grabbed = event.globalPosition().toPoint() - self.pos()
            self._is_dragging = False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grabbed is None:
            return
        there = event.globalPosition().toPoint() - self._grabbed
        if self._is_dragging or (there - self.pos()).manhattanLength() > CLICK_PX:
            self._is_dragging = True
            self.move(there)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton or self._grabbed is None:
            return
        self._grabbed = None
        if self._is_dragging:
            self.moved.emit()
        else:
            self.touched.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._grabbed = None
        if event.button() is Qt.MouseButton.LeftButton:
            self.came_back.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        height = round(self.height() * ZOOM_STEP ** (event.angleDelta().y() / 120.0))
        self._stand(self._feet(), height, self.screen().availableGeometry())
        self.moved.emit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_wanted.emit(QPointF(event.globalPos()))

    def closeEvent(self, event: QCloseEvent) -> None:
        """The system's own way to close a window sends it back; the app goes on."""
        event.ignore()
        self.came_back.emit()

    def leave(self) -> None:
        """Give everything back."""
        if self._gate is not None:
            self._gate.stop()
        self.viewport.release()
        self.hide()
        self.deleteLater()


class _Controls(QFrame):
    """What the avatar offers while the pointer is over it."""

    came_back = Signal()
    menu_wanted = Signal(QPointF)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("stageBar")
        row = QHBoxLayout(self)
        row.setContentsMargins(3, 3, 3, 3)
        row.setSpacing(0)
        more = _button(theme, "more", "More")
        more.clicked.connect(
            lambda: self.menu_wanted.emit(QPointF(more.mapToGlobal(more.rect().bottomLeft())))
        )
        back = _button(theme, "back", "Back to the window")
        back.clicked.connect(self.came_back)
        row.addWidget(more)
        row.addWidget(back)


def _button(theme: Theme, name: str, words: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon(name, theme.colour("text"), 18))
    button.setIconSize(QSize(18, 18))
    button.setToolTip(words)
    button.setAccessibleName(words)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    return button


def _between(low: int, value: int, high: int) -> int:
    return max(low, min(value, high))
