"""Fills what the avatar leaves free: gradient, picture or sky."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.render.background import Picture, Sky
from avatar_desktop.render.objects import GlObjects
from avatar_desktop.render.opengl import Gl
from avatar_desktop.render.programs import Program, Programs
from avatar_desktop.render.textures import fitted
from avatar_desktop.render.view import Background, Gradient, View

SKY_LEVEL = 2
"""Of the environment's levels: so blurred that a place is felt, and nothing in it looked at."""


def clear_colour(background: Background) -> tuple[float, float, float, float]:
    """What is there before anything is drawn, and stays where a background cannot be drawn."""
    match background:
        case None:
            return (0.0, 0.0, 0.0, 0.0)
        case Gradient() as gradient:
            return (*gradient.top, 1.0)
        case Picture() | Sky():
            return (0.5, 0.5, 0.5, 1.0)
        case red, green, blue:
            return (red, green, blue, 1.0)


class BackgroundPass:
    """Keeps the texture of the picture or sky that was shown last."""

    def __init__(self, gl: Gl, programs: Programs, empty_array: int, most_pixels: int) -> None:
        self._gl = gl
        self._programs = programs
        self._empty_array = empty_array
        self._most_pixels = most_pixels
        self._objects = GlObjects(gl)
        self._held: Picture | Sky | None = None
        self._texture = 0

    def draw(self, view: View, aspect: float) -> None:
        """Where nothing solid was drawn; a colour has been laid down by clearing."""
        match view.background:
            case Gradient() as gradient:
                self._draw_gradient(gradient, aspect)
            case Picture() as picture:
                self._draw_picture(picture, aspect)
            case Sky() as sky:
                self._draw_sky(sky, view, aspect)
            case _:
                pass

    def free(self) -> None:
        """Give everything back; the context must be current."""
        self._objects.free()
        self._held = None

    def forget(self) -> None:
        """The context is gone: drop the names."""
        self._objects.forget()
        self._held = None

    def _draw_gradient(self, gradient: Gradient, aspect: float) -> None:
        gl = self._gl
        program = self._use("GRADIENT")
        if program is None:
            return
        gl.glUniform3f(program.uniforms["top"], *gradient.top)
        gl.glUniform3f(program.uniforms["bottom"], *gradient.bottom)
        gl.glUniform1f(program.uniforms["glow"], gradient.glow)
        gl.glUniform1f(program.uniforms["aspect"], aspect)
        self._fill()

    def _draw_picture(self, picture: Picture, aspect: float) -> None:
        gl = self._gl
        if self._held is not picture:
            self._take(picture)
            self._texture = self._upload_picture(picture)
        program = self._use("PICTURE")
        if program is None:
            return
        gl.glUniform2f(program.uniforms["part"], *picture.shown(aspect))
        self._show(gl.GL_TEXTURE_2D)

    def _draw_sky(self, sky: Sky, view: View, aspect: float) -> None:
        gl = self._gl
        if self._held is not sky:
            self._take(sky)
            self._texture = self._upload_sky(sky.environment.radiance[SKY_LEVEL])
        program = self._use("SKY")
        if program is None:
            return
        high = math.tan(math.radians(view.fov_degrees) / 2)
        right, up, back = view.look()[:3, :3]
        gl.glUniform3f(program.uniforms["across"], *(float(v) for v in right * high * aspect))
        gl.glUniform3f(program.uniforms["upwards"], *(float(v) for v in up * high))
        gl.glUniform3f(program.uniforms["ahead"], *(float(-v) for v in back))
        gl.glEnable(gl.GL_TEXTURE_CUBE_MAP_SEAMLESS)
        self._show(gl.GL_TEXTURE_CUBE_MAP)
        gl.glDisable(gl.GL_TEXTURE_CUBE_MAP_SEAMLESS)

    def _take(self, background: Picture | Sky) -> None:
        self._objects.free()
        self._held = background

    def _use(self, kind: str) -> Program | None:
        program = self._programs.find("background.vert", "background.frag", frozenset({kind}))
        if program is not None:
            self._gl.glUseProgram(program.name)
        return program

    def _show(self, kind: int) -> None:
        gl = self._gl
        gl.glActiveTexture(gl.GL_TEXTURE0)
        gl.glBindTexture(kind, self._texture)
        gl.glBindSampler(0, 0)
        self._fill()
        gl.glBindTexture(kind, 0)

    def _fill(self) -> None:
        gl = self._gl
        gl.glBindVertexArray(self._empty_array)
        gl.glDisable(gl.GL_CULL_FACE)
        gl.glFrontFace(gl.GL_CCW)
        gl.glDepthFunc(gl.GL_LEQUAL)  # only where nothing solid was drawn
        gl.glDrawArrays(gl.GL_TRIANGLES, 0, 3)
        gl.glDepthFunc(gl.GL_LESS)

    def _upload_picture(self, picture: Picture) -> int:
        gl = self._gl
        name = self._new(gl.GL_TEXTURE_2D)
        pixels = fitted(picture.pixels, self._most_pixels)
        self._image(gl.GL_TEXTURE_2D, 0, gl.GL_RGBA8, gl.GL_UNSIGNED_BYTE, pixels)
        gl.glGenerateMipmap(gl.GL_TEXTURE_2D)
        self._read_as(gl.GL_TEXTURE_2D, gl.GL_LINEAR_MIPMAP_LINEAR)
        return name

    def _upload_sky(self, faces: Sequence[NDArray[np.float16]] | NDArray[np.float16]) -> int:
        gl = self._gl
        name = self._new(gl.GL_TEXTURE_CUBE_MAP)
        for side, face in enumerate(faces):
            target = gl.GL_TEXTURE_CUBE_MAP_POSITIVE_X + side
            self._image(target, 0, gl.GL_RGBA16F, gl.GL_HALF_FLOAT, face)
        self._read_as(gl.GL_TEXTURE_CUBE_MAP, gl.GL_LINEAR)
        return name

    def _new(self, kind: int) -> int:
        name = self._objects.texture()
        self._gl.glActiveTexture(self._gl.GL_TEXTURE0)
        self._gl.glBindTexture(kind, name)
        return name

    def _image(self, target: int, level: int, form: int, number: int, texels: NDArray[Any]) -> None:
        gl = self._gl
        gl.glPixelStorei(gl.GL_UNPACK_ALIGNMENT, 1)
        height, width = texels.shape[:2]
        size = (level, form, width, height, 0)
        gl.glTexImage2D(target, *size, gl.GL_RGBA, number, np.ascontiguousarray(texels))

    def _read_as(self, kind: int, smooth: int) -> None:
        gl = self._gl
        gl.glTexParameteri(kind, gl.GL_TEXTURE_MIN_FILTER, smooth)
        gl.glTexParameteri(kind, gl.GL_TEXTURE_MAG_FILTER, gl.GL_LINEAR)
        gl.glTexParameteri(kind, gl.GL_TEXTURE_WRAP_S, gl.GL_CLAMP_TO_EDGE)
        gl.glTexParameteri(kind, gl.GL_TEXTURE_WRAP_T, gl.GL_CLAMP_TO_EDGE)
        gl.glBindTexture(kind, 0)
