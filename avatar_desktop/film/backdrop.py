"""A picture behind the avatar: read, cropped to the frame, and laid under what was drawn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.errors import UsageError

Pixels = NDArray[np.uint8]


def read_backdrop(file: Path, size: tuple[int, int]) -> Pixels:
    """The picture as (H, W, 4), cropped around its middle so that it fills `size`."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(file) as opened:
            return np.asarray(ImageOps.fit(opened.convert("RGBA"), size))
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise UsageError(f"The background {file.name} cannot be read as a picture.") from error


def laid_over(drawn: Pixels, backdrop: Pixels) -> Pixels:
    """Straight-alpha pixels over an opaque picture, mixed as light mixes."""
    share = drawn[..., 3:].astype(np.float32) / 255.0
    front, back = (np.power(each[..., :3] / 255.0, 2.2) for each in (drawn, backdrop))
    mixed = np.power(front * share + back * (1.0 - share), 1 / 2.2) * 255.0
    opaque = np.full((*drawn.shape[:2], 1), 255, dtype=np.uint8)
    return np.concatenate([(mixed + 0.5).astype(np.uint8), opaque], axis=2)
