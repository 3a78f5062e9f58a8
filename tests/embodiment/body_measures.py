"""What a posed body does: where its soles, hands and arms are, and how its joints are turned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.animation import Animation
from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.vrma import MotionFile
from avatar_desktop.motion.clip import Clip
from avatar_desktop.motion.hierarchy import Locals, PoseBuilder
from avatar_desktop.motion.rotation import conjugate, multiply
from avatar_desktop.motion.stance import NO_TURN, Body, t_pose_turns, world_rotations

Doubles = NDArray[np.float64]
SIDES = {"left": 1.0, "right": -1.0}


def as_avatar(motion: MotionFile) -> Avatar:
    """The body that a motion was made for."""
    return Avatar(
        format="gltf",
        skeleton=motion.skeleton,
        skins=(),
        meshes=(),
        materials=(),
        images=(),
        morph_names=(),
        rest_weights=np.zeros(0, np.float32),
        animations=motion.animations,
        humanoid=motion.humanoid,
        humanoid_source="file" if motion.says_t_pose else "free names",
        front=motion.front,
    )


@dataclass(frozen=True)
class Performance:
    """A clip of one body at some instants."""

    avatar: Avatar
    rotations: Doubles
    """(K, N, 4) local"""
    world: Doubles
    """(K, N, 4, 4)"""
    rest: Doubles
    """(N, 4, 4)"""

    def place(self, bone: str) -> Doubles:
        """(K, 3) where a bone is, seen with the body facing +Z."""
        at = self.world[:, self.avatar.humanoid[bone], :3, 3]
        return at * (self.avatar.front, 1.0, self.avatar.front)

    def direction(self, bone: str, below: str) -> Doubles:
        """(K, 3) from one bone to the next."""
        way = self.place(below) - self.place(bone)
        return way / np.linalg.norm(way, axis=1, keepdims=True)

    def soles(self, floor: float = 0.0) -> Doubles:
        """(K, feet) how high the lowest of heel and ball of each foot is above the floor."""
        feet: list[Doubles] = []
        for side in SIDES:
            bones = [f"{side}{bone}" for bone in ("Foot", "Toes")]
            heights = [self._sole(bone, floor) for bone in bones if bone in self.avatar.humanoid]
            feet.append(np.min(heights, axis=0))
        return np.stack(feet, axis=1)

    def _sole(self, bone: str, floor: float) -> Doubles:
        """What lies straight below the joint at rest, on the ground, is fixed to the bone."""
        node = self.avatar.humanoid[bone]
        below = np.array([*self.rest[node, :3, 3], 1.0])
        below[1] = floor
        fixed = np.linalg.inv(self.rest[node]) @ below
        return (self.world[:, node] @ fixed)[:, 1] - floor

    def joints(self) -> dict[str, Doubles]:
        """Bone → (K, 4) how its joint is turned against the T-pose."""
        body = Body.of(self.avatar)
        rest = world_rotations(self.avatar.skeleton)
        straight = t_pose_turns(body, exact=True)
        turns: dict[int, Doubles] = {}
        parents = self.avatar.skeleton.parents.tolist()
        for node in self.avatar.skeleton.order.tolist():
            own = self.rotations[:, node]
            turns[node] = own if parents[node] < 0 else multiply(turns[parents[node]], own)
        world = {
            bone: multiply(
                body.facing_turns(multiply(turns[node], conjugate(rest[node]))),
                conjugate(straight.get(bone, NO_TURN)),
            )
            for bone, node in self.avatar.humanoid.items()
        }
        return {
            bone: multiply(conjugate(world[above]), world[bone]) if above else world[bone]
            for bone, above in body.above().items()
        }


def performed(avatar: Avatar, animation: Animation, times: Doubles) -> Performance:
    """The clip at these times, from the avatar's rest."""
    clip, builder = Clip(avatar, animation), PoseBuilder(avatar)
    rest = builder.build(Locals.at_rest(avatar)).world.astype(np.float64)
    rotations: list[Doubles] = []
    world: list[Doubles] = []
    for t in times.tolist():
        local = Locals.at_rest(avatar)
        clip.sample(t, local)
        rotations.append(local.rotations.copy())
        world.append(builder.build(local).world.astype(np.float64))
    return Performance(avatar, np.stack(rotations), np.stack(world), rest)
