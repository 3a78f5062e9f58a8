"""Tangents that a file leaves out and a material needs, one for each vertex.

Each triangle says in which direction u grows; a vertex takes the mean of its triangles, each
counted by its size in the texture. Where mirrored halves share vertices no single tangent is
right, and none are made: the renderer then finds the direction at each point of the picture.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.material import Material
from avatar_desktop.avatar.normals import edges, gathered
from avatar_desktop.avatar.texture import TextureUse

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
_MIRRORED = 0.05
"""A vertex is shared by mirrored halves when the smaller one has this part of its triangles."""


def needs_tangents(material: Material) -> bool:
    """Whether a direction along the surface matters."""
    coat = material.clearcoat
    return (
        material.normal_texture is not None
        or material.anisotropy is not None
        or (coat is not None and coat.normal_texture is not None)
    )


def tangents_for(
    material: Material,
    positions: Floats,
    normals: Floats,
    uvs: tuple[Floats, ...],
    indices: NDArray[np.uint32],
) -> Floats | None:
    """(V, 4) tangents along the texture that the material bends light by."""
    use = _leading(material)
    place = use.uv_set if use is not None else 0
    if place >= len(uvs) or not len(indices):
        return None
    return _tangents(positions, normals, _moved(uvs[place], use), indices)


def _leading(material: Material) -> TextureUse | None:
    if material.normal_texture is not None:
        return material.normal_texture
    if material.clearcoat is not None and material.clearcoat.normal_texture is not None:
        return material.clearcoat.normal_texture
    return material.anisotropy.texture if material.anisotropy is not None else None


def _moved(uvs: Floats, use: TextureUse | None) -> Floats:
    """Turned and stretched as the texture is; where it begins is of no matter."""
    if use is None or (use.rotation == 0.0 and use.scale == (1.0, 1.0)):
        return uvs
    cos, sin = math.cos(use.rotation), math.sin(use.rotation)
    across, down = use.scale
    turn = np.array([[cos * across, sin * down], [-sin * across, cos * down]])
    return (uvs.astype(np.float64) @ turn.T).astype(np.float32)


def _tangents(
    positions: Floats, normals: Floats, uvs: Floats, indices: NDArray[np.uint32]
) -> Floats | None:
    corners = indices.reshape(-1, 3).T
    with np.errstate(over="ignore", invalid="ignore"):
        (a, b), ((u, v), (w, z)) = edges(positions, corners), edges(uvs, corners)
        turned = u * z - v * w
        along = np.empty((5, corners.shape[1]), np.float32)
        along[:3] = (a * z - b * v) * np.sign(turned)
        along[3], along[4] = turned, np.abs(turned)
        sums = gathered(corners, along, len(positions))
        signed, whole = sums[3], sums[4]
        if (whole - np.abs(signed) > 2.0 * _MIRRORED * whole).any():
            return None
        upright = normals.T
        flat = _along(sums[:3], upright)
        lost = ~(np.abs(flat).sum(axis=0) > 0.0)
        if lost.any():
            flat[:, lost] = _across(upright[:, lost])
        tangents = np.empty((len(positions), 4), np.float32)
        tangents[:, :3] = (flat / np.sqrt(np.einsum("iv,iv->v", flat, flat))).T
    # v grows downwards in glTF, and the third direction of the frame points up
    tangents[:, 3] = np.where(signed > 0.0, -1.0, 1.0)
    return tangents if np.isfinite(tangents).all() else None


def _along(directions: Doubles, normals: Floats) -> Doubles:
    """The part (3, V) that lies in the surface."""
    return directions - normals * np.einsum("iv,iv->v", directions, normals)


def _across(normals: Floats) -> Doubles:
    """Any direction in the surface."""
    axes = np.eye(3)[np.argmin(np.abs(normals), axis=0)].T
    return _along(axes, normals)
