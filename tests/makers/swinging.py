"""Avatars with something that swings, and rides that shake them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.skeleton import Skeleton
from avatar_desktop.avatar.spring import Collider, Spring, SpringJoint
from avatar_desktop.motion.hierarchy import Locals, PoseBuilder
from avatar_desktop.motion.springs import Springs

Doubles = NDArray[np.float64]
Motion = Callable[[Locals, float], None]

BODY = 0
"""The node of `hanging` that carries the chain."""


def avatar_of(places: Sequence[ArrayLike], parents: Sequence[int], **more: Any) -> Avatar:
    """Bare nodes, each at its place relative to its parent, parents first."""
    count = len(parents)
    skeleton = Skeleton(
        names=tuple(f"node{index}" for index in range(count)),
        parents=np.array(parents, np.int32),
        order=np.arange(count, dtype=np.int32),
        translations=np.array(places, np.float32),
        rotations=np.tile(np.array([0, 0, 0, 1], np.float32), (count, 1)),
        scales=np.ones((count, 3), np.float32),
    )
    bare = Avatar(
        format="gltf",
        skeleton=skeleton,
        skins=(),
        meshes=(),
        materials=(),
        images=(),
        morph_names=(),
        rest_weights=np.zeros(0, np.float32),
    )
    return replace(bare, **more)


def hanging(
    *, joints: int = 4, length: float = 0.1, colliders: tuple[Collider, ...] = (), **how: Any
) -> Avatar:
    """A chain below the node BODY, its end a joint that is only a tail."""
    nodes = range(1, joints + 2)
    chain = tuple(SpringJoint(node, **how) for node in nodes)
    return avatar_of(
        [(0, 1.6, 0), (0.1, 0, 0), *[(0, -length, 0)] * joints],
        [-1, *range(joints + 1)],
        springs=(Spring("chain", chain, colliders),),
    )


def on_stage(avatar: Avatar) -> Avatar:
    """The same below one more node, the last, so that the whole can be moved."""
    skeleton = avatar.skeleton
    stage = len(skeleton.names)
    parents = np.where(skeleton.parents < 0, stage, skeleton.parents)
    return replace(
        avatar,
        skeleton=replace(
            skeleton,
            names=(*skeleton.names, "stage"),
            parents=np.append(parents, -1).astype(np.int32),
            order=np.append(stage, skeleton.order).astype(np.int32),
            translations=np.vstack([skeleton.translations, np.zeros((1, 3), np.float32)]),
            rotations=np.vstack([skeleton.rotations, np.array([[0, 0, 0, 1]], np.float32)]),
            scales=np.vstack([skeleton.scales, np.ones((1, 3), np.float32)]),
        ),
    )


def shaken(local: Locals, t: float) -> None:
    """The ride of the reference: 0.3 m to the sides twice a second, and turning."""
    half = 0.25 * np.sin(6.0 * t)
    local.translations[-1, 0] = 0.3 * np.sin(12.0 * t)
    local.rotations[-1] = (0.0, np.sin(half), 0.0, np.cos(half))


class Ride:
    """Springs on a body that a motion moves."""

    def __init__(self, avatar: Avatar, motion: Motion = shaken) -> None:
        self.avatar, self.motion = avatar, motion
        self.springs, self.builder = Springs(avatar), PoseBuilder(avatar)
        self.local = Locals.at_rest(avatar)
        self._anchors = self.builder.places_of(self.springs.anchors)
        self._placement = self.builder.placement(self.springs.nodes)
        self._all = self.builder.places_of(range(len(avatar.skeleton.names)))

    def begin(self, t: float = 0.0) -> Doubles:
        """Start at rest, as the reference does, instead of settled."""
        return self._moved(t, self.springs.start)

    def at(self, t: float) -> Doubles:
        """World matrices of all nodes, (N, 4, 4)."""
        return self._moved(t, self.springs.advance)

    def through(self, times: Sequence[float] | Doubles) -> Doubles:
        """(T, N, 4, 4)"""
        return np.stack([self.at(float(t)) for t in times])

    def _moved(self, t: float, step: Callable[[float, Doubles], Doubles]) -> Doubles:
        self.motion(self.local, t)
        self.builder.solve(self.local)
        world = step(t, self.builder.world_of(self._anchors))
        self.builder.place(self._placement, world)
        return self.builder.world_of(self._all).copy()


def places(worlds: Doubles, avatar: Avatar) -> Doubles:
    """(T, J, 3): where every joint of every chain is."""
    nodes = [joint.node for spring in avatar.springs for joint in spring.joints]
    return worlds[:, nodes][..., :3, 3]


def seen_from(worlds: Doubles, node: int, avatar: Avatar) -> Doubles:
    """The same, in the space of one node: how the chain lies against the body."""
    spots = places(worlds, avatar)
    spots = np.concatenate([spots, np.ones((*spots.shape[:2], 1))], axis=2)
    return np.einsum("tij,tkj->tki", np.linalg.inv(worlds[:, node]), spots)[..., :3]
