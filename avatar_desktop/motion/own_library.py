"""Our gestures as clips of one particular avatar, made when they are first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.animation import Animation, Channel
from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.motion.gestures import GESTURES, LOOPS, MOODS, POSES, Arm, Gesture, Key
from avatar_desktop.motion.rig import NormalisedRig
from avatar_desktop.motion.rotation import conjugate, euler, from_axes, multiply, slerp
from avatar_desktop.motion.stance import NO_TURN, SIDES, Body, t_pose_turns

Doubles = NDArray[np.float64]

RATE = 30.0
"""Keys a second; between them the turns are small enough to be straight."""
_FINGERS = ("Index", "Middle", "Ring", "Little")
_JOINTS = ("Proximal", "Intermediate", "Distal")
_NEEDED = ("head", "leftUpperArm", "rightUpperArm", "leftLowerArm", "rightLowerArm")

LIBRARY: Mapping[str, Gesture] = MappingProxyType(
    {
        **LOOPS,
        **MOODS,
        **{f"gesture_{name}": gesture for name, gesture in GESTURES.items()},
        **{f"pose_{name}": pose for name, pose in POSES.items()},
    }
)


class OwnLibrary:
    """What any humanoid can do without a clip of its own; empty for other avatars."""

    def __init__(self, avatar: Avatar, rig: NormalisedRig) -> None:
        self._rig = rig
        self._has = frozenset(avatar.humanoid)
        self.names: tuple[str, ...] = tuple(LIBRARY) if self._has.issuperset(_NEEDED) else ()
        body = Body.of(avatar)
        self._above = body.above() if self.names else {}
        self._t_pose = t_pose_turns(body, exact=True) if self.names else {}

    def make(self, name: str) -> Animation:
        """The clip of this name for this avatar."""
        gesture = LIBRARY[name]
        times = np.array([key.time for key in gesture.keys])
        count = max(1, round(float(times[-1]) * RATE) + 1)
        instants = np.linspace(0.0, float(times[-1]), count)
        poses = [self._turns(key) for key in gesture.keys]
        bones = [bone for bone in poses[0] if all(bone in pose for pose in poses)]
        channels = tuple(
            self._channel(bone, instants, _eased(times, [pose[bone] for pose in poses], instants))
            for bone in bones
        )
        return Animation(name, float(times[-1]), channels, stroke=gesture.stroke)

    def _channel(self, bone: str, instants: Doubles, turns: Doubles) -> Channel:
        carried = self._t_pose.get(self._above[bone], NO_TURN)
        turns = multiply(multiply(conjugate(carried), turns), self._t_pose.get(bone, NO_TURN))
        node = self._rig.node(bone)
        assert node is not None
        return Channel(
            node=node,
            path="rotation",
            interpolation="LINEAR",
            times=instants.astype(np.float32),
            values=self._rig.raw(bone, turns).astype(np.float32),
        )

    def _turns(self, key: Key) -> dict[str, Doubles]:
        """Rotations of the normalised rig for every bone this avatar has."""
        turns = {bone: euler(*angles) for bone, angles in key.turns.items()}
        for side, arm in (("left", key.left), ("right", key.right)):
            if arm is not None:
                turns.update(_arm(arm, side))
        return {bone: turn for bone, turn in turns.items() if bone in self._has}


def _arm(arm: Arm, side: str) -> dict[str, Doubles]:
    sign = SIDES[side]
    flip = np.array([sign, 1.0, 1.0])
    upper = _unit(np.array(arm.upper) * flip)
    fore = _unit(np.array(arm.fore) * flip)
    hinge_front = fore - (fore @ upper) * upper
    if np.linalg.norm(hinge_front) < 0.05:
        hinge_front = np.array([0.0, 0.0, 1.0]) - upper[2] * upper
    front = _unit(hinge_front)
    along = sign * upper
    bend = float(np.degrees(np.arccos(np.clip(upper @ fore, -1.0, 1.0))))
    palm = euler(0.0, 0.0, 0.0)
    if arm.twist:
        # about the forearm itself; the right arm runs along −x and turns with the same sign
        half = np.radians(-arm.twist) / 2.0
        palm = np.array([np.sin(half), 0.0, 0.0, np.cos(half)])
    turns = {
        f"{side}UpperArm": from_axes(along, np.cross(front, along), front),
        f"{side}LowerArm": multiply(euler(0.0, -sign * bend, 0.0), palm),
        f"{side}Hand": euler(arm.hand[0], sign * arm.hand[1], sign * arm.hand[2]),
    }
    for finger in _FINGERS:
        curl = arm.curl if finger != "Index" or arm.index_curl is None else arm.index_curl
        for joint in _JOINTS:
            turns[f"{side}{finger}{joint}"] = euler(0.0, 0.0, -sign * curl)
    for joint in ("Metacarpal", "Proximal", "Distal"):
        turns[f"{side}Thumb{joint}"] = euler(0.0, sign * arm.thumb_curl, 0.0)
    return turns


def _eased(times: Doubles, keys: list[Doubles], instants: Doubles) -> Doubles:
    """Turns at every instant, starting and ending each stretch softly."""
    if len(times) == 1:
        return np.repeat(keys[0][None], len(instants), axis=0)
    before = np.clip(np.searchsorted(times, instants, side="right") - 1, 0, len(times) - 2)
    share = (instants - times[before]) / (times[before + 1] - times[before])
    smooth = share * share * (3.0 - 2.0 * share)
    stack = np.array(keys)
    return slerp(stack[before], stack[before + 1], smooth)


def _unit(vector: Doubles) -> Doubles:
    return vector / np.linalg.norm(vector)
