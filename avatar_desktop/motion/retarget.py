"""A motion of one humanoid becomes a clip of another: plain keys in the nodes of the new body.

Bones are compared as they stand in the world, each against its own T-pose: an arm that points
somewhere points there on the new body, whatever bone axes, rest poses and proportions are. Where
both sides promise VRM's T-pose a motion can also be taken to the letter of VRM, bone by bone.
All keys are converted at once, before the first frame.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.animation import Animation, Channel, ChannelPath
from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.vrma import MotionFile
from avatar_desktop.motion.capture import Capture, capture
from avatar_desktop.motion.clear_hands import keep_clear
from avatar_desktop.motion.figure import Figure
from avatar_desktop.motion.footing import LEGS, plant
from avatar_desktop.motion.girth import Girth
from avatar_desktop.motion.hierarchy import rest_pose
from avatar_desktop.motion.retarget_face import face_channels
from avatar_desktop.motion.rig import NormalisedRig
from avatar_desktop.motion.rotation import conjugate, multiply
from avatar_desktop.motion.stance import NO_TURN, Body, Legs, clearance, legs_of, t_pose_turns

Doubles = NDArray[np.float64]

_TORSO = ("spine", "chest", "upperChest")
_CARRYING = (*_TORSO, "neck", "leftShoulder", "rightShoulder")
_CLEARLY_TURNED = float(np.cos(np.radians(1.0) / 2.0))
"""The w of a turn of one degree; less is not missed."""
_LIMBS = ("UpperArm", "LowerArm", "Hand", "UpperLeg", "LowerLeg", "Foot")
_STANDS_WITHIN = 0.06
"""A motion whose feet come this near to the floor, as a share of the hips' height, stands on it."""
_NO_SHIFT = 1e-4


def retarget(
    motion: MotionFile,
    avatar: Avatar,
    *,
    animation: Animation | None = None,
    name: str | None = None,
    by_the_book: bool = False,
    girth: Girth | None = None,
) -> Animation:
    """The motion, or one of its animations, as a clip of the avatar.

    Feet that stand are planted on the new body's legs, and hands are kept outside of its `girth`,
    which is measured when it is not given.

    A .vrma on a VRM avatar goes by the book: own rotations are copied, the place of the hips is
    scaled. When that would drop the turn of a bone that the avatar lacks, bones are compared in
    the world after all, unless `by_the_book` insists; then nothing is fitted either.
    """
    chosen = animation or motion.animations[0]
    source = _body_of(motion)
    shot = capture(motion, chosen, source)
    target = _Target(avatar)
    to_the_letter = (
        motion.is_vrma
        and avatar.humanoid_source == "file"
        and (by_the_book or not _would_be_lost(shot, avatar))
    )
    rotations = target.copied(shot) if to_the_letter else target.turned(shot, source)
    hips = target.copied_hips(shot, source) if to_the_letter else target.hips(shot, source)
    if not by_the_book:
        rotations, hips = target.fitted(rotations, hips, shot, source, girth or Girth.of(avatar))
    channels = [target.rotation(bone, shot.times, turns) for bone, turns in rotations.items()]
    if hips is not None:
        channels.append(target.place_of_hips(shot.times, hips))
    channels += face_channels(avatar, shot)
    title = chosen.name if name is None else name
    return replace(chosen, name=title, channels=tuple(channels), properties=())


