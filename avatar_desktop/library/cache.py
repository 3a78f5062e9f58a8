"""A folder of values that may vanish: bounded, the longest unused go first, and it heals itself.

Whatever is wrong with a file, it is thrown away and the value is made anew by whoever asked.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Final

from avatar_desktop.library.flat import FlatError, flatten, unflatten

SUFFIX: Final = ".flat"
MOST_BYTES: Final = 512 << 20
_log: Final = logging.getLogger(__name__)


class Cache:
    """Values by name; each comes back only under the stamp with which it was kept."""

    def __init__(self, folder: Path, *, most_bytes: int = MOST_BYTES) -> None:
        self.folder = folder
        self._most_bytes = most_bytes

    def find(self, name: str, stamp: str) -> object | None:
        """The value, or None when it is not there, not for this stamp, or no longer whole."""
        path = self._path(name)
        try:
            value = unflatten(path.read_bytes(), stamp)
            os.utime(path)  # used last: it goes last
        except FileNotFoundError:
            return None
        except FlatError as error:
            _log.info("%s is made anew: %s", path.name, error)
            self.drop(name)
            return None
        except OSError as error:
            _log.warning("%s cannot be read: %s", path.name, error)
            return None
        return value

    def keep(self, name: str, value: object, stamp: str) -> bool:
        """Keep a value for the next time; false when it cannot be, which harms nothing."""
        path = self._path(name)
        beside = path.with_name(f"{path.name}.{os.getpid()}.new")
        try:
            parts = flatten(value, stamp)
            if sum(map(len, parts)) > self._most_bytes:
                return False
            self.folder.mkdir(parents=True, exist_ok=True)
            with beside.open("wb") as file:
                file.writelines(parts)
            beside.replace(path)
            self._make_room(path)
        except (OSError, FlatError) as error:
            _log.info("%s is not kept: %s", path.name, error)
            _remove(beside)
            return False
        return True

    def drop(self, name: str) -> None:
        """Forget a value."""
        _remove(self._path(name))

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}{SUFFIX}"

    def _make_room(self, newest: Path) -> None:
        """Remove what was not used for longest, and what a killed app left half written."""
        files = [(path, path.stat()) for path in self.folder.glob(f"*{SUFFIX}*")]
        files.sort(key=lambda item: (item[0] != newest, -item[1].st_mtime_ns))
        total = 0
        for path, facts in files:
            total += facts.st_size
            if total > self._most_bytes:
                _remove(path)


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:  # in use elsewhere, or not ours: the next one tries again
        _log.info("%s stays: %s", path.name, error)
