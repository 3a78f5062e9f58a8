"""Surfaces and their outlines, drawn with the shaders that each of them needs."""

from __future__ import annotations

from avatar_desktop.avatar.mesh import LINES, POINTS, TRIANGLES
from avatar_desktop.avatar.pose import Pose
from avatar_desktop.render.gpu_avatar import Draw, GpuAvatar
from avatar_desktop.render.looks import OPEN_SKY, plainer, sees_the_sky
from avatar_desktop.render.opengl import Gl
from avatar_desktop.render.order import writes_depth
from avatar_desktop.render.programs import Features, Program, Programs

_MODES = {POINTS: "GL_POINTS", LINES: "GL_LINES", TRIANGLES: "GL_TRIANGLES"}
_SHADERS = ("surface.vert", "surface.frag")
SOFT_MASK: Features = frozenset({"SOFT_MASK"})
_OF_PLACE = frozenset(
    {
        *("TEXTURED", "PLAIN_UV", "SECOND_UV"),
        *("OUTLINE_WIDTH_MAP", "FLOWS", "FLOW_MASK_MAP"),
    }
)
"""What an outline of one colour needs to know: how wide it is where."""


class SurfacePass:
    """Draws into the framebuffer that is bound; depth and blending are the caller's."""

    def __init__(  # noqa: PLR0917
        self,
        gl: Gl,
        programs: Programs,
        gpu: GpuAvatar,
        pose: Pose,
        light_features: Features,
        size: tuple[int, int],
        *,
        is_sampled: bool = False,
    ) -> None:
        self._gl = gl
        self._programs = programs
        self._gpu = gpu
        self._pose = pose
        self._light_features = light_features
        self._size = size
        self._is_sampled = is_sampled
        """Whether a pixel has several samples, so that what is cut out can have smooth edges."""

    def draw(self, draw: Draw) -> None:
        """A surface that hides what is behind it."""
        gl = self._gl
        sided = draw.surface.material.double_sided or draw.geometry.mode != TRIANGLES
        (gl.glDisable if sided else gl.glEnable)(gl.GL_CULL_FACE)
        is_soft = self._is_sampled and "ALPHA_MASK" in draw.features
        if is_soft:
            gl.glEnable(gl.GL_SAMPLE_ALPHA_TO_COVERAGE)
            gl.glEnable(gl.GL_SAMPLE_ALPHA_TO_ONE)
        self._use(draw, SOFT_MASK if is_soft else frozenset())
        draw_triangles(gl, self._gpu, draw, self._pose)
        if is_soft:
            gl.glDisable(gl.GL_SAMPLE_ALPHA_TO_COVERAGE)
            gl.glDisable(gl.GL_SAMPLE_ALPHA_TO_ONE)

    def draw_through(self, draw: Draw) -> None:
        """A surface that shows what is behind it; of two sides, the far one first."""
        gl = self._gl
        gl.glDepthMask(gl.GL_TRUE if writes_depth(draw) else gl.GL_FALSE)
        if not draw.surface.material.double_sided or draw.geometry.mode != TRIANGLES:
            self.draw(draw)
            return
        for hidden in (gl.GL_FRONT, gl.GL_BACK):
            self.draw_side(draw, hidden)

    def draw_side(self, draw: Draw, hidden: int) -> None:
        """One side of a surface; the other is `hidden`."""
        gl = self._gl
        gl.glEnable(gl.GL_CULL_FACE)
        gl.glCullFace(hidden)
        self._use(draw)
        draw_triangles(gl, self._gpu, draw, self._pose)
        gl.glCullFace(gl.GL_BACK)

    def draw_outline(self, draw: Draw) -> None:
        """The hull around a drawn surface, seen from within."""
        toon = draw.surface.material.toon
        if toon is None or toon.outline_width <= 0 or draw.geometry.mode != TRIANGLES:
            return
        gl = self._gl
        features = self._features(draw)
        is_plain = toon.outline_lighting_mix <= 0.0 and "MORE_UV" not in features
        if is_plain and draw.surface.material.alpha_mode == "OPAQUE":
            program = self._programs.find("outline.vert", "outline.frag", features & _OF_PLACE)
            if program is None:
                return
        else:
            features |= {"OUTLINED"}
            program = self._programs.best(*_SHADERS, features, plainer(features))
        gl.glUseProgram(program.name)
        self._gpu.surfaces.bind(draw.surface)
        gl.glEnable(gl.GL_CULL_FACE)
        gl.glCullFace(gl.GL_FRONT)
        draw_triangles(gl, self._gpu, draw, self._pose)
        gl.glCullFace(gl.GL_BACK)

    def _use(self, draw: Draw, more: Features = frozenset()) -> None:
        gl = self._gl
        features = self._features(draw) | more
        program = self._programs.best(*_SHADERS, features, plainer(features))
        gl.glUseProgram(program.name)
        self._gpu.surfaces.bind(draw.surface)
        if "CLEAR" in draw.features:
            self._tell_what_is_behind(draw, program)

    def _features(self, draw: Draw) -> Features:
        features = draw.features
        if "PLAIN_UV" in features and self._gpu.surfaces.has_moved(draw.surface):
            features -= {"PLAIN_UV"}
        if "UNLIT" in features:
            return features
        light = self._light_features
        return features | (light if sees_the_sky(features) else light - OPEN_SKY)

    def _tell_what_is_behind(self, draw: Draw, program: Program) -> None:
        gl = self._gl
        if "scene_size" in program.uniforms:
            gl.glUniform2f(program.uniforms["scene_size"], *map(float, self._size))
        if "model_scale" in program.uniforms:
            scale = self._gpu.size_of(draw, self._pose)
            gl.glUniform1f(program.uniforms["model_scale"], scale)


def draw_triangles(gl: Gl, gpu: GpuAvatar, draw: Draw, pose: Pose) -> None:
    """The deformed triangles, lines or points with whatever program is in use."""
    uploaded = draw.geometry
    mode = getattr(gl, _MODES[uploaded.mode])
    is_mirrored = gpu.is_mirrored(draw, pose)
    if is_mirrored:
        gl.glFrontFace(gl.GL_CW)
    gl.glBindVertexArray(uploaded.draw_array)
    gl.glDrawElements(mode, uploaded.index_count, uploaded.index_type, None)
    if is_mirrored:
        gl.glFrontFace(gl.GL_CCW)
