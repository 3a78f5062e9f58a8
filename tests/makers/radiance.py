"""Radiance pictures (.hdr) made from numbers, packed or flat."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def hdr(light: Floats, *, packed: bool = True, size_line: str = "-Y {height} +X {width}") -> bytes:
    """The file of (H, W, 3) light."""
    height, width = light.shape[:2]
    head = f"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n{size_line.format(height=height, width=width)}\n"
    pixels = shared_exponents(light)
    if not packed:
        return head.encode() + pixels.tobytes()
    rows = [bytes((2, 2, width >> 8, width & 255)) + _packed(row) for row in pixels]
    return head.encode() + b"".join(rows)


def shared_exponents(light: Floats) -> NDArray[np.uint8]:
    """(H, W, 4) mantissas and exponent."""
    brightest = light.max(axis=-1)
    _, exponent = np.frexp(brightest)
    mantissas = light / np.ldexp(1.0, exponent)[..., None] * 256
    pixels = np.concatenate([mantissas, exponent[..., None] + 128], axis=-1)
    return np.where(brightest[..., None] > 0, pixels, 0).clip(0, 255).astype(np.uint8)


def _packed(row: NDArray[np.uint8]) -> bytes:
    """Runs of equal bytes as a count above 128, the rest as they are."""
    packed = bytearray()
    for plane in row.T.tolist():
        at = 0
        while at < len(plane):
            run = 1
            while at + run < len(plane) and run < 127 and plane[at + run] == plane[at]:
                run += 1
            packed += bytes((128 + run, plane[at])) if run > 2 else bytes((1, plane[at]))
            at += run if run > 2 else 1
    return bytes(packed)
