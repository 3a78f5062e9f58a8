"""Pictures as PNG, stored rather than squeezed, so that every machine writes the same bytes."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

_LONGEST = 65535


def png(pixels: NDArray[np.uint8]) -> bytes:
    """RGB pixels (height, width, 3), the first row on top."""
    height, width, _ = pixels.shape
    rows = np.concatenate([np.zeros((height, 1), np.uint8), pixels.reshape(height, -1)], axis=1)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = _stored(rows.tobytes())
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", body)
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _stored(data: bytes) -> bytes:
    """A zlib stream of plain blocks."""
    made = [b"\x78\x01"]
    for start in range(0, len(data), _LONGEST):
        block = data[start : start + _LONGEST]
        last = start + _LONGEST >= len(data)
        made.append(struct.pack("<BHH", last, len(block), len(block) ^ 0xFFFF) + block)
    return b"".join(made) + struct.pack(">I", zlib.adler32(data))
