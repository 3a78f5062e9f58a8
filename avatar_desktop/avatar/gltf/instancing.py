"""A mesh that is shown many times at one node (EXT_mesh_gpu_instancing)."""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.gltf.accessors import floats
from avatar_desktop.avatar.gltf.document import Index, Node, extension
from avatar_desktop.avatar.gltf.source import Source
from avatar_desktop.errors import AvatarError

Floats = NDArray[np.float32]

_NAME = "EXT_mesh_gpu_instancing"


class _Instancing(msgspec.Struct):
    attributes: dict[str, Index]


def read_copies(source: Source, node: Node, place: str) -> Floats | None:
    """(K, 4, 4) places relative to the node; None when it is shown once, at the node."""
    if _NAME not in node.extensions:
        return None
    try:
        given = extension(node.extensions, _NAME, _Instancing, place).attributes
        return _placed(source, given, f"{place}.extensions.{_NAME}.attributes")
    except AvatarError as error:
        source.skipped("The copies of a mesh", error)
        return None


def _placed(source: Source, given: dict[str, int], place: str) -> Floats | None:
    kinds = {"TRANSLATION": "VEC3", "ROTATION": "VEC4", "SCALE": "VEC3"}
    parts: dict[str, Floats] = {}
    for name, index in given.items():
        if name in kinds:
            parts[name] = floats(source, index, (kinds[name],), f"{place}.{name}")
        elif not name.startswith("_"):
            source.warn(f"The data {name[:40]} of copies are not used.")
    counts = {len(values) for values in parts.values()}
    if not counts:
        return None
    if len(counts) > 1:
        raise AvatarError("Their numbers differ in count.", kind="mesh", place=place)
    count = counts.pop()
    source.claim(count * 16, place)
    placed = np.zeros((count, 4, 4), np.float32)
    placed[:, :3, :3] = _turns(parts["ROTATION"]) if "ROTATION" in parts else np.eye(3)
    if "SCALE" in parts:
        placed[:, :3, :3] *= parts["SCALE"][:, None, :]
    if "TRANSLATION" in parts:
        placed[:, :3, 3] = parts["TRANSLATION"]
    placed[:, 3, 3] = 1.0
    placed.flags.writeable = False
    return placed


def _turns(quaternions: Floats) -> Floats:
    """(K, 3, 3) rotations; a quaternion of length nothing turns nothing."""
    whole = quaternions.astype(np.float64)
    lengths = np.sqrt(np.einsum("ki,ki->k", whole, whole))
    x, y, z, w = (whole / np.where(lengths > 0.0, lengths, 1.0)[:, None]).T
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    return np.array(rows, np.float32).transpose(2, 0, 1)
