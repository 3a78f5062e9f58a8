#!/usr/bin/env python3
"""The one door for people, scripts and CI: `python3 dev.py COMMAND`, on a machine with only Python.

It makes the environment (.venv beside this file, or $AVATAR_DESKTOP_ENV), keeps it true to the
lock, finds what the system lacks, and then steps aside. Standard library only; progress goes to
stderr, so that what a command prints on stdout is the command's alone.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "packaging"))

import services  # noqa: E402

import system_packages as system  # noqa: E402

PYTHONS = ((3, 11), (3, 12), (3, 13))
ENV = Path(os.environ.get("AVATAR_DESKTOP_ENV") or ROOT / ".venv").absolute()
ENV_PYTHON = ENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LOCKS = {"app": ("requirements.lock",), "dev": ("requirements.lock", "requirements-dev.lock")}


@dataclass(frozen=True)
class Command:
    """What a command starts, what it needs installed, and if it works in the caller's folder."""

    about: str
    start: tuple[str, ...]
    level: str = "dev"
    words: tuple[str, ...] = ()  # what follows when the caller says nothing more
    here: bool = False


COMMANDS = {
    "run": Command("start the app", ("-P", "-m", "avatar_desktop"), "app", here=True),
    "test": Command(
        "run the tests; --services: beside a PostgreSQL and a Redis; more words go to pytest",
        ("-m", "pytest"),
    ),
    "check": Command("format, lint, types and import rules", ()),
    "bench": Command("speed beside rivals: bench [NAME] [--json]", ("-m", "benchmarks")),
    "bars": Command("every promise with a number, into docs/bars.md", ("-m", "tests.bars")),
    "pictures": Command(
        "contact sheets to look at; sheets: our avatars; likeness: beside another engine",
        ("-m", "tests.pictures"),
        words=("build/pictures",),
    ),
    "package": Command("build dist/avatar-desktop; --test tries it", ("packaging/freeze.py",)),
    "doctor": Command(
        "what works here, and what to do about the rest",
        ("-P", "-m", "avatar_desktop", "doctor"),
        "app",
        here=True,
    ),
    "env": Command("print the path of the environment's Python", (), "app", here=True),
}
LENIENT = {"doctor", "env"}  # these go on where a system library is missing, to say so or to wait

CHECKS = {
    "format": ("-m", "ruff", "format", "--check", "."),
    "lint": ("-m", "ruff", "check", "."),
    "types": ("-m", "pyright"),
    "imports": ("-c", "from importlinter.cli import lint_imports_command as go; go()"),
}


class Stop(Exception):
    """Something a person has to do first; its text is all they need."""


# --- telling what goes on -------------------------------------------------------------------


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


class Progress:
    """One line that is rewritten on a terminal; elsewhere a line now and then."""

    def __init__(self) -> None:
        self.alive = sys.stderr.isatty()
        self.next_line = 0.0

    def show(self, text: str) -> None:
        if self.alive:
            width = shutil.get_terminal_size().columns - 1
            sys.stderr.write(f"\r\033[K{text[:width]}")
            sys.stderr.flush()
        elif time.monotonic() >= self.next_line:
            self.next_line = time.monotonic() + 1.0
            say(text)

    def done(self, text: str) -> None:
        if self.alive:
            sys.stderr.write("\r\033[K")
        say(text)


def follow(command: list[str], on_line: Callable[[str], None], **variables: str) -> None:
    """Runs a tool, hands on each line it prints, and stops with its last words if it fails."""
    last_words: list[str] = []
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as tool:
        for line in tool.stdout or ():
            last_words = [*last_words[-24:], line.rstrip()]
            on_line(line.strip())
    if tool.returncode:
        say("\n".join(["", *last_words]))
        raise Stop(f"This failed with status {tool.returncode}:\n    {shlex.join(command)}")


# --- the system -----------------------------------------------------------------------------


def right_python() -> None:
    """Goes on in a Python we support, if another than this one is on the PATH."""
    if sys.version_info[:2] in PYTHONS or env_version() in PYTHONS:
        return
    for major, minor in reversed(PYTHONS):
        found = shutil.which(f"python{major}.{minor}")
        if found and os.environ.get("AVATAR_DESKTOP_PYTHON_SOUGHT") != found:
            os.environ["AVATAR_DESKTOP_PYTHON_SOUGHT"] = found
            become([found, str(ROOT / "dev.py"), *sys.argv[1:]])
    names = ", ".join(f"{major}.{minor}" for major, minor in PYTHONS)
    raise Stop(f"Avatar Desktop needs Python {names}; this is {sys.version.split()[0]}.")


