"""What the app holds with its window open and its avatar on the stage."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from tests.makers.window_app import a_screen

ROOT = Path(__file__).resolve().parents[1]
_STAY_SECONDS = 12.0
"""Until its children are up and it has said hello."""


def app_memory() -> int | None:
    """Bytes of the app and its children, what they share counted once; None without a screen."""
    if shutil.which("Xvfb") is None or not sys.platform.startswith("linux"):
        print("Xvfb is not installed, so the app's memory was not measured.", file=sys.stderr)
        return None
    with a_screen() as display, tempfile.TemporaryDirectory(prefix="avatar-desktop-") as home:
        surroundings = os.environ | {
            "DISPLAY": display,
            "QT_QPA_PLATFORM": "xcb",
            "AVATAR_DESKTOP_REPORT_START": "1",
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "avatar_desktop", "--profile", home, "--mind", "builtin"],
            cwd=ROOT,
            env=surroundings,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            assert process.stdout is not None
            if not process.stdout.readline():
                print("The app showed nothing, so its memory was not measured.", file=sys.stderr)
                return None
            time.sleep(_STAY_SECONDS)
            root = psutil.Process(process.pid)
            family = (root, *root.children(recursive=True))
            return sum(each.memory_full_info().pss for each in family)
        finally:
            children = psutil.Process(process.pid).children(recursive=True)
            process.kill()
            process.communicate()
            psutil.wait_procs(children, timeout=10)
