"""A still of what a viewport shows: many samples a pixel, with alpha, as the bytes of a PNG."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QBuffer, QByteArray
from PySide6.QtGui import QImage

from avatar_desktop.ui.viewport import Viewport

SUPERSAMPLE = 4


def photograph(viewport: Viewport, *, cut_out: bool) -> bytes | None:
    """What was drawn last, once more and finer; `cut_out` leaves everything behind it away."""
    frame, renderer = viewport.last, viewport.renderer
    if frame is None or renderer is None:
        return None
    view = replace(frame.view, background=None) if cut_out else frame.view
    width = round(viewport.width() * viewport.devicePixelRatioF())
    height = round(viewport.height() * viewport.devicePixelRatioF())
    viewport.makeCurrent()
    try:
        pixels = renderer.snapshot(frame.avatar, frame.pose, view, width, height, SUPERSAMPLE)
    finally:
        viewport.doneCurrent()
    image = QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_RGBA8888)
    content = QByteArray()
    buffer = QBuffer(content)
    image.save(buffer, "PNG")  # pyright: ignore[reportCallIssue, reportArgumentType]
    return bytes(content.data())
