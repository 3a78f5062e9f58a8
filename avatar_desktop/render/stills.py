"""Many samples become one pixel, and premultiplied colour becomes straight. Plain numpy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


def _decode_table() -> NDArray[np.float32]:
    srgb = np.arange(256, dtype=np.float32) / 255
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4).astype(
        np.float32
    )


_LINEAR = _decode_table()


def averaged(pixels: Pixels, times: int) -> Pixels:
    """Blocks of `times` × `times` premultiplied pixels as one, mixed as light mixes."""
    if times == 1:
        return pixels
    height, width = pixels.shape[0] // times, pixels.shape[1] // times
    result = np.empty((height, width, 4), np.uint8)
    for row in range(height):  # row by row, so that a large still needs little memory
        block = pixels[row * times : (row + 1) * times, : width * times]
        result[row] = _mixed(block.reshape(times, width, times, 4))
    return result


def _mixed(block: Pixels) -> NDArray[np.uint8]:
    alpha = block[..., 3].mean(axis=(0, 2), dtype=np.float32)
    if not alpha.any():
        return np.zeros((block.shape[1], 4), np.uint8)
    if (block[..., 3] == 255).all():
        light = _LINEAR[block[..., :3]].mean(axis=(0, 2))
    else:
        cover = block[..., 3:].astype(np.float32)
        straight = np.minimum(block[..., :3] * 255.0 / np.maximum(cover, 1.0), 255.0)
        weighed = _LINEAR[(straight + 0.5).astype(np.uint8)] * cover
        total = cover.sum(axis=(0, 2))
        light = weighed.sum(axis=(0, 2)) / np.maximum(total, 1e-6)
    colour = _encoded(light) * alpha[:, None]
    return np.concatenate([colour + 0.5, alpha[:, None] + 0.5], axis=1).astype(np.uint8)


def _encoded(light: NDArray[np.float32]) -> NDArray[np.float32]:
    curved = 1.055 * np.maximum(light, 1e-8) ** (1 / 2.4) - 0.055
    return np.where(light <= 0.0031308, light * 12.92, curved)


def straightened(pixels: Pixels) -> Pixels:
    """Premultiplied colour as straight colour."""
    alpha = pixels[..., 3:]
    if (alpha == 255).all():
        return np.ascontiguousarray(pixels)
    colour = np.minimum(pixels[..., :3] * 255.0 / np.maximum(alpha, 1) + 0.5, 255.0)
    return np.concatenate([colour.astype(np.uint8), alpha], axis=2)
