"""The avatar's half of the window: asks for a frame, hands it to the renderer, keeps the pace."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QHideEvent,
    QMouseEvent,
    QShowEvent,
    QSurfaceFormat,
    QWheelEvent,
)
from PySide6.QtOpenGLWidgets import QOpenGLWidget
from PySide6.QtWidgets import QWidget

from avatar_desktop.errors import AvatarDesktopError
from avatar_desktop.ui.frame import Frame, FrameSource
from avatar_desktop.ui.pacemaker import Pacemaker
from avatar_desktop.ui.pacing import SMALLEST_SCALE
from avatar_desktop.ui.theme import Theme
from avatar_desktop.ui.waiting_frames import Size, WaitingFrames

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    from avatar_desktop.render.coverage import Coverage
    from avatar_desktop.render.quality import Quality
    from avatar_desktop.render.renderer import Renderer
    from avatar_desktop.ui.camera_hand import CameraHand

log = logging.getLogger("ui.viewport")
_COLOUR_BUFFER = 0x4000
_FRAMES_BETWEEN_SCREENS = 30
"""The window may have been moved to another screen meanwhile."""


class Viewport(QOpenGLWidget):
    """Draws as often as it is worth; nothing while hidden."""

    first_frame = Signal()
    drawn = Signal()
    failed = Signal(str)

    def __init__(self, frames: FrameSource, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frames = frames
        self._theme = theme
        self._renderer: Renderer | None = None
        self.pacemaker = Pacemaker()
        self._drawn = 0
        self._waiting = WaitingFrames()
        self._to_come: tuple[Size, float, tuple[float, ...]] | None = None
        """Of which size the frame of this moment was, when, and how long after it the next ones
        are due that are worth being drawn at once."""
        self._coverage: Coverage | None = None
        self.is_clear = False
        """Whether nothing but the avatar is drawn, for a window that shows what is behind it."""
        self.wants_coverage = False
        """Whether somebody asks where the picture is solid."""
        self.coverage: NDArray[np.uint8] | None = None
        """The alpha of the last frame, small; only while it is wanted."""
        self.last: Frame | None = None
        """What was drawn last."""
        self.is_seen = False
        """Whether a frame of the avatar has been on the screen."""
        self.hand: CameraHand | None = None
        """Who is told of the mouse; without anybody what is below gets it."""
        self.is_directed = False
        """Whether somebody listens to the hand on the camera."""
        form = QSurfaceFormat()
        form.setVersion(3, 3)
        form.setProfile(QSurfaceFormat.OpenGLContextProfile.CoreProfile)
        form.setSwapInterval(1)
        self.setFormat(form)
        self.setMinimumSize(240, 240)
        self.setAccessibleName("The avatar")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._show_next)
        self.frameSwapped.connect(self._swapped)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start(0)

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
        super().hideEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.hand:
            self.hand.press(event)
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.hand:
            self.hand.move(event)
        else:
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.hand:
            self.hand.release(event)
        else:
            super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.hand:
            self.hand.double_click()
        else:
            super().mouseDoubleClickEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hand:
            self.hand.turn_wheel(event)
        else:
            super().wheelEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu comes with the button's release, when it was no drag."""
        if self.hand is None:
            super().contextMenuEvent(event)

    def initializeGL(self) -> None:
        if self.context() is None:  # pyright: ignore[reportUnnecessaryComparison]
            return
        try:
            from avatar_desktop.render.renderer import Renderer

            self._renderer = Renderer()
            self.context().aboutToBeDestroyed.connect(self._give_back)
        except AvatarDesktopError as error:
            self._give_up(str(error))
        except Exception as error:  # an error in here is lost without a word by Qt
            log.exception("renderer did not start")
            self._give_up(f"The picture cannot be drawn ({error}).")

    def _give_up(self, sentence: str) -> None:
        log.error("graphics failed", extra={"why": sentence})
        self._timer.stop()
        QTimer.singleShot(0, self, lambda: self.failed.emit(sentence))

    def paintGL(self) -> None:
        if self._renderer is None:
            return
        started = time.perf_counter()
        ratio = self.devicePixelRatioF()
        size = (round(self.width() * ratio), round(self.height() * ratio))
        frame = self._waited_for(self._renderer, size, started)
        if frame is None:
            try:
                frame = self._draw(self._renderer, size, started)
            except AvatarDesktopError as error:
                self._stop_drawing(self._renderer, error)
                return
        if frame is None:
            self._draw_nobody()
            return
        if self.wants_coverage:
            self._look_where_solid(*size)
        self._keep_pace(started, frame)

    def _draw(self, renderer: Renderer, size: Size, now: float) -> Frame | None:
        """The frame of this moment; notes which of the next ones are worth being drawn at once."""
        aspect = size[0] / max(1, size[1])
        frame = self._frames.frame(aspect, self._theme) if self._is_looked_at() else None
        if frame is None:
            return None
        if self.last is not None and self.last.avatar is not frame.avatar:
            renderer.forget(self.last.avatar)
        quality = renderer.quality = self.pacemaker.fitting(renderer.quality)
        if self._drawn == 0:
            renderer.quality = self._first_quality(renderer)
        _draw(renderer, frame, self.defaultFramebufferObject(), size)
        renderer.quality = quality
        times = self.pacemaker.frames_ahead(now, frame.known_for)
        self._to_come = (size, now, times) if times else None
        return frame

    def _show_next(self) -> None:
        """The frame of this moment first; then, as all that it took is still at hand, the next."""
        self.repaint()
        to_come, self._to_come = self._to_come, None
        if to_come is None or self._renderer is None:
            return
        self.makeCurrent()
        try:
            self._draw_ahead(self._renderer, *to_come)
        except AvatarDesktopError as error:
            self._stop_drawing(self._renderer, error)
        self.doneCurrent()

    def _stop_drawing(self, renderer: Renderer, error: AvatarDesktopError) -> None:
        self._waiting.drop()
        renderer.close()
        self._renderer = None
        self._give_up(str(error))

    def _draw_ahead(
        self, renderer: Renderer, size: Size, now: float, times: Iterable[float]
    ) -> None:
        for number, ahead in enumerate(times):
            frame = self._frames.frame(size[0] / max(1, size[1]), self._theme, ahead)
            place = renderer.shelf.place(number, *size)
            if frame is None or not place:
                return
            _draw(renderer, frame, place, size)
            self._waiting.keep(frame, number, size, now + ahead)

    def _waited_for(self, renderer: Renderer, size: Size, now: float) -> Frame | None:
        """Show the frame that was drawn for about now, if it still holds."""
        waiting = self._waiting.take(size, now)
        if waiting is None:
            return None
        if not self._frames.goes_on():
            self._waiting.drop()
            return None
        renderer.shelf.show(waiting.place, self.defaultFramebufferObject())
        return waiting.frame

    def _is_looked_at(self) -> bool:
        """Qt paints once before the window is on the screen, and what it paints then is lost."""
        return self._drawn > 0 or self.window().windowHandle().isExposed()

    def _draw_nobody(self) -> None:
        """The empty stage, in its own colour."""
        colour = self._theme.colour("stage_top")
        functions = self.context().functions()
        rgba = (colour.redF(), colour.greenF(), colour.blueF(), 1.0)
        functions.glClearColor(*((0.0, 0.0, 0.0, 0.0) if self.is_clear else rgba))
        functions.glClear(_COLOUR_BUFFER)

    @staticmethod
    def _first_quality(renderer: Renderer) -> Quality:
        """Where the processor draws, the very first frame is coarse: it is there at once."""
        if not renderer.graphics.is_software:
            return renderer.quality
        return replace(renderer.quality, resolution_scale=SMALLEST_SCALE, shadow_size=0)

    def _swapped(self) -> None:
        if self._drawn > 0:
            self.is_seen = True
            self.frameSwapped.disconnect(self._swapped)

    def wake(self) -> None:
        """Somebody is on the stage from now on."""
        if self._drawn == 0:
            self.update()

    def _look_where_solid(self, width: int, height: int) -> None:
        if self._coverage is None:
            from avatar_desktop.render.coverage import Coverage
            from avatar_desktop.render.opengl import load_gl

            self._coverage = Coverage(load_gl())
        self.coverage = self._coverage.read(self.defaultFramebufferObject(), width, height)

    def _keep_pace(self, started: float, frame: Frame) -> None:
        self.last = frame
        self._drawn += 1
        if self._drawn == 1:
            self.first_frame.emit()
        if self._drawn == 2:
            self._be_precise()
        now = time.perf_counter()
        if self._drawn % _FRAMES_BETWEEN_SCREENS == 1:
            self.pacemaker.follow(self.screen().refreshRate())
        self.pacemaker.drawn(frame, started, now)
        self.drawn.emit()
        if self.isVisible():
            self._timer.start(round(self.pacemaker.wait(now) * 1000))

    def _be_precise(self) -> None:
        from PySide6.QtCore import Qt  # a dear name: not before the first frame

        self._timer.setTimerType(Qt.TimerType.PreciseTimer)

    def hurry(self) -> None:
        """The person moves something: show it at once."""
        self._waiting.drop()
        self.pacemaker.hurry(time.perf_counter())
        self.update()

    @property
    def renderer(self) -> Renderer | None:
        """What draws here, while the scene is there; its context is `makeCurrent`'s."""
        return self._renderer

    @property
    def frames_drawn(self) -> int:
        return self._drawn

    @property
    def resolution_scale(self) -> float:
        """The share of the window's width that is drawn now."""
        return self._renderer.quality.resolution_scale if self._renderer else 1.0

    def release(self) -> None:
        """Give back everything on the GPU while the context still lives."""
        self._timer.stop()
        self._give_back()

    def _give_back(self) -> None:
        """The context goes, and another comes when the viewport moves to another window."""
        if self._renderer is None:
            return
        self.makeCurrent()
        if self._coverage is not None:
            self._coverage.free()
            self._coverage = None
        self._renderer.close()
        self._renderer = None
        self._waiting.drop()
        self.doneCurrent()


def _draw(renderer: Renderer, frame: Frame, framebuffer: int, size: Size) -> None:
    renderer.draw(
        *(frame.avatar, frame.pose, frame.view),
        *(framebuffer, *size),
        body=frame.body,
        is_calm=frame.is_calm,
    )
