"""A .zip with an avatar and its companions, read in memory; nothing is unpacked to disk.

Which avatar: of all .vrm, .glb and .gltf files the first by kind (.vrm, then .glb, then .gltf),
then the one nearest the top, then by name. Litter of file managers does not count.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import PurePosixPath

from avatar_desktop.avatar.gltf.beside import MAX_FILE_BYTES, absent, local_name, short
from avatar_desktop.errors import AvatarError

KINDS = (".vrm", ".glb", ".gltf")
MAX_ENTRIES = 20_000
ALWAYS_ALLOWED = 64 << 20
MAX_RATIO = 200
"""An archive may unfold to this many times its size, or to ALWAYS_ALLOWED bytes."""

_SIGNS = (b"PK\x03\x04", b"PK\x05\x06")
_ENTRY = b"PK\x01\x02"
_ENCRYPTED = 0x1
_ERRORS = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    OSError,
    ValueError,
    EOFError,
    KeyError,
    IndexError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
    MemoryError,
)


def is_archive(data: bytes) -> bool:
    """Whether the bytes begin like a .zip."""
    return data[:4] in _SIGNS


class Archive:
    """The avatar of a .zip, and what lies beside it there."""

    def __init__(self, data: bytes) -> None:
        if data.count(_ENTRY) > MAX_ENTRIES:
            raise AvatarError(f"The archive holds more than {MAX_ENTRIES} files.", kind="size")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            entries = {_plain(info.filename): info for info in self._zip.infolist()}
        except _ERRORS as error:
            raise AvatarError(
                "The archive is damaged.",
                kind="archive",
                advice="Get the file again, or unpack it and open the avatar inside.",
            ) from error
        self._left = min(MAX_FILE_BYTES, max(ALWAYS_ALLOWED, MAX_RATIO * len(data)))
        self._entries = {p: info for p, info in entries.items() if not _is_folder(info.filename)}
        self._any_case = {str(path).casefold(): path for path in self._entries}
        self.avatars = tuple(sorted(filter(_is_avatar, self._entries), key=_rank))
        if not self.avatars:
            raise AvatarError(
                "The archive holds no avatar.",
                kind="archive",
                advice="It needs a .vrm, .glb or .gltf file inside.",
            )

    def avatar(self) -> bytes:
        """The bytes of the avatar that is opened."""
        return self._read(self.avatars[0], "")

    def note(self) -> str:
        """Which avatar was opened, when there are several; else nothing."""
        if len(self.avatars) == 1:
            return ""
        chosen = short(str(self.avatars[0]))
        return f"The archive holds {len(self.avatars)} avatars; this is {chosen}."

    def read(self, uri: str, place: str, at_most: int | None = None) -> bytes:
        """A file beside the avatar, by the address that the avatar gives."""
        folder = self.avatars[0].parent
        for name in (local_name(uri, place), uri):
            try:
                wanted = _plain(str(folder / name.replace("\\", "/")), climbing=True)
            except AvatarError as error:
                raise AvatarError(
                    f"The file points to {short(uri)}, which lies outside the archive.",
                    kind="uri",
                    place=place,
                ) from error
            found = wanted if wanted in self._entries else self._any_case.get(_folded(wanted))
            if found is not None:
                return self._read(found, place, at_most)
        raise absent(uri, place)

    def _read(self, path: PurePosixPath, place: str, at_most: int | None = None) -> bytes:
        info, name = self._entries[path], short(str(path))
        if info.flag_bits & _ENCRYPTED:
            raise AvatarError(
                f"{name} in the archive is locked with a password.",
                kind="archive",
                place=place,
                advice="Unpack it with the password and open the avatar inside.",
            )
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise AvatarError(
                f"{name} is packed in a way that cannot be read here.",
                kind="archive",
                place=place,
                advice="Unpack it, or pack it again as a plain .zip.",
            )
        size = info.file_size if at_most is None else min(at_most, info.file_size)
        if size > self._left:
            raise AvatarError(
                f"The archive unfolds to more data than an avatar needs ({name}).",
                kind="size",
                place=place,
                advice="If you trust it, unpack it and open the avatar inside.",
            )
        self._left -= size
        try:
            with self._zip.open(info) as file:
                return file.read(size)
        except _ERRORS as error:
            raise AvatarError(
                f"{name} in the archive is damaged.", kind="archive", place=place
            ) from error


def _plain(name: str, *, climbing: bool = False) -> PurePosixPath:
    """A name without detours. `..` is for addresses alone: no honest archive's file bears it."""
    parts: list[str] = []
    for part in name.replace("\\", "/").split("/"):
        if part == ".." and climbing and parts:
            parts.pop()
        elif part == "..":
            raise AvatarError(
                f"The archive holds a file that would lie outside it ({short(name)}).",
                kind="archive",
                advice="Do not unpack it: such archives are made to overwrite other files.",
            )
        elif part not in ("", "."):
            parts.append(part)
    return PurePosixPath(*parts)


def _is_folder(name: str) -> bool:
    return name.endswith(("/", "\\"))  # zipfile's own answer falls over an empty name


def _folded(path: PurePosixPath) -> str:
    return str(path).casefold()


def _is_avatar(path: PurePosixPath) -> bool:
    litter = any(part.startswith(".") or part == "__MACOSX" for part in path.parts)
    return path.suffix.lower() in KINDS and not litter


def _rank(path: PurePosixPath) -> tuple[int, int, str, str]:
    kind = KINDS.index(path.suffix.lower())
    return kind, len(path.parts), _folded(path), str(path)
