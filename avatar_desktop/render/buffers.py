"""Numbers on their way to the GPU: sound ones only, and lists of them as textures."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.render.objects import GlObjects
from avatar_desktop.render.opengl import Gl

Floats = NDArray[np.float32]

MOST_WEIGHT = 1e6
"""A morph weight beyond this is a mistake, and would leave nothing to be seen."""
FARTHEST = 1e8
"""What is farther away than this, or larger, is there by mistake."""


def data_texture(
    gl: Gl,
    objects: GlObjects,
    size: tuple[int, int],
    form: int,
    texels: NDArray[Any] | None,
) -> int:
    """A texture that is a list of four-part numbers, read texel by texel."""
    name = objects.texture()
    kind = gl.GL_HALF_FLOAT if form == gl.GL_RGBA16F else gl.GL_FLOAT
    gl.glBindTexture(gl.GL_TEXTURE_2D, name)
    gl.glTexImage2D(gl.GL_TEXTURE_2D, 0, form, *size, 0, gl.GL_RGBA, kind, texels)
    gl.glTexParameteri(gl.GL_TEXTURE_2D, gl.GL_TEXTURE_MIN_FILTER, gl.GL_NEAREST)
    gl.glTexParameteri(gl.GL_TEXTURE_2D, gl.GL_TEXTURE_MAG_FILTER, gl.GL_NEAREST)
    gl.glTexParameteri(gl.GL_TEXTURE_2D, gl.GL_TEXTURE_MAX_LEVEL, 0)
    return name


def sound(values: Floats) -> Floats:
    """The same without what is no number; nothing is copied where all are."""
    with np.errstate(over="ignore", invalid="ignore"):
        total = values.sum()  # finite only if every part is, and quick to take
    if np.isfinite(total):
        return values
    return np.nan_to_num(values, posinf=0.0, neginf=0.0)
