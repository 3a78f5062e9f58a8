"""The avatar's half of the window: asks for a frame, hands it to the renderer, keeps the pace."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QTimer, Signal
from PySide6.QtGui import QHideEvent, QMouseEvent, QShowEvent, QSurfaceFormat, QWheelEvent
from PySide6.QtOpenGLWidgets import QOpenGLWidget
from PySide6.QtWidgets import QWidget

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.pose import Pose
from avatar_desktop.errors import AvatarDesktopError
from avatar_desktop.render.extent import Extent
from avatar_desktop.render.view import View
from avatar_desktop.ui.pacing import SMALLEST_SCALE, Pace, fitting_scale
from avatar_desktop.ui.theme import Theme

if TYPE_CHECKING:
    from avatar_desktop.render.renderer import Renderer

log = logging.getLogger("ui.viewport")
FRAMES_BETWEEN_FITS = 12
_COLOUR_BUFFER = 0x4000


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture to draw."""

    avatar: Avatar
    pose: Pose
    view: View
    speaking: bool
    body: Extent | None = None
    """Where the avatar is, when that has been measured."""


FrameSource = Callable[[float, Theme], Frame | None]
"""Given the aspect of the viewport, the frame for this very moment."""


class Viewport(QOpenGLWidget):
    """Draws as often as it is worth; nothing while hidden."""

    clicked = Signal()
    first_frame = Signal()
    failed = Signal(str)
    orbited = Signal(float, float)
    zoomed = Signal(float)

    def __init__(self, frames: FrameSource, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frames = frames
        self._theme = theme
        self._renderer: Renderer | None = None
        self._pace = Pace()
        self._drawn = 0
        self._pressed: QPointF | None = None
        self._dragged = False
        self.last: Frame | None = None
        """What was drawn last."""
        self.is_seen = False
        """Whether a frame of the avatar has been on the screen."""
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
        self._timer.timeout.connect(self.update)
        self.frameSwapped.connect(self._swapped)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start(0)

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
        super().hideEvent(event)

    def initializeGL(self) -> None:
        if self.context() is None:  # pyright: ignore[reportUnnecessaryComparison]
            return
        try:
            from avatar_desktop.render.renderer import Renderer

            self._renderer = Renderer()
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
        width = round(self.width() * self.devicePixelRatioF())
        height = round(self.height() * self.devicePixelRatioF())
        frame = self._frames(width / max(1, height), self._theme) if self._is_looked_at() else None
        if frame is None:
            self._draw_nobody()
            return
        if self.last is not None and self.last.avatar is not frame.avatar:
            self._renderer.forget(self.last.avatar)
        with self._first_coarse(self._renderer):
            self._renderer.draw(
                *(frame.avatar, frame.pose, frame.view),
                *(self.defaultFramebufferObject(), width, height),
                body=frame.body,
            )
        self._keep_pace(started, frame)

    def _is_looked_at(self) -> bool:
        """Qt paints once before the window is on the screen, and what it paints then is lost."""
        return self._drawn > 0 or self.window().windowHandle().isExposed()

    def _draw_nobody(self) -> None:
        """The empty stage, in its own colour."""
        colour = self._theme.colour("stage_top")
        functions = self.context().functions()
        functions.glClearColor(colour.redF(), colour.greenF(), colour.blueF(), 1.0)
        functions.glClear(_COLOUR_BUFFER)

    @contextmanager
    def _first_coarse(self, renderer: Renderer) -> Generator[None]:
        """Where the processor draws, the very first frame is coarse: it is there at once."""
        quality = renderer.quality
        if self._drawn == 0 and renderer.graphics.is_software:
            renderer.quality = replace(quality, resolution_scale=SMALLEST_SCALE, shadow_size=0)
        yield
        renderer.quality = quality

    def _swapped(self) -> None:
        self.is_seen = self._drawn > 0

    def wake(self) -> None:
        """Somebody is on the stage from now on."""
        if self._drawn == 0:
            self.update()

    def _keep_pace(self, started: float, frame: Frame) -> None:
        self.last = frame
        self._drawn += 1
        if self._drawn == 1:
            self.first_frame.emit()
        else:
            self._be_precise()
            self._pace = self._pace.after(time.perf_counter() - started)
            self._fit_quality()
        interval = self._pace.interval(speaking=frame.speaking)
        if self.isVisible():
            self._timer.start(max(0, round((interval - time.perf_counter() + started) * 1000)))

    def _be_precise(self) -> None:
        if self._drawn == 2:
            from PySide6.QtCore import Qt  # a dear name: not before the first frame

            self._timer.setTimerType(Qt.TimerType.PreciseTimer)

    def _fit_quality(self) -> None:
        """Every so often draw finer or coarser, as the machine can."""
        if self._renderer is None or self._drawn % FRAMES_BETWEEN_FITS:
            return
        quality = self._renderer.quality
        scale = fitting_scale(quality.resolution_scale, self._pace.cost)
        if scale != quality.resolution_scale:
            self._renderer.quality = replace(quality, resolution_scale=scale)

    @property
    def frames_drawn(self) -> int:
        return self._drawn

    @property
    def resolution_scale(self) -> float:
        """The share of the window's width that is drawn now."""
        return self._renderer.quality.resolution_scale if self._renderer else 1.0

    @property
    def frame_cost(self) -> float:
        """Smoothed seconds of one frame."""
        return self._pace.cost

    def release(self) -> None:
        """Give back everything on the GPU while the context still lives."""
        self._timer.stop()
        if self._renderer is not None:
            self.makeCurrent()
            self._renderer.close()
            self._renderer = None
            self.doneCurrent()

    # The camera follows the hand -----------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position()
        self._dragged = False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        moved = event.position() - self._pressed
        if self._dragged or moved.manhattanLength() > 6:
            self._dragged = True
            self._pressed = event.position()
            self.orbited.emit(moved.x(), moved.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed is not None and not self._dragged:
            self.clicked.emit()
        self._pressed = None

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoomed.emit(event.angleDelta().y() / 120.0)
