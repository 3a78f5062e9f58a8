"""A mesh that is shown many times at one node becomes one larger mesh. No GL."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.mesh import TRIANGLES, MeshInstance, Primitive

Floats = NDArray[np.float32]

MOST_VERTICES = 4_000_000
"""Of all copies together; what goes beyond is not shown."""


def spread(instance: MeshInstance, primitive: Primitive) -> Primitive:
    """Every copy of a primitive in one; itself where there are none, or where joints move it."""
    copies = instance.copies
    if copies is None or (primitive.joints is not None and instance.skin >= 0):
        return primitive
    vertices = len(primitive.positions)
    copies = copies[: max(1, MOST_VERTICES // max(vertices, 1))]
    turns = np.ascontiguousarray(copies[:, :3, :3])
    cofactors = _cofactors(turns)
    colours, tangents = primitive.colours, primitive.tangents
    return replace(
        primitive,
        positions=_turned(primitive.positions, turns, copies[:, None, :3, 3]),
        given_normals=_unit(_turned(primitive.normals, cofactors)),
        given_tangents=None if tangents is None else _turned_tangents(tangents, turns),
        bent_by=None,
        indices=_indices(primitive, turns),
        uvs=tuple(np.tile(uvs, (len(copies), 1)) for uvs in primitive.uvs),
        colours=None if colours is None else np.tile(colours, (len(copies), 1)),
        joints=None,
        weights=None,
        target_positions=_turned_targets(primitive.target_positions, turns),
        target_normals=_turned_targets(primitive.target_normals, turns),
        target_tangents=None,
    )


def _turned(vectors: Floats, turns: Floats, moved: Floats | float = 0.0) -> Floats:
    """(K · V, 3), one copy after another."""
    turned = np.einsum("kij,vj->kvi", turns, vectors[:, :3]) + moved
    return turned.reshape(-1, 3).astype(np.float32)


def _turned_tangents(tangents: Floats, turns: Floats) -> Floats:
    sides = np.where(_mirrored(turns)[:, None], -tangents[:, 3], tangents[:, 3])
    return np.concatenate([_turned(tangents, turns), sides.reshape(-1, 1)], axis=1)


def _turned_targets(targets: Floats | None, turns: Floats) -> Floats | None:
    if targets is None:
        return None
    return np.stack([_turned(target, turns) for target in targets]) if len(targets) else targets


def _indices(primitive: Primitive, turns: Floats) -> NDArray[np.uint32]:
    starts = np.arange(len(turns), dtype=np.uint32) * np.uint32(len(primitive.positions))
    indices = primitive.indices[None, :] + starts[:, None]
    if primitive.mode == TRIANGLES:
        triangles = indices.reshape(len(turns), -1, 3)
        inside_out = _mirrored(turns)
        triangles[inside_out] = triangles[inside_out][:, :, ::-1]
    return indices.reshape(-1).astype(np.uint32)


def _mirrored(turns: Floats) -> NDArray[np.bool_]:
    return np.linalg.det(turns) < 0.0


def _cofactors(turns: Floats) -> Floats:
    """What turns normals right under any scale; mirrored copies keep theirs outside."""
    rows = [np.cross(turns[:, (i + 1) % 3], turns[:, (i + 2) % 3]) for i in range(3)]
    sides = np.where(_mirrored(turns), -1.0, 1.0)
    return (np.stack(rows, axis=1) * sides[:, None, None]).astype(np.float32)


def _unit(vectors: Floats) -> Floats:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return (vectors / np.where(lengths > 0.0, lengths, 1.0)).astype(np.float32)