def rights() -> list[str] | None:
    """The words before a package manager's line; None where nobody can be asked."""
    if os.geteuid() == 0:
        return []
    asked = sys.stdin.isatty() and sys.stderr.isatty()
    return ["sudo"] if asked and shutil.which("sudo") else None


def agreed(line: str) -> bool:
    sys.stderr.write(
        f"Some parts of the system are missing. This brings them:\n    {line}\nNow? [Y/n] "
    )
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("", "y", "yes", "j", "ja")


def install_packages(before: list[str], needs: list[system.Need], name: str) -> None:
    progress = Progress()

    def step(text: str) -> None:
        if text.startswith(("Get:", "Setting up", "Installing", "installing", "Retrieving")):
            progress.show(f"  {text}")

    if before:
        subprocess.run([*before, "-v"], check=False)  # asks for the password while we can be seen
    say(f"System packages: installing {' '.join(system.packages(needs, name))}")
    for command in (system.MANAGERS[name].refresh, tuple(system.install_line(needs, name))):
        if command:
            follow([*before, *command], step, DEBIAN_FRONTEND="noninteractive")
    progress.done("System packages: in place.")


def system_ready(command: str) -> None:
    """Brings what the system lacks for this command, or says exactly what to type."""
    needs = system.missing(command)
    if env_version():
        needs = [need for need in needs if need is not system.VENV]
    if not needs:
        return
    line, before = "(with this system's own package manager)", rights()
    if name := system.manager():
        line = shlex.join([*(before or ["sudo"]), *system.install_line(needs, name)])
        if before is not None and (not before or agreed(line)):
            install_packages(before, needs, name)
            return
    lacking = ", ".join(need.gives for need in needs)
    say(f"Missing on this system: {lacking}. To install, type:\n    {line}")
    if any(need is system.VENV or (need.required and command not in LENIENT) for need in needs):
        raise Stop(f"Then once more: python3 dev.py {command}")


# --- the environment ------------------------------------------------------------------------


def env_version() -> tuple[int, int] | None:
    """The Python version of a usable environment, read from the note that venv leaves in it."""
    if not ENV_PYTHON.exists():
        return None
    with suppress(OSError, ValueError):
        for line in (ENV / "pyvenv.cfg").read_text("utf-8").splitlines():
            key, _, value = line.partition("=")
            if key.strip() in ("version", "version_info"):
                major, minor = value.split(".")[:2]
                return int(major), int(minor)
    return None


def fingerprint(level: str) -> str:
    """What an installed environment is true to: its place, its Python and its locks."""
    parts = [str(ROOT).encode(), repr(env_version()).encode()]
    parts += [(ROOT / lock).read_bytes() for lock in LOCKS[level]]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def stamp(level: str) -> Path:
    return ENV / f"avatar-desktop.{level}.stamp"


def is_ready(level: str) -> bool:
    wanted = ["dev"] if level == "dev" else ["app", "dev"]
    for each in wanted:
        with suppress(OSError):
            if env_version() in PYTHONS and stamp(each).read_text("utf-8") == fingerprint(each):
                return True
    return False


@contextmanager
def alone() -> Generator[None]:
    """Two commands started at once must not fill the same environment at once."""
    if os.name == "nt":
        yield
        return
    import fcntl

    with Path(__file__).open("rb") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield


def make_env() -> None:
    """A fresh environment, unless a usable one is there."""
    has_pip = any(ENV.glob("[Ll]ib/**/site-packages/pip/__main__.py"))
    if env_version() in PYTHONS and has_pip:
        return
    say(f"Environment: making {ENV} with Python {sys.version.split()[0]}")
    follow([sys.executable, "-m", "venv", "--clear", str(ENV)], lambda line: None)


