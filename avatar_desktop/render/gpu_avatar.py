"""An avatar on the GPU: uploaded once, deformed once a frame, drawn by every pass."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.material import Material
from avatar_desktop.avatar.mesh import MeshInstance, Primitive
from avatar_desktop.avatar.pose import Pose
from avatar_desktop.render import geometry
from avatar_desktop.render.blocks import SURFACE_BYTES, is_plain, surface_block, textures_of
from avatar_desktop.render.buffers import data_texture
from avatar_desktop.render.copies import spread
from avatar_desktop.render.geometry import Geometry
from avatar_desktop.render.graphics import GraphicsReport
from avatar_desktop.render.objects import GlObjects
from avatar_desktop.render.opengl import Gl
from avatar_desktop.render.programs import SAMPLERS, Features, Programs
from avatar_desktop.render.quality import Quality
from avatar_desktop.render.textures import Textures

Floats = NDArray[np.float32]

_FIGURE_WIDTH = 512
_KEPT = ("world_position", "world_normal")
_COLOUR_MAPS = (True, False, False, False, True)
_MAP_FEATURES = (
    "BASE_MAP",
    "METALLIC_ROUGHNESS_MAP",
    "NORMAL_MAP",
    "OCCLUSION_MAP",
    "EMISSIVE_MAP",
)


@dataclass(frozen=True, slots=True)
class Surface:
    """A material ready to be bound."""

    material: Material
    offset: int
    """Where its block starts in the buffer of all surfaces."""
    textures: tuple[tuple[int, int, int], ...]
    """(unit, texture, sampler) of each map in use."""
    features: Features


@dataclass(frozen=True, slots=True)
class Draw:
    """One primitive at one node."""

    instance: MeshInstance
    geometry: Geometry
    surface: Surface
    features: Features
    """What the shaders of this draw need: those of the surface that its geometry can feed."""


class GpuAvatar:
    """Owns every buffer and texture of one avatar."""

    def __init__(
        self, gl: Gl, avatar: Avatar, programs: Programs, limits: GraphicsReport, quality: Quality
    ) -> None:
        self.avatar = avatar
        self._gl = gl
        self._programs = programs
        self._objects = GlObjects(gl)
        textures = Textures(gl, self._objects, limits, quality)
        self._surfaces_buffer, self._block_stride = self._upload_surfaces()
        surfaces = tuple(
            self._surface(place, material, textures)
            for place, material in enumerate((*avatar.materials, Material()))
        )
        self.draws = tuple(
            self._draw(instance, primitive, surfaces)
            for instance in avatar.meshes
            for primitive in instance.primitives
            if len(primitive.indices) and len(primitive.positions)
        )
        self._skin_starts = np.cumsum([0, *(len(skin.joints) for skin in avatar.skins)])
        self._figure_rows = 0
        self._figures = 0
        self._posed: Pose | None = None

    def bind_surface(self, surface: Surface) -> None:
        """Make a material's numbers and maps the current ones."""
        gl = self._gl
        gl.glBindBufferRange(
            gl.GL_UNIFORM_BUFFER, 1, self._surfaces_buffer, surface.offset, SURFACE_BYTES
        )
        for unit, texture, sampler in surface.textures:
            gl.glActiveTexture(gl.GL_TEXTURE0 + unit)
            gl.glBindTexture(gl.GL_TEXTURE_2D, texture)
            gl.glBindSampler(unit, sampler)

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

    def _upload_surfaces(self) -> tuple[int, int]:
        gl = self._gl
        blocks = [surface_block(material) for material in (*self.avatar.materials, Material())]
        unit = int(gl.glGetIntegerv(gl.GL_UNIFORM_BUFFER_OFFSET_ALIGNMENT))
        stride = -(-blocks[0].nbytes // unit) * unit
        packed = np.zeros((len(blocks), stride // 4), np.float32)
        for row, block in zip(packed, blocks, strict=True):
            row[: len(block)] = block
        name = self._objects.buffer()
        gl.glBindBuffer(gl.GL_UNIFORM_BUFFER, name)
        gl.glBufferData(gl.GL_UNIFORM_BUFFER, packed.nbytes, packed, gl.GL_STATIC_DRAW)
        return name, stride

    def _surface(self, place: int, material: Material, textures: Textures) -> Surface:
        bound: list[tuple[int, int, int]] = []
        features: set[str] = set()
        uses = textures_of(material)
        for unit, use in enumerate(uses):
            if use is None or not 0 <= use.image < len(self.avatar.images):
                continue
            texture = textures.texture(self.avatar.images, use.image, is_colour=_COLOUR_MAPS[unit])
            bound.append((unit, texture, textures.sampler(use)))
            features.add(_MAP_FEATURES[unit])
        if bound:
            features.add("TEXTURED")
            if all(is_plain(use) for use in uses):
                features.add("PLAIN_UV")
            if any(use is not None and use.uv_set > 0 for use in uses):
                features.add("SECOND_UV")
        if material.unlit:
            features.add("UNLIT")
        elif material.toon is not None:
            features.add("TOON")
        if material.double_sided:
            features.add("DOUBLE_SIDED")
        if material.alpha_mode != "OPAQUE":
            features.add(f"ALPHA_{material.alpha_mode}")
        return Surface(material, place * self._block_stride, tuple(bound), frozenset(features))

    def _draw(
        self, instance: MeshInstance, primitive: Primitive, surfaces: tuple[Surface, ...]
    ) -> Draw:
        primitive = spread(instance, primitive)
        surface = surfaces[primitive.material if primitive.material < len(surfaces) else -1]
        features = set(surface.features)
        if not primitive.uvs:
            features -= {"TEXTURED", "PLAIN_UV", "SECOND_UV", *_MAP_FEATURES}
        if len(primitive.uvs) < 2 and "SECOND_UV" in features:
            features -= {"SECOND_UV"}
        with_tangents = "NORMAL_MAP" in features and primitive.tangents is not None
        uploaded = geometry.upload(self._gl, self._objects, primitive, with_tangents=with_tangents)
        if uploaded.has_tangents:
            features.add("TANGENTS")
        if primitive.colours is not None:
            features.add("VERTEX_COLOURS")
        if primitive.flat_shaded:
            features.add("FLAT")
        if primitive.mode != 4:
            features.add("UNLIT")
        return Draw(instance, uploaded, surface, frozenset(features))

    # -- each frame ------------------------------------------------------------------------------

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


def active_targets(draw: Draw, pose: Pose) -> Floats:
    """(n, 4) texels of the targets that are on: layer, share of positions, share of normals, 0."""
    return draw.geometry.morphs.active(pose.weights[draw.instance.morphs])
