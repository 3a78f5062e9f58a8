"""Many samples become one pixel, and premultiplied colour becomes straight. Plain numpy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.render.srgb import LIGHT_OF, encoded

Pixels = NDArray[np.uint8]


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
        light = LIGHT_OF[block[..., :3]].mean(axis=(0, 2))
    else:
        cover = block[..., 3:].astype(np.float32)
        straight = np.minimum(block[..., :3] * 255.0 / np.maximum(cover, 1.0), 255.0)
        weighed = LIGHT_OF[(straight + 0.5).astype(np.uint8)] * cover
        total = cover.sum(axis=(0, 2))
        light = weighed.sum(axis=(0, 2)) / np.maximum(total, 1e-6)
    colour = encoded(light) * alpha[:, None]
    return np.concatenate([colour + 0.5, alpha[:, None] + 0.5], axis=1).astype(np.uint8)


def straightened(pixels: Pixels) -> Pixels:
    """Premultiplied colour as straight colour."""
    result = np.ascontiguousarray(pixels)
    veiled = np.flatnonzero((result[..., 3] != 255) & (result.view(np.uint32)[..., 0] != 0))
    if not len(veiled):
        return result
    result = result.copy() if result is pixels else result
    flat = result.reshape(-1, 4)
    alpha = np.maximum(flat[veiled, 3:], 1)
    flat[veiled, :3] = np.minimum(flat[veiled, :3] * 255.0 / alpha + 0.5, 255.0).astype(np.uint8)
    return result
