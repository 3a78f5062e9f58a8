"""The foot of the list: where a voice comes from, how far it is, and how it ended."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from avatar_desktop.ui.voices.bringing import Bringing

MIB = 1 << 20
HINT = (
    "A Piper voice: a file NAME.onnx with NAME.onnx.json beside it, from your disk or an https "
    "address. It stays on this computer."
)
KEPT = "Called off. What came already is kept for another try."


class ArrivalBar(QFrame):
    """Brings one voice at a time."""

    arrived = Signal(str)
    """The name of a voice that is here now."""

    def __init__(self, bringing: Bringing, parent: QWidget) -> None:
        super().__init__(parent)
        self._bringing = bringing
        self._bringing.progressed.connect(self._show_progress)
        self._bringing.ended.connect(self._show_end)
        self.source = QLineEdit(self)
        self.source.setPlaceholderText("https://…/voice.onnx, or a file")
        self.source.setAccessibleName("Address or file of a voice")
        self.source.returnPressed.connect(self._bring)
        self._file = QPushButton("File…", self)
        self._file.setObjectName("quiet")
        self._file.clicked.connect(self._ask_file)
        self.bring = QPushButton("Bring", self)
        self.bring.clicked.connect(self._bring)
        self.progress = QProgressBar(self)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(6)
        self.message = QLabel(HINT, self)
        self.message.setObjectName("hint")
        self.message.setWordWrap(True)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.source, 1)
        row.addWidget(self._file)
        row.addWidget(self.bring)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(row)
        column.addWidget(self.progress)
        column.addWidget(self.message)
        self._settle()

    def _settle(self) -> None:
        busy = self._bringing.is_under_way
        self.progress.setVisible(busy)
        self.source.setEnabled(not busy)
        self._file.setEnabled(not busy)
        self.bring.setText("Cancel" if busy else "Bring")

    def _ask_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "A voice", "", "Piper voices (*.onnx)")
        if name:
            self.source.setText(name)
            self._bring()

    def _bring(self) -> None:
        if self._bringing.is_under_way:
            self._bringing.cancel()
            return
        source = self.source.text().strip()
        if not source:
            self.message.setText(HINT)
            return
        self.message.setText("Looking for it…")
        self.progress.setRange(0, 0)
        self._bringing.start(source)
        self._settle()

    def _show_progress(self, came: int, whole: int | None) -> None:
        if whole:
            self.progress.setRange(0, 1000)
            self.progress.setValue(min(1000, 1000 * came // whole))
        of = f" of {whole / MIB:.1f}" if whole else ""
        self.message.setText(f"{came / MIB:.1f}{of} MB came.")

    def _show_end(self, name: str, why: str) -> None:
        self.progress.hide()
        self.source.setEnabled(True)
        self._file.setEnabled(True)
        self.bring.setText("Bring")
        self.message.setText(f"{name} is here." if name else why or KEPT)
        self.source.setFocus()  # it lost the keys when it was disabled
        if name:
            self.source.clear()
            self.arrived.emit(name)
