"""Nodes become the flat skeleton: parents first, no cycles, every number finite."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.gltf.accessors import MAX_NUMBER, matrices
from avatar_desktop.avatar.gltf.furnishings import hidden_nodes
from avatar_desktop.avatar.gltf.source import Source, pick
from avatar_desktop.avatar.skeleton import Skeleton, Skin
from avatar_desktop.errors import AvatarError

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
_Number = TypeVar("_Number", np.float32, np.int32)
_PARTS = {"translation": slice(0, 3), "rotation": slice(3, 7), "scale": slice(7, 10)}
"""Where each lies in the row of a node; all are looked at together."""
_LARGEST = float(np.finfo(np.float32).max)
_HARDLY_OFF = 1e-2
_HARDLY_GROWN, _FEW, _NEAR = 1.0001, 10_000, 1e12
"""So little growth at so few nodes is e at most, and squares of no more sum keep them near."""


def read_skeleton(source: Source) -> Skeleton:
    """Every node of the file in one tree."""
    nodes = source.document.nodes
    if not nodes:
        return _NOBODY
    parents = _parents(source)
    rows = [(*node.translation, *node.rotation, *node.scale) for node in nodes]
    places = np.array(rows, np.float64)
    placed = [index for index, node in enumerate(nodes) if node.matrix is not None]
    order = _parents_first(parents)
    with np.errstate(over="ignore", invalid="ignore"):  # what overflows is found, not computed with
        if placed:
            matrices = np.array([nodes[index].matrix for index in placed], np.float64)
            places[placed] = _decomposed(matrices, placed)
        _make_unit(places[:, _PARTS["rotation"]], source)
        _check(places, parents, order)
    return Skeleton(
        names=tuple([node.name or f"node_{index}" for index, node in enumerate(nodes)]),
        parents=_frozen(np.array(parents, np.int32)),
        order=_frozen(np.array(order, np.int32)),
        translations=_frozen(places[:, _PARTS["translation"]].astype(np.float32)),
        rotations=_frozen(places[:, _PARTS["rotation"]].astype(np.float32)),
        scales=_frozen(places[:, _PARTS["scale"]].astype(np.float32)),
        hidden=hidden_nodes(source),
    )


def shown_scene(source: Source) -> int:
    """The scene that is shown: the file's own choice, else the first."""
    document = source.document
    chosen = document.scene or 0
    if document.scenes and chosen >= len(document.scenes):
        source.warn(
            f"The file wants scene {chosen} of {len(document.scenes)} ($.scene); "
            "the first is shown."
        )
        return 0
    return chosen


def shown_nodes(source: Source, skeleton: Skeleton, scene: int) -> frozenset[int]:
    """The nodes of one scene; every node when the file has no scene."""
    document = source.document
    if not document.scenes:
        return frozenset(range(len(document.nodes)))
    shown: set[int] = set()
    for root in document.scenes[scene].nodes:
        pick(document.nodes, root, f"$.scenes[{scene}].nodes", "node")
        shown.add(root)
    parents = skeleton.parents.tolist()
    for index in skeleton.order.tolist():
        if parents[index] in shown:
            shown.add(index)
    return frozenset(shown)


def scene_names(source: Source) -> tuple[str, ...]:
    """The names of all scenes; a file with several has more to it than is seen."""
    scenes = source.document.scenes
    if len(scenes) > 1:
        source.warn(f"The file has {len(scenes)} scenes, and one of them is shown.")
    return tuple(scene.name or f"scene_{index}" for index, scene in enumerate(scenes))


def read_skins(source: Source) -> tuple[Skin, ...]:
    """Every skin; a damaged one has no joints, and its meshes are shown stiff."""
    return tuple(_skin_or_none(source, index) for index in range(len(source.document.skins)))


def _skin_or_none(source: Source, index: int) -> Skin:
    try:
        return _skin(source, index)
    except AvatarError as error:
        source.skipped(f"Skin {index}", error)
        return Skin(np.zeros(0, np.int32), np.zeros((0, 4, 4), np.float32))


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


def _parents(source: Source) -> list[int]:
    nodes = source.document.nodes
    parents = [-1] * len(nodes)
    for index, node in enumerate(nodes):
        for child in node.children:
            if child >= len(nodes):
                pick(nodes, child, f"$.nodes[{index}].children", "node")
            if parents[child] not in (-1, index):
                raise AvatarError(
                    f"Node {child} hangs below two parents.",
                    kind="tree",
                    place=f"$.nodes[{index}].children",
                )
            parents[child] = index
    return parents


def _parents_first(parents: list[int]) -> list[int]:
    children: dict[int, list[int]] = {}
    for index, parent in enumerate(parents):
        children.setdefault(parent, []).append(index)
    order = list(children.get(-1, []))
    for index in order:  # grows while it is walked: breadth first
        order.extend(children.get(index, ()))
    if len(order) != len(parents):
        lost = min(set(range(len(parents))) - set(order))
        raise AvatarError(
            "The nodes form a circle.", kind="tree", place=f"$.nodes[{lost}].children"
        )
    return order


