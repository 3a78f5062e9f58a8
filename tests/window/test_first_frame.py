"""The first frame that reaches the screen shows the avatar, read anew or from the cache."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import ImageGrab, features

from tests.makers.window_app import ROOT, SECONDS

STAGE = (slice(20, 720), slice(20, 690))
"""Where the avatar stands in a window of the usual size at the screen's corner."""


def first_picture(display: str, profile: Path) -> np.ndarray:
    """What is on the screen when the app says that its first frame is; nothing later can come."""
    process = subprocess.Popen(
        [sys.executable, "-m", "avatar_desktop", "--profile", str(profile), "--mind", "builtin"],
        cwd=ROOT,
        env=os.environ
        | {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "AVATAR_DESKTOP_REPORT_START": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        process.send_signal(signal.SIGSTOP)
        assert json.loads(line)["first_frame"]
        picture = ImageGrab.grab(xdisplay=display).convert("RGB")
        process.send_signal(signal.SIGCONT)
        _wait_until_kept(profile)
        return np.asarray(picture, np.int16)
    finally:
        family = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        process.communicate()
        psutil.wait_procs(family, timeout=10)


def _wait_until_kept(profile: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while not list((profile / "cache" / "avatars").glob("*.flat")):
        assert time.monotonic() < deadline, "the avatar is not kept for the next start"
        time.sleep(0.02)


@pytest.mark.skipif(not features.check("xcb"), reason="Pillow cannot look at an X screen here")
def test_the_first_frame_shows_the_avatar(screen: str, tmp_path: Path) -> None:
    pictures = [first_picture(screen, tmp_path / "profile") for _ in range(2)]
    for picture in pictures:
        stage = picture[STAGE]
        empty = np.median(stage[:, :12].reshape(-1, 3), axis=0)
        figure = np.abs(stage - empty).max(axis=2) > 40
        assert 0.15 < figure.mean() < 0.85, "somebody stands there, and not everywhere"
        middle = figure[:, 235:435].mean()
        assert middle > figure[:, :100].mean() + 0.3, "in the middle"
        assert stage[figure].std(axis=0).min() > 20, "in more than one colour"
    assert np.abs(pictures[0][STAGE] - pictures[1][STAGE]).mean() < 3, "the same, from the cache"
