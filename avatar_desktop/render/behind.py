"""A copy of the picture so far, for surfaces that light goes through; made only if one is there."""

from __future__ import annotations

from avatar_desktop.render.objects import GlObjects
from avatar_desktop.render.opengl import Gl
from avatar_desktop.render.programs import SAMPLERS


class Behind:
    """Colour of the canvas with all its smaller pictures, which rough glass shows."""

    def __init__(self, gl: Gl) -> None:
        self._gl = gl
        self._objects = GlObjects(gl)
        self._made_for = (0, 0)
        self._framebuffer = 0
        self._texture = 0

    def take(self, framebuffer: int, width: int, height: int) -> None:
        """Copy what was drawn; it lies at its texture unit then, and drawing goes on."""
        gl = self._gl
        if (width, height) != self._made_for:
            self._make(width, height)
        gl.glBindFramebuffer(gl.GL_READ_FRAMEBUFFER, framebuffer)
        gl.glBindFramebuffer(gl.GL_DRAW_FRAMEBUFFER, self._framebuffer)
        whole = (0, 0, width, height)
        gl.glBlitFramebuffer(*whole, *whole, gl.GL_COLOR_BUFFER_BIT, gl.GL_NEAREST)
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, framebuffer)
        unit = SAMPLERS["scene_map"]
        gl.glActiveTexture(gl.GL_TEXTURE0 + unit)
        gl.glBindTexture(gl.GL_TEXTURE_2D, self._texture)
        gl.glBindSampler(unit, 0)
        gl.glGenerateMipmap(gl.GL_TEXTURE_2D)

    def unbind(self) -> None:
        """Nothing stays where the host may stumble on it."""
        gl = self._gl
        gl.glActiveTexture(gl.GL_TEXTURE0 + SAMPLERS["scene_map"])
        gl.glBindTexture(gl.GL_TEXTURE_2D, 0)
        gl.glActiveTexture(gl.GL_TEXTURE0)

    def free(self) -> None:
        """Give everything back; the context must be current."""
        self._objects.free()
        self._made_for = (0, 0)

    def forget(self) -> None:
        """The context is gone: drop the names."""
        self._objects.forget()
        self._made_for = (0, 0)

    def _make(self, width: int, height: int) -> None:
        self._objects.free()
        gl = self._gl
        self._texture = self._objects.texture()
        gl.glActiveTexture(gl.GL_TEXTURE0 + SAMPLERS["scene_map"])
        gl.glBindTexture(gl.GL_TEXTURE_2D, self._texture)
        # The canvas holds encoded colour; read back as sRGB it is light again, and mixes as light.
        form = (gl.GL_SRGB8_ALPHA8, width, height, 0, gl.GL_RGBA, gl.GL_UNSIGNED_BYTE)
        gl.glTexImage2D(gl.GL_TEXTURE_2D, 0, *form, None)
        parameters = {
            gl.GL_TEXTURE_MIN_FILTER: gl.GL_LINEAR_MIPMAP_LINEAR,
            gl.GL_TEXTURE_MAG_FILTER: gl.GL_LINEAR,
            gl.GL_TEXTURE_WRAP_S: gl.GL_CLAMP_TO_EDGE,
            gl.GL_TEXTURE_WRAP_T: gl.GL_CLAMP_TO_EDGE,
        }
        for parameter, value in parameters.items():
            gl.glTexParameteri(gl.GL_TEXTURE_2D, parameter, value)
        self._framebuffer = self._objects.framebuffer()
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, self._framebuffer)
        gl.glFramebufferTexture2D(
            gl.GL_FRAMEBUFFER, gl.GL_COLOR_ATTACHMENT0, gl.GL_TEXTURE_2D, self._texture, 0
        )
        self._made_for = (width, height)
