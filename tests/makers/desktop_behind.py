"""A desktop for a virtual screen: a known picture over all of it, and a compositor that blends."""

from __future__ import annotations

import contextlib
import io
import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Generator

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.makers.window_app import SECONDS

COMPOSITORS = {"picom": ["--backend", "xrender", "--no-fading-openclose"], "xcompmgr": ["-n"]}
PICTURE = """
import sys
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QApplication, QWidget
class Behind(QWidget):
    def paintEvent(self, event):
        painter = QPainter(self)
        for row in range(0, self.height(), 40):
            for column in range(0, self.width(), 40):
                colour = QColor(40 + column // 8, 60 + row // 6, 220 - column // 12)
                light = (row + column) // 40 % 2
                painter.fillRect(column, row, 40, 40, colour.lighter(150) if light else colour)
        painter.end()
        print("painted", flush=True)
    def mousePressEvent(self, event):
        place = event.position().toPoint()
        print("click", place.x(), place.y(), flush=True)
app = QApplication([])
behind = Behind()
behind.setWindowFlags(Qt.WindowType.X11BypassWindowManagerHint | Qt.WindowType.FramelessWindowHint)
behind.setGeometry(app.primaryScreen().geometry())
behind.show()
app.exec()
"""

Pixels = NDArray[np.int16]


class Behind:
    """The picture's process and what it tells."""

    def __init__(self, display: str) -> None:
        self._surroundings = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        self._process = subprocess.Popen(
            [sys.executable, "-c", PICTURE],
            stdout=subprocess.PIPE,
            env=self._surroundings,
            text=True,
        )
        self.told: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        assert self.told.get(timeout=SECONDS) == "painted"

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.told.put(line.strip())

    def forget(self) -> None:
        """What was told until now is of no interest."""
        with contextlib.suppress(queue.Empty):
            while True:
                self.told.get_nowait()

    def screen(self) -> Pixels:
        """Everything that is on the screen now."""
        shot = subprocess.run(
            ["import", "-window", "root", "png:-"],
            env=self._surroundings,
            capture_output=True,
            check=True,
            timeout=SECONDS,
        )
        with Image.open(io.BytesIO(shot.stdout)) as image:
            return np.asarray(image.convert("RGB"), np.int16)

    def end(self) -> None:
        self._process.kill()
        self._process.wait(10)
        self._reader.join(5)
        assert self._process.stdout is not None
        self._process.stdout.close()


@contextlib.contextmanager
def desktop_behind(display: str) -> Generator[Behind]:
    """A picture over the whole screen."""
    if shutil.which("import") is None:
        pytest.skip("to look at a screen takes ImageMagick's import")
    behind = Behind(display)
    try:
        yield behind
    finally:
        behind.end()


@contextlib.contextmanager
def compositor(display: str) -> Generator[str]:
    """Whichever is installed, for as long as it is needed."""
    name = next((each for each in COMPOSITORS if shutil.which(each)), None)
    if name is None:
        pytest.skip(f"blending takes a compositor: {' or '.join(COMPOSITORS)}")
    surroundings = {**os.environ, "DISPLAY": display}
    process = subprocess.Popen(
        [name, *COMPOSITORS[name]],
        env=surroundings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _until_it_owns(surroundings, process)
        yield name
    finally:
        process.terminate()
        process.wait(10)


def _until_it_owns(surroundings: dict[str, str], process: subprocess.Popen[bytes]) -> None:
    """It says that it composes by owning a selection."""
    asked = "from PySide6.QtGui import QGuiApplication as A; a = A([])\n"
    asked += "from avatar_desktop.ui.compositor import blends; print(blends())"
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "the compositor ended"
        said = subprocess.run(
            [sys.executable, "-c", asked],
            env={**surroundings, "QT_QPA_PLATFORM": "xcb"},
            capture_output=True,
            text=True,
            check=True,
            timeout=SECONDS,
        )
        if said.stdout.strip() == "True":
            return
    raise AssertionError("the compositor does not compose")
