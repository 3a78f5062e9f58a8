"""How much of the sky each place of the picture sees: what is close by takes light away there.

Measured on a coarser picture of depth before the surfaces are drawn; they ask it for their share
of the light from all around, and of no other light.
"""

from __future__ import annotations

import logging
import math

from avatar_desktop.avatar.pose import Pose
from avatar_desktop.errors import GraphicsError
from avatar_desktop.render.depth_pass import FROM_EYE, draw_depth
from avatar_desktop.render.extent import Extent
from avatar_desktop.render.gpu_avatar import GpuAvatar
from avatar_desktop.render.objects import GlObjects
from avatar_desktop.render.opengl import Gl
from avatar_desktop.render.programs import SAMPLERS, Programs
from avatar_desktop.render.targets import check_complete
from avatar_desktop.render.vectors import between, dot, unit
from avatar_desktop.render.view import View

log = logging.getLogger(__name__)

TAPS = 9
_REACH = 0.07
"""Of the body's size: so far things shade each other."""
_MOST_REACH = 0.22
"""Of the height of the picture; a wider one would cost reads without being seen."""


def reach_of(view: View, extent: Extent) -> float:
    """How far things shade each other, in the world's units."""
    shown = 2.0 * view.distance * math.tan(math.radians(view.fov_degrees) / 2)
    return max(min(_REACH * 2.0 * extent.radius, _MOST_REACH * shown), 1e-6)


def depths_of(view: View, extent: Extent) -> tuple[float, float]:
    """What makes a distance from the eye a share of all those at which the body may be."""
    ahead = unit(between(view.eye, view.target), fallback=(0.0, 0.0, -1.0))
    middle = dot(ahead, between(view.eye, tuple(extent.centre.tolist())))
    room = 1.25 * extent.radius
    nearest = max(middle - room, 0.0)
    scale = 1.0 / (middle + room - nearest)
    return scale, -nearest * scale


