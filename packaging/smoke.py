"""Tries a program as a stranger would: `python packaging/smoke.py PROGRAM`, frozen or not.

It asks the doctor, speaks, paints, serves, and holds a conversation in a real window under Xvfb;
each step says what it found, and the first that fails ends it with status 1.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
import wave
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

import psutil
from PIL import Image

FORGOTTEN = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "DISPLAY", "WAYLAND_DISPLAY")
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
    if not shutil.which("Xvfb"):
        raise Broken("Xvfb is needed to try the window: python3 dev.py package installs it.")
    started = time.monotonic()
    with a_screen() as display:
        trial.ask("open", "--temporary", "--smoke", SAYING, display=display)
    return f"a conversation in a window, {time.monotonic() - started:.1f} s"


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
