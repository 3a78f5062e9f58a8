"""The passes of a frame: shadow, solid, cut-out, background, floor and what is seen through."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.pose import Pose
from avatar_desktop.render.background_pass import BackgroundPass, clear_colour
from avatar_desktop.render.behind import Behind
from avatar_desktop.render.extent import Extent
from avatar_desktop.render.gpu_avatar import Draw, GpuAvatar
from avatar_desktop.render.objects import GlObjects
from avatar_desktop.render.opengl import Gl
from avatar_desktop.render.order import in_order
from avatar_desktop.render.programs import Features, Programs
from avatar_desktop.render.surface_pass import SurfacePass
from avatar_desktop.render.targets import Canvas
from avatar_desktop.render.view import View

Floats = NDArray[np.float32]

MOST_PANES = 6
"""Of glass, the nearest ones, that show each other."""


class Scene:
    """One frame of one avatar, drawn into the framebuffer that is bound."""

    def __init__(  # noqa: PLR0917
        self,
        gl: Gl,
        programs: Programs,
        gpu: GpuAvatar,
        pose: Pose,
        view: View,
        light_features: Features,
        background: BackgroundPass,
        canvas: Canvas,
        behind: Behind,
    ) -> None:
        self._gl = gl
        self._canvas = canvas
        self._behind = behind
        self._programs = programs
        self._gpu = gpu
        self._pose = pose
        self._view = view
        self._light_features = light_features
        self._background = background

    def draw(self, empty_array: int, aspect: float, extent: Extent) -> None:
        """All that is seen, in the order in which it covers."""
        gl = self._gl
        surfaces = SurfacePass(
            *(gl, self._programs, self._gpu, self._pose, self._light_features, self._canvas.size),
            is_sampled=self._canvas.samples > 1,
        )
        order = in_order(self._gpu.shown(self._pose, self._view.outfit), self._distance)
        self._clear()
        for draw in order.solid:
            surfaces.draw(draw)
        for draw in order.solid:
            surfaces.draw_outline(draw)
        self._background.draw(self._view, aspect)
        gl.glEnable(gl.GL_BLEND)
        gl.glBlendFunc(gl.GL_ONE, gl.GL_ONE_MINUS_SRC_ALPHA)
        gl.glDepthMask(gl.GL_FALSE)
        if self._view.ground_shadow:
            self._draw_floor(empty_array, extent)
        if order.clear:
            self._draw_clear(surfaces, order.clear)
        for draw in order.through:
            surfaces.draw_through(draw)
            surfaces.draw_outline(draw)

    def _draw_clear(self, surfaces: SurfacePass, clear: tuple[Draw, ...]) -> None:
        """Glass is seen through glass, and the far side of two-sided glass through its near one."""
        gl = self._gl
        canvas = self._canvas.framebuffer, *self._canvas.size
        for number, draw in enumerate(clear):
            # Each copy costs; of a heap of glass, the farthest panes do not see each other.
            sees = number == 0 or len(clear) - number < MOST_PANES
            if sees:
                self._behind.take(*canvas)
            gl.glDepthMask(gl.GL_FALSE)
            if draw.surface.material.double_sided:
                surfaces.draw_side(draw, gl.GL_FRONT)
                if sees:
                    self._behind.take(*canvas)
            gl.glDepthMask(gl.GL_TRUE)
            surfaces.draw_side(draw, gl.GL_BACK)
        self._behind.unbind()

    def _clear(self) -> None:
        gl = self._gl
        gl.glClearColor(*clear_colour(self._view.background))
        gl.glClear(gl.GL_COLOR_BUFFER_BIT | gl.GL_DEPTH_BUFFER_BIT)

    def _draw_floor(self, empty_array: int, extent: Extent) -> None:
        gl = self._gl
        features = frozenset(name for name in self._light_features if name.startswith("SHADOW"))
        if self._view.background is None:
            features |= {"CLEAR_AROUND"}  # a shadow that ends with the picture would show its edge
        program = self._programs.find("floor.vert", "floor.frag", features)
        if program is None:
            return
        gl.glUseProgram(program.name)
        x, _, z = extent.centre.tolist()
        gl.glUniform4f(program.uniforms["extent"], x, z, extent.radius * 1.6, 0.0)
        if "picture" in program.uniforms:
            gl.glUniform2f(program.uniforms["picture"], *map(float, self._canvas.size))
        gl.glBindVertexArray(empty_array)
        gl.glDisable(gl.GL_CULL_FACE)
        gl.glDrawArrays(gl.GL_TRIANGLE_STRIP, 0, 4)

    def _distance(self, draw: Draw) -> float:
        place = self._gpu.place_of(draw, self._pose)
        away = place - np.asarray(self._view.eye, np.float32)
        ahead = np.asarray(self._view.target, np.float32) - np.asarray(self._view.eye, np.float32)
        return float(away @ ahead)


def draw_smoothed(
    gl: Gl, programs: Programs, empty_array: int, texture: int, size: tuple[int, int]
) -> bool:
    """Fill the framebuffer that is bound with a picture whose stairs are blended, if that works."""
    program = programs.find("background.vert", "smooth.frag")
    if program is None:
        return False
    gl.glUseProgram(program.name)
    gl.glUniform2f(program.uniforms["texel"], 1.0 / size[0], 1.0 / size[1])
    gl.glActiveTexture(gl.GL_TEXTURE0)
    gl.glBindTexture(gl.GL_TEXTURE_2D, texture)
    gl.glBindSampler(0, 0)
    gl.glBindVertexArray(empty_array)
    gl.glDrawArrays(gl.GL_TRIANGLES, 0, 3)
    gl.glBindTexture(gl.GL_TEXTURE_2D, 0)
    gl.glBindVertexArray(0)
    gl.glUseProgram(0)
    return True


def readable_framebuffer(gl: Gl, objects: GlObjects, width: int, height: int) -> int:
    """A plain framebuffer to copy a picture into and read it from."""
    name, colour = objects.framebuffer(), objects.renderbuffer()
    gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, name)
    gl.glBindRenderbuffer(gl.GL_RENDERBUFFER, colour)
    gl.glRenderbufferStorage(gl.GL_RENDERBUFFER, gl.GL_RGBA8, width, height)
    gl.glFramebufferRenderbuffer(
        gl.GL_FRAMEBUFFER, gl.GL_COLOR_ATTACHMENT0, gl.GL_RENDERBUFFER, colour
    )
    return name


@contextmanager
def lines_as_wide(gl: Gl, times: int) -> Generator[None]:
    """Lines and points of so many pixels, for pictures whose pixels are many."""
    if times == 1:
        yield
        return
    gl.glLineWidth(float(times))
    gl.glPointSize(float(times))
    gl.glGetError()  # some drivers know thin lines only
    yield
    gl.glLineWidth(1.0)
    gl.glPointSize(1.0)


def neutral_state(gl: Gl) -> None:
    """What the passes rely on, whatever the host left behind."""
    for capability in (gl.GL_BLEND, gl.GL_SCISSOR_TEST, gl.GL_STENCIL_TEST, gl.GL_CULL_FACE):
        gl.glDisable(capability)
    gl.glDisable(gl.GL_FRAMEBUFFER_SRGB)
    gl.glEnable(gl.GL_DEPTH_TEST)
    gl.glDepthFunc(gl.GL_LESS)
    gl.glDepthMask(gl.GL_TRUE)
    gl.glColorMask(gl.GL_TRUE, gl.GL_TRUE, gl.GL_TRUE, gl.GL_TRUE)
    gl.glCullFace(gl.GL_BACK)
    gl.glFrontFace(gl.GL_CCW)


def leave_tidy(gl: Gl, units: Iterable[int]) -> None:
    """Nothing of ours stays bound that would disturb the host, at these texture units neither."""
    gl.glDisable(gl.GL_BLEND)
    gl.glDisable(gl.GL_CULL_FACE)
    gl.glDisable(gl.GL_DEPTH_TEST)
    gl.glDepthMask(gl.GL_TRUE)
    gl.glFrontFace(gl.GL_CCW)
    gl.glUseProgram(0)
    gl.glBindVertexArray(0)
    gl.glBindBuffer(gl.GL_ARRAY_BUFFER, 0)
    gl.glBindBuffer(gl.GL_UNIFORM_BUFFER, 0)
    for unit in units:
        gl.glActiveTexture(gl.GL_TEXTURE0 + unit)
        gl.glBindTexture(gl.GL_TEXTURE_2D, 0)
        gl.glBindSampler(unit, 0)
    gl.glActiveTexture(gl.GL_TEXTURE0)
