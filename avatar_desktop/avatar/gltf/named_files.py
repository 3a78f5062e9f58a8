"""Which other files an avatar's file names: found by its text alone, nothing is decoded."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

from avatar_desktop.avatar.gltf.beside import Folder
from avatar_desktop.avatar.gltf.container import open_contents
from avatar_desktop.avatar.gltf.document import read_document
from avatar_desktop.errors import AvatarError


def named_files(file: Path) -> tuple[Path, ...]:
    """Every file beside this one that belongs to it; none for an archive, which holds its own."""
    try:
        contents = open_contents(file.read_bytes(), file.parent)
        if not isinstance(contents.beside, Folder):
            return ()
        document = read_document(contents.text)
    except (AvatarError, OSError):
        return ()
    uris = [item.uri for item in (*document.buffers, *document.images) if item.uri]
    names = dict.fromkeys(unquote(uri) for uri in uris if uri[:5].lower() != "data:")
    return tuple(file.parent / name for name in names)
