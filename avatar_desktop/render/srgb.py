"""Stored colours as light, and light as stored colours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def _decode_table() -> NDArray[np.float32]:
    srgb = np.arange(256, dtype=np.float32) / 255
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4).astype(
        np.float32
    )


LIGHT_OF = _decode_table()
"""The light of each stored value of a channel."""


def encoded(light: NDArray[np.float32]) -> NDArray[np.float32]:
    """Light as a colour from 0 to 1 that can be stored."""
    curved = 1.055 * np.maximum(light, 1e-8) ** (1 / 2.4) - 0.055
    return np.where(light <= 0.0031308, light * 12.92, curved)
