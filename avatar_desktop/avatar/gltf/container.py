"""Bytes of a .glb, .vrm, .gltf or .zip to JSON text, the embedded chunk and what lies beside."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

from avatar_desktop.avatar.gltf.archive import Archive, is_archive
from avatar_desktop.avatar.gltf.beside import Companions, Folder
from avatar_desktop.errors import AvatarError

_MAGIC = b"glTF"
_JSON = 0x4E4F534A
_BIN = 0x004E4942


@dataclass(frozen=True, slots=True)
class Contents:
    """One avatar's parts, wherever they were."""

    data: bytes
    """The avatar's own file, out of its archive if it came in one."""
    text: bytes
    binary: memoryview | None
    beside: Companions | None
    note: str = ""
    """What to tell of the archive."""


def open_contents(data: bytes, folder: Path | None) -> Contents:
    """The parts of a file; `folder` is where its companions may lie, unless it is an archive."""
    if is_archive(data):
        try:
            archive = Archive(data)
            inner = archive.avatar()
        except AvatarError as error:
            error.place = error.place or "byte 0"
            raise
        return Contents(inner, *unpack(inner), archive, archive.note())
    return Contents(data, *unpack(data), None if folder is None else Folder(folder))


def unpack(data: bytes) -> tuple[bytes, memoryview | None]:
    """JSON text and the binary chunk, if the file is a container that has one."""
    if data[:4] != _MAGIC:
        return _plain_json(data), None
    if len(data) < 12:
        raise _broken("ends inside its header", "byte 4")
    _, version, length = struct.unpack_from("<III", data)
    if version != 2:
        raise AvatarError(
            f"The file is a glTF container of version {version}, and only version 2 can be read.",
            kind="version",
            place="byte 4",
            advice="Export it again as glTF 2.0.",
        )
    if length > len(data):
        raise _broken(f"should have {length} bytes and has {len(data)}", "byte 8")
    if length < 20:
        raise _broken("has no JSON chunk", "byte 8")
    kind, body, end = _chunk(data, 12, length)
    if kind != _JSON:
        raise _broken("does not begin with a JSON chunk", "byte 16")
    binary: memoryview | None = None
    while end + 8 <= length and binary is None:
        kind, chunk, end = _chunk(data, end, length)
        binary = chunk if kind == _BIN else None
    return bytes(body).removeprefix(b"\xef\xbb\xbf"), binary


def _chunk(data: bytes, start: int, length: int) -> tuple[int, memoryview, int]:
    size, kind = struct.unpack_from("<II", data, start)
    end = start + 8 + size
    if end > length:
        raise _broken("has a chunk that is longer than the file", f"byte {start}")
    return kind, memoryview(data)[start + 8 : end], end


def _plain_json(data: bytes) -> bytes:
    text = data.removeprefix(b"\xef\xbb\xbf")
    if not text.lstrip()[:1] == b"{":
        raise AvatarError(
            "This is not a glTF or VRM file.",
            kind="format",
            place="byte 0",
            advice="Avatars are .vrm, .glb or .gltf files, or a .zip with one inside.",
        )
    return text


def _broken(problem: str, place: str) -> AvatarError:
    return AvatarError(f"The file {problem}.", kind="container", place=place)
