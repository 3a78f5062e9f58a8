"""The real app in a window of a virtual screen, typed into with real keys and looked at."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import select
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from numpy.typing import NDArray
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
DRIVER = ROOT / "tests" / "window" / "driver.py"
NEEDED = ("Xvfb", "xdotool")
SECONDS = 90.0
"""Only for what never comes: a busy machine is slow."""

Answer = dict[str, Any]
Pixels = NDArray[np.int16]


def skip_without_a_screen() -> None:
    """Say clearly what is missing."""
    missing = [tool for tool in NEEDED if shutil.which(tool) is None]
    if missing or not sys.platform.startswith("linux"):
        pytest.skip(f"a window needs {' and '.join(missing) or 'X11'}")


@contextlib.contextmanager
def a_screen() -> Generator[str]:
    """A virtual screen of its own number, ended with us."""
    skip_without_a_screen()
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1280x900x24"]
    command += ["-noreset", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL)
    os.close(writer)
    try:
        with os.fdopen(reader) as numbers:
            ready, _, _ = select.select([numbers], [], [], SECONDS)
            number = numbers.readline().strip() if ready else ""
        assert number, "Xvfb did not start"
        yield f":{number}"
    finally:
        server.terminate()
        server.wait(10)


def told_by(script: str, screen: str, *words: str) -> Answer:
    """What a script on this screen prints as JSON; it must end well and speak of no error."""
    surroundings = {**os.environ, "DISPLAY": screen, "QT_QPA_PLATFORM": "xcb"}
    done = subprocess.run(
        [sys.executable, "-c", script, *words],
        env=surroundings | {"PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Error" not in done.stderr, done.stderr
    return json.loads(done.stdout)


class WindowApp:
    """One running app; `close` ends it as a person would, and it is always ended."""

    def __init__(self, display: str, profile: Path, *words: str) -> None:
        self.profile = profile
        self._surroundings = {
            **os.environ,
            "DISPLAY": display,
            "QT_QPA_PLATFORM": "xcb",
            "PYTHONPATH": str(ROOT),
        }
        self._surroundings.pop("WAYLAND_DISPLAY", None)
        self._process = subprocess.Popen(
            [sys.executable, str(DRIVER), "--profile", str(profile), *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=self._surroundings,
            text=True,
        )
        self._answers: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._shots = 0

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._answers.put(line)
        self._answers.put("")

    # Questions -----------------------------------------------------------------------------

    def ask(self, verb: str, **question: Any) -> Answer:
        """One question to the app's driver."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"verb": verb, **question}) + "\n")
        self._process.stdin.flush()
        line = self._answers.get(timeout=SECONDS)
        assert line, f"the app ended with status {self._process.wait(5)}"
        answer: Answer = json.loads(line)
        assert "failed" not in answer, answer["failed"]
        return answer

    def look(self) -> Answer:
        return self.ask("look")

    def until(
        self, what: Callable[[Answer], object], why: str, *, seconds: float = SECONDS
    ) -> Answer:
        """Look until something is so."""
        deadline = time.monotonic() + seconds
        while True:
            seen = self.look()
            if what(seen):
                return seen
            if time.monotonic() > deadline:
                raise AssertionError(f"waited {seconds:g} s in vain: {why}; seen last: {seen}")
            time.sleep(0.03)

    def until_quiet(self) -> Answer:
        """The avatar is there, the line stands, and nobody speaks."""
        return self.until(
            lambda seen: (
                seen["link"] == "online"
                and seen["avatar"] == "READY"
                and seen["frames"] > 1
                and {"server", "voice", "sound"} <= set(seen["processes"])
                and any(row["state"] == "complete" for row in seen["rows"])
                and len(seen["shown"]) == len(seen["rows"])
                and not any(row["state"] == "streaming" for row in seen["rows"])
                and not (seen["busy"] or seen["typing"])
            ),
            "a quiet app",
        )

    def picture(self) -> tuple[Pixels, Answer]:
        """The avatar's pixels now, and what the driver tells about them."""
        self._shots += 1
        path = self.profile / f"picture-{self._shots}.png"
        told = self.ask("picture", path=str(path))
        return _pixels(path), told

    def shot(self, path: Path) -> Pixels:
        """The whole window's pixels."""
        assert self.ask("shoot", path=str(path))["saved"]
        return _pixels(path)

    # What a person does --------------------------------------------------------------------

    def xdotool(self, *words: object) -> None:
        subprocess.run(
            ["xdotool", *map(str, words)], env=self._surroundings, check=True, timeout=SECONDS
        )

    def focus(self) -> None:
        """A screen without a window manager gives no window the keys by itself."""
        self.xdotool("windowfocus", "--sync", self.look()["window"])
        self.until(lambda seen: seen["is_active"], "the window has the keys")

    def type(self, text: str, *keys: str) -> None:
        """Real key events, one after the other."""
        self.xdotool("type", "--delay", "4", text)
        if keys:
            self.xdotool("key", "--delay", "4", *keys)

    def send(self, text: str) -> None:
        self.type(text, "Return")

    def click(self, name: str, *, row: str | None = None) -> None:
        """A real click on the button with this name (of the message with this text)."""
        seen = self.until(lambda seen: _named(seen, name, row), f"a button {name}", seconds=SECONDS)
        x, y = _named(seen, name, row)[-1]["at"]
        self.xdotool("mousemove", x, y, "click", 1)

    def until_voices(self, what: Callable[[Answer], object], *, seconds: float = SECONDS) -> Answer:
        """Look at the list of voices until something is so."""
        deadline = time.monotonic() + seconds
        while not what(told := {"said": "", "listed": [], **self.ask("voices")}):
            assert time.monotonic() < deadline, f"waited {seconds:g} s in vain: {told}"
            time.sleep(0.03)
        return told

    def click_in(self, told: Answer, name: str) -> None:
        """A real click on something of the list of voices."""
        self.xdotool("mousemove", *told["places"][name], "click", 1)

    # The end -------------------------------------------------------------------------------

    def family(self) -> list[psutil.Process]:
        """The app's process and all that came from it."""
        parent = psutil.Process(self._process.pid)
        return [parent, *parent.children(recursive=True)]

    def close(self) -> int:
        """Close the window; the status with which the app ends."""
        self.ask("close")
        return self._process.wait(SECONDS)

    def end(self) -> None:
        """Nothing of it lives on, whatever happened."""
        left: list[psutil.Process] = []
        if self._process.poll() is None:
            left = self.family()[1:]
            self._process.kill()
        self._process.wait(10)
        for process in left:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(left, timeout=5)
        self._reader.join(5)
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with contextlib.suppress(BrokenPipeError):
                pipe.close()


@contextlib.contextmanager
def running_app(display: str, profile: Path, *words: str) -> Generator[WindowApp]:
    """The app for as long as it is needed."""
    profile.mkdir(parents=True, exist_ok=True)
    app = WindowApp(display, profile, *words)
    try:
        yield app
    finally:
        app.end()


def set_theme(profile: Path, theme: str) -> None:
    """A profile whose person chose this appearance."""
    (profile / "config").mkdir(parents=True, exist_ok=True)
    (profile / "config" / "settings.json").write_text(json.dumps({"theme": theme}))


def _named(seen: Answer, name: str, row: str | None) -> list[Answer]:
    return [
        button
        for button in seen["buttons"]
        if button["name"] == name and button["enabled"] and (row is None or button["row"] == row)
    ]


def _pixels(path: Path) -> Pixels:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"), np.int16)
