"""An avatar on the GPU: uploaded once, deformed once a frame, drawn by every pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.mesh import TRIANGLES, MeshInstance, Primitive
from avatar_desktop.avatar.pose import Pose
from avatar_desktop.render import geometry
from avatar_desktop.render.buffers import data_texture
from avatar_desktop.render.copies import spread
from avatar_desktop.render.geometry import Geometry
from avatar_desktop.render.graphics import GraphicsReport
from avatar_desktop.render.looks import without_uvs
from avatar_desktop.render.objects import GlObjects
from avatar_desktop.render.opengl import Gl
from avatar_desktop.render.programs import SAMPLERS, Features, Programs
from avatar_desktop.render.quality import Quality
from avatar_desktop.render.surfaces import Surface, Surfaces

Floats = NDArray[np.float32]

_FIGURE_WIDTH = 512
_KEPT = ("world_position", "world_normal")
_BENDING = frozenset({"NORMAL_MAP", "COAT_NORMAL_MAP", "BRUSHED"})
"""Looks that depend on which way the pictures lie."""


@dataclass(frozen=True, slots=True)
class Draw:
    """One primitive at one node."""

    instance: MeshInstance
    geometry: Geometry
    surface: Surface
    features: Features
    """What the shaders of this draw need: those of the surface that its geometry can feed."""
    outfits: Mapping[int, Draw] = field(default_factory=dict[int, "Draw"])
    """The same in other outfits of the avatar."""


class GpuAvatar:
    """Owns every buffer and texture of one avatar."""

    def __init__(
        self, gl: Gl, avatar: Avatar, programs: Programs, limits: GraphicsReport, quality: Quality
    ) -> None:
        self.avatar = avatar
        self._gl = gl
        self._programs = programs
        self._objects = GlObjects(gl)
        self.surfaces = Surfaces(gl, self._objects, avatar, limits, quality)
        self.draws = tuple(
            self._draw(instance, primitive)
            for instance in avatar.meshes
            for primitive in instance.primitives
            if len(primitive.indices) and len(primitive.positions)
        )
        self._skin_starts = np.cumsum([0, *(len(skin.joints) for skin in avatar.skins)])
        self._figure_rows = 0
        self._figures = 0
        self._posed: Pose | None = None
        self._hidden: tuple[frozenset[int], frozenset[int]] = (frozenset(), frozenset())

    def shown(self, pose: Pose, outfit: int | None = None) -> tuple[Draw, ...]:
        """What is seen in this pose, in what it wears."""
        draws = self.draws
        if pose.hidden:
            hidden = self._hidden_by(pose.hidden)
            draws = tuple(draw for draw in draws if draw.instance.node not in hidden)
        if outfit is not None:
            draws = tuple(draw.outfits.get(outfit, draw) for draw in draws)
        return draws

    def deform(self, pose: Pose) -> None:
        """Move every vertex to where this pose has it; the same pose again costs nothing."""
        if pose is self._posed or not self.draws:
            return
        starts = self._upload_figures(pose)
        gl = self._gl
        gl.glEnable(gl.GL_RASTERIZER_DISCARD)
        for draw, (first_matrix, first_active, active_count) in zip(
            self.draws, starts, strict=True
        ):
            self._deform_one(draw.geometry, first_matrix, first_active, active_count)
        gl.glDisable(gl.GL_RASTERIZER_DISCARD)
        gl.glBindBufferBase(gl.GL_TRANSFORM_FEEDBACK_BUFFER, 0, 0)
        self._posed = pose

    def place_of(self, draw: Draw, pose: Pose) -> Floats:
        """About where a draw is in the world, to sort what is seen through."""
        return (self._carrier(draw, pose) @ np.append(draw.geometry.centre, np.float32(1)))[:3]

    def is_mirrored(self, draw: Draw, pose: Pose) -> bool:
        """Whether its triangles are turned inside out by a negative scale."""
        return float(np.linalg.det(self._carrier(draw, pose)[:3, :3])) < 0.0

    def size_of(self, draw: Draw, pose: Pose) -> float:
        """How much larger than in its file a draw is."""
        return abs(float(np.linalg.det(self._carrier(draw, pose)[:3, :3]))) ** (1 / 3)

    def read_deformed(self, draw: Draw) -> Floats:
        """(V, 6) deformed positions and normals, back from the GPU; slow, for checks."""
        gl = self._gl
        width = 10 if draw.geometry.has_tangents else 6
        values = np.zeros((draw.geometry.vertex_count, width), np.float32)
        gl.glBindBuffer(gl.GL_ARRAY_BUFFER, draw.geometry.deformed)
        gl.glGetBufferSubData(gl.GL_ARRAY_BUFFER, 0, values.nbytes, values)
        return values[:, :6]

    def free(self) -> None:
        """Give everything back; the context must be current."""
        self._objects.free()

    def forget(self) -> None:
        """The context is gone: drop the names."""
        self._objects.forget()

    # -- at upload -------------------------------------------------------------------------------

    def _draw(self, instance: MeshInstance, primitive: Primitive) -> Draw:
        primitive = spread(instance, primitive)
        worn = {
            outfit: self.surfaces.of(material) for outfit, material in primitive.variants.items()
        }
        surface = self.surfaces.of(primitive.material)
        bends = any(_BENDING & each.features for each in (surface, *worn.values()))
        uploaded = geometry.upload(self._gl, self._objects, primitive, with_tangents=bends)
        plain = Draw(instance, uploaded, surface, _fed(surface.features, primitive, uploaded))
        outfits = {
            outfit: replace(plain, surface=each, features=_fed(each.features, primitive, uploaded))
            for outfit, each in worn.items()
        }
        return replace(plain, outfits=outfits)

    # -- each frame ------------------------------------------------------------------------------

    def _hidden_by(self, hidden: frozenset[int]) -> frozenset[int]:
        """These nodes and all below them."""
        if self._hidden[0] is not hidden:
            bones = self.avatar.skeleton
            below = set(hidden)
            for node in bones.order.tolist():
                if int(bones.parents[node]) in below:
                    below.add(node)
            self._hidden = (hidden, frozenset(below))
        return self._hidden[1]

    def _carrier(self, draw: Draw, pose: Pose) -> Floats:
        skin = draw.instance.skin
        if draw.geometry.influences and 0 <= skin < len(pose.joints):
            return pose.joints[skin][draw.geometry.main_joint]
        return pose.world[draw.instance.node]

    def _upload_figures(self, pose: Pose) -> list[tuple[int, int, int]]:
        """All numbers of this frame in one texture; for each draw, where its own begin."""
        nodes = [draw.instance.node for draw in self.draws]
        matrices = np.concatenate([*pose.joints, pose.world[nodes]])[:, :3, :]
        texels: list[Floats] = [matrices.reshape(-1, 4)]
        after_skins = int(self._skin_starts[-1])
        end = len(texels[0])
        starts: list[tuple[int, int, int]] = []
        for place, draw in enumerate(self.draws):
            skinned = draw.geometry.influences and draw.instance.skin >= 0
            first = int(self._skin_starts[draw.instance.skin]) if skinned else after_skins + place
            active = active_targets(draw, pose)
            starts.append((first * 3, end, len(active)))
            texels.append(active)
            end += len(active)
        self._write_figures(np.nan_to_num(np.concatenate(texels), posinf=0.0, neginf=0.0))
        return starts

    def _write_figures(self, texels: Floats) -> None:
        gl = self._gl
        rows = -(-len(texels) // _FIGURE_WIDTH)
        if rows > self._figure_rows:
            self._figures = data_texture(
                gl, self._objects, (_FIGURE_WIDTH, rows + 1), gl.GL_RGBA32F, None
            )
            self._figure_rows = rows + 1
        padded = np.zeros((rows * _FIGURE_WIDTH, 4), np.float32)
        padded[: len(texels)] = texels
        gl.glActiveTexture(gl.GL_TEXTURE0 + SAMPLERS["figures"])
        gl.glBindTexture(gl.GL_TEXTURE_2D, self._figures)
        gl.glTexSubImage2D(
            gl.GL_TEXTURE_2D, 0, 0, 0, _FIGURE_WIDTH, rows, gl.GL_RGBA, gl.GL_FLOAT, padded
        )

    def _deform_one(
        self, uploaded: Geometry, first_matrix: int, first_active: int, active_count: int
    ) -> None:
        gl = self._gl
        features = {f"INFLUENCES {uploaded.influences}"}
        if active_count:
            features.add("MORPHED")
            if uploaded.morphs.turns_tangents:
                features.add("MORPHED_TANGENTS")
        if uploaded.has_tangents:
            features.add("TANGENTS")
        kept = (*_KEPT, "world_tangent") if uploaded.has_tangents else _KEPT
        program = self._programs.get("deform.vert", "", frozenset(features), kept)
        gl.glUseProgram(program.name)
        numbers = {
            "first_matrix": first_matrix,
            "first_active": first_active,
            "active_count": active_count,
            "vertex_count": uploaded.vertex_count,
        }
        for label, value in numbers.items():
            if label in program.uniforms:
                gl.glUniform1i(program.uniforms[label], value)
        if active_count:
            gl.glActiveTexture(gl.GL_TEXTURE0 + SAMPLERS["targets"])
            gl.glBindTexture(gl.GL_TEXTURE_2D, uploaded.morphs.texture)
        gl.glBindVertexArray(uploaded.deform_array)
        gl.glBindBufferBase(gl.GL_TRANSFORM_FEEDBACK_BUFFER, 0, uploaded.deformed)
        gl.glBeginTransformFeedback(gl.GL_POINTS)
        gl.glDrawArrays(gl.GL_POINTS, 0, uploaded.vertex_count)
        gl.glEndTransformFeedback()


def _fed(features: Features, primitive: Primitive, uploaded: Geometry) -> Features:
    """What of a look the geometry can feed, and what it asks for itself."""
    wanted = set(features if primitive.uvs else without_uvs(features))
    if len(primitive.uvs) < 3:
        wanted.discard("MORE_UV")
    if len(primitive.uvs) < 2:
        wanted.discard("SECOND_UV")
    if uploaded.has_tangents:
        wanted.add("TANGENTS")
    if primitive.colours is not None:
        wanted.add("VERTEX_COLOURS")
    if primitive.flat_shaded:
        wanted.add("FLAT")
    if primitive.mode != TRIANGLES:
        wanted.add("UNLIT")
    return frozenset(wanted)


def active_targets(draw: Draw, pose: Pose) -> Floats:
    """(n, 4) texels of the targets that are on: layer, shares of its lists."""
    return draw.geometry.morphs.active(pose.weights[draw.instance.morphs])
