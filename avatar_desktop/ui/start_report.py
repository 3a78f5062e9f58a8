"""Tells the benchmark of the start when a picture of the avatar was on the screen."""

from __future__ import annotations

import os
import time

from avatar_desktop.ui.viewport import Viewport

VARIABLE = "AVATAR_DESKTOP_REPORT_START"
"""Set by the benchmark: the instant of the first frame goes to standard output."""


def report_start(viewport: Viewport) -> None:
    """Once, if somebody asked for it."""
    if VARIABLE in os.environ:
        report = _Report()
        viewport.first_frame.connect(lambda: viewport.frameSwapped.connect(report))


class _Report:
    def __init__(self) -> None:
        self._is_told = False

    def __call__(self) -> None:
        if not self._is_told:
            self._is_told = True
            print(f'{{"first_frame": {time.monotonic()}}}', flush=True)  # noqa: T201
