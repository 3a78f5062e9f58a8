"""Geometry as numpy arrays, ready to be uploaded; one instance per node that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.material import Material
from avatar_desktop.avatar.normals import smooth_normals, upright
from avatar_desktop.avatar.tangents import tangents_for

Floats = NDArray[np.float32]

POINTS, LINES, TRIANGLES = 0, 1, 4
"""Modes of a draw."""


@dataclass(frozen=True)
class Primitive:
    """One draw: vertices, triangles and the targets that move them.

    Normals and tangents that nobody gave are made when they are first asked for.
    """

    positions: Floats
    """(V, 3)"""
    given_normals: Floats | None
    """(V, 3)"""
    indices: NDArray[np.uint32]
    """Flat list; for mode 4 three per triangle (strips and fans are unrolled by the reader)."""
    mode: int
    """POINTS, LINES or TRIANGLES."""
    material: int
    """Index into Avatar.materials."""
    given_tangents: Floats | None = None
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
    bent_by: Material | None = None
    """The material that needs tangents which the file has not."""
    target_tangents: Floats | None = None
    """(T, V, 3) displacement"""
    variants: Mapping[int, int] = field(default_factory=dict[int, int])
    """Index into Avatar.variants → the material worn then."""

    @cached_property
    def normals(self) -> Floats:
        """(V, 3)"""
        if self.given_normals is not None:
            return self.given_normals
        if self.mode != TRIANGLES or not len(self.indices):
            return upright(len(self.positions))
        return smooth_normals(self.positions, self.indices)

    @cached_property
    def tangents(self) -> Floats | None:
        """(V, 4); None where none are needed, or none would be right."""
        if self.given_tangents is not None or self.bent_by is None or self.mode != TRIANGLES:
            return self.given_tangents
        return tangents_for(self.bent_by, self.positions, self.normals, self.uvs, self.indices)

    def completed(self) -> Primitive:
        """The same with nothing left to be made."""
        return replace(self, given_normals=self.normals, given_tangents=self.tangents, bent_by=None)


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
