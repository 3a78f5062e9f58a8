"""Files that lie beside an avatar and belong to it; nothing outside its folder is ever read."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol
from urllib.parse import unquote

from avatar_desktop.errors import AvatarError

MAX_FILE_BYTES = 1 << 30


class Companions(Protocol):
    """Where the files come from that an avatar names."""

    def read(self, uri: str, place: str) -> bytes:
        """The bytes of one of them; `place` is where the avatar names it."""
        ...


class Folder:
    """The folder that the avatar lies in."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, uri: str, place: str) -> bytes:
        path = self._inside(local_name(uri, place), uri, place)
        try:
            if path.stat().st_size > MAX_FILE_BYTES:
                raise AvatarError(f"{short(uri)} is larger than 1 GiB.", kind="size", place=place)
            return path.read_bytes()
        except (OSError, ValueError) as error:
            raise absent(uri, place) from error

    def _inside(self, name: str, uri: str, place: str) -> Path:
        try:
            root = self._path.resolve()
            candidates = [root / name, root / uri]
            found = next((path for path in candidates if path.is_file()), candidates[0])
            path = found.resolve()
        except (OSError, ValueError, RuntimeError) as error:
            raise AvatarError(
                f"The file points to {short(uri)}, which is no usable name.",
                kind="uri",
                place=place,
            ) from error
        if not path.is_relative_to(root):
            raise AvatarError(
                f"The file points to {short(uri)}, which lies outside its own folder.",
                kind="uri",
                place=place,
            )
        return path


def local_name(uri: str, place: str) -> str:
    """The name behind a relative address; anything else is refused."""
    name = unquote(uri)
    if "\0" in name or "://" in name or name.startswith(("/", "\\", "file:")):
        raise AvatarError(
            f"The file points to {short(uri)}, which is not a file beside it.",
            kind="uri",
            place=place,
        )
    return name


def absent(uri: str, place: str) -> AvatarError:
    """What to say of a file that is not there."""
    return AvatarError(
        f"The file {short(uri)} that belongs to this avatar cannot be read.",
        kind="uri",
        place=place,
        advice="Keep all files of the avatar in one folder.",
    )


def short(uri: str) -> str:
    """An address in a length that fits into a sentence."""
    return uri if len(uri) <= 80 else f"{uri[:77]}…"