def _decomposed(columns: Doubles, nodes: list[int]) -> Doubles:
    """Translation, rotation and scale (K, 10) of matrices (K, 16) that the file has by columns."""
    if not np.maximum.reduce(np.abs(columns), axis=None) <= _LARGEST:
        bad = np.flatnonzero(~(np.abs(columns).max(axis=1) <= _LARGEST))
        raise AvatarError(
            "A matrix holds numbers that are not finite.",
            kind="numbers",
            place=f"$.nodes[{nodes[int(bad[0])]}].matrix",
        )
    axes = columns.reshape(-1, 4, 4)[:, :3, :3]
    scales = np.sqrt(np.einsum("kij,kij->ki", axes, axes))
    scales[np.linalg.det(axes) < 0.0, 0] *= -1.0
    upright = axes / (scales if scales.all() else np.where(scales == 0.0, 1.0, scales))[:, :, None]
    return np.concatenate((columns[:, 12:15], _quaternions(upright), scales), axis=1)


def _quaternions(axes: Doubles) -> Doubles:
    """The quaternions of rotations (K, 3, 3) by columns, each from its largest component."""
    products = (axes.reshape(-1, 9) @ _PRODUCTS).reshape(-1, 4, 4) + np.eye(4)
    largest = products.reshape(-1, 16)[:, ::5].argmax(axis=1)
    found = products[np.arange(len(axes)), largest]
    lengths = np.sqrt(np.einsum("ki,ki->k", found, found))
    if not lengths.all():
        found[lengths == 0.0] = (0.0, 0.0, 0.0, 1.0)
        lengths[lengths == 0.0] = 1.0
    return found / lengths[:, None]


def _products_of_components() -> Doubles:
    """(9, 16): four times the products of every two of x y z w, less one for a square, out of
    the nine numbers of a rotation by columns."""
    table = np.zeros((4, 4, 3, 3))
    for place, signs in enumerate(((1, -1, -1), (-1, 1, -1), (-1, -1, 1), (1, 1, 1))):
        table[place, place, range(3), range(3)] = signs
    for place, (i, j) in enumerate(((1, 2), (2, 0), (0, 1))):
        table[i, j, i, j] = table[i, j, j, i] = 1.0
        table[place, 3, i, j], table[place, 3, j, i] = 1.0, -1.0
        table[j, i], table[3, place] = table[i, j], table[place, 3]
    return table.reshape(16, 9).T.copy()


_PRODUCTS = _products_of_components()


def _check(places: Doubles, parents: list[int], order: list[int]) -> None:
    """AvatarError where a number is not finite, or parents carry a node beyond all measure."""
    largest = np.maximum.reduce(np.abs(places[:, _PARTS["scale"]]), axis=None)
    if largest <= _HARDLY_GROWN and len(places) <= _FEW and np.vdot(places, places) <= _NEAR:
        return  # the worst chain there could be is harmless, as in nearly every file
    bad = np.argwhere(~(np.abs(places) <= _LARGEST))
    if len(bad):
        node, column = bad[0].tolist()
        name = next(name for name, part in _PARTS.items() if column < part.stop)
        raise AvatarError(
            f"A node has a {name} that is not finite.",
            kind="numbers",
            place=f"$.nodes[{node}].{name}",
        )
    size: list[float] = np.abs(places[:, _PARTS["scale"]]).max(axis=1).tolist()
    reach: list[float] = np.abs(places[:, _PARTS["translation"]]).sum(axis=1).tolist()
    for node in order:
        above = parents[node]
        if above >= 0:
            reach[node] = reach[above] + size[above] * reach[node]
            size[node] *= size[above]
        if not (size[node] <= MAX_NUMBER and reach[node] <= MAX_NUMBER):
            raise AvatarError(
                "A node lies, or reaches, beyond a billion metres.",
                kind="numbers",
                place=f"$.nodes[{node}]",
            )


def _make_unit(rotations: Doubles, source: Source) -> None:
    """Rotations of length one, in place; one of length nothing turns nothing."""
    lengths = np.sqrt(np.einsum("ni,ni->n", rotations, rotations))
    off = lengths - 1.0
    together = float(off @ off)
    if together == 0.0:
        return
    if not together <= _HARDLY_OFF**2:
        strange = (np.abs(off) > _HARDLY_OFF).nonzero()[0]
        if len(strange):
            source.warn(
                f"The rotation of node {int(strange[0])} is no unit quaternion; it was made one."
            )
        rotations[lengths < 1e-9] = (0.0, 0.0, 0.0, 1.0)
        lengths[lengths < 1e-9] = 1.0
    rotations /= lengths[:, None]


def _frozen(values: NDArray[_Number]) -> NDArray[_Number]:
    values.flags.writeable = False
    return values


_NOBODY = Skeleton(
    names=(),
    parents=_frozen(np.zeros(0, np.int32)),
    order=_frozen(np.zeros(0, np.int32)),
    translations=_frozen(np.zeros((0, 3), np.float32)),
    rotations=_frozen(np.zeros((0, 4), np.float32)),
    scales=_frozen(np.zeros((0, 3), np.float32)),
)
