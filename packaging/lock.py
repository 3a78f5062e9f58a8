"""Writes the lock files from pyproject.toml: hashed, for every system and Python we support.

Run it after changing a dependency: `python packaging/lock.py` (needs uv, on PATH or in this
Python). What is locked already stays at its version; `--upgrade` takes the newest of everything.
It never names a registry: pip finds the files wherever this machine is told to look.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCKS = {
    "requirements.lock": ["film", "avatars"],
    "requirements-dev.lock": [
        "film",
        "avatars",
        "voices",
        "more-voices",
        "server",
        "dev",
        "package",
    ],
}
SERVER_LOCK = "requirements-server.lock"
SERVER = (
    "aiohttp", "msgspec", "PyJWT", "prometheus-client",  # the server itself
    "numpy", "av", "soxr", "espeakng-loader",  # its voice for clients that have none
    "asyncpg", "redis",  # several servers as one
)  # fmt: skip
"""What the conversation server needs when it runs alone, without a window or a screen."""


def server_needs(project: dict[str, Any]) -> list[str]:
    """The project's own lines about what the server needs."""
    extras = project["optional-dependencies"]
    lines = [*project["dependencies"], *extras["film"], *extras["server"]]
    asked = {re.split(r"[^A-Za-z0-9-]", line)[0]: line for line in lines}
    return [asked[name] for name in SERVER]


def uv_command() -> list[str]:
    found = shutil.which("uv")
    return [found] if found else [sys.executable, "-m", "uv"]


def compile_lock(name: str, source: list[str], more: list[str], lines: str | None = None) -> int:
    command = [*uv_command(), "pip", "compile", *source, "--output-file", name]
    command += ["--universal", "--generate-hashes", "--quiet"]
    command += ["--no-emit-index-url", "--no-emit-find-links", "--no-annotate"]
    command += ["--custom-compile-command", "python packaging/lock.py", *more]
    print(f"locking {name}", file=sys.stderr)
    return subprocess.run(command, cwd=ROOT, input=lines, text=True, check=False).returncode


def main(words: list[str]) -> int:
    upgrade = ["--upgrade"] if "--upgrade" in words else []
    keep: list[str] = []
    for name, extras in LOCKS.items():
        more = [word for extra in extras for word in ("--extra", extra)]
        if status := compile_lock(name, ["pyproject.toml"], [*upgrade, *keep, *more]):
            return status
        keep = ["--constraint", name]  # the tools never change what the app runs on
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    needs = "\n".join(server_needs(project))
    return compile_lock(SERVER_LOCK, ["-"], ["--python-version", "3.11", *upgrade, *keep], needs)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