def install_lock(level: str) -> None:
    """Installs exactly what the lock names, and tells of each package as pip gets to it."""
    progress, lock = Progress(), ROOT / LOCKS[level][-1]
    lines = lock.read_text("utf-8").splitlines()
    total = sum("==" in line for line in lines)
    seen, started = 0, time.monotonic()

    def step(text: str) -> None:
        nonlocal seen, total
        word, _, rest = text.partition(" ")
        if word == "Ignoring":
            total -= 1
        elif word == "Collecting" or text.startswith("Requirement already satisfied: "):
            seen += 1
            if word == "Collecting":
                progress.show(f"  [{seen:2}/{total}] {rest.split(' (')[0]}")
        elif word == "Downloading" and "(" in rest:
            progress.show(f"  [{seen:2}/{total}] {text}")
        elif word == "Installing":
            progress.show("  unpacking …")

    say(f"Environment: {total} packages from {lock.name}")
    pip = [str(ENV_PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--no-input"]
    pip += ["--no-deps", "--require-hashes", "--progress-bar", "off", "-r", str(lock)]
    follow(pip, step, PYTHONUNBUFFERED="1")
    progress.done(f"Environment: ready after {time.monotonic() - started:.0f} s")


def link_checkout() -> None:
    """Lets the environment's Python import this checkout from any folder."""
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    answer = subprocess.run([ENV_PYTHON, "-c", code], capture_output=True, text=True, check=True)
    (Path(answer.stdout.strip()) / "avatar-desktop.pth").write_text(f"{ROOT}\n", "utf-8")


def environment_ready(level: str) -> None:
    """The stamp is written last: whatever interrupts this, the next start does it over."""
    if is_ready(level):
        return
    with alone():
        if not is_ready(level):
            make_env()
            install_lock(level)
            link_checkout()
            stamp(level).write_text(fingerprint(level), "utf-8")


# --- the commands ---------------------------------------------------------------------------


def become(command: list[str]) -> int:
    """Steps aside for the program, so that signals and the exit status are its own."""
    sys.stdout.flush()
    if os.name == "nt":
        sys.exit(subprocess.call(command))
    os.execv(command[0], command)


def beside_services(command: list[str]) -> int:
    """Runs the tests with a PostgreSQL and a Redis of their own, which end when the tests do."""
    try:
        system_ready("services")
    except Stop as why:
        say(f"{why}\nThe tests go on without.")
    with services.running(say) as addresses:
        tests: list[subprocess.Popen[bytes]] = []

        def told(number: int, _frame: object) -> None:
            for each in tests if number == signal.SIGTERM else ():
                each.send_signal(signal.SIGINT)  # Ctrl-C reaches the tests by itself

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, told)
        tests.append(subprocess.Popen(command, env={**os.environ, **addresses}))
        return tests[0].wait()


def check() -> int:
    """Runs every check, also after one that failed, and ends with a line for each."""
    verdicts: list[str] = []
    failed = False
    for name, words in CHECKS.items():
        say(f"--- {name}")
        started = time.monotonic()
        status = subprocess.call([str(ENV_PYTHON), *words], cwd=ROOT)
        failed |= status != 0
        verdict = "FAILED" if status else "clean"
        verdicts.append(f"{name:8} {verdict:6} {time.monotonic() - started:6.1f} s")
    say("---\n" + "\n".join(verdicts))
    return 1 if failed else 0


def usage() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:{width}}  {command.about}" for name, command in COMMANDS.items()]
    return "\n".join(["python3 dev.py COMMAND [WORDS …]", "", *lines])


def main(words: list[str]) -> int:
    if not words or words[0] in ("-h", "--help", "help"):
        print(usage())
        return 0 if words else 2
    name, *rest = words
    if name not in COMMANDS:
        say(f"There is no command {name!r}.\n\n{usage()}")
        return 2
    command = COMMANDS[name]
    right_python()
    system_ready(name)
    environment_ready(command.level)
    if name == "env":
        print(ENV_PYTHON)
        return 0
    if not command.here:
        os.chdir(ROOT)
    if name == "check":
        return check()
    with_services = name == "test" and "--services" in rest
    rest = [word for word in rest if not (with_services and word == "--services")]
    whole = [str(ENV_PYTHON), *command.start, *(rest or command.words)]
    return beside_services(whole) if with_services else become(whole)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Stop as stop:
        say(str(stop))
        sys.exit(1)
    except KeyboardInterrupt:
        say("\nStopped. The next start goes on from here.")
        sys.exit(130)