class _Target:
    """The avatar that takes a motion over."""

    def __init__(self, avatar: Avatar) -> None:
        self._body = Body.of(avatar)
        self._rig = NormalisedRig(avatar)
        self._above = self._body.above()
        self._t_pose = t_pose_turns(self._body)
        self._at = self._body.places()
        self._legs = legs_of(self._body, self._t_pose)
        self._avatar = avatar
        self._world: dict[str, Doubles] = {}
        """Bone → how far it is turned from its rest, once `turned` has found out."""

    # Rotations -----------------------------------------------------------------------------

    def copied(self, shot: Capture) -> dict[str, Doubles]:
        """Each bone's own rotation in the normalised rig, for bones that both have."""
        return {bone: shot.own_turns[bone] for bone in self._above if bone in shot.moved}

    def turned(self, shot: Capture, source: Body) -> dict[str, Doubles]:
        """Own rotations that bring every bone to where the motion's bone is in the world."""
        rests = t_pose_turns(source)
        taken = _taken_from(self._above, shot.turns)
        turning = _turning(shot.moved, source.above(), self._above, taken)
        still = np.broadcast_to(NO_TURN, (len(shot.times), 4))
        found: dict[str, Doubles] = {}
        for bone, above in self._above.items():
            carried = self._world.get(above, still)
            origin = taken.get(bone)
            # a limb whose root is turned is taken as a whole; else what has no keys is left alone
            whole = bone.endswith(_LIMBS) and above in found and above != "hips"
            if origin is None or not (bone in turning or whole):
                self._world[bone] = carried
                continue
            posed = multiply(shot.turns[origin], conjugate(rests.get(origin, NO_TURN)))
            self._world[bone] = multiply(posed, self._t_pose.get(bone, NO_TURN))
            found[bone] = multiply(conjugate(carried), self._world[bone])
        return found

    def fitted(
        self,
        rotations: dict[str, Doubles],
        hips: Doubles | None,
        shot: Capture,
        source: Body,
        girth: Girth,
    ) -> tuple[dict[str, Doubles], Doubles | None]:
        """The same on the legs and the girth of this body: feet that stand, hands outside."""
        count = len(shot.times)
        figure = Figure(self._body, rotations, hips, count)
        if not shot.moved.isdisjoint(LEGS):
            plant(figure, Figure(source, shot.own_turns, shot.hips, count))
        keep_clear(figure, girth, shot.times)
        return figure.own, figure.hips

    def rotation(self, bone: str, times: Doubles, turns: Doubles) -> Channel:
        node = self._rig.node(bone)
        assert node is not None
        return _channel(node, "rotation", times, self._rig.raw(bone, turns))

    # Hips ----------------------------------------------------------------------------------

    def copied_hips(self, shot: Capture, source: Body) -> Doubles | None:
        """Where the hips are, scaled by their height above y = 0."""
        if shot.own_hips is None or "hips" not in self._at:
            return None
        height = float(source.places()["hips"][1])
        return shot.own_hips * (float(self._at["hips"][1]) / height if abs(height) > 1e-6 else 1.0)

    def hips(self, shot: Capture, source: Body) -> Doubles | None:
        """Where the hips are, so that the feet stand where the motion's feet stand."""
        rest = source.places().get("hips")
        if rest is None or "hips" not in self._at:
            return None
        legs = legs_of(source, t_pose_turns(source))
        if legs is None or self._legs is None:
            scale = float(self._at["hips"][1]) / float(rest[1]) if rest[1] > 1e-6 else 1.0
            return None if shot.hips is None else self._at["hips"] + scale * (shot.hips - rest)
        scale = self._legs.hips_height / legs.hips_height
        at = rest[None].repeat(len(shot.times), 0) if shot.hips is None else shot.hips
        standing = self._at["hips"] + scale * (at - rest)
        lift = clearance(self._legs, standing, self._world)
        standing[:, 1] += scale * _above_ground(legs, at, shot.turns) - lift
        moves = shot.hips is not None or np.abs(standing - self._at["hips"]).max() > _NO_SHIFT
        return standing if moves else None

    def place_of_hips(self, times: Doubles, hips: Doubles) -> Channel:
        """Keys against the parent, wherever that rests."""
        node = self._rig.node("hips")
        assert node is not None
        parent = int(self._avatar.skeleton.parents[node])
        local = self._body.facing(hips)
        if parent >= 0:
            world = rest_pose(self._avatar).world[parent].astype(np.float64)
            local = (local - world[:3, 3]) @ _inverse(world[:3, :3]).T
        return _channel(node, "translation", times, local)


def _above_ground(legs: Legs, hips: Doubles, turns: Mapping[str, Doubles]) -> Doubles:
    """(K,) the lowest sole above the ground on which the motion stands."""
    height = clearance(legs, hips, turns)
    ground = float(np.percentile(height, 10.0))
    return height - ground if abs(ground) < _STANDS_WITHIN * legs.hips_height else height


def _would_be_lost(shot: Capture, avatar: Avatar) -> bool:
    """A bone of torso, neck or shoulder turns that the avatar has not."""
    lacking = shot.moved.intersection(_CARRYING).difference(avatar.humanoid)
    return any(np.abs(shot.own_turns[bone][:, 3]).min() < _CLEARLY_TURNED for bone in lacking)


def _turning(
    moved: frozenset[str],
    above: Mapping[str, str],
    carriers: Mapping[str, str],
    taken: Mapping[str, str],
) -> set[str]:
    """Bones of the avatar that the motion turns, themselves or by a bone that is missing here."""
    found: set[str] = set()
    for bone, origin in taken.items():
        carrier = carriers[bone]
        while carrier and carrier not in taken:
            carrier = carriers[carrier]
        until, each = taken.get(carrier, ""), origin
        while each and each != until:
            if each in moved:
                found.add(bone)
            each = above[each]
    return found


def _taken_from(above: Mapping[str, str], known: Mapping[str, Doubles]) -> dict[str, str]:
    """Bone of the avatar → bone of the motion whose direction it takes over.

    The last bone of the spine that the avatar has stands for all above it that it lacks. A missing
    neck or shoulder needs nothing: what it carries is turned as in the motion all the same.
    """
    found = {bone: bone for bone in above if bone in known}
    present = [bone for bone in _TORSO if bone in above]
    for place, bone in enumerate(present):
        end = _TORSO.index(present[place + 1]) if place + 1 < len(present) else len(_TORSO)
        spoken = [each for each in _TORSO[_TORSO.index(bone) : end] if each in known]
        if spoken:
            found[bone] = spoken[-1]
    return found


def _body_of(motion: MotionFile) -> Body:
    said = "kept" if motion.is_vrma else "said" if motion.says_t_pose else "unsaid"
    return Body(motion.skeleton, motion.humanoid, motion.front, said)


def _inverse(axes: Doubles) -> Doubles:
    """Of a 3 × 3 matrix; nothing but zeros where there is none."""
    x, y, z = axes.T
    size = float(x @ np.cross(y, z))
    rows = np.stack([np.cross(y, z), np.cross(z, x), np.cross(x, y)])
    return rows / size if size != 0.0 else np.zeros((3, 3))


def _channel(node: int, path: ChannelPath, times: Doubles, values: Doubles) -> Channel:
    return Channel(
        node, path, "LINEAR", times.astype(np.float32), np.ascontiguousarray(values, np.float32)
    )
