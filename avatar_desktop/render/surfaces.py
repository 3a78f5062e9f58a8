"""The materials of an avatar on the GPU, and how they change from frame to frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.fields import extremes
from avatar_desktop.avatar.material import Material
from avatar_desktop.avatar.pose import UNCHANGED, SurfaceChange
from avatar_desktop.render.graphics import GraphicsReport
from avatar_desktop.render.looks import look_features, moving_features
from avatar_desktop.render.maps import maps_of
from avatar_desktop.render.objects import GlObjects
from avatar_desktop.render.opengl import Gl
from avatar_desktop.render.programs import SURFACE_BINDING, Features
from avatar_desktop.render.quality import Quality
from avatar_desktop.render.surface_block import SURFACE_BYTES, moves_textures, surface_block
from avatar_desktop.render.textures import Textures


@dataclass(frozen=True, slots=True)
class Surface:
    """A material ready to be bound."""

    place: int
    """Its index in the avatar."""
    material: Material
    textures: tuple[tuple[int, int, int], ...]
    """(unit, texture, sampler) of each map in use."""
    features: Features


class Surfaces:
    """Blocks and textures of every material; the last is for meshes that have none."""

    def __init__(
        self, gl: Gl, objects: GlObjects, avatar: Avatar, limits: GraphicsReport, quality: Quality
    ) -> None:
        self._gl = gl
        self._avatar = avatar
        self._textures = Textures(gl, objects, limits, quality)
        self._materials = (*avatar.materials, Material())
        self._stride = 0
        self._buffer = self._upload(objects)
        self._worn: Mapping[int, SurfaceChange] = UNCHANGED
        self.moved: frozenset[int] = frozenset()
        """Materials whose textures lie elsewhere than in the file."""
        self._all = tuple(
            self._surface(place, material) for place, material in enumerate(self._materials)
        )
        self._units = frozenset(unit for each in self._all for unit, _, _ in each.textures)

    @property
    def units(self) -> frozenset[int]:
        """Every texture unit that a map of a material takes."""
        return self._units

    def of(self, material: int) -> Surface:
        """By the index in the avatar; the plain one for an index that means nothing."""
        return self._all[material if 0 <= material < len(self._all) else -1]

    def bind(self, surface: Surface) -> None:
        """Make a material's numbers and maps the current ones."""
        gl = self._gl
        start = surface.place * self._stride
        gl.glBindBufferRange(
            gl.GL_UNIFORM_BUFFER, SURFACE_BINDING, self._buffer, start, SURFACE_BYTES
        )
        for unit, texture, sampler in surface.textures:
            gl.glActiveTexture(gl.GL_TEXTURE0 + unit)
            gl.glBindTexture(gl.GL_TEXTURE_2D, texture)
            gl.glBindSampler(unit, sampler)

    def wear(self, changes: Mapping[int, SurfaceChange]) -> None:
        """Look as this frame wants; what has not changed since the last costs nothing."""
        if changes == self._worn:
            return
        gl = self._gl
        gl.glBindBuffer(gl.GL_UNIFORM_BUFFER, self._buffer)
        for place in {*changes, *self._worn}:
            change = changes.get(place)
            if place < len(self._materials) and change != self._worn.get(place):
                block = surface_block(self._materials[place], change)
                start = place * self._stride
                gl.glBufferSubData(gl.GL_UNIFORM_BUFFER, start, block.nbytes, block)
        self._worn = changes
        self.moved = frozenset(place for place, change in changes.items() if moves_textures(change))

    def has_moved(self, surface: Surface) -> bool:
        """Whether its textures lie elsewhere than in the file."""
        return surface.place in self.moved

    def _upload(self, objects: GlObjects) -> int:
        gl = self._gl
        unit = int(gl.glGetIntegerv(gl.GL_UNIFORM_BUFFER_OFFSET_ALIGNMENT))
        self._stride = -(-SURFACE_BYTES // unit) * unit
        packed = np.zeros((len(self._materials), self._stride // 4), np.float32)
        for row, material in zip(packed, self._materials, strict=True):
            row[: SURFACE_BYTES // 4] = surface_block(material)
        name = objects.buffer()
        gl.glBindBuffer(gl.GL_UNIFORM_BUFFER, name)
        gl.glBufferData(gl.GL_UNIFORM_BUFFER, packed.nbytes, packed, gl.GL_DYNAMIC_DRAW)
        return name

    def _surface(self, place: int, material: Material) -> Surface:
        images = self._avatar.images
        least, most = extremes(place, material, self._avatar.animations)
        maps = [each for each in maps_of(most) if 0 <= each.use.image < len(images)]
        bound = tuple(
            (
                each.unit,
                self._textures.texture(images, each.use.image, is_colour=each.is_colour),
                self._textures.sampler(each.use),
            )
            for each in maps
        )
        features = look_features(most, maps)
        if least is not most:
            features = moving_features(features, look_features(least, maps_of(least)))
        return Surface(place, material, bound, features)
