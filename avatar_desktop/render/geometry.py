"""One primitive on the GPU: what the file gave, what deformation needs, and what it leaves behind.

The deformed vertices stay on the GPU and serve every pass of the frame.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.mesh import Primitive
from avatar_desktop.render.buffers import sound
from avatar_desktop.render.morphs import Morphs
from avatar_desktop.render.objects import GlObjects
from avatar_desktop.render.opengl import Gl

Floats = NDArray[np.float32]

_MOST_INFLUENCES = 8
_SAMPLE = 256
"""So many vertices tell which joint carries a primitive."""


@dataclass(frozen=True, slots=True)
class Geometry:
    """Buffers of a primitive at one instance."""

    deform_array: int
    draw_array: int
    deformed: int
    vertex_count: int
    index_count: int
    index_type: int
    mode: int
    influences: int
    has_tangents: bool
    morphs: Morphs
    centre: Floats
    """(3,) middle of the rest vertices."""
    main_joint: int
    """The joint that carries most of it; 0 when rigid."""


def upload(
    gl: Gl, objects: GlObjects, primitive: Primitive, *, with_tangents: bool, most_rows: int
) -> Geometry:
    """Everything of a primitive that never changes, and room for what does.

    `most_rows` is how high the driver's textures can be.
    """
    vertex_count = len(primitive.positions)
    tangents = primitive.tangents if with_tangents else None
    influences = 0 if primitive.joints is None else primitive.joints.shape[1]
    deformed = objects.buffer()
    stride = 40 if tangents is not None else 24
    gl.glBindBuffer(gl.GL_ARRAY_BUFFER, deformed)
    gl.glBufferData(gl.GL_ARRAY_BUFFER, max(1, vertex_count) * stride, None, gl.GL_STREAM_DRAW)
    draw_array, index_type = _draw_array(gl, objects, primitive, deformed, tangents is not None)
    return Geometry(
        deform_array=_deform_array(gl, objects, primitive, tangents),
        draw_array=draw_array,
        deformed=deformed,
        vertex_count=vertex_count,
        index_count=len(primitive.indices),
        index_type=index_type,
        mode=primitive.mode,
        influences=min(influences, _MOST_INFLUENCES),
        has_tangents=tangents is not None,
        morphs=Morphs(gl, objects, primitive, most_rows),
        centre=_centre(primitive),
        main_joint=_main_joint(primitive),
    )


def _deform_array(gl: Gl, objects: GlObjects, primitive: Primitive, tangents: Floats | None) -> int:
    array = objects.vertex_array()
    gl.glBindVertexArray(array)
    _attribute(gl, objects, 0, primitive.positions)
    _attribute(gl, objects, 1, primitive.normals)
    if tangents is not None:
        _attribute(gl, objects, 2, tangents)
    if primitive.joints is not None and primitive.weights is not None:
        joints, weights = primitive.joints, sound(primitive.weights)
        for place, first in enumerate(range(0, min(joints.shape[1], _MOST_INFLUENCES), 4)):
            _whole_attribute(gl, objects, 3 + 2 * place, joints[:, first : first + 4])
            _attribute(gl, objects, 4 + 2 * place, weights[:, first : first + 4])
    gl.glBindVertexArray(0)
    return array


def _draw_array(
    gl: Gl, objects: GlObjects, primitive: Primitive, deformed: int, has_tangents: bool
) -> tuple[int, int]:
    array = objects.vertex_array()
    gl.glBindVertexArray(array)
    stride = 40 if has_tangents else 24
    gl.glBindBuffer(gl.GL_ARRAY_BUFFER, deformed)
    _point(gl, 0, 3, gl.GL_FLOAT, stride=stride)
    _point(gl, 1, 3, gl.GL_FLOAT, stride=stride, offset=12)
    if has_tangents:
        _point(gl, 2, 4, gl.GL_FLOAT, stride=stride, offset=24)
    for place, uvs in enumerate(primitive.uvs[:2]):
        _attribute(gl, objects, 3 + place, uvs)
    if primitive.colours is not None:
        _attribute(gl, objects, 5, primitive.colours)
    for place, uvs in enumerate(primitive.uvs[2:4]):
        _attribute(gl, objects, 6 + place, uvs)
    indices = primitive.indices
    small = len(primitive.positions) <= 0xFFFF
    kept = np.ascontiguousarray(indices, np.uint16 if small else np.uint32)
    gl.glBindBuffer(gl.GL_ELEMENT_ARRAY_BUFFER, objects.buffer())
    gl.glBufferData(gl.GL_ELEMENT_ARRAY_BUFFER, kept.nbytes, kept, gl.GL_STATIC_DRAW)
    gl.glBindVertexArray(0)
    return array, int(gl.GL_UNSIGNED_SHORT if small else gl.GL_UNSIGNED_INT)


def _attribute(gl: Gl, objects: GlObjects, place: int, values: Floats) -> None:
    kept = np.ascontiguousarray(sound(values), np.float32)
    gl.glBindBuffer(gl.GL_ARRAY_BUFFER, objects.buffer())
    gl.glBufferData(gl.GL_ARRAY_BUFFER, kept.nbytes, kept, gl.GL_STATIC_DRAW)
    _point(gl, place, kept.shape[1], gl.GL_FLOAT)


def _whole_attribute(gl: Gl, objects: GlObjects, place: int, values: NDArray[np.uint16]) -> None:
    kept = np.ascontiguousarray(values, np.uint16)
    gl.glBindBuffer(gl.GL_ARRAY_BUFFER, objects.buffer())
    gl.glBufferData(gl.GL_ARRAY_BUFFER, kept.nbytes, kept, gl.GL_STATIC_DRAW)
    gl.glEnableVertexAttribArray(place)
    gl.glVertexAttribIPointer(place, kept.shape[1], gl.GL_UNSIGNED_SHORT, 0, ctypes.c_void_p(0))


def _point(gl: Gl, place: int, width: int, kind: int, *, stride: int = 0, offset: int = 0) -> None:
    gl.glEnableVertexAttribArray(place)
    gl.glVertexAttribPointer(place, width, kind, 0, stride, ctypes.c_void_p(offset))


def _centre(primitive: Primitive) -> Floats:
    if not len(primitive.positions):
        return np.zeros(3, np.float32)
    low, high = primitive.positions.min(axis=0), primitive.positions.max(axis=0)
    return ((low + high) / 2).astype(np.float32)


def _main_joint(primitive: Primitive) -> int:
    if primitive.joints is None or primitive.weights is None or not primitive.joints.size:
        return 0
    some = slice(None, None, -(-len(primitive.joints) // _SAMPLE))
    joints, weights = primitive.joints[some], sound(primitive.weights[some])
    carried = np.bincount(joints.ravel(), weights=weights.ravel())
    return int(carried.argmax())
