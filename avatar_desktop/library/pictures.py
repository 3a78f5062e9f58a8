"""Pictures that the person takes of the avatar, in their own pictures folder."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from pathlib import Path

from avatar_desktop.errors import LibraryError
from avatar_desktop.library.store import write_whole


def keep_picture(folder: Path, content: bytes, taken: datetime) -> Path:
    """Where it lies now, whole, and beside no other of its name; LibraryError where it cannot."""
    stem = f"Avatar {taken:%Y-%m-%d %H.%M.%S}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        names = (f"{stem}.png" if n == 1 else f"{stem} ({n}).png" for n in count(1))
        file = next(folder / name for name in names if not (folder / name).exists())
        write_whole(file, content)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise LibraryError(
            f"The picture cannot be kept in {folder}: {reason}.",
            advice="Make room there, or make it writable.",
        ) from error
    return file
