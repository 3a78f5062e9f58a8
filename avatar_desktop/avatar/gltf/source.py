"""One file while it is being read: its document, its bytes, what was noticed on the way.

Bytes come from the file itself, from data URIs and from its companions; never from elsewhere.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any, TypeVar
from urllib.parse import unquote, unquote_to_bytes

from numpy.typing import NDArray

from avatar_desktop.avatar.gltf.beside import Companions, local_name, short
from avatar_desktop.avatar.gltf.decoders import meshopt
from avatar_desktop.avatar.gltf.document import BufferView, Document
from avatar_desktop.errors import AvatarError

MAX_NUMBERS = 64_000_000
"""More numbers than this made out of one file is no avatar but an attack or an accident."""

_Item = TypeVar("_Item")


class Source:
    """What the steps of the reader share."""

    def __init__(
        self, document: Document, binary: memoryview | None, beside: Companions | None
    ) -> None:
        self.document = document
        self.warnings: list[str] = []
        self.supplied: dict[int, NDArray[Any]] = {}
        """Values of accessors that come unpacked with the primitive which is being read."""
        self._binary = binary
        self._beside = beside
        self._buffers: dict[int, memoryview] = {}
        self._unpacked: dict[int, memoryview] = {}
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
        """The bytes of one buffer view, unpacked where they are packed."""
        view = pick(self.document.buffer_views, index, place, "buffer view")
        if not view.extensions or not meshopt.is_packed(view):
            return self._plain_view(view, index)
        if index not in self._unpacked:
            self._unpacked[index] = self._unpack(view, index)
        return self._unpacked[index]

    def resolve(self, uri: str, place: str, at_most: int | None = None) -> bytes:
        """The (first) bytes behind a URI: inside the text, or a file beside this one."""
        if uri[:5].lower() == "data:":
            return _data_uri(uri, place)[:at_most]
        if self._beside is None:
            local_name(uri, place)
            raise AvatarError(
                f"The file needs {short(uri)} beside it.",
                kind="uri",
                place=place,
                advice="Open it from its folder, or export it as one .glb file.",
            )
        return self._beside.read(uri, place, at_most)

    def _plain_view(self, view: BufferView, index: int) -> memoryview:
        data = self.buffer(view.buffer, f"$.bufferViews[{index}].buffer")
        span = (view.byte_offset, view.byte_length)
        return _span(data, span, f"$.bufferViews[{index}]")

    def _unpack(self, view: BufferView, index: int) -> memoryview:
        here = f"$.bufferViews[{index}]"
        try:
            packing = meshopt.packing(view, here)
            self.claim(packing.count * packing.byte_stride // 4, here)
            data = self.buffer(packing.buffer, here)
            data = _span(data, (packing.byte_offset, packing.byte_length), here)
            return meshopt.unpacked(packing, data, here)
        except AvatarError as error:
            if self._is_placeholder(view.buffer):
                raise
            if error.kind != "extension":
                self.skipped("A packed form of data", error)
            return self._plain_view(view, index)

    def _is_placeholder(self, index: int) -> bool:
        """Whether a buffer stands for unpacked bytes that the file does not bring."""
        buffers = self.document.buffers
        if index >= len(buffers) or buffers[index].uri is not None:
            return False
        return index > 0 or any(name in buffers[0].extensions for name in meshopt.NAMES)

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


def _span(data: memoryview, span: tuple[int, int], place: str) -> memoryview:
    start, length = span
    if start + length > len(data):
        raise AvatarError(
            f"A buffer view ends at byte {start + length} of a buffer of {len(data)} bytes.",
            kind="bounds",
            place=place,
        )
    return data[start : start + length]
