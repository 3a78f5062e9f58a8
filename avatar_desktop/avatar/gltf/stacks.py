"""Morph targets that lie evenly apart in the file, as exporters write them, read in one step.

It only takes what is plainly sound; everything else is None, and is read one by one with care.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.gltf.accessors import COMPONENTS, are_usable, scaled
from avatar_desktop.avatar.gltf.decoders import meshopt
from avatar_desktop.avatar.gltf.document import Accessor
from avatar_desktop.avatar.gltf.source import Source
from avatar_desktop.errors import AvatarError

Floats = NDArray[np.float32]

_WIDTH = 3


class _Lie(NamedTuple):
    """Where the first element of an accessor lies, and how far apart its elements are."""

    home: int
    """A buffer, or −1 − a view that is unpacked."""
    stride: int
    start: int


def stacked(source: Source, indices: Sequence[int], vertices: int) -> Floats | None:
    """(T, V, 3) displacements of these accessors; a view of the file wherever it can be one."""
    accessors = source.document.accessors
    if (
        len(indices) < 2
        or source.supplied
        or not 0 <= min(indices) <= max(indices) < len(accessors)
    ):
        return None
    first = accessors[indices[0]]
    places = [_lie(source, accessors[index], first, vertices) for index in indices]
    begin = places[0]
    if begin is None or places[1] is None:
        return None
    step = places[1].start - begin.start
    even = [begin._replace(start=begin.start + step * number) for number in range(len(places))]
    if step < 0 or places != even:
        return None
    values = _together(source, begin, step, (len(places), vertices), first)
    if values is None:
        return None
    if values.dtype.kind == "f":
        return values if all(are_usable(each) for each in values) else None
    out = np.empty(values.shape, np.float32)
    scaled(first, values, out)
    return out


def _lie(source: Source, accessor: Accessor, like: Accessor, vertices: int) -> _Lie | None:
    views, place = source.document.buffer_views, accessor.buffer_view
    if (
        accessor.type != "VEC3"
        or accessor.count != vertices
        or accessor.component_type != like.component_type
        or accessor.normalized != like.normalized
        or accessor.sparse is not None
        or accessor.component_type not in COMPONENTS
        or place is None
        or place >= len(views)
    ):
        return None
    view = views[place]
    size = _WIDTH * COMPONENTS[accessor.component_type].itemsize
    stride = view.byte_stride or size
    if stride < size:
        return None
    if view.extensions and meshopt.is_packed(view):
        return _Lie(-1 - place, stride, accessor.byte_offset)
    if accessor.byte_offset + stride * (vertices - 1) + size > view.byte_length:
        return None
    return _Lie(view.buffer, stride, view.byte_offset + accessor.byte_offset)


def _together(
    source: Source, begin: _Lie, step: int, shape: tuple[int, int], like: Accessor
) -> NDArray[Any] | None:
    try:
        if begin.home < 0:
            data = source.view(-1 - begin.home, "")
        else:
            data = source.buffer(begin.home, "")
    except AvatarError:
        return None
    dtype = COMPONENTS[like.component_type]
    targets, vertices = shape
    last = begin.start + step * (targets - 1) + begin.stride * (vertices - 1)
    if last + _WIDTH * dtype.itemsize > len(data):
        return None
    strides = (step, begin.stride, dtype.itemsize)
    return np.ndarray((targets, vertices, _WIDTH), dtype, data, begin.start, strides)
