"""An avatar on the GPU: uploaded once, deformed once a frame, drawn by every pass."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.mesh import TRIANGLES, MeshInstance, Primitive
from avatar_desktop.avatar.pose import Pose
from avatar_desktop.errors import GraphicsError
from avatar_desktop.render import geometry
from avatar_desktop.render.copies import spread
from avatar_desktop.render.figures import Begin, Figures, is_skinned
from avatar_desktop.render.geometry import Geometry
from avatar_desktop.render.graphics import GraphicsReport
from avatar_desktop.render.looks import without_uvs
from avatar_desktop.render.objects import GlObjects
from avatar_desktop.render.opengl import Gl
from avatar_desktop.render.plain_deform import deformed
from avatar_desktop.render.programs import SAMPLERS, Features, Program, Programs
from avatar_desktop.render.quality import Quality
from avatar_desktop.render.repeats import Repeats
from avatar_desktop.render.surfaces import Surface, Surfaces

log = logging.getLogger(__name__)

Floats = NDArray[np.float32]

_KEPT = ("world_position", "world_normal")
_BENDING = frozenset({"NORMAL_MAP", "COAT_NORMAL_MAP", "BRUSHED"})
"""Looks that depend on which way the pictures lie."""


@dataclass(frozen=True, slots=True)
class Draw:
    """One primitive at one node."""

    place: int
    """Its index among all of the avatar."""
    instance: MeshInstance
    geometry: Geometry
    surface: Surface
    features: Features
    """What the shaders of this draw need: those of the surface that its geometry can feed."""
    outfits: Mapping[int, Draw] = field(default_factory=dict[int, "Draw"])
    """The same in other outfits of the avatar."""


@dataclass(frozen=True, slots=True)
class _Standing:
    """Where each draw is in one pose."""

    pose: Pose
    carriers: Floats
    """(D, 3, 4) the matrix that moves most of it."""
    volumes: tuple[float, ...]
    """How much larger than in its file, as a volume; below 0 where it is turned inside out."""
    mirrored: tuple[bool, ...]


class GpuAvatar:
    """Owns every buffer and texture of one avatar."""

    def __init__(
        self, gl: Gl, avatar: Avatar, programs: Programs, limits: GraphicsReport, quality: Quality
    ) -> None:
        self.avatar = avatar
        self._gl = gl
        self._programs = programs
        self._objects = GlObjects(gl)
        self._most_rows = limits.max_texture_size
        self.surfaces = Surfaces(gl, self._objects, avatar, limits, quality)
        seen = tuple(
            (instance, primitive)
            for instance in avatar.meshes
            for primitive in instance.primitives
            if len(primitive.indices) and len(primitive.positions)
        )
        self._seen = seen
        self.draws = tuple(
            self._draw(place, instance, primitive)
            for place, (instance, primitive) in enumerate(seen)
        )
        pieces = [(draw.instance, draw.geometry) for draw in self.draws]
        self._figures = Figures(gl, self._objects, avatar, pieces)
        self._repeats = Repeats(gl)
        self._deformers: dict[tuple[int, bool, bool], Program] = {}
        self._program: Program | None = None
        self._deformable: tuple[Begin, ...] | None = None
        """What the driver has been asked for last, and can do."""
        self._is_plain = False
        """The driver fails at deforming, and the processor does it."""
        self._standing: _Standing | None = None
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
        begins = self._figures.upload(pose)
        if self._has_deformers(begins):
            self._repeats.make("deforming", begins, lambda: self._deform_all(begins))
        else:
            self._deform_plainly(pose)
        self._posed = pose

    def place_of(self, draw: Draw, pose: Pose) -> Floats:
        """About where a draw is in the world, to sort what is seen through."""
        carrier = self._stand(pose).carriers[draw.place]
        return carrier[:3, :3] @ draw.geometry.centre + carrier[:3, 3]

    def is_mirrored(self, draw: Draw, pose: Pose) -> bool:
        """Whether its triangles are turned inside out by a negative scale."""
        return self._stand(pose).mirrored[draw.place]

    def mirrored(self, pose: Pose) -> tuple[bool, ...]:
        """The same of every draw."""
        return self._stand(pose).mirrored

    def size_of(self, draw: Draw, pose: Pose) -> float:
        """How much larger than in its file a draw is."""
        return abs(self._stand(pose).volumes[draw.place]) ** (1 / 3)

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

    def _draw(self, place: int, instance: MeshInstance, primitive: Primitive) -> Draw:
        primitive = spread(instance, primitive)
        worn = {
            outfit: self.surfaces.of(material) for outfit, material in primitive.variants.items()
        }
        surface = self.surfaces.of(primitive.material)
        bends = any(_BENDING & each.features for each in (surface, *worn.values()))
        uploaded = geometry.upload(
            self._gl, self._objects, primitive, with_tangents=bends, most_rows=self._most_rows
        )
        features = _fed(surface.features, primitive, uploaded)
        plain = Draw(place, instance, uploaded, surface, features)
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

    def _stand(self, pose: Pose) -> _Standing:
        standing = self._standing
        if standing is None or standing.pose is not pose:
            self.deform(pose)
            carriers = self._figures.carriers()
            volumes = tuple(map(_volume, carriers.tolist()))
            mirrored = tuple(volume < 0.0 for volume in volumes)
            standing = self._standing = _Standing(pose, carriers, volumes, mirrored)
        return standing

    def _has_deformers(self, begins: tuple[Begin, ...]) -> bool:
        if self._is_plain or begins is self._deformable:
            return not self._is_plain
        try:
            for draw, begin in zip(self.draws, begins, strict=True):
                self._deformer(draw, is_morphed=begin.active_count > 0)
        except GraphicsError as error:
            log.error("the processor moves the avatar, slower", extra={"why": error.message})
            self._is_plain = True
        self._deformable = begins
        return not self._is_plain

    def _deform_all(self, begins: tuple[Begin, ...]) -> None:
        gl = self._gl
        gl.glEnable(gl.GL_RASTERIZER_DISCARD)
        self._program = None
        for draw, begin in zip(self.draws, begins, strict=True):
            self._deform_one(draw, begin)
        gl.glDisable(gl.GL_RASTERIZER_DISCARD)
        gl.glBindBufferBase(gl.GL_TRANSFORM_FEEDBACK_BUFFER, 0, 0)

    def _deform_plainly(self, pose: Pose) -> None:
        gl = self._gl
        for draw, (instance, primitive) in zip(self.draws, self._seen, strict=True):
            tangents = draw.geometry.has_tangents
            moved = deformed(instance, primitive, pose, with_tangents=tangents)
            gl.glBindBuffer(gl.GL_ARRAY_BUFFER, draw.geometry.deformed)
            gl.glBufferSubData(gl.GL_ARRAY_BUFFER, 0, moved.nbytes, moved)

    def _deform_one(self, draw: Draw, begin: Begin) -> None:
        gl = self._gl
        uploaded = draw.geometry
        program = self._deformer(draw, is_morphed=begin.active_count > 0)
        if program is not self._program:
            gl.glUseProgram(program.name)
            self._program = program
        uniforms = program.uniforms
        gl.glUniform1i(uniforms["first_matrix"], begin.matrix)
        if begin.active_count:
            gl.glUniform1i(uniforms["first_active"], begin.active)
            gl.glUniform1i(uniforms["active_count"], begin.active_count)
            gl.glUniform1i(uniforms["vertex_count"], uploaded.vertex_count)
            gl.glActiveTexture(gl.GL_TEXTURE0 + SAMPLERS["targets"])
            gl.glBindTexture(gl.GL_TEXTURE_2D, uploaded.morphs.texture)
        gl.glBindVertexArray(uploaded.deform_array)
        gl.glBindBufferBase(gl.GL_TRANSFORM_FEEDBACK_BUFFER, 0, uploaded.deformed)
        gl.glBeginTransformFeedback(gl.GL_POINTS)
        gl.glDrawArrays(gl.GL_POINTS, 0, uploaded.vertex_count)
        gl.glEndTransformFeedback()

    def _deformer(self, draw: Draw, *, is_morphed: bool) -> Program:
        uploaded = draw.geometry
        turns = is_morphed and uploaded.morphs.turns_tangents
        key = (draw.place, is_morphed, turns)
        if key not in self._deformers:
            influences = uploaded.influences if is_skinned(draw.instance, uploaded) else 0
            wanted = {
                f"INFLUENCES {influences}": True,
                "MORPHED": is_morphed,
                "MORPHED_TANGENTS": turns,
                "TANGENTS": uploaded.has_tangents,
            }
            features = frozenset(name for name, is_wanted in wanted.items() if is_wanted)
            kept = (*_KEPT, "world_tangent") if uploaded.has_tangents else _KEPT
            self._deformers[key] = self._programs.get("deform.vert", "", features, kept)
        return self._deformers[key]


def _fed(features: Features, primitive: Primitive, uploaded: Geometry) -> Features:
    """What of a look the geometry can feed, and what it asks for itself."""
    wanted = set(features if primitive.uvs else without_uvs(features))
    if len(primitive.uvs) < 3:
        wanted.discard("MORE_UV")
    if len(primitive.uvs) < 2:
        wanted.discard("SECOND_UV")
    if uploaded.has_tangents:
        wanted.add("TANGENTS")
    if primitive.colours is not None and "TOON" not in wanted:  # MToon paints by textures alone
        wanted.add("VERTEX_COLOURS")
    if primitive.flat_shaded:
        wanted.add("FLAT")
    if primitive.mode != TRIANGLES:
        wanted.add("UNLIT")
    return frozenset(wanted)


def _volume(carrier: list[list[float]]) -> float:
    """The determinant of its axes, in plain numbers, because there are few of them."""
    (a, b, c, _), (d, e, f, _), (g, h, i, _) = carrier
    return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)


def active_targets(draw: Draw, pose: Pose) -> Floats:
    """(n, 4) texels of the targets that are on: layer, shares of its lists."""
    return draw.geometry.morphs.active(pose.weights[draw.instance.morphs])
