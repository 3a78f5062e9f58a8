"""One folder of small files, written whole or not at all; the last good copy of each is kept.

Where the folder cannot be written the store goes on in memory and tells its `trouble` once; it
never raises because of a disk.
"""

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from avatar_desktop.errors import LibraryError

T = TypeVar("T")

LAST_GOOD: Final = ".last"
_log: Final = logging.getLogger(__name__)


class Store:
    """Reads and writes files of one folder. `trouble` is set when it had to give up the disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.trouble: LibraryError | None = None
        self._in_memory: dict[str, bytes] = {}

    def read(self, name: str, parse: Callable[[bytes], T]) -> T | None:
        """The parsed file, or its last good copy, or None when there is neither.

        `parse` raises ValueError or a msgspec error for content that is no good.
        """
        if name in self._in_memory:
            return parse(self._in_memory[name])
        for path in (self.folder / name, self.folder / (name + LAST_GOOD)):
            try:
                return parse(path.read_bytes())
            except FileNotFoundError:
                continue
            except (OSError, ValueError, msgspec.MsgspecError) as error:
                _log.warning("%s cannot be read (%s); trying its last good copy", path.name, error)
        return None

    def write(self, name: str, content: bytes, *, private: bool = False) -> bool:
        """Puts the content in place of the file; false when it is kept in memory only."""
        if self.trouble is None:
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
                write_whole(self.folder / name, content, private=private)
            except OSError as error:
                self._give_up(error)
            else:
                self._in_memory.pop(name, None)
                return True
        self._in_memory[name] = content
        return False

    def _give_up(self, error: OSError) -> None:
        reason = (error.strerror or str(error)).lower()
        self.trouble = LibraryError(
            f"Nothing can be saved in {self.folder}: {reason}.",
            advice="Everything works, but it is forgotten when the app closes.",
        )
        _log.error("%s", self.trouble)


def write_whole(path: Path, content: bytes, *, private: bool = False) -> None:
    """Writes beside, flushes, then renames; what was there becomes the last good copy."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(beside, flags, 0o600 if private else 0o644), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            path.replace(path.with_name(path.name + LAST_GOOD))
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    _flush_folder(path.parent)


def _flush_folder(folder: Path) -> None:
    """Makes the rename itself durable, where the system has a way to."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
