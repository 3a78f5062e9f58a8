"""Who holds which point: shares along a limb, evened out over the mesh, borrowed from a neighbour.

Clothes are best drawn in the pose they are mostly worn in and then taken back to the T-pose of the
file: so they fall well where it matters, and `at_rest` does that.
"""

from __future__ import annotations

import numpy as np

from .fields import Array
from .mesh import Index, edges, neighbour_mean
from .pose import Pose, quaternion
from .rig import Rig


def along(points: Array, start: Array, end: Array) -> tuple[Array, Array]:
    """How far along the line from start to end each point lies, and how far from it."""
    axis = (end - start) / np.linalg.norm(end - start)
    way = (points - start) @ axis
    return way, np.linalg.norm(points - start - way[:, None] * axis, axis=1)


def evened(held: Array, faces: Index, rounds: int, share: Array | float = 0.5) -> Array:
    """Shares that change gently from point to point."""
    edge, _ = edges(faces)
    share = np.broadcast_to(np.float64(share), len(held))[:, None]
    for _ in range(rounds):
        held = held + (neighbour_mean(held, edge) - held) * share
    return held


def borrowed(points: Array, held_by: Array, held: Array, count: int = 4) -> Array:
    """What the nearest points of something else are held by, so that nothing comes apart."""
    made = np.empty((len(points), held.shape[1]))
    for start in range(0, len(points), 256):
        some = points[start : start + 256]
        d = np.linalg.norm(some[:, None] - held_by[None], axis=2)
        near = np.argpartition(d, count, axis=1)[:, :count]
        weight = 1 / (np.take_along_axis(d, near, axis=1) + 1e-3)
        weight /= weight.sum(axis=1, keepdims=True)
        made[start : start + 256] = np.einsum("nk,nkb->nb", weight, held[near])
    return made


def matrices(rig: Rig, pose: Pose) -> Array:
    """For each bone (4, 4) from its rest to a pose; helpers follow as they will in the file."""
    turns = {name: quaternion(np.array([angles]))[0] for name, angles in pose.items()}
    for helper, (source, share, kind) in rig.follows.items():
        if source in turns:
            turns[helper] = _part(turns[source], share, kind)
    world: dict[str, Array] = {}
    for name in rig.names:
        parent = rig.parents[name]
        local = np.eye(4)
        local[:3, :3] = _axes(turns.get(name, np.array([0.0, 0.0, 0.0, 1.0])))
        local[:3, 3] = rig.joints[name] - (rig.joints[parent] if parent else 0)
        world[name] = world[parent] @ local if parent else local
    made = np.array([world[name] for name in rig.names])
    rest = np.array([rig.joints[name] for name in rig.names])
    made[:, :3, 3] -= np.einsum("nij,nj->ni", made[:, :3, :3], rest)
    return made


def posed_joint(rig: Rig, pose: Pose, bone: str) -> Array:
    """Where a joint is in a pose."""
    m = matrices(rig, pose)[rig.column[bone]]
    return m[:3, :3] @ rig.joints[bone] + m[:3, 3]


def at_rest(points: Array, held: Array, rig: Rig, pose: Pose) -> Array:
    """Where points drawn in a pose are when the bones that hold them are at rest."""
    blend = np.einsum("nb,bij->nij", held, matrices(rig, pose))
    moved = (points - blend[:, :3, 3])[..., None]
    return np.linalg.solve(blend[:, :3, :3], moved)[..., 0]


def _part(turn: Array, share: float, kind: str) -> Array:
    """A share of a turn, or of its roll about x."""
    x, y, z, w = turn
    if kind == "roll":
        y = z = 0.0
    angle = 2 * np.arctan2(np.sqrt(x * x + y * y + z * z), w) * share
    size = max(np.sqrt(x * x + y * y + z * z), 1e-12)
    return np.array([*(np.array([x, y, z]) / size * np.sin(angle / 2)), np.cos(angle / 2)])


def _axes(q: Array) -> Array:
    x, y, z, w = q
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
