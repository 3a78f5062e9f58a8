"""Where a picture that was just drawn is solid: its alpha, small, for who asks about places."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.render.objects import GlObjects
from avatar_desktop.render.opengl import Gl

STEP = 4
"""Pixels of the picture, each way, that become one."""


class Coverage:
    """A small framebuffer that pictures are shrunk into and read from."""

    def __init__(self, gl: Gl) -> None:
        self._gl = gl
        self._objects = GlObjects(gl)
        self._size = (0, 0)
        self._framebuffer = 0

    def read(self, framebuffer: int, width: int, height: int) -> NDArray[np.uint8]:
        """(H / 4, W / 4) alpha, rows from the top; leaves `framebuffer` bound."""
        gl = self._gl
        size = (max(1, width // STEP), max(1, height // STEP))
        if size != self._size:
            self._make(*size)
        gl.glBindFramebuffer(gl.GL_READ_FRAMEBUFFER, framebuffer)
        gl.glBindFramebuffer(gl.GL_DRAW_FRAMEBUFFER, self._framebuffer)
        whole = (0, 0, width, height, 0, 0, *size)
        gl.glBlitFramebuffer(*whole, gl.GL_COLOR_BUFFER_BIT, gl.GL_LINEAR)
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, self._framebuffer)
        pixels = np.zeros((size[1], size[0], 4), np.uint8)
        gl.glPixelStorei(gl.GL_PACK_ALIGNMENT, 1)
        gl.glReadPixels(0, 0, *size, gl.GL_RGBA, gl.GL_UNSIGNED_BYTE, pixels)
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, framebuffer)
        return np.ascontiguousarray(pixels[::-1, :, 3])

    def free(self) -> None:
        """Give everything back; the context must be current."""
        self._objects.free()
        self._size = (0, 0)

    def forget(self) -> None:
        """The context is gone: drop the names."""
        self._objects.forget()
        self._size = (0, 0)

    def _make(self, width: int, height: int) -> None:
        gl = self._gl
        self._objects.free()
        self._framebuffer, colour = self._objects.framebuffer(), self._objects.renderbuffer()
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, self._framebuffer)
        gl.glBindRenderbuffer(gl.GL_RENDERBUFFER, colour)
        gl.glRenderbufferStorage(gl.GL_RENDERBUFFER, gl.GL_RGBA8, width, height)
        gl.glFramebufferRenderbuffer(
            gl.GL_FRAMEBUFFER, gl.GL_COLOR_ATTACHMENT0, gl.GL_RENDERBUFFER, colour
        )
        self._size = (width, height)
