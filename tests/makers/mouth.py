"""Where the mouth of an avatar is in a pose: the vertices that its morphs move most."""

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


def mouth_box(avatar: Avatar, pose: Pose) -> Floats | None:
    """(8, 3) corners of a box around lips and chin in this pose; None without a moving mouth."""
    clouds = [
        deformed_points(avatar, pose, mesh, part, indices)
        for mesh, part, indices in _mouth_vertices(_Same(avatar))
    ]
    if not clouds:
        return None
    points = np.concatenate(clouds)
    ends = np.stack([points.min(axis=0), points.max(axis=0)], axis=1)
    corners = np.array(np.meshgrid(*ends)).reshape(3, -1)
    return corners.T.astype(np.float32)


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
