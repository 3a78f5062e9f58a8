"""Puts a character together: parts, light, bones, skin weights and shapes in one file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from .fields import Array
from .glb import INDEX, VERTEX, Glb
from .light import openness
from .mesh import Index, Mesh, edges, join, neighbour_mean, normals
from .palette import palette
from .rig import Rig, Scale, best_four, write_rig
from .surfaces import Surface, worn, write_surfaces
from .vrm import Person, dress
from .weave import tangents

LEAST_MOVE = 1.2e-5  # metres; smaller morph rows are left out
LEAST_TURN = 0.02  # of a unit normal
GRAIN = 3  # rounds of ironing of the soft light
WORN_OVER = {"mouthClose": "jawOpen"}  # light on such a shape is reckoned over the other one


@dataclass(frozen=True)
class Part:
    """One primitive: a triangle mesh, who holds it (points × bones), and its surface.

    Masks with a meaning here: `marked` (glows, or has no outline), `lit` (at least so open to the
    light), `weave_u` and `weave_v` (where it lies on its surface's weave).
    """

    mesh: Mesh
    held: Array
    surface: str


@dataclass(frozen=True)
class Group:
    """One mesh of the file; `targets` move the points of its parts, joined in order."""

    name: str
    parts: tuple[Part, ...]
    targets: dict[str, Array] = field(default_factory=dict)
    first_person: str = "both"


@dataclass(frozen=True)
class Figure:
    """A whole character, ready to be written."""

    name: str
    rig: Rig
    scale: Scale
    surfaces: tuple[Surface, ...]
    shadows: dict[str, tuple[float, float, float]]
    """How dark the soft look of a surface gets where no light comes; absent: neither takes
    nor gives shadow."""
    groups: tuple[Group, ...]
    person: Person


def save(figure: Figure, target: Path, fingerprint: str) -> dict[str, int]:
    """Write the file; returns its figures."""
    glb = Glb({"asset": {"version": "2.0", "generator": "Avatar Desktop workshop"}})
    glb.document["asset"]["extras"] = {"sources": fingerprint}
    root = write_rig(glb, figure.rig, figure.scale)
    parts = [part for group in figure.groups for part in group.parts]
    glows = {surface.name: surface.glows for surface in figure.surfaces}
    marks = [np.abs(part.mesh.mask("marked") - (not glows[part.surface])) for part in parts]
    colours = palette([part.mesh for part in parts], marks)
    material = write_surfaces(glb, figure.surfaces, colours)
    lit = iter(_lit(parts, figure.shadows))
    places = iter(colours.places)
    scene, morphed, first_person = [root], [], {}
    for group in figure.groups:
        primitives = [
            _primitive(glb, replace(part, mesh=next(lit)), next(places), figure.scale)
            for part in group.parts
        ]
        for part, primitive in zip(group.parts, primitives, strict=True):
            soft, drawn = material[part.surface]
            primitive |= {"material": soft, "mode": 4, "extensions": worn(soft, drawn)}
        mesh: dict[str, Any] = {"name": group.name, "primitives": primitives}
        node = glb.add("nodes", {"name": group.name})
        if group.targets:
            names = list(group.targets)
            _morphs(glb, group, primitives, figure.scale)
            mesh |= {"extras": {"targetNames": names}, "weights": [0.0] * len(names)}
            morphed.append((node, names))
        glb.items("nodes")[node] |= {"mesh": glb.add("meshes", mesh), "skin": 0}
        first_person[node] = group.first_person
        scene.append(node)
    glb.document["scene"] = 0
    glb.add("scenes", {"name": figure.name, "nodes": scene})
    dress(glb, figure.person, figure.rig, figure.scale, morphed, first_person)
    glb.save(target)
    return {
        "triangles": sum(len(part.mesh.faces) for part in parts),
        "points": sum(len(part.mesh.points) for part in parts),
        "bytes": target.stat().st_size,
    }


def _lit(parts: Sequence[Part], shadows: dict[str, tuple[float, float, float]]) -> list[Mesh]:
    """Multiply ambient occlusion into the colours."""
    scene = join([part.mesh for part in parts])
    normal = np.concatenate([_normals(part.mesh) for part in parts])
    blocks = np.concatenate([np.full(len(p.mesh.faces), p.surface in shadows) for p in parts])
    light = openness(scene.points, normal, scene.faces[blocks])
    done: list[Mesh] = []
    start = 0
    for part in parts:
        mesh = part.mesh
        here = _evened(light[start : start + len(mesh.points)], mesh)[:, None]
        start += len(mesh.points)
        if part.surface in shadows:
            low = np.array(shadows[part.surface])
            open_ = np.clip(np.maximum(here * 1.15, mesh.mask("lit")[:, None]), 0, 1)
            mesh = mesh.painted(mesh.colour * (low + (1 - low) * open_))
        done.append(mesh)
    return done


def _evened(light: Array, mesh: Mesh) -> Array:
    """Light without the grain of its depth pictures."""
    edge, _ = edges(mesh.faces)
    for _ in range(GRAIN):
        light = 0.5 * (light + neighbour_mean(light, edge))
    return light


def _primitive(glb: Glb, part: Part, place: Array, scale: Scale) -> dict[str, Any]:
    mesh = part.mesh
    joints, weights = best_four(part.held)
    normal = _unit(_normals(mesh))
    attributes = {
        "POSITION": glb.accessor(scale.metres(mesh.points), target=VERTEX, bounds=True),
        "NORMAL": glb.accessor(normal, target=VERTEX),
        "COLOR_0": glb.accessor(np.clip(mesh.colour, 0, 1), target=VERTEX),
        "TEXCOORD_0": glb.accessor(place, target=VERTEX),
        "JOINTS_0": glb.accessor(joints, "u1", VERTEX),
        "WEIGHTS_0": glb.accessor(_rounded(weights), target=VERTEX),
    }
    if "weave_u" in mesh.masks:
        weave = np.stack([mesh.mask("weave_u"), mesh.mask("weave_v")], -1)
        attributes["TEXCOORD_1"] = glb.accessor(weave, target=VERTEX)
        attributes["TANGENT"] = glb.accessor(tangents(mesh, normal), target=VERTEX)
    return {
        "attributes": attributes,
        "indices": glb.accessor(mesh.faces.ravel(), "u2", INDEX),
    }


def _normals(mesh: Mesh, points: Array | None = None) -> Array:
    """Point normals; points of one place that only the weave parts share theirs."""
    points = mesh.points if points is None else points
    if "weave_u" not in mesh.masks:
        return normals(points, mesh.faces)
    own = _places(mesh.points)
    first = np.zeros((own.max() + 1, 3))
    first[own] = points
    return normals(first, own[mesh.faces])[own]


def _places(points: Array) -> Index:
    """The same number for points in the same place."""
    rounded = np.round(points, 6)
    return np.unique(rounded, axis=0, return_inverse=True)[1].reshape(-1)


def _unit(normal: Array) -> Array:
    single = normal.astype(np.float32)
    size = np.linalg.norm(single, axis=1, keepdims=True)
    return np.where(size > 0.5, single / np.maximum(size, 1e-9), [[0.0, 1.0, 0.0]])


def _rounded(weights: Array) -> Array:
    """Weights whose single-precision sum is 1."""
    single = weights.astype(np.float32)
    single[:, 0] += np.float32(1) - single.sum(axis=1, dtype=np.float32)
    return single


def _morphs(glb: Glb, group: Group, primitives: list[dict[str, Any]], scale: Scale) -> None:
    """Sparse targets on every primitive of a group."""
    start = 0
    for part, primitive in zip(group.parts, primitives, strict=True):
        mesh = part.mesh
        rows = slice(start, start + len(mesh.points))
        start = rows.stop
        flat = _normals(mesh)
        primitive["targets"] = []
        for name, move in group.targets.items():
            own = move[rows]
            bent = np.zeros_like(own)
            if own.any():
                under = group.targets.get(WORN_OVER.get(name, ""), np.zeros_like(move))[rows]
                below = _normals(mesh, mesh.points + under) if under.any() else flat
                bent = _normals(mesh, mesh.points + under + own) - below
            bent[np.linalg.norm(own, axis=1) * scale.unit < LEAST_MOVE] = 0.0
            primitive["targets"].append(
                {
                    "POSITION": glb.sparse(own * scale.unit, LEAST_MOVE, bounds=True),
                    "NORMAL": glb.sparse(bent, LEAST_TURN, bounds=False),
                }
            )
