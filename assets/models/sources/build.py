"""Builds an avatar, or the motions, from sources: `python3 assets/models/sources/build.py wren`.

Makes its own environment with the pinned numpy beside this file on first use. The same sources give
the same file, byte for byte; their fingerprint is recorded in it.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
AVATARS = ("wren", "moss")
MOTIONS = "motions"


def fingerprint(name: str) -> str:
    """SHA-256 over the sources of one avatar, or of the motions: their names and their text."""
    digest = hashlib.sha256()
    files = [HERE / "requirements.txt", *HERE.glob(f"{name}/*.py")]
    if name != MOTIONS:  # they need no tools of the workshop
        files += HERE.glob("workshop/*.py")
    for path in sorted(files):
        digest.update(path.relative_to(HERE).as_posix().encode() + b"\0")
        digest.update(path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()


def own_python() -> Path:
    """The interpreter of the workshop's environment, made when it is missing."""
    folder = HERE / ".venv"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "-r"]
        subprocess.run([*install, str(HERE / "requirements.txt")], check=True)
    return python


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=(*AVATARS, MOTIONS))
    parser.add_argument("-o", "--output", type=Path, help="where to write instead of its folder")
    parser.add_argument("--here", action="store_true", help="use this interpreter's numpy")
    given = parser.parse_args()
    if not given.here:
        again = [str(own_python()), str(Path(__file__)), *sys.argv[1:], "--here"]
        return subprocess.run(again, check=False).returncode
    sys.path.insert(0, str(HERE))
    from importlib import import_module

    made = HERE.parent / given.name
    target = given.output or (made if given.name == MOTIONS else made / "avatar.vrm")
    figures = import_module(f"{given.name}.assemble").build(target, fingerprint(given.name))
    print(", ".join(f"{value} {name}" for name, value in figures.items()))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
