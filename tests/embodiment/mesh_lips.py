"""How far the lips of a real face part, read from its mesh: the gap that an eye would see."""

from __future__ import annotations

from functools import cache, cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.read import read_avatar
from avatar_desktop.lips.track import MouthTrack
from avatar_desktop.performer.face_map import FaceMap

Floats = NDArray[np.float64]

_MODELS = Path(__file__).parents[2] / "assets" / "models"
SHIPPED = tuple(sorted(file.parent.name for file in _MODELS.glob("*/avatar.vrm")))
"""Every avatar that the app brings."""
COLUMNS = (-0.008, 0.0, 0.008)
"""Metres beside the midline where lips are looked at; they are shut when they are at all three."""
_NEAR = 0.004
_TOGETHER = 0.0015


@cache
def shipped_avatar(name: str) -> Avatar:
    return read_avatar(_MODELS / name / "avatar.vrm", decode_pixels=False)


@cache
def shipped_lips(name: str) -> MeshLips:
    return MeshLips(shipped_avatar(name))


class MeshLips:
    """The upper and the lower lip of an avatar whose rest is a closed mouth."""

    def __init__(self, avatar: Avatar) -> None:
        self._map = FaceMap(avatar)
        self._known: dict[str, Floats] = {}
        meshes = [(mesh, part) for mesh in avatar.meshes for part in mesh.primitives]
        skins = [(mesh, part) for mesh, part in meshes if part.target_positions is not None]
        self._mesh, self._part = max(skins, key=lambda each: len(each[1].positions))

    def moved(self, channels: dict[str, float]) -> Floats:
        """How far each vertex is from rest under these channels."""
        rest = self._map.weights({})
        weights = (self._map.weights(channels) - rest)[self._mesh.morphs]
        assert self._part.target_positions is not None
        return np.tensordot(weights, self._part.target_positions, 1).astype(np.float64)

    @cached_property
    def pairs(self) -> list[tuple[int, int]]:
        """Lower and upper vertex of each column: together at rest, apart when the jaw drops."""
        rest, drop = self._part.positions.astype(np.float64), -self.moved({"jawOpen": 1.0})[:, 1]
        return [self._pair(rest, drop / drop.max(), column) for column in COLUMNS]

    @staticmethod
    def _pair(rest: Floats, drop: Floats, column: float) -> tuple[int, int]:
        near = np.abs(rest[:, 0] - column) < _NEAR
        low, high = np.flatnonzero(near & (drop > 0.6)), np.flatnonzero(near & (drop < 0.1))
        between = np.linalg.norm(rest[low][:, None] - rest[high][None], axis=2)
        lower, upper = np.nonzero(between < max(_TOGETHER, between.min() * 1.01))
        front = int(rest[low[lower], 2].argmax())
        return int(low[lower[front]]), int(high[upper[front]])

    def opening(self, track: MouthTrack) -> Floats:
        """Metres between the lips over a track, at the column that is widest open."""
        apart = np.array([self._parting(name) for name in track.channels])
        return np.maximum(track.weights @ apart, 0.0).max(axis=1)

    def parting(self, weights: NDArray[np.float32]) -> Floats:
        """The same for whole frames of the avatar's morph weights."""
        low, high = np.array(self.pairs).T
        assert self._part.target_positions is not None
        heights = self._part.target_positions[:, :, 1].astype(np.float64)
        apart = heights[:, high] - heights[:, low]
        moved = (weights - self._map.weights({}))[:, self._mesh.morphs]
        return np.maximum(moved @ apart, 0.0).max(axis=1)

    def _parting(self, channel: str) -> Floats:
        if channel not in self._known:
            moved, (low, high) = self.moved({channel: 1.0}), np.array(self.pairs).T
            self._known[channel] = moved[high, 1] - moved[low, 1]
        return self._known[channel]
