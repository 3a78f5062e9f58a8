"""Depth of everything that hides what is behind it, seen from the key light or from the eye."""

from __future__ import annotations

from avatar_desktop.avatar.mesh import TRIANGLES
from avatar_desktop.avatar.pose import Pose
from avatar_desktop.render.gpu_avatar import Draw, GpuAvatar
from avatar_desktop.render.opengl import Gl
from avatar_desktop.render.programs import SAMPLERS, Features, Programs
from avatar_desktop.render.surface_pass import draw_triangles
from avatar_desktop.render.targets import ShadowMap
from avatar_desktop.render.view import View

_OF_MASK = frozenset({"ALPHA_MASK", "TEXTURED", "SECOND_UV", "FLOWS", "FLOW_MASK_MAP"})
"""What tells where a cut-out surface lets light through."""
FROM_EYE: Features = frozenset({"FROM_EYE"})


def draw_shadow(  # noqa: PLR0917
    gl: Gl, programs: Programs, gpu: GpuAvatar, pose: Pose, view: View, shadow_map: ShadowMap
) -> bool:
    """Depth from the key light, then the map at its texture unit; False where it cannot be."""
    if programs.find("depth.vert", "depth.frag") is None:
        return False
    gl.glActiveTexture(gl.GL_TEXTURE0 + SAMPLERS["shadow_map"])
    gl.glBindTexture(gl.GL_TEXTURE_2D, 0)
    shadow_map.bind()
    gl.glEnable(gl.GL_POLYGON_OFFSET_FILL)
    gl.glPolygonOffset(1.5, 2.0)
    draw_depth(gl, programs, gpu, pose, view)
    gl.glDisable(gl.GL_POLYGON_OFFSET_FILL)
    shadow_map.bind_texture()
    return True


def draw_depth(  # noqa: PLR0917
    gl: Gl,
    programs: Programs,
    gpu: GpuAvatar,
    pose: Pose,
    view: View,
    seen: Features = frozenset(),
) -> None:
    """Into what is bound; `seen` says from where, without it from the key light."""
    used = 0
    for draw in gpu.shown(pose, view.outfit):
        if not hides(draw):
            continue
        sided = draw.surface.material.double_sided
        (gl.glDisable if sided else gl.glEnable)(gl.GL_CULL_FACE)
        masked = {"ALPHA_MASK", "BASE_MAP"} <= draw.features
        features = seen | (draw.features & _OF_MASK if masked else frozenset[str]())
        program = programs.find("depth.vert", "depth.frag", features)
        if program is None:
            continue
        if program.name != used:
            gl.glUseProgram(program.name)
            used = program.name
        if masked:
            gpu.surfaces.bind(draw.surface)
        draw_triangles(gl, gpu, draw, pose)


def hides(draw: Draw) -> bool:
    """Whether a surface leaves depth behind."""
    is_seen_through = draw.surface.material.alpha_mode == "BLEND" or "CLEAR" in draw.features
    return not is_seen_through and draw.geometry.mode == TRIANGLES
