"""A viewport that moves to another window loses its context: it goes on in the new one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.makers.window_app import told_by

pytestmark = pytest.mark.window

MOVING = """
import json, sys
import numpy as np
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QMainWindow
from avatar_desktop.avatar.material import Material
from avatar_desktop.errors import GraphicsError
from avatar_desktop.render.renderer import Renderer
from avatar_desktop.render.view import View
from avatar_desktop.ui.theme import system_theme
from avatar_desktop.ui.frame import Frame
from avatar_desktop.ui.viewport import Viewport
from tests.makers import figures

closed = []
close = Renderer.close
Renderer.close = lambda renderer: (closed.append(renderer), close(renderer))
app = QApplication([])
red = Material(base_colour=(1, 0, 0, 1), unlit=True)
ball = figures.avatar(figures.instance(figures.ball(0.5)), materials=(red,))
view = View(eye=(0, 0, 3), target=(0, 0, 0), fov_degrees=30, background=(0.0, 0.0, 1.0))
frame = Frame(ball, figures.rest(ball), view, speaking=False)

class Still:
    def frame(self, aspect, theme, ahead=0.0):
        return frame

    def goes_on(self):
        return True

windows = [QMainWindow(), QMainWindow()]
viewport = Viewport(Still(), system_theme())
said = []
viewport.failed.connect(said.append)
for window in windows:
    window.resize(300, 300)

def drawn_in(window):
    before = viewport.frames_drawn
    window.setCentralWidget(viewport)
    window.show()
    while viewport.frames_drawn < before + 4 and not said:
        app.processEvents()
    picture = viewport.grabFramebuffer().convertToFormat(QImage.Format.Format_RGB888)
    return [
        picture.pixelColor(x, x).getRgb()[:3] for x in (3, picture.width() // 2)
    ]

seen = []
for turn in range(4):
    if turn:
        windows[(turn - 1) % 2].takeCentralWidget()
    seen.append(drawn_in(windows[turn % 2]))
if "fail" in sys.argv:
    def refuse(*given, **named):
        raise GraphicsError("The driver is gone.")
    viewport.renderer.draw = refuse
    while not said:
        app.processEvents()
viewport.release()
print(json.dumps({"seen": seen, "said": said, "closed": len(set(map(id, closed)))}))
"""


def _moved(screen: str, *words: str) -> dict[str, Any]:
    return told_by(MOVING, screen, *words)


def test_a_viewport_draws_the_same_in_every_window_that_it_moves_to(screen: str) -> None:
    told = _moved(screen)
    assert told["seen"] == [[[0, 0, 255], [255, 0, 0]]] * 4
    assert told["said"] == []
    assert told["closed"] == 4, "what was on a context is given back before it goes"


def test_a_driver_that_fails_in_a_frame_ends_the_picture_with_a_sentence(screen: str) -> None:
    assert _moved(screen, "fail")["said"] == ["The driver is gone."]
