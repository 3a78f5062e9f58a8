"""From what the clips left to the pose: everything that follows from a posed body, in VRM's order.

1. clips and layers: base, posture, gestures (`layers.Mixer` has done them);
2. additive life: breath, sway, where the head turns;
3. constraints: bones that follow other bones;
4. look-at: the eyes, on top of all that moved the head;
5. expressions: morph weights, and what surfaces look like;
6. springs: hair and clothes, behind the body that is now where it is;
7. the Pose.

All but the springs is a function of the instant alone. They are a state that the time of the
calls moves; the same calls give the same bits.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.pose import UNCHANGED, Pose, SurfaceChange
from avatar_desktop.motion.constraints import Constraints
from avatar_desktop.motion.hierarchy import Locals, PoseBuilder
from avatar_desktop.motion.rig import NormalisedRig
from avatar_desktop.motion.springs import Springs

EYES = frozenset({"leftEye", "rightEye"})


class FrameOrder:
    """Finishes the frames of one avatar."""

    def __init__(self, avatar: Avatar, rig: NormalisedRig) -> None:
        self._rig = rig
        self._constraints = Constraints(avatar)
        eyes = [rig.node(eye) for eye in EYES]
        self._eyes_wait = self._constraints.sees(eyes)
        self._builder = PoseBuilder(avatar)
        self._eyes = self._builder.branch([eye for eye in eyes if eye is not None])
        self._eyes_before_look = np.empty((len(self._eyes.nodes), 4))
        """How they were turned in the last pose before they looked anywhere."""
        self._springs = Springs(avatar)
        self._anchors = self._builder.places_of(self._springs.anchors)
        self._swinging = self._builder.placement(self._springs.nodes)
        self._of_clips = avatar.rest_weights.astype(np.float64)
        """What the clips of the last pose make of the morphs."""

    def pose(
        self,
        t: float,
        local: Locals,
        additive: Mapping[str, ArrayLike] | None = None,
        weights: ArrayLike | None = None,
        surfaces: Mapping[int, SurfaceChange] = UNCHANGED,
    ) -> Pose:
        """The pose at `t`; `local` is changed on the way.

        `additive` turns humanoid bones further. `weights` has one number per morph; where a clip
        moves a morph too, the larger counts.
        """
        self._turn(local, additive or {})
        if weights is not None:
            self._of_clips[:] = local.weights
            np.fmax(self._of_clips, np.asarray(weights, np.float64), out=local.weights)
        self._builder.solve(local)
        if self._springs.nodes:
            anchors = self._builder.world_of(self._anchors)
            self._builder.place(self._swinging, self._springs.advance(t, anchors))
        return self._builder.pose(local, surfaces)

    def with_face(
        self,
        pose: Pose,
        local: Locals,
        eyes: Mapping[str, ArrayLike],
        weights: ArrayLike,
        surfaces: Mapping[int, SurfaceChange],
    ) -> Pose:
        """A body near that of the last pose with another face; `local` is as `pose` left it."""
        np.fmax(self._of_clips, np.asarray(weights, np.float64), out=local.weights)
        faced = self._builder.with_face(pose, local, surfaces)
        if not eyes:
            return faced
        local.rotations[self._eyes.nodes] = self._eyes_before_look
        self._rig.turn(local, eyes)
        return self._builder.with_branch(faced, self._eyes, local)

    def _turn(self, local: Locals, additive: Mapping[str, ArrayLike]) -> None:
        if not self._eyes_wait:
            local.rotations.take(self._eyes.nodes, 0, self._eyes_before_look, "clip")
            self._rig.turn(local, additive)
            self._constraints.apply(local)
            return
        self._rig.turn(local, {bone: turn for bone, turn in additive.items() if bone not in EYES})
        self._constraints.apply(local)
        local.rotations.take(self._eyes.nodes, 0, self._eyes_before_look, "clip")
        self._rig.turn(local, {bone: turn for bone, turn in additive.items() if bone in EYES})
