"""From a file of the person's disk to a source that can be read step by step."""

from __future__ import annotations

import io
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from avatar_desktop.avatar.gltf.beside import MAX_FILE_BYTES
from avatar_desktop.avatar.gltf.container import open_contents
from avatar_desktop.avatar.gltf.document import read_document
from avatar_desktop.avatar.gltf.source import Source
from avatar_desktop.errors import AvatarError


@contextmanager
def opened(path: Path) -> Generator[bytes]:
    """The bytes of a file; every error of reading it is told with the file's name."""
    try:
        yield _bytes_of(path)
    except AvatarError as error:
        error.file = path.name
        raise


def open_source(data: bytes, folder: Path | None) -> Source:
    """The document with its bytes; `folder` is where the files it names may lie."""
    contents = open_contents(data, folder)
    source = Source(read_document(contents.text), contents.binary, contents.beside)
    if contents.note:
        source.warn(contents.note)
    if source.document.asset.version != "2.0":
        source.warn(f"The file is glTF {source.document.asset.version[:20]}, read as 2.0.")
    return source


def _bytes_of(path: Path) -> bytes:
    try:
        with io.FileIO(path) as file:
            size = os.fstat(file.fileno()).st_size
            if size > MAX_FILE_BYTES:
                raise AvatarError(f"{path.name} is larger than 1 GiB.", kind="size")
            data = file.read(size + 1) or b""
            return data if len(data) == size else data + file.readall()
    except FileNotFoundError as error:
        raise AvatarError(f"There is no file {path.name}.", kind="missing") from error
    except (OSError, ValueError) as error:
        raise AvatarError(f"{path.name} cannot be opened.", kind="unreadable") from error
