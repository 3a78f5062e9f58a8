"""Installs what we are measured against, on first use, into build/rivals: never into our own.

Versions are pinned by the locks beside this file, which hold hashes and name no registry.
Standard library only; progress goes to stderr.
"""

from __future__ import annotations

import hashlib
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
WORKSHOP = HERE.parents[1] / "build" / "rivals"
_NODE_AT_LEAST = 18


class Absent(Exception):
    """A rival that cannot be had here; the text says why in one sentence."""


def three_command(script: str = "rival.mjs", *, install: bool = True) -> list[str]:
    """What starts a script beside three.js, three-vrm and the glTF validator."""
    return _node_command("three.js", "three", script, "load" if not install else None)


def relay_command(script: str) -> list[str]:
    """What starts a relay on the WebSocket libraries of Node."""
    command = _node_command("the relay on Node", "relay", script, None)
    shutil.copy(HERE / "relay" / "tokens.mjs", WORKSHOP / "relay")
    return command


def _node_command(name: str, folder: str, script: str, installed_by: str | None) -> list[str]:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise Absent(f"node and npm are not installed, so {name} was not measured")
    spoken = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    if int(spoken.stdout.strip().lstrip("v").split(".")[0] or 0) < _NODE_AT_LEAST:
        raise Absent(f"node is older than {_NODE_AT_LEAST}, so {name} was not measured")
    place = WORKSHOP / folder
    locks = [HERE / folder / file for file in ("package.json", "package-lock.json")]
    if not _is_ready(place, locks):
        if installed_by is not None:
            raise Absent(f"{name} is not installed; `dev.py bench {installed_by}` installs it")
        _empty(place)
        for lock in locks:
            shutil.copy(lock, place)
        line = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        _install(name, [line], place, locks)
    # node looks for packages beside the script, not where it is started
    return [node, str(shutil.copy(HERE / folder / script, place))]


def pygfx_command() -> list[str]:
    """What starts pygfx in its own environment, installed if need be."""
    place, lock = WORKSHOP / "pygfx", HERE / "pygfx" / "requirements.lock"
    python = place / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not _is_ready(place, [lock]):
        _empty(place)
        pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        pip += ["--no-input", "--no-deps", "--require-hashes", "-r", str(lock)]
        _install("pygfx", [[sys.executable, "-m", "venv", str(place)], pip], place, [lock])
    return [str(python), str(HERE / "pygfx" / "rival.py")]


def _fingerprint(place: Path, locks: Sequence[Path]) -> str:
    parts = [str(place).encode(), sys.version.encode(), *(lock.read_bytes() for lock in locks)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _is_ready(place: Path, locks: Sequence[Path]) -> bool:
    stamp = place / "ready"
    return stamp.is_file() and stamp.read_text("utf-8") == _fingerprint(place, locks)


def _empty(place: Path) -> None:
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)


def _install(name: str, lines: list[list[str]], place: Path, locks: Sequence[Path]) -> None:
    print(f"Rivals: installing {name} into {place} …", file=sys.stderr, flush=True)
    started = time.monotonic()
    for line in lines:
        done = subprocess.run(line, cwd=place, capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stdout[-2000:] + done.stderr[-2000:], file=sys.stderr)
            raise Absent(f"{name} could not be installed by: {shlex.join(line)}")
    (place / "ready").write_text(_fingerprint(place, locks), "utf-8")
    print(f"Rivals: {name} ready after {time.monotonic() - started:.0f} s", file=sys.stderr)
