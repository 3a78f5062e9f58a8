"""A face of ours as plain arrays, and measures of what its shapes do to it.

Everything is told by behaviour, never by names of parts: a ball is what an eye bone holds, lips
are what the jaw parts and rest together, the tongue is what sticks out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.mesh import Primitive
from avatar_desktop.avatar.read import read_avatar
from avatar_desktop.motion.hierarchy import rest_pose

MODELS = Path(__file__).resolve().parents[2] / "assets" / "models"
AVATARS = tuple(name for name in ("wren", "moss") if (MODELS / name / "avatar.vrm").exists())
"""Every avatar that promises the facial truth."""

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Mask = NDArray[np.bool_]
Weights = Mapping[str, float]
SIDES = {"Left": 1.0, "Right": -1.0}


@dataclass(frozen=True)
class FaceMesh:
    """All that morphs, in metres, x to the character's left and z forward."""

    points: Floats
    """(V, 3)"""
    triangles: Whole
    """(T, 3)"""
    moves: dict[str, Floats]
    """Shape → (V, 3) displacement at weight 1."""
    eyes: Floats
    """(2, 3) joints of the left and the right eye."""
    balls: tuple[Mask, Mask]
    """Points that the left and the right eye bone hold."""

    def shaped(self, weights: Weights) -> Floats:
        """The points under these weights."""
        moved = self.points.copy()
        for name, weight in weights.items():
            moved += weight * self.moves[name]
        return moved

    def but(self, **moves: Floats) -> FaceMesh:
        """The same face with other moves."""
        return replace(self, moves=self.moves | moves)

    def size(self, name: str) -> Floats:
        """(V,) how far each point travels."""
        return np.linalg.norm(self.moves[name], axis=1)

    @property
    def gauge(self) -> float:
        """The face's own unit: from eye to eye."""
        return float(np.linalg.norm(self.eyes[0] - self.eyes[1]))

    @cached_property
    def piece(self) -> Whole:
        """(V,) which connected piece a point belongs to, named by one of its points."""
        _, welded = np.unique(self.points.round(6), axis=0, return_inverse=True)
        label = np.arange(welded.max() + 1)
        corners = welded.reshape(-1)[self.triangles]
        while True:
            least = label[corners].min(axis=1)
            lower = label.copy()
            for k in range(3):
                np.minimum.at(lower, corners[:, k], least)
            lower = lower[lower]
            if (lower == label).all():
                return label[welded.reshape(-1)]
            label = lower

    @cached_property
    def skin(self) -> Mask:
        """The largest piece."""
        names, counts = np.unique(self.piece, return_counts=True)
        return self.piece == names[counts.argmax()]

    @cached_property
    def tongue(self) -> Mask:
        """The piece that sticks out furthest, other than the skin."""
        furthest = int(np.where(self.skin, 0.0, self.size("tongueOut")).argmax())
        return self.piece == self.piece[furthest]

    @cached_property
    def upper_teeth(self) -> Mask:
        """Pieces behind the lips that no shape moves: they sit in the skull."""
        still = sum(self.size(name) for name in self.moves) < 1e-6
        middle = self.points[self.lips[:, 0]].mean(axis=0)
        near = np.linalg.norm(self.points - middle, axis=1) < 0.5 * self.mouth_width
        return still & near & ~self.skin & ~self.tongue

    @cached_property
    def lips(self) -> Whole:
        """(N, 2) pairs of an upper and a lower point that rest together and the jaw parts."""
        drop = -self.moves["jawOpen"][:, 1]
        whole = drop[self.skin].max()
        mouth = self.skin & (self.size("mouthFunnel") > 0.3 * self.size("mouthFunnel").max())
        upper = np.flatnonzero(mouth & (drop < 0.45 * whole))
        lower = np.flatnonzero(mouth & (drop > 0.30 * whole))
        apart = np.linalg.norm(self.points[upper][:, None] - self.points[lower][None], axis=2)
        parts = (drop[lower][None] - drop[upper][:, None]) > 0.25 * whole
        apart = np.where(parts, apart, np.inf)
        nearest = apart.argmin(axis=1)
        near = apart[np.arange(len(upper)), nearest] < 0.02 * self.gauge
        pairs = np.stack([upper[near], lower[nearest[near]]], axis=1)
        return self._foremost(pairs)

    def _foremost(self, pairs: Whole) -> Whole:
        """Of pairs at the same place across, the one that is seen from the front."""
        x, z = self.points[pairs[:, 0], 0], self.points[pairs[:, 0], 2]
        column = np.round(x / (0.02 * self.gauge)).astype(int)
        best = [np.flatnonzero(column == c)[z[column == c].argmax()] for c in np.unique(column)]
        return pairs[best]

    @property
    def mouth_width(self) -> float:
        """Between the outermost of those pairs."""
        return float(np.ptp(self.points[self.lips[:, 0], 0]))


def face_mesh(name: str) -> FaceMesh:
    """The face of one of our avatars."""
    return _merged(read_avatar(MODELS / name / "avatar.vrm"))


def _merged(avatar: Avatar) -> FaceMesh:
    world = rest_pose(avatar).world
    bones = [avatar.humanoid[side + "Eye"] for side in ("left", "right")]
    points, triangles, moves, held = [], [], [], []
    start = 0
    for mesh in avatar.meshes:
        for part in mesh.primitives:
            if part.target_positions is None:
                continue
            points.append(part.positions)
            triangles.append(part.indices.reshape(-1, 3).astype(np.int64) + start)
            moves.append(part.target_positions)
            held.append([_held_by(avatar, mesh.skin, part, bone) for bone in bones])
            start += len(part.positions)
    table = np.concatenate(moves, axis=1).astype(np.float64)
    balls = np.concatenate(held, axis=1)
    names = avatar.morph_names[: len(table)]
    return FaceMesh(
        np.concatenate(points).astype(np.float64),
        np.concatenate(triangles),
        dict(zip(names, table, strict=True)),
        world[bones, :3, 3].astype(np.float64),
        (balls[0], balls[1]),
    )


def _held_by(avatar: Avatar, skin: int, part: Primitive, bone: int) -> Mask:
    assert part.joints is not None
    assert part.weights is not None
    own = avatar.skins[skin].joints[part.joints] == bone
    return (part.weights * own).sum(axis=1) > 0.5
