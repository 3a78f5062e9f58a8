"""The window's few icons, drawn as paths so that they are sharp and take the theme's colour."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap

from avatar_desktop.ui.theme import LIGHT

GRID = 24.0


def _send(path: QPainterPath) -> None:
    path.moveTo(12, 19)
    path.lineTo(12, 5.5)
    path.moveTo(6, 11)
    path.lineTo(12, 5)
    path.lineTo(18, 11)


def _stop(path: QPainterPath) -> None:
    path.addRoundedRect(QRectF(7.5, 7.5, 9, 9), 1.5, 1.5)


def _copy(path: QPainterPath) -> None:
    path.addRoundedRect(QRectF(9, 9, 10.5, 10.5), 2.5, 2.5)
    path.moveTo(15, 6.5)
    path.cubicTo(15, 5, 14, 4.5, 13, 4.5)
    path.lineTo(7, 4.5)
    path.cubicTo(5.5, 4.5, 4.5, 5.5, 4.5, 7)
    path.lineTo(4.5, 13)
    path.cubicTo(4.5, 14, 5, 15, 6.5, 15)


def _unfold(path: QPainterPath) -> None:
    path.moveTo(5, 9)
    path.lineTo(12, 16)
    path.lineTo(19, 9)


def _done(path: QPainterPath) -> None:
    path.moveTo(5.5, 12.5)
    path.lineTo(10, 17)
    path.lineTo(18.5, 7.5)


def _speaker(path: QPainterPath) -> None:
    path.moveTo(4.5, 9.8)
    path.lineTo(8, 9.8)
    path.lineTo(12, 6)
    path.lineTo(12, 18)
    path.lineTo(8, 14.2)
    path.lineTo(4.5, 14.2)
    path.closeSubpath()


def _voice(path: QPainterPath) -> None:
    _speaker(path)
    path.moveTo(15, 9)
    path.cubicTo(16.6, 10.6, 16.6, 13.4, 15, 15)
    path.moveTo(17.5, 6.8)
    path.cubicTo(20.4, 9.7, 20.4, 14.3, 17.5, 17.2)


def _muted(path: QPainterPath) -> None:
    _speaker(path)
    path.moveTo(15.5, 9.7)
    path.lineTo(20, 14.3)
    path.moveTo(20, 9.7)
    path.lineTo(15.5, 14.3)


def _voices(path: QPainterPath) -> None:
    for x, half in ((4.5, 2.0), (8.25, 5.5), (12.0, 8.0), (15.75, 4.5), (19.5, 1.6)):
        path.moveTo(x, 12 - half)
        path.lineTo(x, 12 + half)


def _person(path: QPainterPath) -> None:
    path.addEllipse(QPointF(12, 8.5), 3.8, 3.8)
    path.moveTo(4.8, 20)
    path.cubicTo(5.2, 12.8, 18.8, 12.8, 19.2, 20)


def _spark(path: QPainterPath) -> None:
    path.moveTo(12, 3.5)
    path.cubicTo(12.6, 9.2, 14.8, 11.4, 20.5, 12)
    path.cubicTo(14.8, 12.6, 12.6, 14.8, 12, 20.5)
    path.cubicTo(11.4, 14.8, 9.2, 12.6, 3.5, 12)
    path.cubicTo(9.2, 11.4, 11.4, 9.2, 12, 3.5)


def _leave(path: QPainterPath) -> None:
    path.addEllipse(QPointF(12, 8.2), 3.4, 3.4)
    path.moveTo(5, 19)
    path.cubicTo(5.4, 12.8, 14, 12.2, 16.4, 15)
    path.moveTo(15.5, 17)
    path.lineTo(20.5, 22 - 0.6)
    path.moveTo(20.5, 17)
    path.lineTo(15.5, 22 - 0.6)


def _close(path: QPainterPath) -> None:
    path.moveTo(7, 7)
    path.lineTo(17, 17)
    path.moveTo(17, 7)
    path.lineTo(7, 17)


def _backdrop(path: QPainterPath) -> None:
    path.addRoundedRect(QRectF(4, 5, 16, 14), 2.5, 2.5)
    path.moveTo(5, 16.5)
    path.lineTo(9.5, 11.5)
    path.lineTo(13, 15.2)
    path.lineTo(15.3, 13)
    path.lineTo(19, 16.5)
    path.addEllipse(QPointF(15.4, 9), 1.3, 1.3)


def _camera(path: QPainterPath) -> None:
    path.moveTo(8.5, 7.5)
    path.lineTo(10, 5.2)
    path.lineTo(14, 5.2)
    path.lineTo(15.5, 7.5)
    path.addRoundedRect(QRectF(3.8, 7.5, 16.4, 11.3), 2.5, 2.5)
    path.addEllipse(QPointF(12, 13), 3.2, 3.2)


def _stand(path: QPainterPath) -> None:
    path.addEllipse(QPointF(12, 6), 2.4, 2.4)
    path.moveTo(7.2, 17)
    path.cubicTo(7.4, 9.2, 16.6, 9.2, 16.8, 17)
    path.moveTo(4, 20)
    path.lineTo(20, 20)


def _back(path: QPainterPath) -> None:
    path.addRoundedRect(QRectF(4, 5, 16, 14), 2.5, 2.5)
    path.moveTo(15.5, 9)
    path.lineTo(9, 15)
    path.moveTo(9, 10.4)
    path.lineTo(9, 15)
    path.lineTo(13.8, 15)


def _more(path: QPainterPath) -> None:
    for x in (6.5, 12.0, 17.5):
        path.addEllipse(QPointF(x, 12), 1.5, 1.5)


_SHAPES: dict[str, tuple[Callable[[QPainterPath], None], bool]] = {
    "send": (_send, False),
    "stop": (_stop, True),
    "copy": (_copy, False),
    "done": (_done, False),
    "unfold": (_unfold, False),
    "voice": (_voice, False),
    "muted": (_muted, False),
    "voices": (_voices, False),
    "person": (_person, False),
    "spark": (_spark, True),
    "leave": (_leave, False),
    "close": (_close, False),
    "backdrop": (_backdrop, False),
    "camera": (_camera, False),
    "stand": (_stand, False),
    "back": (_back, False),
    "more": (_more, True),
}


def icon(name: str, colour: QColor, pixels: int = 20) -> QIcon:
    return QIcon(pixmap(name, colour, pixels))


def app_icon() -> QIcon:
    """The app's own sign, for task bars and window switchers."""
    found = QIcon()
    for pixels in (16, 32, 64, 128):
        found.addPixmap(
            pixmap("spark", LIGHT.colour("accent_text"), pixels, LIGHT.colour("accent"))
        )
    return found


def pixmap(
    name: str, colour: QColor, pixels: int = 20, background: QColor | None = None
) -> QPixmap:
    """Draw an icon at twice the size for dense screens; a background makes it a round badge."""
    draw, filled = _SHAPES[name]
    picture = QPixmap(QSize(pixels * 2, pixels * 2))
    picture.setDevicePixelRatio(2.0)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    size = float(pixels)
    if background is not None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(background)
        painter.drawEllipse(QRectF(0, 0, size, size))
        painter.translate(size * 0.18, size * 0.18)
        size *= 0.64
    painter.scale(size / GRID, size / GRID)
    path = QPainterPath()
    draw(path)
    pen = QPen(colour, 1.9)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(Qt.PenStyle.NoPen if filled else pen)
    painter.setBrush(colour if filled else Qt.BrushStyle.NoBrush)
    painter.drawPath(path)
    painter.end()
    return picture
