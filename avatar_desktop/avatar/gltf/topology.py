"""Indices as plain points, lines and triangles."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.gltf.accessors import integers
from avatar_desktop.avatar.gltf.document import Primitive as PrimitiveSpec
from avatar_desktop.avatar.gltf.source import Source
from avatar_desktop.avatar.mesh import LINES, POINTS, TRIANGLES
from avatar_desktop.errors import AvatarError

Indices = NDArray[np.uint32]

_PER_DRAWN = {POINTS: 1, LINES: 2, TRIANGLES: 3}


def read_indices(
    source: Source, spec: PrimitiveSpec, vertices: int, place: str
) -> tuple[int, Indices]:
    """The plain mode and a flat list of vertices for it."""
    if spec.indices is None:
        flat = np.arange(vertices, dtype=np.uint32)
    else:
        raw = integers(source, spec.indices, ("SCALAR",), f"{place}.indices")[:, 0]
        if len(raw) and int(raw.max()) >= vertices:
            raise AvatarError(
                f"An index points past the {vertices} vertices.",
                kind="bounds",
                place=f"{place}.indices",
            )
        flat = raw.astype(np.uint32)
    mode, unrolled = _unrolled(flat, spec.mode)
    whole = len(unrolled) // _PER_DRAWN[mode] * _PER_DRAWN[mode]
    if whole != len(unrolled):
        what = "triangle" if mode == TRIANGLES else "line"
        source.warn(f"The last indices of {place} make no whole {what}.")
    return mode, unrolled[:whole]


def _unrolled(flat: Indices, mode: int) -> tuple[int, Indices]:
    """Loops, strips and fans as plain lines and triangles."""
    if mode in _PER_DRAWN:
        return mode, flat
    if mode in (2, 3):
        following = np.roll(flat, -1)
        pairs = np.stack([flat, following], axis=1)
        return LINES, (pairs if mode == 2 and len(flat) > 1 else pairs[:-1]).reshape(-1)
    if len(flat) < 3:
        return TRIANGLES, flat[:0]
    if mode == 6:
        centre = np.full(len(flat) - 2, flat[0], np.uint32)
        return TRIANGLES, np.stack([flat[1:-1], flat[2:], centre], axis=1).reshape(-1)
    triangles = np.stack([flat[:-2], flat[1:-1], flat[2:]], axis=1)
    triangles[1::2] = triangles[1::2, [0, 2, 1]]
    return TRIANGLES, triangles.reshape(-1)
