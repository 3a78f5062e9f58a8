"""Geometry as numpy arrays, ready to be uploaded; one instance per node that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Primitive:
    """One draw: vertices, triangles and the targets that move them."""

    positions: Floats
    """(V, 3)"""
    normals: Floats
    """(V, 3); made when the file has none."""
    indices: NDArray[np.uint32]
    """Flat list; for mode 4 three per triangle (strips and fans are unrolled by the reader)."""
    mode: int
    """0 points, 1 lines, 4 triangles."""
    material: int
    """Index into Avatar.materials."""
    tangents: Floats | None = None
    """(V, 4)"""
    uvs: tuple[Floats, ...] = ()
    """(V, 2) each"""
    colours: Floats | None = None
    """(V, 4), linear"""
    joints: NDArray[np.uint16] | None = None
    """(V, 4) or (V, 8): places in the skin's joint list"""
    weights: Floats | None = None
    target_positions: Floats | None = None
    """(T, V, 3) displacement"""
    target_normals: Floats | None = None
    """(T, V, 3) displacement"""
    flat_shaded: bool = False
    """The file has no normals, so faces are meant to look flat; `normals` are smooth ones."""
    target_tangents: Floats | None = None
    """(T, V, 3) displacement"""
    variants: Mapping[int, int] = field(default_factory=dict[int, int])
    """Index into Avatar.variants → the material worn then."""


@dataclass(frozen=True, slots=True)
class MeshInstance:
    """A mesh shown at a node."""

    node: int
    primitives: tuple[Primitive, ...]
    skin: int
    """Index into Avatar.skins, −1 when rigid."""
    morphs: slice
    """This instance's places in Pose.weights; empty when it has no targets."""
    mesh: int = 0
    """Index of the mesh in the file; instances of one mesh share their primitives."""
    name: str = ""
    """Of the mesh; meshes may share a name or have none."""
    copies: Floats | None = None
    """(K, 4, 4) row-major: where it is shown, relative to its node; None for once, at the node."""
