"""Which speaker the voice comes from: chosen from those that are there now, and tried."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionComboBox,
    QStylePainter,
    QVBoxLayout,
    QWidget,
)

from avatar_desktop.ui.icons import icon
from avatar_desktop.ui.theme import Theme

OWN = "The system's own"
NOBODY = "No speaker is connected"
AWAY = "Until it is back you hear the system's own speaker."
CONNECT_ONE = "Connect one; until then the avatar speaks without sound."
ARROW_PX, ARROW_SPACE_PX, TEXT_START_PX = 14, 26, 14


class SpeakerBar(QWidget):
    """Says at once what is chosen; an empty name is the system's own speaker."""

    chosen = Signal(str)
    tried = Signal()

    def __init__(self, theme: Theme, parent: QWidget, *, chosen: str, can_speak: bool) -> None:
        super().__init__(parent)
        self._wish = chosen
        self._can_speak = can_speak
        self._names: tuple[str, ...] | None = None
        self._default = ""
        self.box = _Box(theme, self)
        self.box.setAccessibleName("Speaker")
        self.box.activated.connect(self._take)
        self.box.folded.connect(self._fill, Qt.ConnectionType.QueuedConnection)  # after a choice
        self.sample = QPushButton("Try it", self)
        self.sample.setObjectName("quiet")
        self.sample.setAutoDefault(False)  # the return key in the box is no wish to hear it
        self.sample.setAccessibleName("Try the speaker")
        self.sample.clicked.connect(self.tried)
        self._hint = QLabel(self)
        self._hint.setObjectName("hint")
        self._hint.setWordWrap(True)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.box, 1)
        row.addWidget(self.sample)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self._hint)
        self._fill()

    @property
    def hint(self) -> str:
        """What is wrong with the choice; empty when all is well."""
        return self._hint.text()

    def listed(self) -> list[str]:
        return [self.box.itemText(at) for at in range(self.box.count())]

    def show_speakers(self, names: Sequence[str], default: str) -> None:
        """What is there now; an open list stays as it is until it is folded."""
        self._names, self._default = tuple(names), default
        if not self.box.is_unfolded:
            self._fill()

    def _fill(self) -> None:
        names = self._names or ()
        is_there = self._names is None or bool(names)
        self.box.clear()
        if is_there:
            own = f"{OWN} ({self._default})" if self._default else OWN
            for text, wish in ((own, ""), *((name, name) for name in names)):
                self._add(text, wish)
            if self._wish and self._wish not in names:
                self._add(f"{self._wish} (not connected)" if names else self._wish, self._wish)
        else:
            self._add(NOBODY, self._wish)
        self.box.setCurrentIndex(max(0, self.box.findData(self._wish)))
        self.box.setEnabled(is_there)
        self.sample.setEnabled(is_there and self._can_speak)
        self.sample.setToolTip("" if self._can_speak else "Open the avatar to hear it")
        self._tell(names, is_there)

    def _add(self, text: str, wish: str) -> None:
        self.box.addItem(text, wish)
        self.box.setItemData(self.box.count() - 1, text, Qt.ItemDataRole.ToolTipRole)

    def _tell(self, names: tuple[str, ...], is_there: bool) -> None:
        is_away = bool(names) and bool(self._wish) and self._wish not in names
        words = AWAY if is_away else "" if is_there else CONNECT_ONE
        self._hint.setText(words)
        self._hint.setVisible(bool(words))
        self.box.setToolTip(self.box.currentText())
        self.box.setAccessibleDescription(words)

    def _take(self, place: int) -> None:
        wish = str(self.box.itemData(place))
        if wish != self._wish:
            self._wish = wish
            self._fill()
            self.chosen.emit(wish)


class _Box(QComboBox):
    """Shortens a long name in its middle, and leaves the wheel to the window."""

    folded = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._arrow = icon("unfold", theme.colour("soft"), ARROW_PX)
        self.is_unfolded = False
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setItemDelegate(QStyledItemDelegate(self))  # the style sheet's words reach this kind
        frame = self.view().parentWidget()
        if frame is not None:  # the edges above and below the list have no name of their own
            frame.setStyleSheet(f"background: {theme.panel}; border-color: {theme.line};")
        self.view().setTextElideMode(Qt.TextElideMode.ElideMiddle)

    def showPopup(self) -> None:
        self.is_unfolded = True
        super().showPopup()

    def hidePopup(self) -> None:
        super().hidePopup()
        if self.is_unfolded:
            self.is_unfolded = False
            self.folded.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        look = QStyleOptionComboBox()
        self.initStyleOption(look)
        room = self.width() - TEXT_START_PX - ARROW_SPACE_PX
        look.currentText = self.fontMetrics().elidedText(  # pyright: ignore[reportAttributeAccessIssue]
            self.currentText(), Qt.TextElideMode.ElideMiddle, room
        )
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, look)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, look)
        top = (self.height() - ARROW_PX) // 2
        left = self.width() - ARROW_SPACE_PX
        self._arrow.paint(painter, QRect(left, top, ARROW_PX, ARROW_PX))
        painter.end()
