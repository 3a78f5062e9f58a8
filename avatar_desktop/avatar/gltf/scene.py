"""Nodes become the flat skeleton: parents first, no cycles, every number finite."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.gltf.accessors import matrices
from avatar_desktop.avatar.gltf.document import Document
from avatar_desktop.avatar.gltf.source import Source, pick
from avatar_desktop.avatar.skeleton import Skeleton, Skin
from avatar_desktop.errors import AvatarError

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
_Number = TypeVar("_Number", np.float32, np.int32)


def read_skeleton(source: Source) -> Skeleton:
    """Every node of the file in one tree."""
    document = source.document
    count = len(document.nodes)
    parents = _parents(source)
    translations = np.zeros((count, 3), np.float64)
    rotations = np.zeros((count, 4), np.float64)
    scales = np.ones((count, 3), np.float64)
    for index, node in enumerate(document.nodes):
        if node.matrix is not None:
            parts = _decomposed(node.matrix, f"$.nodes[{index}].matrix")
        else:
            parts = (node.translation, node.rotation, node.scale)
        translations[index], rotations[index], scales[index] = parts
    with np.errstate(over="ignore"):
        local = [part.astype(np.float32) for part in (translations, rotations, scales)]
    for part, name in zip(local, ("translation", "rotation", "scale"), strict=True):
        _finite(part, name)
    _unit(local[1], source)
    return Skeleton(
        names=tuple(node.name or f"node_{index}" for index, node in enumerate(document.nodes)),
        parents=parents,
        order=_parents_first(parents),
        translations=_frozen(local[0]),
        rotations=_frozen(local[1]),
        scales=_frozen(local[2]),
    )


def shown_nodes(source: Source, skeleton: Skeleton) -> frozenset[int]:
    """The nodes of the chosen scene; every node when the file has no scene."""
    document = source.document
    if not document.scenes:
        return frozenset(range(len(document.nodes)))
    scene = pick(document.scenes, document.scene or 0, "$.scene", "scene")
    place = f"$.scenes[{document.scene or 0}].nodes"
    shown: set[int] = set()
    for root in scene.nodes:
        pick(document.nodes, root, place, "node")
        shown.add(root)
    for index in skeleton.order.tolist():
        if int(skeleton.parents[index]) in shown:
            shown.add(index)
    return frozenset(shown)


def read_skins(source: Source) -> tuple[Skin, ...]:
    """Every skin; a damaged one refuses the file, because its meshes would be torn."""
    return tuple(_skin(source, index) for index in range(len(source.document.skins)))


def _skin(source: Source, index: int) -> Skin:
    skin = source.document.skins[index]
    here = f"$.skins[{index}]"
    if not skin.joints:
        raise AvatarError("A skin has no joints.", kind="skin", place=here)
    for joint in skin.joints:
        pick(source.document.nodes, joint, f"{here}.joints", "node")
    joints = np.array(skin.joints, np.int32)
    if skin.inverse_bind_matrices is None:
        binds = np.tile(np.eye(4, dtype=np.float32), (len(joints), 1, 1))
    else:
        binds = matrices(source, skin.inverse_bind_matrices, f"{here}.inverseBindMatrices")
    if len(binds) < len(joints):
        raise AvatarError(
            f"A skin has {len(joints)} joints and {len(binds)} inverse bind matrices.",
            kind="skin",
            place=f"{here}.inverseBindMatrices",
        )
    return Skin(joints=_frozen(joints), inverse_binds=_frozen(binds[: len(joints)]))


def _parents(source: Source) -> NDArray[np.int32]:
    document: Document = source.document
    parents = np.full(len(document.nodes), -1, np.int32)
    for index, node in enumerate(document.nodes):
        place = f"$.nodes[{index}].children"
        for child in node.children:
            pick(document.nodes, child, place, "node")
            if parents[child] != -1 and parents[child] != index:
                raise AvatarError(
                    f"Node {child} hangs below two parents.", kind="tree", place=place
                )
            parents[child] = index
    return _frozen(parents)


def _parents_first(parents: NDArray[np.int32]) -> NDArray[np.int32]:
    children: dict[int, list[int]] = {}
    for index, parent in enumerate(parents.tolist()):
        children.setdefault(parent, []).append(index)
    order = list(children.get(-1, []))
    for index in order:  # grows while it is walked: breadth first
        order.extend(children.get(index, []))
    if len(order) != len(parents):
        lost = min(set(range(len(parents))) - set(order))
        raise AvatarError(
            "The nodes form a circle.", kind="tree", place=f"$.nodes[{lost}].children"
        )
    return _frozen(np.array(order, np.int32))


def _decomposed(columns: list[float], place: str) -> tuple[Doubles, Doubles, Doubles]:
    matrix = np.array(columns, np.float64).reshape(4, 4).T
    if not np.isfinite(matrix).all() or np.abs(matrix).max() > np.finfo(np.float32).max:
        raise AvatarError(
            "A matrix holds numbers that are not finite.", kind="numbers", place=place
        )
    axes = matrix[:3, :3]
    scale: Doubles = np.linalg.norm(axes, axis=0)
    if np.linalg.det(axes) < 0.0:
        scale[0] = -scale[0]
    upright = axes / np.where(scale == 0.0, 1.0, scale)
    return matrix[:3, 3], _quaternion(upright), scale


def _quaternion(axes: Doubles) -> Doubles:
    """The quaternion of a rotation matrix, from its largest component."""
    trace = np.trace(axes)
    diagonal = np.diagonal(axes)
    squares = np.array([*(1.0 + 2.0 * diagonal - trace), 1.0 + trace])
    largest = int(np.argmax(squares))
    sums, differences = axes + axes.T, axes - axes.T
    if largest == 3:
        parts = np.array([differences[2, 1], differences[0, 2], differences[1, 0], squares[3]])
    else:
        i, j, k = largest, (largest + 1) % 3, (largest + 2) % 3
        parts = np.zeros(4)
        parts[i], parts[3] = squares[largest], differences[k, j]
        parts[j], parts[k] = sums[i, j], sums[i, k]
    length = float(np.linalg.norm(parts))
    return parts / length if length > 0.0 else np.array([0.0, 0.0, 0.0, 1.0])


def _finite(values: Floats, name: str) -> None:
    bad = np.flatnonzero(~np.isfinite(values).all(axis=1))
    if len(bad):
        raise AvatarError(
            f"A node has a {name} that is not finite.",
            kind="numbers",
            place=f"$.nodes[{int(bad[0])}].{name}",
        )


def _unit(rotations: Floats, source: Source) -> None:
    """Bring rotations to length one in place; a rotation of length nothing turns nothing."""
    lengths = np.linalg.norm(rotations.astype(np.float64), axis=1)
    off = np.flatnonzero(np.abs(lengths - 1.0) > 1e-2)
    if len(off):
        source.warn(f"The rotation of node {int(off[0])} is no unit quaternion; it was made one.")
    rotations[lengths < 1e-9] = (0.0, 0.0, 0.0, 1.0)
    lengths[lengths < 1e-9] = 1.0
    rotations /= lengths[:, None].astype(np.float32)


def _frozen(values: NDArray[_Number]) -> NDArray[_Number]:
    values.flags.writeable = False
    return values
