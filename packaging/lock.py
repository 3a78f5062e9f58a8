"""Writes the two lock files from pyproject.toml: hashed, for every system and Python we support.

Run it after changing a dependency: `python packaging/lock.py` (needs uv, on PATH or in this
Python). It never names a registry: pip finds the files wherever this machine is told to look.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

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


def uv_command() -> list[str]:
    found = shutil.which("uv")
    return [found] if found else [sys.executable, "-m", "uv"]


def compile_lock(name: str, extras: list[str], keep: str | None) -> int:
    command = [*uv_command(), "pip", "compile", "pyproject.toml", "--output-file", name]
    command += ["--universal", "--generate-hashes", "--quiet", "--upgrade"]
    command += ["--no-emit-index-url", "--no-emit-find-links", "--no-annotate"]
    command += ["--custom-compile-command", "python packaging/lock.py"]
    for extra in extras:
        command += ["--extra", extra]
    if keep:
        command += ["--constraint", keep]  # the tools never change what the app runs on
    print(f"locking {name}", file=sys.stderr)
    return subprocess.call(command, cwd=ROOT)


def main() -> int:
    keep: str | None = None
    for name, extras in LOCKS.items():
        status = compile_lock(name, extras, keep)
        if status:
            return status
        keep = name
    return 0


if __name__ == "__main__":
    sys.exit(main())
