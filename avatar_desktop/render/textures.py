"""Images and the ways materials read them, uploaded once each."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.material import Image
from avatar_desktop.avatar.texture import TextureUse
from avatar_desktop.render.graphics import GraphicsReport
from avatar_desktop.render.mipmaps import MOST_PIXELS, smaller_sizes
from avatar_desktop.render.objects import GlObjects
from avatar_desktop.render.opengl import Gl
from avatar_desktop.render.quality import Quality

_MAX_ANISOTROPY_OF_SAMPLER = 0x84FE


class Textures:
    """Textures by (image, is it colour) and samplers by how they are read."""

    def __init__(
        self, gl: Gl, objects: GlObjects, limits: GraphicsReport, quality: Quality
    ) -> None:
        self._gl = gl
        self._objects = objects
        self._limits = limits
        self._quality = quality
        self._textures: dict[tuple[int, bool], int] = {}
        self._samplers: dict[tuple[int, int, bool], int] = {}

    def texture(self, images: tuple[Image, ...], index: int, *, is_colour: bool) -> int:
        """The texture of an image; colours are stored as sRGB, measures as they are."""
        key = (index, is_colour)
        if key not in self._textures:
            pixels = fitted(images[index].rgba, self._limits.max_texture_size)
            self._textures[key] = self._upload(pixels, is_colour=is_colour)
        return self._textures[key]

    def sampler(self, use: TextureUse) -> int:
        """The sampler for a use of a texture."""
        key = (use.wrap_s, use.wrap_t, use.nearest)
        if key not in self._samplers:
            self._samplers[key] = self._make_sampler(*key)
        return self._samplers[key]

    def _upload(self, pixels: NDArray[np.uint8], *, is_colour: bool) -> int:
        gl = self._gl
        name = self._objects.texture()
        gl.glBindTexture(gl.GL_TEXTURE_2D, name)
        gl.glPixelStorei(gl.GL_UNPACK_ALIGNMENT, 1)
        form = gl.GL_SRGB8_ALPHA8 if is_colour else gl.GL_RGBA8
        is_small = pixels.shape[0] * pixels.shape[1] <= MOST_PIXELS
        sizes = smaller_sizes(pixels, is_colour=is_colour) if is_small else ()
        for level, size in enumerate((pixels, *sizes)):
            height, width = size.shape[:2]
            gl.glTexImage2D(
                *(gl.GL_TEXTURE_2D, level, form, width, height),
                *(0, gl.GL_RGBA, gl.GL_UNSIGNED_BYTE, np.ascontiguousarray(size)),
            )
        if not is_small:
            gl.glGenerateMipmap(gl.GL_TEXTURE_2D)
        return name

    def _make_sampler(self, wrap_s: int, wrap_t: int, nearest: bool) -> int:
        gl = self._gl
        name = self._objects.sampler()
        smooth = gl.GL_LINEAR_MIPMAP_LINEAR
        if not self._quality.smooth_mipmaps:
            smooth = gl.GL_LINEAR_MIPMAP_NEAREST
        parameters = {
            gl.GL_TEXTURE_WRAP_S: wrap_s,
            gl.GL_TEXTURE_WRAP_T: wrap_t,
            gl.GL_TEXTURE_MAG_FILTER: gl.GL_NEAREST if nearest else gl.GL_LINEAR,
            gl.GL_TEXTURE_MIN_FILTER: gl.GL_NEAREST_MIPMAP_NEAREST if nearest else smooth,
        }
        for parameter, value in parameters.items():
            gl.glSamplerParameteri(name, parameter, value)
        anisotropy = min(self._quality.anisotropy, self._limits.max_anisotropy)
        if anisotropy > 1.0 and not nearest:
            gl.glSamplerParameterf(name, _MAX_ANISOTROPY_OF_SAMPLER, anisotropy)
        return name


def fitted(pixels: NDArray[np.uint8], limit: int) -> NDArray[np.uint8]:
    """Pixels no larger than the driver takes; an empty image is one white pixel."""
    if 0 in pixels.shape[:2]:
        return np.full((1, 1, 4), 255, np.uint8)
    step = -(-max(pixels.shape[:2]) // max(limit, 1))
    return _shrunk(pixels, step) if step > 1 else pixels


def _shrunk(pixels: NDArray[np.uint8], step: int) -> NDArray[np.uint8]:
    """The mean of each block, row by row, so that a huge picture needs little memory."""
    down, across = (min(step, side) for side in pixels.shape[:2])
    height, width = pixels.shape[0] // down, pixels.shape[1] // across
    small = np.empty((height, width, 4), np.uint8)
    for row in range(height):
        block = pixels[row * down : (row + 1) * down, : width * across]
        total = block.sum(axis=0, dtype=np.uint32).reshape(width, across, 4).sum(axis=1)
        small[row] = total // (down * across)
    return small
