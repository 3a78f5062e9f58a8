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
    try:
        with Pillow.open(io.BytesIO(data), formats=_FORMATS) as picture:
            return picture.size
    except _ERRORS as error:
        raise AvatarError(
            "It is no PNG, JPEG or WebP picture of a usable size.", kind="image", place=place
        ) from error


def pixels(data: bytes, place: str) -> NDArray[np.uint8]:
    """(H, W, 4), top row first. Pillow lets other threads run meanwhile."""
    try:
        with Pillow.open(io.BytesIO(data), formats=_FORMATS) as picture:
            if picture.mode.startswith("I"):  # 16 bits of grey: Pillow would clip them
                return _from_deep_grey(np.asarray(picture))
            picture.load()
            return np.asarray(picture if picture.mode == "RGBA" else picture.convert("RGBA"))
    except _ERRORS as error:
        raise AvatarError("Its data are broken.", kind="image", place=place) from error


def _from_deep_grey(values: NDArray[np.generic]) -> NDArray[np.uint8]:
    rgba = np.full((*values.shape, 4), 255, np.uint8)
    rgba[:, :, :3] = (values.astype(np.uint32) >> 8)[:, :, None]
    return rgba
