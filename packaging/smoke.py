"""Tries a program as a stranger would: `python packaging/smoke.py PROGRAM`, frozen or not.

It asks the doctor, speaks, paints, serves, and holds a conversation in a real window under Xvfb;
each step says what it found, and the first that fails ends it with status 1.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import select
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import wave
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import psutil
from PIL import Image, ImageGrab

FORGOTTEN = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "DISPLAY", "WAYLAND_DISPLAY")
Found = TypeVar("Found")
SAYING = "Hello, my name is Robin."


class Broken(Exception):
    """A step that did not do what it promised."""


@dataclass(frozen=True)
class Trial:
    """The program under trial and a home that is its alone."""

    program: list[str]
    home: Path

    def surroundings(self, display: str | None = None) -> dict[str, str]:
        """What a newcomer's session holds: nothing of this checkout or its Python."""
        kept = {name: value for name, value in os.environ.items() if name not in FORGOTTEN}
        screen = {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"} if display else {}
        return {**kept, "HOME": str(self.home), **screen}

    def ask(self, *words: str, text: str = "", display: str | None = None) -> str:
        asked = subprocess.run(
            [*self.program, *words],
            check=False,
            cwd=self.home,
            env=self.surroundings(display),
            input=text,
            capture_output=True,
            text=True,
            timeout=180,
        )
        if asked.returncode:
            last_words = "\n".join((asked.stdout + asked.stderr).splitlines()[-20:])
            raise Broken(f"{' '.join(words)} ended with status {asked.returncode}:\n{last_words}")
        return asked.stdout


@contextlib.contextmanager
def a_screen() -> Generator[str]:
    """A virtual screen of its own number, ended with us."""
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1280x900x24"]
    command += ["-noreset", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL)
    os.close(writer)
    try:
        with os.fdopen(reader) as numbers:
            ready, _, _ = select.select([numbers], [], [], 30)
            number = numbers.readline().strip() if ready else ""
        if not number:
            raise Broken("Xvfb did not start.")
        yield f":{number}"
    finally:
        server.terminate()
        server.wait(10)


def knows_itself(trial: Trial) -> str:
    return trial.ask("--version").strip()


def sees_the_doctor(trial: Trial) -> str:
    findings: dict[str, dict[str, object]] = json.loads(trial.ask("doctor", "--json"))
    for part in ("graphics", "voices"):
        if not findings[part]["ok"]:
            raise Broken(f"{part}: {findings[part]}")
    return ", ".join(f"{part} {'ok' if found['ok'] else '-'}" for part, found in findings.items())


def speaks(trial: Trial) -> str:
    sound, track = trial.home / "said.wav", trial.home / "said.json"
    trial.ask("speak", SAYING, "-o", str(sound), "--track", str(track))
    with wave.open(str(sound)) as file:
        seconds = file.getnframes() / file.getframerate()
    words = json.loads(track.read_text("utf-8"))["words"]
    if seconds < 0.8 or len(words) != len(SAYING.split()):
        raise Broken(f"{seconds:.2f} s of sound, words {words}")
    return f"{seconds:.2f} s of sound, {len(words)} words"


def paints(trial: Trial) -> str:
    picture = trial.home / "seen.png"
    trial.ask("render", "-", "-o", str(picture), "--size", "256x256")
    with Image.open(picture) as image:
        colours = len(image.convert("RGB").getcolors(65536) or [])
    if colours < 100:
        raise Broken(f"the picture holds {colours} colours")
    return f"a picture of {colours} colours"


def serves(trial: Trial) -> str:
    server = subprocess.Popen(
        [*trial.program, "serve", "--temporary", "--port", "0"],
        cwd=trial.home,
        env=trial.surroundings(),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout
    try:
        ready, _, _ = select.select([server.stdout], [], [], 60)
        line = server.stdout.readline() if ready else ""
        if set(json.loads(line or "{}")) < {"url", "http", "token"}:
            raise Broken(f"the server said {line!r}")
    finally:
        server.terminate()
        status = server.wait(20)
    return f"accepted connections, ended with status {status}"


def converses(trial: Trial) -> str:
    """Types with real keys into the real window, waits for the answer, and closes the window."""
    lacking = [tool for tool in ("Xvfb", "xdotool") if not shutil.which(tool)]
    if lacking:
        raise Broken(f"{' and '.join(lacking)} must be installed to try the window.")
    profile, started = trial.home / "profile", time.monotonic()
    with a_screen() as display:
        app = subprocess.Popen(
            [*trial.program, "open", "--profile", str(profile)],
            cwd=trial.home,
            env=trial.surroundings(display),
        )
        try:
            window = until(lambda: find_window(display, app), 60, "the window to open")
            until(lambda: link_is_up(profile), 60, "the server to start")
            keys(display, "windowfocus", "--sync", window)
            keys(display, "type", "--delay", "15", SAYING)
            keys(display, "key", "Return")
            answer = until(lambda: answer_in(profile), 60, "the answer")
            colours = look(display)
            # opening the avatar may have made the window anew
            ask_to_close(display, int(find_window(display, app) or window))
            status = app.wait(30)
        finally:
            if app.poll() is None:
                app.kill()
    if status or colours < 300:
        raise Broken(f"the window showed {colours} colours and ended with status {status}")
    seconds = time.monotonic() - started
    return f"answered {answer[:40]!r}, {colours} colours on the screen, {seconds:.1f} s in all"


def until(look_for: Callable[[], Found | None], seconds: float, what: str) -> Found:
    """What somebody finds by looking again, or a plain word that it never came."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := look_for():
            return found
        time.sleep(0.1)
    raise Broken(f"waited {seconds:.0f} s for {what}")


def keys(display: str, *words: str) -> str:
    asked = subprocess.run(
        ["xdotool", *words],
        check=False,
        env={**os.environ, "DISPLAY": display},
        capture_output=True,
        text=True,
        timeout=30,
    )
    return asked.stdout


def find_window(display: str, app: subprocess.Popen[bytes]) -> str | None:
    if app.poll() is not None:
        raise Broken(f"the app ended by itself with status {app.returncode}")
    found = keys(display, "search", "--onlyvisible", "--name", "Avatar Desktop").split()
    return found[-1] if found else None


def rows(profile: Path, sender: str) -> list[str]:
    """What one side has said, as the history on disk tells it."""
    said: list[str] = []
    for file in profile.rglob("conversations.db"):
        with (
            contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as history,
            contextlib.suppress(sqlite3.Error),
        ):
            query = "SELECT content FROM message WHERE sender_type = ? ORDER BY position"
            said += [str(row[0]) for row in history.execute(query, (sender,))]
    return said


def link_is_up(profile: Path) -> bool:
    return any(profile.rglob("conversations.db"))


def answer_in(profile: Path) -> str | None:
    """The reply that came after our message; the welcome alone is none."""
    asked = any(SAYING in text for text in rows(profile, "human"))
    replies = [text for text in rows(profile, "agent") if "Robin" in text]
    return replies[-1] if asked and replies else None


def look(display: str) -> int:
    """How many colours are on the screen: an empty or black window has a handful."""
    image = ImageGrab.grab(xdisplay=display).convert("RGB")
    kept = Path(tempfile.gettempdir(), "avatar-desktop-smoke.png")
    image.save(kept)
    return len(image.getcolors(1 << 20) or [])


class ClientMessage(ctypes.Structure):
    """XClientMessageEvent, with the room that XSendEvent reads."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
        ("rest", ctypes.c_long * 24),
    )


def ask_to_close(display: str, window: int) -> None:
    """What a window manager sends when a person clicks the cross."""
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XInternAtom.restype = ctypes.c_ulong
    x11.XInternAtom.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int)
    link = ctypes.c_void_p(x11.XOpenDisplay(display.encode()))
    message = ClientMessage(type=33, window=window, format=32)
    message.message_type = x11.XInternAtom(link, b"WM_PROTOCOLS", 0)
    message.data[0] = x11.XInternAtom(link, b"WM_DELETE_WINDOW", 0)
    x11.XSendEvent(link, ctypes.c_ulong(window), 0, ctypes.c_long(0), ctypes.byref(message))
    x11.XSync(link, 0)
    x11.XCloseDisplay(link)


def left_behind(program: str) -> list[str]:
    own = psutil.Process().pid
    names: list[str] = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            line = process.cmdline()
            if line and line[0] == program and process.pid != own:
                names.append(" ".join(line))
    return names


STEPS: tuple[Callable[[Trial], str], ...] = (
    knows_itself,
    sees_the_doctor,
    speaks,
    paints,
    serves,
    converses,
)


def main(program: list[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="avatar-desktop-smoke-") as home:
        trial = Trial(program, Path(home))
        for step in STEPS:
            name = step.__name__.replace("_", " ")
            try:
                print(f"{name}: {step(trial)}", flush=True)
            except (Broken, KeyError, ValueError, OSError, subprocess.TimeoutExpired) as reason:
                print(f"{name}: BROKEN: {reason}", flush=True)
                return 1
    left = left_behind(program[0])
    if left and len(program) == 1:
        print(f"left behind: {left}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main([os.path.abspath(sys.argv[1]), *sys.argv[2:]]))  # noqa: PTH100  (a link stays)
