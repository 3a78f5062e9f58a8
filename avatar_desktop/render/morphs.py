"""The morph targets of one primitive on the GPU: packed and uploaded when the first one is on.

Nobody makes a face in the first frame, and the shapes of a face are most of an avatar's bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.mesh import Primitive
from avatar_desktop.render.buffers import data_texture, sound
from avatar_desktop.render.objects import GlObjects
from avatar_desktop.render.opengl import Gl

Floats = NDArray[np.float32]

TEXTURE_WIDTH = 2048
_HALF_REACH = 16384.0
"""Displacements are scaled to this, so that half floats keep eleven bits whatever the unit."""
_NONE_ON = np.zeros((0, 4), np.float32)
_LEAST = 1e-5
"""A weight below this moves nothing that could be seen."""


@dataclass(frozen=True, slots=True)
class Targets:
    """The targets that move anything, packed into one texture."""

    texture: int
    place: Floats
    """(T, 3): layer or −1, scale of positions, scale of normals."""


class Morphs:
    """Knows which targets of its primitive are on."""

    def __init__(self, gl: Gl, objects: GlObjects, primitive: Primitive) -> None:
        self._gl = gl
        self._objects = objects
        self._primitive: Primitive | None = primitive
        self._targets: Targets | None = None

    @property
    def texture(self) -> int:
        """Of the packed targets; 0 as long as none was on."""
        return self._targets.texture if self._targets else 0

    def active(self, weights: Floats) -> Floats:
        """(n, 4) texels of the targets that are on: layer, shares of positions and normals, 0."""
        weights = np.nan_to_num(weights)
        if not (np.abs(weights) > _LEAST).any():
            return _NONE_ON
        if self._primitive is not None:
            self._targets = _uploaded(self._gl, self._objects, self._primitive)
            self._primitive = None
        if self._targets is None:
            return _NONE_ON
        place = self._targets.place[: len(weights)]
        weights = weights[: len(place)]
        on = (np.abs(weights) > _LEAST) & (place[:, 0] >= 0)
        texels = np.zeros((int(on.sum()), 4), np.float32)
        texels[:, 0] = place[on, 0]
        texels[:, 1:3] = place[on, 1:3] * weights[on, None]
        return texels


def _uploaded(gl: Gl, objects: GlObjects, primitive: Primitive) -> Targets | None:
    moves = primitive.target_positions
    turns = primitive.target_normals
    count = max((len(t) for t in (moves, turns) if t is not None), default=0)
    vertex_count = len(primitive.positions)
    if count == 0 or vertex_count == 0:
        return None
    scales = np.stack([_half_scales(moves, count), _half_scales(turns, count)], axis=1)
    used = np.flatnonzero(scales.any(axis=1))
    if not len(used):
        return None
    place = np.full((count, 3), -1.0, np.float32)
    place[used, 0] = np.arange(len(used))
    place[used, 1:] = scales[used]
    rows = -(-len(used) * vertex_count * 2 // TEXTURE_WIDTH)
    texels = np.zeros((rows * TEXTURE_WIDTH, 4), np.float16)
    layers = texels[: len(used) * vertex_count * 2].reshape(len(used), 2, vertex_count, 4)
    for half, values in enumerate((moves, turns)):
        for layer, target in enumerate(used.tolist()):
            scale = scales[target, half]
            if values is not None and scale > 0.0:
                layers[layer, half, :, :3] = sound(values[target]) / scale
    name = data_texture(gl, objects, (TEXTURE_WIDTH, rows), gl.GL_RGBA16F, texels)
    return Targets(name, place)


def _half_scales(targets: Floats | None, count: int) -> Floats:
    """(count,) what each target is divided by to lie well within 16 bits; 0 where nothing moves."""
    scales = np.zeros(count, np.float32)
    if targets is not None and targets.size:
        flat = sound(targets).reshape(len(targets), -1)
        scales[: len(targets)] = np.maximum(flat.max(axis=1), -flat.min(axis=1)) / _HALF_REACH
    return scales
