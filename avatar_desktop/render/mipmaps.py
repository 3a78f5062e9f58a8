"""The smaller sizes of a small texture, made without the driver.

A software driver compiles a program for each kind of texture that it is told to shrink, which takes
a hundred times as long as shrinking a palette or a weave does.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.render.srgb import LIGHT_OF, encoded

MOST_PIXELS: Final = 1 << 16
"""Larger textures are the driver's: here they would take longer."""


def smaller_sizes(pixels: NDArray[np.uint8], *, is_colour: bool) -> tuple[NDArray[np.uint8], ...]:
    """Each half as large as the one before, down to a single pixel; colours are mixed as light."""
    light = pixels.astype(np.float32) / 255.0
    if is_colour:
        light[..., :3] = LIGHT_OF[pixels[..., :3]]
    sizes: list[NDArray[np.uint8]] = []
    while max(light.shape[:2]) > 1:
        light = _halved(_halved(light, 0), 1)
        sizes.append(_stored(light, is_colour=is_colour))
    return tuple(sizes)


def _halved(light: NDArray[np.float32], axis: int) -> NDArray[np.float32]:
    """Neighbours mixed in pairs; the last of an odd number is mixed into the last pair."""
    length = light.shape[axis]
    if length == 1:
        return light
    rows = np.moveaxis(light, axis, 0)
    pairs = (rows[0 : length - 1 : 2] + rows[1::2][: length // 2]) / 2.0
    if length % 2 == 1:
        pairs[-1] = (rows[-3] + rows[-2] + rows[-1]) / 3.0
    return np.moveaxis(pairs, 0, axis)


def _stored(light: NDArray[np.float32], *, is_colour: bool) -> NDArray[np.uint8]:
    shown = light.copy()
    if is_colour:
        shown[..., :3] = encoded(shown[..., :3])
    return np.rint(shown * 255.0).astype(np.uint8)