def measured_size(size: tuple[int, int], step: int) -> tuple[int, int]:
    """Of the coarser picture, of which a texel is `step` pixels wide."""
    return -(-size[0] // step), -(-size[1] // step)


class OpenSky:
    """Keeps the coarse pictures; one for a renderer."""

    def __init__(self, gl: Gl, programs: Programs, empty_array: int) -> None:
        self._gl = gl
        self._programs = programs
        self._empty_array = empty_array
        self._objects = GlObjects(gl)
        self._size = (0, 0)
        self._fails = False
        self._textures = self._framebuffers = (0, 0, 0)  # depth, measured, evened

    def measure(
        self, gpu: GpuAvatar, pose: Pose, view: View, size: tuple[int, int], extent: Extent
    ) -> bool:
        """Have it at its texture unit for a picture of so many texels; False where it cannot be."""
        programs = self._programs
        measuring = programs.find("background.vert", "open_sky.frag", frozenset({f"TAPS {TAPS}"}))
        evening = programs.find("background.vert", "open_sky_even.frag")
        if measuring is None or evening is None or not self._is_ready(size):
            return False
        gl = self._gl
        depth, raw, even = self._framebuffers
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, depth)
        gl.glViewport(0, 0, *size)
        gl.glClear(gl.GL_DEPTH_BUFFER_BIT)
        draw_depth(gl, programs, gpu, pose, view, FROM_EYE)
        gl.glDisable(gl.GL_CULL_FACE)
        gl.glDisable(gl.GL_DEPTH_TEST)
        gl.glBindVertexArray(self._empty_array)
        gl.glUseProgram(measuring.name)
        high = math.tan(math.radians(view.fov_degrees) / 2)
        near, far = view.planes()
        wide = high * size[0] / size[1]
        gl.glUniform4f(measuring.uniforms["lens"], wide, high, 1.0 / near, 1.0 / far)
        reach = reach_of(view, extent)
        gl.glUniform2f(measuring.uniforms["reach"], reach, reach * size[1] / (2.0 * high))
        self._fill(raw, "depth_map", self._textures[0])
        gl.glUseProgram(evening.name)
        self._fill(even, "open_sky_map", self._textures[1])
        self.bind()
        gl.glEnable(gl.GL_DEPTH_TEST)
        return True

    def bind(self) -> None:
        """Have what was measured last where the surfaces look for it."""
        gl, unit = self._gl, SAMPLERS["open_sky_map"]
        gl.glActiveTexture(gl.GL_TEXTURE0 + unit)
        gl.glBindTexture(gl.GL_TEXTURE_2D, self._textures[2])
        gl.glBindSampler(unit, 0)

    def free(self) -> None:
        """Give everything back; the context must be current."""
        self._objects.free()
        self._size = (0, 0)

    def forget(self) -> None:
        """The context is gone: drop the names."""
        self._objects.forget()
        self._size = (0, 0)

    def _fill(self, framebuffer: int, sampler: str, texture: int) -> None:
        gl = self._gl
        unit = SAMPLERS[sampler]
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, framebuffer)
        gl.glActiveTexture(gl.GL_TEXTURE0 + unit)
        gl.glBindTexture(gl.GL_TEXTURE_2D, texture)
        gl.glBindSampler(unit, 0)
        gl.glDrawArrays(gl.GL_TRIANGLES, 0, 3)

    def _is_ready(self, size: tuple[int, int]) -> bool:
        if self._fails or size == self._size:
            return not self._fails
        self._objects.free()
        try:
            self._make(size)
        except GraphicsError as error:
            log.error("drawn without ambient occlusion", extra={"why": error.message})
            self._objects.free()
            self._fails = True
        self._size = size
        return not self._fails

    def _make(self, size: tuple[int, int]) -> None:
        gl = self._gl
        seen = (gl.GL_DEPTH_COMPONENT24, gl.GL_DEPTH_COMPONENT, gl.GL_UNSIGNED_INT)
        open_sky = (gl.GL_RGBA8, gl.GL_RGBA, gl.GL_UNSIGNED_BYTE)
        made = [
            self._target(size, gl.GL_DEPTH_ATTACHMENT, *seen),
            *(self._target(size, gl.GL_COLOR_ATTACHMENT0, *open_sky) for _ in range(2)),
        ]
        self._textures = (made[0][0], made[1][0], made[2][0])
        self._framebuffers = (made[0][1], made[1][1], made[2][1])

    def _target(
        self, size: tuple[int, int], attachment: int, form: int, of: int, number: int
    ) -> tuple[int, int]:
        """A texture, and the framebuffer that draws into it."""
        gl = self._gl
        texture, framebuffer = self._objects.texture(), self._objects.framebuffer()
        gl.glActiveTexture(gl.GL_TEXTURE0 + SAMPLERS["open_sky_map"])
        gl.glBindTexture(gl.GL_TEXTURE_2D, texture)
        gl.glTexImage2D(gl.GL_TEXTURE_2D, 0, form, *size, 0, of, number, None)
        smooth = gl.GL_NEAREST if attachment == gl.GL_DEPTH_ATTACHMENT else gl.GL_LINEAR
        gl.glTexParameteri(gl.GL_TEXTURE_2D, gl.GL_TEXTURE_MIN_FILTER, smooth)
        gl.glTexParameteri(gl.GL_TEXTURE_2D, gl.GL_TEXTURE_MAG_FILTER, smooth)
        for axis in (gl.GL_TEXTURE_WRAP_S, gl.GL_TEXTURE_WRAP_T):
            gl.glTexParameteri(gl.GL_TEXTURE_2D, axis, gl.GL_CLAMP_TO_EDGE)
        gl.glTexParameteri(gl.GL_TEXTURE_2D, gl.GL_TEXTURE_MAX_LEVEL, 0)
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, framebuffer)
        gl.glFramebufferTexture2D(gl.GL_FRAMEBUFFER, attachment, gl.GL_TEXTURE_2D, texture, 0)
        if attachment == gl.GL_DEPTH_ATTACHMENT:
            gl.glDrawBuffer(gl.GL_NONE)
            gl.glReadBuffer(gl.GL_NONE)
        check_complete(gl, f"depth of {size[0]} × {size[1]}")
        return texture, framebuffer
