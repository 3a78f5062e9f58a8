"""Colours, type and spacing of the window, in light and dark; the style sheet grows from them."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette

RADIUS_PX = 14
GAP_PX = 12
TEXT_PX = 14
SMALL_PX = 12


@dataclass(frozen=True, slots=True)
class Theme:
    """One set of colours, as CSS names."""

    name: str
    window: str
    panel: str
    line: str
    text: str
    soft: str
    agent: str
    user: str
    accent: str
    accent_text: str
    code: str
    good: str
    warn: str
    bad: str
    stage_top: str
    stage_bottom: str

    def colour(self, name: str) -> QColor:
        return QColor(getattr(self, name))


LIGHT = Theme(
    name="light",
    window="#f6f1ea",
    panel="#fffdfa",
    line="#e8dfd3",
    text="#2d2a32",
    soft="#716966",
    agent="#f3ece3",
    user="#e2efee",
    accent="#b14b30",
    accent_text="#ffffff",
    code="#ece3d7",
    good="#3f8f6a",
    warn="#b7791f",
    bad="#b5403a",
    stage_top="#dfeae6",
    stage_bottom="#f3e6d8",
)

DARK = Theme(
    name="dark",
    window="#1c1d22",
    panel="#24262c",
    line="#343741",
    text="#ece8e3",
    soft="#a7a5ad",
    agent="#2e313a",
    user="#22413f",
    accent="#e37d60",
    accent_text="#1c1d22",
    code="#191a1f",
    good="#6cc49a",
    warn="#e0b25a",
    bad="#ec7f78",
    stage_top="#2b3a41",
    stage_bottom="#3a2f35",
)


def chosen_theme(name: str) -> Theme:
    """The one that the person named, or what the desktop says."""
    return {"light": LIGHT, "dark": DARK}.get(name) or system_theme()


def system_theme() -> Theme:
    """Light or dark, as the person's desktop says."""
    if sys.platform == "win32" and _windows_is_dark():
        return DARK
    window = QGuiApplication.palette().color(QPalette.ColorRole.Window)
    return DARK if window.lightness() < 110 else LIGHT


def _windows_is_dark() -> bool:
    """Its older styles keep a light palette in the dark."""
    from PySide6.QtCore import Qt  # a dear name: it brings every enumeration of Qt along

    return QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark


def text_font(pixels: int = TEXT_PX, *, bold: bool = False) -> QFont:
    font = QFont(QGuiApplication.font())
    font.setPixelSize(pixels)
    font.setBold(bold)
    return font


