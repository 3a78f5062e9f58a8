"""What may lie behind the avatar, as a menu with a swatch for each."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QLinearGradient, QPainter, QPixmap
from PySide6.QtWidgets import QColorDialog, QFileDialog, QMenu, QWidget

from avatar_desktop.ui.theme import Theme

SWATCH_PX = 18
OFFERED = (
    ("Morning", "#f8ead6-#f0cdb8"),
    ("Meadow", "#dcebd5-#a9c7a4"),
    ("Sea", "#cfe6ee-#8fb6cc"),
    ("Lavender", "#e5def2-#b9aed6"),
    ("Dusk", "#3c4a6b-#a3708a"),
    ("Night", "#1b2030-#39415a"),
    ("Paper", "#faf7f2"),
)
"""Soft enough that a face stays the brightest thing in the picture."""
PLACE = ".hdr"
PICTURES = "Pictures (*.png *.jpg *.jpeg *.webp *.bmp *.hdr)"


def background_menu(
    theme: Theme,
    parent: QWidget,
    *,
    word: str,
    ground: bool,
    place_light: bool,
    choose: Callable[[str], None],
    stand: Callable[[bool], None],
    light: Callable[[bool], None],
) -> QMenu:
    """`choose` is told the word of a background, `stand` whether there is a shadow below.

    `light` is told whether the place lights the avatar; it is asked only where there is one.
    """
    menu = QMenu(parent)
    own = f"{theme.stage_top}-{theme.stage_bottom}"
    for label, offered in (("The room", ""), *OFFERED):
        action = menu.addAction(swatch(offered or own), label)
        action.setCheckable(True)
        action.setChecked(word == offered)
        action.triggered.connect(lambda _=False, chosen=offered: choose(chosen))
    menu.addSeparator()
    menu.addAction("A colour…", lambda: _ask_colour(parent, word, choose))
    menu.addAction("A picture…", lambda: _ask_picture(parent, choose))
    menu.addSeparator()
    shadow = menu.addAction("Shadow on the ground")
    shadow.setCheckable(True)
    shadow.setChecked(ground)
    shadow.toggled.connect(stand)
    if word.lower().endswith(PLACE):
        shines = menu.addAction("Light from this place")
        shines.setCheckable(True)
        shines.setChecked(place_light)
        shines.toggled.connect(light)
    return menu


def swatch(word: str) -> QIcon:
    """A round drop of the colour or gradient."""
    colours = word.split("-")
    picture = QPixmap(SWATCH_PX * 2, SWATCH_PX * 2)
    picture.setDevicePixelRatio(2.0)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    gradient = QLinearGradient(0, 0, 0, SWATCH_PX)
    gradient.setColorAt(0, QColor(colours[0]))
    gradient.setColorAt(1, QColor(colours[-1]))
    painter.setBrush(gradient)
    painter.setPen(QColor(0, 0, 0, 40))
    painter.drawEllipse(QRectF(1, 1, SWATCH_PX - 2, SWATCH_PX - 2))
    painter.end()
    return QIcon(picture)


def _ask_colour(parent: QWidget, word: str, choose: Callable[[str], None]) -> None:
    first = QColor(word.partition("-")[0]) if word.startswith("#") else QColor("#d7e4e2")
    colour = QColorDialog.getColor(first, parent, "The colour behind the avatar")
    if colour.isValid():
        choose(colour.name())


def _ask_picture(parent: QWidget, choose: Callable[[str], None]) -> None:
    file, _ = QFileDialog.getOpenFileName(parent, "The picture behind the avatar", "", PICTURES)
    if file:
        choose(file)
