"""Nodes become the flat skeleton: parents first, no cycles, every number finite."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.gltf.accessors import MAX_NUMBER, matrices
from avatar_desktop.avatar.gltf.document import Vec3, Vec4
from avatar_desktop.avatar.gltf.furnishings import hidden_nodes
from avatar_desktop.avatar.gltf.matrices import UPRIGHT, decomposed
from avatar_desktop.avatar.gltf.source import Source, pick
from avatar_desktop.avatar.skeleton import Skeleton, Skin
from avatar_desktop.errors import AvatarError

Floats = NDArray[np.float32]
_Number = TypeVar("_Number", np.float32, np.int32)
_LARGEST = float(np.finfo(np.float32).max)
_HARDLY_OFF = 1e-2
_IN_PLACE = np.eye(4, dtype=np.float32)
_BARELY_OFF = 1e-7
"""What 32-bit numbers cannot tell from a length of one."""

_MISSING = frozenset({"uri", "size", "extension"})


def read_skeleton(source: Source) -> Skeleton:
    """Every node of the file in one tree."""
    nodes = source.document.nodes
    if not nodes:
        return _NOBODY
    parents = _parents(source)
    order = _parents_first(parents)
    translations, rotations, scales = _places(source, parents, order)
    return Skeleton(
        names=tuple([node.name or f"node_{index}" for index, node in enumerate(nodes)]),
        parents=_frozen(np.array(parents, np.int32)),
        order=_frozen(np.array(order, np.int32)),
        translations=_frozen(np.array(translations, np.float32)),
        rotations=_frozen(np.array(rotations, np.float32)),
        scales=_frozen(np.array(scales, np.float32)),
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
    """Every skin; a damaged one has no joints, and its meshes are shown stiff.

    Where its bytes are not to be had at all, the file is refused: the person can mend that.
    """
    return tuple(_skin_or_none(source, index) for index in range(len(source.document.skins)))


def _skin_or_none(source: Source, index: int) -> Skin:
    try:
        return _skin(source, index)
    except AvatarError as error:
        if error.kind in _MISSING:
            raise
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
        binds = np.empty((len(joints), 4, 4), np.float32)
        binds[:] = _IN_PLACE
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


def _places(
    source: Source, parents: list[int], order: list[int]
) -> tuple[list[Vec3], list[Vec4], list[Vec3]]:
    """Translations, rotations and scales, all of them usable."""
    translations: list[Vec3] = []
    rotations: list[Vec4] = []
    scales: list[Vec3] = []
    way, growth = 1.0, 1.0
    for index, node in enumerate(source.document.nodes):
        translation, rotation, scale = node.translation, node.rotation, node.scale
        if node.matrix is not None:
            translation, rotation, scale = decomposed(node.matrix)
        elif not -_BARELY_OFF < math.hypot(*rotation) - 1.0 < _BARELY_OFF:
            rotation = _unit(source, rotation, index)
        translations.append(translation)
        rotations.append(rotation)
        scales.append(scale)
        way += math.hypot(*translation)
        x, y, z = scale
        if not (-1.0 <= x <= 1.0 and -1.0 <= y <= 1.0 and -1.0 <= z <= 1.0):
            growth *= max(abs(x), abs(y), abs(z))
    if not way * growth <= MAX_NUMBER:  # the worst chain there could be; harmless in most files
        _check_finite(source, (translations, rotations, scales))
        _check_reach(translations, scales, parents, order)
    return translations, rotations, scales


def _check_finite(source: Source, places: tuple[Sequence[Sequence[float]], ...]) -> None:
    for name, values in zip(("translation", "rotation", "scale"), places, strict=True):
        for index, value in enumerate(values):
            if not math.hypot(*value) <= _LARGEST:
                is_matrix = source.document.nodes[index].matrix is not None
                raise _infinite(name, f"$.nodes[{index}].{'matrix' if is_matrix else name}")


def _infinite(what: str, place: str) -> AvatarError:
    return AvatarError(f"A node has a {what} that is not finite.", kind="numbers", place=place)


def _check_reach(
    translations: list[Vec3], scales: list[Vec3], parents: list[int], order: list[int]
) -> None:
    """AvatarError where parents carry a node so far away, or so large, that its world overflows."""
    size = [max(map(abs, scale)) for scale in scales]
    reach = [sum(map(abs, translation)) for translation in translations]
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


def _unit(source: Source, rotation: Vec4, node: int) -> Vec4:
    """A rotation of length one; one of length nothing turns nothing."""
    length = math.hypot(*rotation)
    if not length <= _LARGEST:
        raise _infinite("rotation", f"$.nodes[{node}].rotation")
    if not abs(length - 1.0) <= _HARDLY_OFF:
        source.warn(f"The rotation of node {node} is no unit quaternion; it was made one.")
        if length < 1e-9:
            return UPRIGHT
    x, y, z, w = rotation
    return x / length, y / length, z / length, w / length


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