def style_sheet(theme: Theme) -> str:
    """The whole look of the widgets."""
    return f"""
    QWidget {{ color: {theme.text}; font-size: {TEXT_PX}px; }}
    QMainWindow, #window {{ background: {theme.window}; }}
    #panel {{ background: {theme.panel}; border-left: 1px solid {theme.line}; }}
    #header {{ border-bottom: 1px solid {theme.line}; }}
    #name {{ font-size: 17px; font-weight: 600; }}
    #status, #hint {{ color: {theme.soft}; font-size: {SMALL_PX}px; }}
    QScrollArea, #rows {{ background: transparent; border: none; }}
    QScrollBar:vertical {{ background: transparent; width: 8px; margin: 2px; }}
    QScrollBar::handle:vertical {{ background: {theme.line}; border-radius: 4px;
        min-height: 32px; }}
    QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page
        {{ background: transparent; height: 0; }}
    #agentBubble {{ background: {theme.agent}; border-radius: {RADIUS_PX}px; }}
    #userBubble {{ background: {theme.user}; border-radius: {RADIUS_PX}px; }}
    QTextBrowser {{ background: transparent; border: none;
        selection-background-color: {theme.accent}; selection-color: {theme.accent_text}; }}
    #composer {{ background: {theme.window}; border: 1px solid {theme.line};
        border-radius: {RADIUS_PX + 4}px; }}
    #composer[focused="true"] {{ border-color: {theme.accent}; }}
    QPlainTextEdit {{ background: transparent; border: none;
        selection-background-color: {theme.accent}; selection-color: {theme.accent_text}; }}
    QToolButton {{ border: none; border-radius: 10px; padding: 6px; background: transparent; }}
    QToolButton:hover {{ background: {theme.line}; }}
    QToolButton:focus {{ border: 1px solid {theme.accent}; }}
    #send {{ background: {theme.accent}; border-radius: 17px; }}
    #send:disabled {{ background: {theme.line}; }}
    #notice {{ background: {theme.agent}; border-radius: 10px;
        border-left: 3px solid {theme.warn}; }}
    #notice[kind="error"] {{ border-left-color: {theme.bad}; }}
    #notice[kind="info"] {{ border-left-color: {theme.good}; }}
    QPushButton {{ background: {theme.accent}; color: {theme.accent_text}; border: none;
        border-radius: 10px; padding: 7px 16px; font-weight: 600; }}
    QPushButton#quiet {{ background: transparent; color: {theme.accent}; padding: 4px 8px;
        border: 1px solid transparent; }}
    QPushButton#quiet:hover {{ background: {theme.line}; }}
    QPushButton#quiet:focus {{ border-color: {theme.accent}; }}
    QPushButton#quiet:disabled {{ color: {theme.soft}; }}
    QDialog#window {{ background: {theme.window}; }}
    #voiceRow {{ background: {theme.panel}; border: 1px solid {theme.line};
        border-radius: 12px; }}
    #voiceRow:hover, #voiceRow:focus {{ border-color: {theme.accent}; }}
    #voiceRow[chosen="true"] {{ background: {theme.agent}; border-color: {theme.accent}; }}
    #voiceTitle {{ font-weight: 600; }}
    QLineEdit {{ background: {theme.panel}; border: 1px solid {theme.line}; border-radius: 10px;
        padding: 7px 10px; selection-background-color: {theme.accent};
        selection-color: {theme.accent_text}; }}
    QLineEdit:focus {{ border-color: {theme.accent}; }}
    QComboBox {{ background: {theme.panel}; border: 1px solid {theme.line}; border-radius: 10px;
        padding: 7px 26px 7px 10px; }}
    QComboBox:focus, QComboBox:on {{ border-color: {theme.accent}; }}
    QComboBox:disabled {{ color: {theme.soft}; }}
    QComboBox::drop-down {{ border: none; width: 0; }}
    QComboBox QAbstractItemView {{ background: {theme.panel}; border: 1px solid {theme.line};
        padding: 4px; outline: none; selection-background-color: {theme.line};
        selection-color: {theme.text}; }}
    QComboBox QAbstractItemView::item {{ padding: 6px 8px; border-radius: 6px; }}
    QComboBox QAbstractItemView::item:selected {{ background: {theme.line}; color: {theme.text}; }}
    QProgressBar {{ background: {theme.line}; border: none; border-radius: 3px; }}
    QProgressBar::chunk {{ background: {theme.accent}; border-radius: 3px; }}
    QSlider::groove:horizontal {{ background: {theme.line}; height: 4px; border-radius: 2px; }}
    QSlider::sub-page:horizontal {{ background: {theme.accent}; border-radius: 2px; }}
    QSlider::handle:horizontal {{ background: {theme.accent}; width: 16px; height: 16px;
        margin: -6px 0; border-radius: 8px; }}
    #stageBar {{ background: {theme.panel}; border: 1px solid {theme.line};
        border-radius: 17px; }}
    #stageBar QToolButton {{ border-radius: 14px; padding: 5px; }}
    QMenu {{ background: {theme.panel}; border: 1px solid {theme.line}; padding: 6px; }}
    QMenu::item {{ padding: 6px 22px 6px 10px; border-radius: 6px; }}
    QMenu::item:selected {{ background: {theme.line}; }}
    QMenu::item:checked {{ font-weight: 600; }}
    QMenu::separator {{ height: 1px; background: {theme.line}; margin: 5px 8px; }}
    #placeholder {{ background: qlineargradient(x1:0, y1:0, x2:0, y2:1,
        stop:0 {theme.stage_top}, stop:1 {theme.stage_bottom}); }}
    QToolTip {{ background: {theme.panel}; color: {theme.text}; border: 1px solid {theme.line}; }}
    """
