"""Folders that vanish with their process; what a killed process left is swept at the next making.

A lock of the database engine marks the owner: it works alike on every system, ends with the process
however that ends, and is never mistaken for another process of the same number.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import tempfile
from pathlib import Path
from typing import Final

LOCK: Final = "owner.lock"
MARK: Final = "vanishes-with-its-process"
"""Made once the lock is held: a folder without it is not ours, or not ready yet."""

_held: dict[Path, sqlite3.Connection] = {}


def passing_folder(prefix: str) -> Path:
    """A new folder for this process alone; those of dead processes are swept first."""
    sweep(prefix)
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    lock = _locked(folder)
    if lock is not None:
        _held[folder] = lock
        (folder / MARK).touch()
    return folder


def discard(folder: Path) -> None:
    """Removes a folder of this process."""
    lock = _held.pop(folder, None)
    if lock is not None:
        lock.close()
    shutil.rmtree(folder, ignore_errors=True)


def sweep(prefix: str) -> None:
    """Removes the marked folders of this user whose process is gone."""
    for folder in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        if folder in _held or not _is_ours(folder):
            continue
        lock = _locked(folder)
        if lock is not None:
            lock.close()
            shutil.rmtree(folder, ignore_errors=True)


def _is_ours(folder: Path) -> bool:
    try:
        if folder.is_symlink() or (folder / LOCK).is_symlink():
            return False
        if not ((folder / MARK).is_file() and (folder / LOCK).is_file()):
            return False
        return os.name != "posix" or folder.stat().st_uid == os.getuid()
    except OSError:
        return False


def _locked(folder: Path) -> sqlite3.Connection | None:
    """The folder's lock, or None while its process lives."""
    lock = None
    try:
        lock = sqlite3.connect(
            folder / LOCK, isolation_level=None, timeout=0, check_same_thread=False
        )
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error:
        if lock is not None:
            with contextlib.suppress(sqlite3.Error):
                lock.close()
        return None
    return lock
