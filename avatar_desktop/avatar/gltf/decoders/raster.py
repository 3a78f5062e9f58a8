"""PNG, JPEG and WebP pictures, by Pillow; turned and coloured exactly as their pixels say.

glTF ignores colour profiles and the camera's orientation, and so does this.
"""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from avatar_desktop.errors import AvatarError

_FORMATS = ("PNG", "JPEG", "WEBP")
_MOST_PIXELS = 8192 * 8192
_PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
_BAND = 64
_JPEG, _SCAN = b"\xff\xd8", b"\xff\xda"
_MOST_SCANS = 32
"""A JPEG may draw itself over and over; ten times is what encoders do."""
_ERRORS = (
    OSError,
    ValueError,
    TypeError,
    SyntaxError,  # Pillow's word for a broken PNG chunk
    EOFError,
    KeyError,
    IndexError,
    OverflowError,
    MemoryError,
    RuntimeError,
    struct.error,
    zlib.error,
    Pillow.DecompressionBombError,
    Pillow.DecompressionBombWarning,
)


def size(data: bytes, place: str) -> tuple[int, int]:
    """Width and height, without unpacking a pixel."""
    if data.startswith(_PNG) and (told := _told_by_png(data)):
        return told
    try:
        with Pillow.open(io.BytesIO(data), formats=_FORMATS) as picture:
            return picture.size
    except _ERRORS as error:
        raise AvatarError(
            "It is no PNG, JPEG or WebP picture of a usable size.", kind="image", place=place
        ) from error


def _told_by_png(data: bytes) -> tuple[int, int] | None:
    """From a sound header, fifty times as quick as Pillow; it judges all others."""
    if len(data) < 33 or zlib.crc32(data[12:29]) != int.from_bytes(data[29:33], "big"):
        return None
    width, height = struct.unpack_from(">II", data, 16)
    return (width, height) if 0 < width * height <= _MOST_PIXELS else None


def pixels(data: bytes, place: str) -> NDArray[np.uint8]:
    """(H, W, 4), top row first. Pillow lets other threads run meanwhile."""
    if data.startswith(_JPEG) and data.count(_SCAN) > _MOST_SCANS:
        sentence = "It draws itself more often than any picture needs."
        raise AvatarError(sentence, kind="size", place=place)
    try:
        with Pillow.open(io.BytesIO(data), formats=_FORMATS) as picture:
            if picture.mode.startswith("I"):  # 16 bits of grey: Pillow would clip them
                return _from_deep_grey(np.asarray(picture))
            picture.load()
            return _in_bands(picture)
    except _ERRORS as error:
        raise AvatarError("Its data are broken.", kind="image", place=place) from error


def _in_bands(picture: Pillow.Image) -> NDArray[np.uint8]:
    """A few rows at a time stay in the processor's cache, and no second whole picture is made."""
    width, height = picture.size
    rgba = np.empty((height, width, 4), np.uint8)
    for top in range(0, height, _BAND):
        band = picture.crop((0, top, width, min(height, top + _BAND)))
        rgba[top : top + _BAND] = np.asarray(band if band.mode == "RGBA" else band.convert("RGBA"))
    return rgba


def _from_deep_grey(values: NDArray[np.generic]) -> NDArray[np.uint8]:
    rgba = np.full((*values.shape, 4), 255, np.uint8)
    rgba[:, :, :3] = (values.astype(np.uint32) >> 8)[:, :, None]
    return rgba
