"""A message as formatted text: Markdown with code blocks, as tall as its content."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import (
    QFont,
    QFontDatabase,
    QResizeEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextBrowser, QWidget

from avatar_desktop.ui.theme import TEXT_PX, Theme, text_font


class MarkdownView(QTextBrowser):
    """Read-only, selectable, grows with its text; links open in the person's browser."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._source: str | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setOpenExternalLinks(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(0)
        self.document().setDefaultFont(text_font(TEXT_PX))
        self.viewport().setAutoFillBackground(False)

    def show_markdown(self, source: str) -> None:
        """Show a text; the same text again costs nothing."""
        if source == self._source:
            return
        self._source = source
        self.document().setMarkdown(source, _DIALECT)
        self._style_blocks()
        self._fit()

    def show_plain(self, source: str) -> None:
        if source == self._source:
            return
        self._source = source
        self.setPlainText(source)
        self._fit()

    def _style_blocks(self) -> None:
        """Give code its background and air, and text its line height."""
        mono = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        block = self.document().begin()
        was_code = False
        while block.isValid():
            cursor = QTextCursor(block)
            style = block.blockFormat()
            is_code = _is_code(style)
            if is_code != was_code and block.blockNumber() > 0:
                style.setTopMargin(8)
            was_code = is_code
            if is_code:
                style.setBackground(self._theme.colour("code"))
                style.setNonBreakableLines(False)
                style.setLeftMargin(8)
                style.setRightMargin(8)
                _set_code_font(cursor, block, mono)
            else:
                style.setLineHeight(125, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
            cursor.setBlockFormat(style)
            block = block.next()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.document().setTextWidth(self.viewport().width())
        self.setFixedHeight(max(18, round(self.document().size().height()) + 2))

    def sizeHint(self) -> QSize:
        return QSize(240, self.height())

    def natural_width(self) -> int:
        """The width of the longest line, were there room for it."""
        metrics = self.fontMetrics()
        lines = self.toPlainText().splitlines()
        return max((metrics.horizontalAdvance(line) for line in lines), default=0) + 4


_DIALECT = (
    QTextDocument.MarkdownFeature.MarkdownDialectGitHub
    | QTextDocument.MarkdownFeature.MarkdownNoHTML
)


def _is_code(style: QTextBlockFormat) -> bool:
    return style.hasProperty(QTextFormat.Property.BlockCodeFence.value) or style.hasProperty(
        QTextFormat.Property.BlockCodeLanguage.value
    )


def _set_code_font(cursor: QTextCursor, block: QTextBlock, mono: QFont) -> None:
    cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
    style = cursor.charFormat()
    style.setFontFamilies([mono.family()])
    style.setProperty(QTextFormat.Property.FontPixelSize.value, TEXT_PX - 1)
    cursor.setCharFormat(style)
    cursor.setPosition(block.position())
