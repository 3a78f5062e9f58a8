"""Morph targets: displacements in one array, their names and how far they are on at rest."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.gltf.accessors import add_floats
from avatar_desktop.avatar.gltf.attributes import Shared
from avatar_desktop.avatar.gltf.document import Mesh, loose
from avatar_desktop.avatar.gltf.document import Primitive as PrimitiveSpec
from avatar_desktop.avatar.gltf.source import Source
from avatar_desktop.avatar.gltf.stacks import stacked
from avatar_desktop.errors import AvatarError

Floats = NDArray[np.float32]

_MAX_WEIGHT = 1e6
MOVED = ("POSITION", "NORMAL", "TANGENT")


def target_count(mesh: Mesh) -> int:
    """How many morph weights the mesh has."""
    return max((len(part.targets) for part in mesh.primitives), default=0)


def read_targets(
    shared: Shared, spec: PrimitiveSpec, count: int, vertices: int, place: str
) -> tuple[Floats | None, Floats | None, Floats | None]:
    """Displacements of position, normal and tangent, (count, V, 3) each."""
    if not spec.targets:
        return None, None, None
    unknown = {name for target in spec.targets for name in target if name not in MOVED}
    for name in sorted(unknown):
        shared.source.warn(f"The morph targets of {name[:40]} are not used.")
    positions, normals, tangents = (
        _stack(shared, spec, name, (count, vertices, 3), place) for name in MOVED
    )
    return positions, normals, tangents


def _stack(
    shared: Shared, spec: PrimitiveSpec, name: str, shape: tuple[int, int, int], place: str
) -> Floats | None:
    """One kind of displacement of all targets; a target that moves nothing stays zero."""
    named = tuple(target.get(name, -1) for target in spec.targets)
    if max(named) < 0:
        return None
    key = (*named, *shape[:2])
    if key in shared.stacks:
        return shared.stacks[key]
    count, vertices, _ = shape
    shared.source.claim(count * vertices * 3, place)
    together = stacked(shared.source, named, vertices) if len(named) == count else None
    if together is None:
        together = _one_by_one(shared.source, named, name, shape, place)
    shared.stacks[key] = together
    return together


def _one_by_one(
    source: Source, named: tuple[int, ...], name: str, shape: tuple[int, int, int], place: str
) -> Floats:
    stack = np.zeros(shape, np.float32)
    for number, index in enumerate(named):
        if index < 0:
            continue
        here = f"{place}.targets[{number}].{name}"
        try:
            add_floats(source, index, stack[number], here)
        except AvatarError as error:
            source.skipped(f"The {name} of a morph target", error)
            stack[number] = 0.0
    return stack


def target_names(mesh: Mesh, count: int) -> list[str]:
    """Names as exporters write them: beside the mesh, or beside a primitive."""
    if not count:
        return []
    for extras in (mesh.extras, *(part.extras for part in mesh.primitives)):
        found = loose(extras)
        names: Any = found.get("targetNames") if isinstance(found, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        if isinstance(names, list):
            given: list[str] = [str(name) for name in names]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
            return [*given[:count], *(f"target_{i}" for i in range(len(given), count))]
    return [f"target_{i}" for i in range(count)]


def rest_weights(source: Source, given: list[float], count: int, node: int) -> list[float]:
    """As many weights as targets."""
    if given and len(given) != count:
        source.warn(f"Node {node} has {len(given)} morph weights for {count} targets.")
    usable = [weight if abs(weight) <= _MAX_WEIGHT else 0.0 for weight in given[:count]]
    if usable != given[:count]:
        source.warn(f"Node {node} has morph weights that no shape can follow; they are off.")
    return [*usable, *([0.0] * (count - len(given)))]
