"""One file while it is being read: its document, its bytes, what was noticed on the way.

Bytes come from the file itself, from data URIs and from files beside it; never from elsewhere.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote, unquote_to_bytes

from avatar_desktop.avatar.gltf.document import Document
from avatar_desktop.errors import AvatarError

MAX_FILE_BYTES = 1 << 30
MAX_NUMBERS = 64_000_000
"""More numbers than this made out of one file is no avatar but an attack or an accident."""

_Item = TypeVar("_Item")


class Source:
    """What the steps of the reader share."""

    def __init__(self, document: Document, binary: memoryview | None, folder: Path | None) -> None:
        self.document = document
        self.warnings: list[str] = []
        self._binary = binary
        self._folder = folder
        self._buffers: dict[int, memoryview] = {}
        self._claimed = 0

    def warn(self, sentence: str) -> None:
        """Note something that was left out, once."""
        if sentence not in self.warnings:
            self.warnings.append(sentence)

    def skipped(self, what: str, error: AvatarError) -> None:
        """Note a part that cannot be read while the rest lives on."""
        place = f" ({error.place})" if error.place else ""
        self.warn(f"{what} was left out{place}: {error.message}")

    def claim(self, numbers: int, place: str) -> None:
        """Ask before making arrays that the file does not pay for with bytes of its own."""
        self._claimed += numbers
        if self._claimed > MAX_NUMBERS:
            self._claimed -= numbers
            raise AvatarError(
                "The file unfolds to more data than any avatar needs.", kind="size", place=place
            )

    def buffer(self, index: int, place: str) -> memoryview:
        """The bytes of one buffer, at least as many as it declares."""
        if index not in self._buffers:
            self._buffers[index] = self._load_buffer(index, place)
        return self._buffers[index]

    def view(self, index: int, place: str) -> memoryview:
        """The bytes of one buffer view."""
        view = pick(self.document.buffer_views, index, place, "buffer view")
        if "EXT_meshopt_compression" in view.extensions and self._is_placeholder(view.buffer):
            raise AvatarError(
                "The data are compressed with meshopt, which cannot be read yet.",
                kind="extension",
                place=f"$.bufferViews[{index}]",
            )
        data = self.buffer(view.buffer, f"$.bufferViews[{index}].buffer")
        end = view.byte_offset + view.byte_length
        if end > len(data):
            raise AvatarError(
                f"A buffer view ends at byte {end} of a buffer of {len(data)} bytes.",
                kind="bounds",
                place=f"$.bufferViews[{index}]",
            )
        return data[view.byte_offset : end]

    def resolve(self, uri: str, place: str) -> bytes:
        """The bytes behind a URI: inside the text, or a file beside this one."""
        if uri[:5].lower() == "data:":
            return _data_uri(uri, place)
        return _read_file(self._beside(uri, place), uri, place)

    def _is_placeholder(self, buffer: int) -> bool:
        buffers = self.document.buffers
        return buffer < len(buffers) and buffers[buffer].uri is None and buffer > 0

    def _load_buffer(self, index: int, place: str) -> memoryview:
        buffer = pick(self.document.buffers, index, place, "buffer")
        here = f"$.buffers[{index}]"
        if buffer.uri is not None:
            data = memoryview(self.resolve(buffer.uri, f"{here}.uri"))
        elif index == 0 and self._binary is not None:
            data = self._binary
        else:
            raise AvatarError("A buffer has neither bytes nor an address.", kind="uri", place=here)
        if len(data) < buffer.byte_length:
            raise AvatarError(
                f"A buffer should have {buffer.byte_length} bytes and has {len(data)}.",
                kind="bounds",
                place=here,
            )
        return data[: buffer.byte_length]

    def _beside(self, uri: str, place: str) -> Path:
        name = unquote(uri)
        if "\0" in name or "://" in name or name.startswith(("/", "\\", "file:")):
            raise AvatarError(
                f"The file points to {_short(uri)}, which is not a file beside it.",
                kind="uri",
                place=place,
            )
        if self._folder is None:
            raise AvatarError(
                f"The file needs {_short(uri)} beside it.",
                kind="uri",
                place=place,
                advice="Open it from its folder, or export it as one .glb file.",
            )
        return self._inside(self._folder, name, uri, place)

    def _inside(self, folder: Path, name: str, uri: str, place: str) -> Path:
        try:
            root = folder.resolve()
            candidates = [root / name, root / uri]
            found = next((path for path in candidates if path.is_file()), candidates[0])
            path = found.resolve()
        except (OSError, ValueError, RuntimeError) as error:
            raise AvatarError(
                f"The file points to {_short(uri)}, which is no usable name.",
                kind="uri",
                place=place,
            ) from error
        if not path.is_relative_to(root):
            raise AvatarError(
                f"The file points to {_short(uri)}, which lies outside its own folder.",
                kind="uri",
                place=place,
            )
        return path


def pick(items: Sequence[_Item], index: int, place: str, what: str) -> _Item:
    """The item a file points to, or an error that says where it points to nothing."""
    if 0 <= index < len(items):
        return items[index]
    raise AvatarError(
        f"The file points to {what} {index}, and it has {len(items)}.", kind="index", place=place
    )


def _data_uri(uri: str, place: str) -> bytes:
    head, comma, body = uri.partition(",")
    if not comma:
        raise AvatarError("A data URI has no data.", kind="uri", place=place)
    try:
        if head.lower().endswith(";base64"):
            return base64.b64decode(unquote(body), validate=True)
        return unquote_to_bytes(body)
    except (binascii.Error, ValueError) as error:
        raise AvatarError("A data URI is not valid base64.", kind="uri", place=place) from error


def _read_file(path: Path, uri: str, place: str) -> bytes:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise AvatarError(f"{_short(uri)} is larger than 1 GiB.", kind="size", place=place)
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise AvatarError(
            f"The file {_short(uri)} that belongs to this avatar cannot be read.",
            kind="uri",
            place=place,
            advice="Keep all files of the avatar in one folder.",
        ) from error


def _short(uri: str) -> str:
    return uri if len(uri) <= 80 else f"{uri[:77]}…"
