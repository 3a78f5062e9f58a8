"""Motions that lie in files: beside an avatar, those that the person owns, and the app's.

Looks at names only; a file is opened when its motion is wanted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from avatar_desktop.library.avatars import built_in_places
from avatar_desktop.library.folders import Folders

FOLDER: Final = "motions"
BUILT_IN: Final = "built in"
SUFFIXES: Final = (".vrma", ".glb")
"""Of two files with the same name the first kind counts."""
MOST_FILES: Final = 1000
"""In one folder; so many names nobody remembers."""


@dataclass(frozen=True)
class MotionShelf:
    """The motions of one folder."""

    label: str
    """Whose they are, in words."""
    files: Mapping[str, Path]
    """Name of a motion, which is its file's, → file."""


def motion_shelves(avatar: Path | None, folders: Folders) -> tuple[MotionShelf, ...]:
    """The motions beside an avatar's file, then the person's own; empty shelves are left out."""
    places = [] if avatar is None else [("beside the avatar", avatar.parent / FOLDER)]
    places.append(("your own", folders.data / FOLDER))
    shelves = (MotionShelf(label, _files(place)) for label, place in places)
    return tuple(shelf for shelf in shelves if shelf.files)


@cache
def built_in_motions() -> MotionShelf:
    """The app's own motions."""
    for place in built_in_places():
        if files := _files(place / FOLDER):
            return MotionShelf(BUILT_IN, files)
    return MotionShelf(BUILT_IN, {})


def _files(place: Path) -> dict[str, Path]:
    try:
        found = [file for file in place.iterdir() if file.suffix.lower() in SUFFIXES]
    except (OSError, ValueError):  # no such folder, or none of ours to read
        return {}
    found.sort(key=lambda file: (SUFFIXES.index(file.suffix.lower()), file.name))
    files: dict[str, Path] = {}
    for file in found[:MOST_FILES]:
        files.setdefault(file.stem, file)
    return files
