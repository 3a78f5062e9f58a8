"""Pictures in KTX2 with a Basis Universal payload: KHR_texture_basisu."""

from __future__ import annotations

import struct
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.gltf.decoders.absent import absent
from avatar_desktop.errors import AvatarError

MAX_SIDE = 16384

_SIGN = b"\xabKTX 20\xbb\r\n\x1a\n"
_HEADER = struct.Struct("<12s9I4I2Q")
_LEVEL = struct.Struct("<3Q")
_NONE, _BASIS_LZ, _ZSTANDARD = 0, 1, 2
_MAX_LEVELS = 15
_BLOCK_BYTES = 16


def is_ktx2(data: bytes) -> bool:
    """Whether the bytes begin like KTX2."""
    return data.startswith(_SIGN)


def is_readable() -> bool:
    """Whether the library that unpacks these pictures is here."""
    return find_spec("opengl_basisu") is not None


def size(data: bytes, place: str, *, is_whole: bool = True) -> tuple[int, int]:
    """Width and height of a picture whose header promises nothing unreasonable.

    The beginning of a picture will do where it is not to be unpacked.
    """
    try:
        width, height = _checked(data, is_whole=is_whole)
    except struct.error as error:
        raise AvatarError("It is cut short.", kind="image", place=place) from error
    except ValueError as error:
        raise AvatarError(
            f"It is no KTX2 picture that can be read: {error}.", kind="image", place=place
        ) from error
    return width, height


def pixels(data: bytes, place: str) -> NDArray[np.uint8]:
    """The largest level as (H, W, 4), top row first; `size` has seen the header."""
    try:
        import opengl_basisu
        from opengl_basisu import Codec
    except ImportError as error:
        raise absent("Pictures are packed as KTX2", "opengl-basisu", place) from error
    try:
        texture = opengl_basisu.open(data)
        if texture.codec not in (Codec.ETC1S, Codec.UASTC_LDR_4x4):
            raise AvatarError("Its packing is not one of glTF's.", kind="image", place=place)
        image: Any = texture.transcode("rgba8").data
    except (ValueError, IndexError, RuntimeError, MemoryError) as error:
        raise AvatarError("Its data are broken.", kind="image", place=place) from error
    return np.asarray(image, np.uint8)


def _checked(data: bytes, *, is_whole: bool) -> tuple[int, int]:
    head = _HEADER.unpack_from(data)
    vk_format, _, width, height, depth, layers, faces, levels, scheme = head[1:10]
    if head[0] != _SIGN or vk_format != 0:
        raise ValueError("its pixels are not packed with Basis Universal")
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
        raise ValueError(f"it claims {width} × {height} pixels")
    if depth or layers > 1 or faces != 1 or levels > _MAX_LEVELS:
        raise ValueError("it is no flat picture")
    if scheme not in (_NONE, _BASIS_LZ, _ZSTANDARD):
        raise ValueError("its outer packing is unknown")
    spans = [(head[10], head[11]), (head[12], head[13]), (head[14], head[15])]
    for level in range(max(1, levels)):
        start, length, unfolded = _LEVEL.unpack_from(data, _HEADER.size + level * _LEVEL.size)
        spans.append((start, length))
        across, down = (-(-max(1, side >> level) // 4) for side in (width, height))
        if scheme != _BASIS_LZ and unfolded > across * down * _BLOCK_BYTES:
            raise ValueError("it unfolds to more than its size")
    if is_whole and any(start + length > len(data) for start, length in spans):
        raise ValueError("it is cut short")
    return width, height
