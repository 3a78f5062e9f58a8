"""Where the person writes: Enter sends, Shift+Enter breaks the line, the button stops a reply."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QToolButton, QWidget

from avatar_desktop.ui.icons import icon
from avatar_desktop.ui.theme import TEXT_PX, Theme, text_font

MOST_LINES = 6
TYPING_PAUSE_MS = 2500


class _Editor(QPlainTextEdit):
    """A text field that tells Enter from a line break and grows with its lines."""

    submitted = Signal()
    focused = Signal(bool)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.submitted.emit()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focused.emit(False)


class Composer(QFrame):
    """Emits what the person wants: `sent` with a text, `stopped`, `typing`."""

    sent = Signal(str)
    stopped = Signal()
    typing = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._can_stop = False
        self._is_typing = False
        self.setObjectName("composer")
        self._editor = _Editor(self)
        self._editor.setFont(text_font(TEXT_PX))
        self._editor.setPlaceholderText("Say something…")
        self._editor.setAccessibleName("Your message")
        self._editor.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._editor.document().setDocumentMargin(4)
        self._editor.submitted.connect(self._send)
        self._editor.textChanged.connect(self._text_changed)
        self._editor.focused.connect(self._show_focus)
        self._button = QToolButton(self)
        self._button.setObjectName("send")
        self._button.setFixedSize(34, 34)
        self._button.setIconSize(QSize(20, 20))
        self._button.setCursor(Qt.CursorShape.PointingHandCursor)
        self._button.clicked.connect(self._press)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 6, 6)
        row.addWidget(self._editor, 1)
        row.addWidget(self._button, 0, Qt.AlignmentFlag.AlignBottom)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(TYPING_PAUSE_MS)
        self._pause.timeout.connect(lambda: self._set_typing(False))
        self._fit()
        self._dress_button()

    def focus(self) -> None:
        self._editor.setFocus()

    def offer_stop(self, can_stop: bool) -> None:
        """While a reply is under way and nothing is typed the button stops it."""
        if can_stop != self._can_stop:
            self._can_stop = can_stop
            self._dress_button()

    def _text(self) -> str:
        return self._editor.toPlainText().strip()

    def _press(self) -> None:
        if self._is_stop():
            self.stopped.emit()
        else:
            self._send()

    def _send(self) -> None:
        text = self._text()
        if text:
            self._editor.clear()
            self._set_typing(False)
            self.sent.emit(text)

    def _is_stop(self) -> bool:
        return self._can_stop and not self._text()

    def _text_changed(self) -> None:
        self._fit()
        self._dress_button()
        if self._text():
            self._set_typing(True)
            self._pause.start()

    def _set_typing(self, active: bool) -> None:
        if active != self._is_typing:
            self._is_typing = active
            self.typing.emit(active)

    def _dress_button(self) -> None:
        stops = self._is_stop()
        self._button.setIcon(
            icon("stop" if stops else "send", self._theme.colour("accent_text"), 20)
        )
        self._button.setEnabled(stops or bool(self._text()))
        words = "Stop the reply" if stops else "Send"
        self._button.setToolTip(words)
        self._button.setAccessibleName(words)

    def _fit(self) -> None:
        lines = min(MOST_LINES, max(1, self._editor.document().blockCount()))
        height = self._editor.fontMetrics().lineSpacing() * lines + 12
        self._editor.setFixedHeight(height)

    def _show_focus(self, focused: bool) -> None:
        self.setProperty("focused", focused)
        self.style().unpolish(self)
        self.style().polish(self)
