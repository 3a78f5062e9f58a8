"""Seconds from the start of the process to the avatar's first frame on the screen.

The rival is a bare window that imports QtWidgets, QtOpenGLWidgets, OpenGL.GL and numpy and shows
one cleared frame. Both are started once before anything is measured, and then in turn, so that
what is measured is a later start: Python's compiled modules, the driver's shaders and the avatar
that the app keeps ready in its cache folder are there. Prints a JSON line for each figure:
{name, unit, ours, rivals, runs}.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Sequence
from pathlib import Path

import psutil

from tests.makers.window_app import a_screen

FIRST_STAY_SECONDS = 3.0
"""So long the first start stays open, as it does with a person: the avatar is kept meanwhile."""
ROOT = Path(__file__).resolve().parents[1]
BARE = """
import json, time
import numpy
from PySide6.QtWidgets import QApplication
from PySide6.QtOpenGLWidgets import QOpenGLWidget
from OpenGL import GL
class Window(QOpenGLWidget):
    def paintGL(self):
        GL.glClearColor(0.2, 0.4, 0.6, 1.0)
        GL.glClear(GL.GL_COLOR_BUFFER_BIT)
app = QApplication([])
window = Window()
window.resize(1120, 740)
window.frameSwapped.connect(
    lambda: print(json.dumps({"first_frame": time.monotonic()}), flush=True)
)
window.show()
app.exec()
"""


def main() -> None:
    """Start both in turn, several times, and print the medians and the median of the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=7)
    pairs = parser.parse_args().pairs
    with _screen() as display, tempfile.TemporaryDirectory(prefix="avatar-desktop-start-") as home:
        app = [sys.executable, "-m", "avatar_desktop", "--profile", home, "--mind", "builtin"]
        bare = [sys.executable, "-c", BARE]
        for command in (bare, app):  # what is made and read from the disk for the first time
            _seconds(command, display, stays=FIRST_STAY_SECONDS)
        ours: list[float] = []
        theirs: list[float] = []
        for _ in range(pairs):
            theirs.append(_seconds(bare, display))
            ours.append(_seconds(app, display))
    ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    _report("start", "s", ours, {"bare-window": round(statistics.median(theirs), 3)})
    _report("start-ratio", "×", ratios, {})


@contextlib.contextmanager
def _screen() -> Generator[str]:
    if shutil.which("Xvfb") is not None:
        with a_screen() as display:
            yield display
    elif display := os.environ.get("DISPLAY"):
        yield display
    else:
        sys.exit("This benchmark needs a screen, or Xvfb.")


def _seconds(command: Sequence[str], display: str, *, stays: float = 0.0) -> float:
    """From the start of the process until it says that a frame was shown; then it may stay open."""
    surroundings = os.environ | {
        "DISPLAY": display,
        "QT_QPA_PLATFORM": "xcb",
        "AVATAR_DESKTOP_REPORT_START": "1",
        "PYTHONDONTWRITEBYTECODE": "",  # an installed app is compiled, as its libraries are
    }
    started = time.monotonic()
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=surroundings,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            sys.exit(f"{command[1]} showed nothing: it ended with status {process.wait(10)}.")
        time.sleep(stays)
        return float(json.loads(line)["first_frame"]) - started
    finally:
        family = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        process.communicate()
        psutil.wait_procs(family, timeout=10)


def _report(name: str, unit: str, runs: list[float], rivals: dict[str, float]) -> None:
    print(
        json.dumps(
            {
                "name": name,
                "unit": unit,
                "ours": round(statistics.median(runs), 3),
                "rivals": rivals,
                "runs": [round(run, 3) for run in runs],
            },
            ensure_ascii=False,
        )
    )


if __name__ == "__main__":
    main()
