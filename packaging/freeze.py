"""Builds dist/avatar-desktop, and with --test lets the built app hold a conversation.

`python3 dev.py package` calls it. --test builds only when the bundle is older than the sources.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUNDLE = ROOT / "dist" / "avatar-desktop"
PROGRAM = BUNDLE / ("avatar-desktop.exe" if sys.platform == "win32" else "avatar-desktop")
SOURCES = ("avatar_desktop", "server_stub", "assets/models", "packaging", "requirements-dev.lock")


def newest_source() -> float:
    tops = [ROOT / name for name in SOURCES]
    files = [file for top in tops for file in (top, *top.rglob("*"))]
    return max(f.stat().st_mtime for f in files if f.is_file() and "__pycache__" not in f.parts)


def is_fresh() -> bool:
    return PROGRAM.exists() and PROGRAM.stat().st_mtime > newest_source()


def build() -> int:
    started = time.monotonic()
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR"]
    command += ["--distpath", "dist", "--workpath", "build", "packaging/avatar_desktop.spec"]
    print("Freezing the app …", file=sys.stderr, flush=True)
    status = subprocess.call(command, cwd=ROOT)
    if status:
        return status
    slim_python()
    add_papers()
    files = [file for file in BUNDLE.rglob("*") if file.is_file() and not file.is_symlink()]
    size = sum(file.stat().st_size for file in files)
    seconds = time.monotonic() - started
    print(f"{BUNDLE.relative_to(ROOT)}: {size / 1e6:.0f} MB after {seconds:.0f} s", file=sys.stderr)
    return 0


def slim_python() -> None:
    """Takes 17 MB of symbols from libpython; OpenBLAS would not survive the same."""
    strip = shutil.which("strip")
    if strip and sys.platform.startswith("linux"):
        for library in BUNDLE.rglob("libpython3.*.so.1.0"):
            subprocess.run([strip, "--strip-unneeded", str(library)], check=False)


def add_papers() -> None:
    """Licences and help, where a person sees them: beside the executable."""
    licences = BUNDLE / "licences"
    shutil.copytree(ROOT / "packaging" / "licences", licences, dirs_exist_ok=True)
    for name in ("LICENSE", "THIRD_PARTY.md"):
        shutil.copy(ROOT / name, licences)
    shutil.copytree(ROOT / "docs" / "guide", BUNDLE / "docs" / "guide", dirs_exist_ok=True)


def main(words: list[str]) -> int:
    if set(words) - {"--test"}:
        print("python3 dev.py package [--test]", file=sys.stderr)
        return 2
    trying = "--test" in words
    if not (trying and is_fresh()):
        status = build()
        if status or not trying:
            return status
    return subprocess.call([sys.executable, str(ROOT / "packaging" / "smoke.py"), str(PROGRAM)])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
