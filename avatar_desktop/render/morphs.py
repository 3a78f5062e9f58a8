"""The morph targets of one primitive on the GPU: packed and uploaded when the first one is on.

Nobody makes a face in the first frame, and the shapes of a face are most of an avatar's bytes.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.mesh import Primitive
from avatar_desktop.render.buffers import MOST_WEIGHT, data_texture, sound
from avatar_desktop.render.objects import GlObjects
from avatar_desktop.render.opengl import Gl

log = logging.getLogger(__name__)

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
    """(T, 4): layer or −1, scales of positions, normals and tangents."""
    parts: int
    """Lists of one target: 2, or 3 where tangents move by themselves."""


class Morphs:
    """Knows which targets of its primitive are on."""

    def __init__(self, gl: Gl, objects: GlObjects, primitive: Primitive, most_rows: int) -> None:
        self._gl = gl
        self._objects = objects
        self._primitive: Primitive | None = primitive
        self._most_rows = most_rows
        self._targets: Targets | None = None

    @property
    def texture(self) -> int:
        """Of the packed targets; 0 as long as none was on."""
        return self._targets.texture if self._targets else 0

    @property
    def turns_tangents(self) -> bool:
        """Whether the targets say how tangents turn."""
        return self._targets is not None and self._targets.parts == 3

    def active(self, weights: Floats) -> Floats:
        """(n, 4) texels of the targets that are on: layer, shares of its lists."""
        strengths = np.abs(weights)
        on = np.flatnonzero(
            (strengths > _LEAST) & (strengths < MOST_WEIGHT)
        )  # no number is neither
        if not len(on):
            return _NONE_ON
        if self._primitive is not None:
            self._targets = _uploaded(self._gl, self._objects, self._primitive, self._most_rows)
            self._primitive = None
        if self._targets is None:
            return _NONE_ON
        place = self._targets.place
        on = on[on < len(place)]
        texels = place[on]
        texels[:, 1:] *= weights[on, None]
        return texels[texels[:, 0] >= 0.0]


def _uploaded(gl: Gl, objects: GlObjects, primitive: Primitive, most_rows: int) -> Targets | None:
    lists = [primitive.target_positions, primitive.target_normals]
    if primitive.target_tangents is not None:
        lists.append(primitive.target_tangents)
    count = max((len(t) for t in lists if t is not None), default=0)
    vertex_count = len(primitive.positions)
    if count == 0 or vertex_count == 0:
        return None
    parts = len(lists)
    scales = np.stack([_half_scales(each, count) for each in lists], axis=1)
    used = _fitting(scales, most_rows * TEXTURE_WIDTH // (vertex_count * parts))
    if not len(used):
        return None
    place = np.zeros((count, 4), np.float32)
    place[:, 0] = -1.0
    place[used, 0] = np.arange(len(used))
    place[used, 1 : 1 + parts] = scales[used]
    wanted = len(used) * vertex_count * parts
    rows = -(-wanted // TEXTURE_WIDTH)
    texels = np.zeros((rows * TEXTURE_WIDTH, 4), np.float16)
    layers = texels[:wanted].reshape(len(used), parts, vertex_count, 4)
    for part, values in enumerate(lists):
        for layer, target in enumerate(used.tolist()):
            scale = scales[target, part]
            if values is not None and scale > 0.0:
                layers[layer, part, :, :3] = sound(values[target]) / scale
    name = data_texture(gl, objects, (TEXTURE_WIDTH, rows), gl.GL_RGBA16F, texels)
    return Targets(name, place, parts)


def _fitting(scales: Floats, room: int) -> NDArray[np.intp]:
    """The targets that move anything; where a driver cannot hold all, those that move most."""
    used = np.flatnonzero(scales.any(axis=1))
    if len(used) <= room:
        return used
    log.warning("shapes left out", extra={"shapes": len(used) - room})
    strongest = np.argsort(-scales[used, 0], kind="stable")[:room]
    return np.sort(used[strongest])


def _half_scales(targets: Floats | None, count: int) -> Floats:
    """(count,) what each target is divided by to lie well within 16 bits; 0 where nothing moves."""
    scales = np.zeros(count, np.float32)
    if targets is not None and targets.size:
        flat = sound(targets).reshape(len(targets), -1)
        scales[: len(targets)] = np.maximum(flat.max(axis=1), -flat.min(axis=1)) / _HALF_REACH
    return scales
