"""Files that lie beside an avatar and belong to it; nothing outside its folder is ever read."""

from __future__ import annotations

import io
import os
import stat
from functools import cached_property
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote

from avatar_desktop.errors import AvatarError

MAX_FILE_BYTES = 1 << 30


class Companions(Protocol):
    """Where the files come from that an avatar names."""

    def read(self, uri: str, place: str, at_most: int | None = None) -> bytes:
        """The (first) bytes of one of them; `place` is where the avatar names it."""
        ...


class Folder:
    """The folder that the avatar lies in."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, uri: str, place: str, at_most: int | None = None) -> bytes:
        path = self._inside(local_name(uri, place), uri, place)
        try:
            with io.FileIO(path) as file:
                size = os.fstat(file.fileno()).st_size
                if size > MAX_FILE_BYTES:
                    sentence = f"{short(uri)} is larger than 1 GiB."
                    raise AvatarError(sentence, kind="size", place=place)
                if at_most is not None:
                    return file.read(at_most)
                data = file.read(size + 1)
                return data if len(data) == size else data + file.readall()
        except (OSError, ValueError) as error:
            raise absent(uri, place) from error

    def _is_plainly_inside(self, name: str) -> bool:
        """The file is there, and no step of the way to it climbs or is a link."""
        if os.name != "posix":  # a step may be a drive or a junction
            return False
        path = str(self._path)
        try:
            for step in name.split("/"):
                path = f"{path}/{step}"
                if step in ("", ".", "..") or stat.S_ISLNK(os.lstat(path).st_mode):
                    return False
        except (OSError, ValueError):
            return False
        return True

    @cached_property
    def _root(self) -> str:
        return os.path.realpath(self._path)

    def _inside(self, name: str, uri: str, place: str) -> str:
        """The real path; the longer way round takes more time than reading a small file."""
        if self._is_plainly_inside(name):
            return f"{self._path}/{name}"
        try:
            path = os.path.realpath(f"{self._root}{os.sep}{name}")
            if name != uri and not os.path.isfile(path):  # noqa: PTH113
                path = os.path.realpath(f"{self._root}{os.sep}{uri}")
        except (OSError, ValueError, RuntimeError) as error:
            raise AvatarError(
                f"The file points to {short(uri)}, which is no usable name.",
                kind="uri",
                place=place,
            ) from error
        if not path.startswith(self._root.rstrip(os.sep) + os.sep):
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
