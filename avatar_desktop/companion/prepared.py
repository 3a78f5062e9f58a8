"""An avatar that was here before, ready to be drawn: kept in the cache folder in its standing pose.

What is kept is for one file as it is now, read by the reader as it is now.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from avatar_desktop import __version__
from avatar_desktop.library.cache import Cache

if TYPE_CHECKING:
    from avatar_desktop.avatar.avatar import Avatar
    from avatar_desktop.avatar.pose import Pose
    from avatar_desktop.render.framing import Landmarks

FOLDER: Final = "avatars"
_PACKAGE: Final = Path(__file__).parents[1]
_READERS: Final = ("avatar", "motion", "render")
"""The rooms on which a prepared avatar depends."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """An avatar, how it stands when nothing happens, and where a camera finds it."""

    avatar: Avatar
    pose: Pose
    marks: Landmarks


@dataclass(frozen=True, slots=True)
class _Kept:
    prepared: Prepared
    beside: tuple[tuple[str, str], ...]
    """Each file that the avatar's file names, and what it was like."""


class PreparedAvatars:
    """Those that are kept in one cache folder."""

    def __init__(self, folder: Path) -> None:
        self._cache = Cache(folder / FOLDER)

    def find(self, file: Path) -> Prepared | None:
        """The avatar of a file that has not changed since it was kept."""
        kept = self._cache.find(_name(file), _stamp(file))
        if not isinstance(kept, _Kept):
            return None
        if any(_facts(Path(path)) != facts for path, facts in kept.beside):
            self._cache.drop(_name(file))
            return None
        return kept.prepared

    def keep(self, file: Path, prepared: Prepared) -> bool:
        """Keep an avatar for the next time it is opened."""
        from avatar_desktop.avatar.gltf.named_files import named_files

        beside = tuple((str(path), _facts(path)) for path in named_files(file))
        return self._cache.keep(_name(file), _Kept(prepared, beside), _stamp(file))


def _name(file: Path) -> str:
    return f"{file.stem[:40]}-{zlib.crc32(os.fsencode(file.absolute())):08x}"


def _stamp(file: Path) -> str:
    return f"{reader_version()}|{file.absolute()}|{_facts(file)}"


def _facts(file: Path) -> str:
    try:
        facts = file.stat()
    except (OSError, ValueError):
        return "absent"
    return f"{facts.st_size}.{facts.st_mtime_ns}.{facts.st_ino}"


@cache
def reader_version() -> str:
    """Changes with the app and, where it runs from its sources, with each of those it reads by."""
    checksum = 0
    for room in _READERS:
        for line in _sources(_PACKAGE / room):
            checksum = zlib.crc32(line.encode(), checksum)
    return f"{__version__}.{checksum:08x}"


def _sources(folder: Path) -> Iterator[str]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:  # frozen: the version says it all
        return
    for entry in entries:
        if entry.is_dir():
            yield from _sources(Path(entry.path))
        elif entry.name.endswith(".py"):
            facts = entry.stat()
            yield f"{entry.name} {facts.st_size} {facts.st_mtime_ns}"
