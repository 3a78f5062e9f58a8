"""Tangents that a file leaves out and a material needs, one for each vertex.

Each triangle says in which direction u grows; a vertex takes the mean of its triangles, each
counted by its angle there. Where mirrored halves share vertices no single tangent is right, and
none are made: the renderer then finds the direction at each point of the picture.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.gltf.topology import gathered
from avatar_desktop.avatar.material import Material
from avatar_desktop.avatar.texture import TextureUse

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
_MIRRORED = 0.05
"""A vertex is shared by mirrored halves when the smaller one has this part of its angles."""
_NOTHING = 1e-9


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


def _moved(uvs: Floats, use: TextureUse | None) -> Doubles:
    """Turned and stretched as the texture is; where it begins is of no matter."""
    if use is None:
        return uvs.astype(np.float64)
    cos, sin = math.cos(use.rotation), math.sin(use.rotation)
    across, down = use.scale
    turn = np.array([[cos * across, sin * down], [-sin * across, cos * down]])
    return uvs.astype(np.float64) @ turn.T


def _tangents(
    positions: Floats, normals: Floats, uvs: Doubles, indices: NDArray[np.uint32]
) -> Floats | None:
    corners = indices.reshape(-1, 3).T
    points = positions.astype(np.float64)[corners]
    turned, along_u = _faces(points, uvs[corners])
    sides = _angles(points)[:, :, None] * np.abs(turned)[None, :, None]
    upright = normals.astype(np.float64)
    flat = _unit(_along(along_u[None], upright[corners]))
    parts = np.concatenate([flat * sides, sides * turned[None, :, None], sides], axis=2)
    sums = gathered(corners, parts, len(positions))
    whole, signed = sums[:, 4], sums[:, 3]
    if (whole - np.abs(signed) > 2.0 * _MIRRORED * whole + _NOTHING).any():
        return None
    tangents = np.empty((len(positions), 4))
    tangents[:, :3] = _unit(_along(sums[:, :3], upright))
    # v grows downwards in glTF, and the third direction of the frame points up
    tangents[:, 3] = np.where(signed > 0.0, -1.0, 1.0)
    lost = ~(np.abs(tangents[:, :3]).sum(axis=1) > _NOTHING)
    tangents[lost, :3] = _unit(_across(upright[lost]))
    return tangents.astype(np.float32)


def _faces(points: Doubles, flat: Doubles) -> tuple[Doubles, Doubles]:
    """For each triangle: the way it is wound in the texture (−1, 0, 1), and where u grows."""
    (a, b), (u, v) = points[1:] - points[0], flat[1:] - flat[0]
    turned = np.sign(u[:, 0] * v[:, 1] - v[:, 0] * u[:, 1])
    return turned, _unit((a * v[:, 1:] - b * u[:, 1:]) * turned[:, None])


def _angles(points: Doubles) -> Doubles:
    """(3, F) at each corner of each triangle."""
    ahead = _unit(np.roll(points, -1, axis=0) - points)
    cosines = -np.einsum("cfi,cfi->cf", ahead, np.roll(ahead, 1, axis=0))
    return np.arccos(np.clip(cosines, -1.0, 1.0))


def _along(directions: Doubles, normals: Doubles) -> Doubles:
    """The part that lies in the surface."""
    return directions - normals * np.einsum("...i,...i->...", directions, normals)[..., None]


def _across(normals: Doubles) -> Doubles:
    """Any direction in the surface."""
    axes = np.eye(3)[np.argmin(np.abs(normals), axis=1)]
    return _along(axes, normals)


def _unit(vectors: Doubles) -> Doubles:
    lengths = np.sqrt(np.einsum("...i,...i->...", vectors, vectors))[..., None]
    return vectors / np.where(lengths > 0.0, lengths, 1.0)
