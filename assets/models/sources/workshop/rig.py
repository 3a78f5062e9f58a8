"""Bones: where each joint is, who its parent is, and how they are written. All rest unrotated."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .fields import Array
from .glb import Glb
from .mesh import Index


@dataclass(frozen=True)
class Scale:
    """From the units a character is drawn in to the metres of its file; soles end at 0."""

    unit: float
    ground: float

    def metres(self, points: Array) -> Array:
        return (points - np.array([0.0, self.ground, 0.0])) * self.unit


@dataclass(frozen=True)
class Rig:
    """Joints by name, parents first; `human` are those that VRM's humanoid knows by that name.

    `follows` names helpers that take a share of another bone's turn, so that skin between two
    bones keeps its volume: helper → (bone, share, "rotation" or "roll": about its x axis alone).
    """

    joints: dict[str, Array]
    parents: dict[str, str | None]
    human: tuple[str, ...]
    follows: dict[str, tuple[str, float, str]] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        return list(self.joints)

    @property
    def column(self) -> dict[str, int]:
        """Where each bone stands in a table of weights, and among the nodes of the file."""
        return {name: i for i, name in enumerate(self.joints)}

    def offset(self, name: str, scale: Scale) -> Array:
        """From the parent's joint to this one, as the file says it."""
        parent = self.parents[name]
        base = scale.metres(self.joints[parent]) if parent else np.zeros(3)
        return np.round(scale.metres(self.joints[name]) - base, 6)

    def placed(self, name: str, scale: Scale) -> Array:
        """Where the rounded offsets of the file put a joint."""
        at: str | None = name
        place = np.zeros(3)
        while at:
            place = place + self.offset(at, scale)
            at = self.parents[at]
        return place


def write_rig(glb: Glb, rig: Rig, scale: Scale) -> int:
    """Nodes and skin of a rig, at the head of an empty document; returns the root."""
    column = rig.column
    for name in rig.names:
        node: dict[str, Any] = {
            "name": name,
            "translation": [float(v) for v in rig.offset(name, scale)],
        }
        children = [column[n] for n in rig.names if rig.parents[n] == name]
        if children:
            node["children"] = children
        if name in rig.follows:
            source, share, kind = rig.follows[name]
            about = {"rollAxis": "X"} if kind == "roll" else {}
            follow = {kind: {"source": column[source], **about, "weight": share}}
            node["extensions"] = {
                "VRMC_node_constraint": {"specVersion": "1.0", "constraint": follow}
            }
        glb.add("nodes", node)
    if rig.follows:
        glb.use("VRMC_node_constraint")
    count = len(rig.names)
    inverse = np.tile(np.eye(4), (count, 1, 1))
    inverse[:, 3, :3] = -np.array([rig.placed(name, scale) for name in rig.names])
    root = next(column[name] for name in rig.names if rig.parents[name] is None)
    glb.add(
        "skins",
        {
            "inverseBindMatrices": glb.accessor(inverse.reshape(count, 16)),
            "joints": list(range(count)),
            "skeleton": root,
        },
    )
    return root


def best_four(weights: Array) -> tuple[Index, Array]:
    """Joint columns and weights, the four largest, summing to 1."""
    order = np.argsort(-weights, axis=1, kind="stable")[:, :4]
    best = np.take_along_axis(weights, order, axis=1)
    best[best < 0.004] = 0.0
    best /= best.sum(axis=1, keepdims=True)
    return np.where(best > 0, order, 0), best
