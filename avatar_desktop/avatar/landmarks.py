"""Where mouth, eyes and crown of an avatar are in a pose, in the file's own axes.

Found from the humanoid's bones and from the vertices that the mouth's morphs move most.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.deform import deformed_points
from avatar_desktop.avatar.pose import Pose
from avatar_desktop.avatar.rig.face_names import plain

Floats = NDArray[np.float32]

_VISEMES = ("aa", "ih", "ou", "ee", "oh")
_MOUTH_WORDS = frozenset(
    ("jawopen", "mouthopen", "open", "aa", "a", "あ", "o", "u", "woo", "mouthfunnel")
)
_MOVES_MUCH = 0.35
"""Share of the largest displacement from which a vertex belongs to the mouth."""
_HEAD_SHARE = 0.35
"""A vertex with at least this skin weight on the head belongs to it."""


def bounds(avatar: Avatar, pose: Pose) -> Floats:
    """(2, 3): lowest and highest corner of everything that is drawn; zeros without a mesh."""
    clouds = [
        deformed_points(avatar, pose, mesh, part)
        for mesh, instance in enumerate(avatar.meshes)
        for part in range(len(instance.primitives))
    ]
    return _box([cloud for cloud in clouds if len(cloud)])


def mouth_box(avatar: Avatar, pose: Pose) -> Floats | None:
    """(8, 3) corners of a box around lips and chin in this pose; None without a moving mouth."""
    clouds = [
        deformed_points(avatar, pose, mesh, part, indices)
        for mesh, part, indices in _mouth_vertices(_Same(avatar))
    ]
    if not clouds:
        return None
    low, high = _box(clouds)
    corners = np.array(np.meshgrid(*np.stack([low, high], axis=1))).reshape(3, -1)
    return corners.T.astype(np.float32)


def eye_centre(avatar: Avatar, pose: Pose) -> Floats:
    """(3,) the point between the eyes: by their bones, else where VRM looks from, else guessed."""
    eyes = [avatar.humanoid[bone] for bone in ("leftEye", "rightEye") if bone in avatar.humanoid]
    if eyes:
        return pose.world[eyes, :3, 3].mean(axis=0)
    head = avatar.humanoid.get("head")
    if head is None:
        low, high = bounds(avatar, pose)
        return ((low + high) / 2 + (high - low) * np.array((0.0, 0.42, 0.0))).astype(np.float32)
    offset = avatar.look_at.offset_from_head if avatar.look_at else (0.0, 0.06, 0.0)
    return (pose.world[head] @ np.array([*offset, 1.0], np.float32))[:3]


def head_top(avatar: Avatar, pose: Pose) -> Floats:
    """(3,) the highest point above the head's joint, hair and hat included."""
    head = avatar.humanoid.get("head")
    low, high = bounds(avatar, pose) if head is None else _head_box(avatar, pose, head)
    middle = (low + high) / 2 if head is None else pose.world[head, :3, 3]
    return np.array([middle[0], high[1], middle[2]], np.float32)


def _head_box(avatar: Avatar, pose: Pose, head: int) -> Floats:
    clouds: list[Floats] = []
    below = _descendants(avatar, head)
    for mesh, instance in enumerate(avatar.meshes):
        for number, part in enumerate(instance.primitives):
            if instance.skin >= 0 and part.joints is not None and part.weights is not None:
                of_head = np.isin(avatar.skins[instance.skin].joints, below)
                share = (part.weights * of_head[part.joints]).sum(axis=1)
                chosen = np.flatnonzero(share >= _HEAD_SHARE)
            elif instance.node in below:
                chosen = np.arange(len(part.positions))
            else:
                continue
            clouds.append(deformed_points(avatar, pose, mesh, number, chosen))
    filled = [cloud for cloud in clouds if len(cloud)]
    place = pose.world[head, :3, 3]
    return _box(filled) if filled else np.stack([place, place])


def _descendants(avatar: Avatar, root: int) -> list[int]:
    inside = {root}
    for node in avatar.skeleton.order.tolist():
        if int(avatar.skeleton.parents[node]) in inside:
            inside.add(node)
    return sorted(inside)


class _Same:
    """An avatar compared by identity: values full of arrays have no hash of their own."""

    __slots__ = ("avatar",)

    def __init__(self, avatar: Avatar) -> None:
        self.avatar = avatar

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.avatar is self.avatar

    def __hash__(self) -> int:
        return id(self.avatar)


@lru_cache(maxsize=2)
def _mouth_vertices(same: _Same) -> tuple[tuple[int, int, NDArray[np.int64]], ...]:
    """(mesh, primitive, vertices) that open jaw and visemes move most."""
    avatar = same.avatar
    places = _mouth_places(avatar)
    found: list[tuple[int, int, NDArray[np.float32]]] = []
    for mesh, instance in enumerate(avatar.meshes):
        targets = [
            place - instance.morphs.start
            for place in places
            if instance.morphs.start <= place < instance.morphs.stop
        ]
        for number, part in enumerate(instance.primitives):
            if targets and part.target_positions is not None:
                moved = np.linalg.norm(part.target_positions[targets], axis=2).max(axis=0)
                found.append((mesh, number, moved))
    most = max((float(moved.max(initial=0.0)) for _, _, moved in found), default=0.0)
    if most <= 0.0:
        return ()
    chosen = ((m, p, np.flatnonzero(moved > _MOVES_MUCH * most)) for m, p, moved in found)
    return tuple(item for item in chosen if len(item[2]))


def _mouth_places(avatar: Avatar) -> set[int]:
    by_expression = {
        bind.place
        for name in _VISEMES
        if name in avatar.expressions
        for bind in avatar.expressions[name].binds
    }
    by_name = {
        place for place, name in enumerate(avatar.morph_names) if plain(name) in _MOUTH_WORDS
    }
    return by_expression | by_name


def _box(clouds: list[Floats]) -> Floats:
    if not clouds:
        return np.zeros((2, 3), np.float32)
    lows = np.array([cloud.min(axis=0) for cloud in clouds])
    highs = np.array([cloud.max(axis=0) for cloud in clouds])
    return np.stack([lows.min(axis=0), highs.max(axis=0)]).astype(np.float32)
