"""How a body is held at one instant, in words of an animator; becomes one turn for each bone.

Directions are (outwards, up, forward) as seen from the arm's own side, so that one line serves both
arms. Elbows are hinges: where the forearm points says how the upper arm is rolled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from .body import FINGERS, JOINTS, SIDES, THUMB
from .turns import Angles, Array, about, back, euler, from_axes, multiply, rotate, share, unit

Direction = tuple[float, float, float]
STILL: Angles = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Hand:
    """Degrees by which the joints of a finger bend; the thumb across the palm and bent."""

    index: float = 18.0
    middle: float = 22.0
    ring: float = 26.0
    little: float = 28.0
    spread: float = 3.0
    thumb: float = 12.0
    bent: float = 12.0
    up: float = 0.0
    """Degrees that the thumb stands away from the palm's plane, backwards."""


LOOSE = Hand()
SOFT = Hand(12.0, 17.0, 22.0, 26.0, 3.0, 8.0, 10.0)
OPEN = Hand(3.0, 5.0, 8.0, 10.0, 7.0, -4.0, 2.0)
FLAT = Hand(1.0, 1.0, 2.0, 3.0, 4.0, 2.0, 0.0)
WIDE = Hand(-4.0, -3.0, 0.0, 2.0, 13.0, -14.0, -4.0)
FIST = Hand(74.0, 78.0, 80.0, 80.0, 0.0, 34.0, 34.0)
POINTING = Hand(2.0, 66.0, 76.0, 78.0, 0.0, 30.0, 30.0)
THUMB_UP = Hand(72.0, 76.0, 78.0, 78.0, 0.0, -34.0, -14.0, 14.0)
PINCH = Hand(34.0, 30.0, 24.0, 20.0, 5.0, 24.0, 16.0)
CURLED = Hand(40.0, 46.0, 52.0, 54.0, 0.0, 20.0, 20.0)
CHIN = Hand(14.0, 52.0, 62.0, 66.0, 0.0, 10.0, 12.0)


@dataclass(frozen=True)
class Arm:
    """How one arm is held."""

    upper: Direction
    fore: Direction
    palm: Direction | None = None
    """Where the palm looks; left alone it looks as the forearm lies."""
    flex: float = 0.0
    """Degrees the wrist bends towards the palm; back when negative."""
    aside: float = 0.0
    """Degrees the wrist bends towards the thumb."""
    hand: Hand = LOOSE
    raised: float = 0.0
    """Degrees the shoulder is lifted."""
    forward: float = 0.0
    """Degrees the shoulder is drawn forward."""


@dataclass(frozen=True)
class Pose:
    """Everything about one instant."""

    left: Arm
    right: Arm
    shift: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Centimetres of the hips to the left, up, and forward."""
    hips: Angles = STILL
    torso: Angles = STILL
    """How far the shoulders are turned against the hips."""
    head: Angles = STILL
    """How the head is turned in the world."""
    heels: tuple[float, float] = (0.0, 0.0)
    """Degrees by which the left and the right heel are off the ground, on the ball of the foot."""
    knees: tuple[float, float] = (0.0, 0.0)
    """Degrees by which the knees look outwards more than the feet."""
    more: Mapping[str, Angles] = field(default_factory=dict[str, Angles])

    def but(self, **changes: object) -> Pose:
        return replace(self, **changes)  # type: ignore[arg-type]


def mirrored(pose: Pose) -> Pose:
    """The same with left and right exchanged."""

    def other(angles: Angles) -> Angles:
        return angles[0], -angles[1], -angles[2]

    return Pose(
        left=pose.right,
        right=pose.left,
        shift=(-pose.shift[0], pose.shift[1], pose.shift[2]),
        hips=other(pose.hips),
        torso=other(pose.torso),
        head=other(pose.head),
        heels=(pose.heels[1], pose.heels[0]),
        knees=(pose.knees[1], pose.knees[0]),
    )


_TORSO = {"spine": 0.36, "chest": 0.34, "upperChest": 0.30}


def turns_of(pose: Pose) -> dict[str, Array]:
    """Own rotation of every bone but those of the legs."""
    turns = {"hips": euler(pose.hips)}
    whole = euler(pose.torso)
    carried = turns["hips"]
    for bone, part in _TORSO.items():
        turns[bone] = share(whole, part)
        carried = multiply(carried, turns[bone])
    nod = multiply(back(carried), euler(pose.head))
    turns["neck"] = share(nod, 0.42)
    turns["head"] = multiply(back(turns["neck"]), nod)
    for side, arm in (("left", pose.left), ("right", pose.right)):
        turns.update(_arm(arm, side, carried))
    return turns


def _arm(arm: Arm, side: str, chest: Array) -> dict[str, Array]:
    """The arm in the axes of the upper chest: it goes along with the torso."""
    sign = SIDES[side]
    flip = np.array([sign, 1.0, 1.0])
    upper, fore = unit(np.array(arm.upper) * flip), unit(np.array(arm.fore) * flip)
    front = fore - (fore @ upper) * upper
    # an arm that is nearly straight is rolled as if it were bent forward
    straight = max(0.0, 1.0 - float(np.linalg.norm(front)) / 0.25)
    front = unit(front + straight * _ahead(upper))
    along = sign * upper
    shoulder = euler((0.0, -sign * arm.forward, sign * arm.raised))
    roll = from_axes(along, np.cross(front, along))
    bend = float(np.degrees(np.arccos(np.clip(upper @ fore, -1.0, 1.0))))
    bent = multiply(roll, about(1, -sign * bend))
    twist = 0.0
    if arm.palm is not None:
        wanted = np.array(arm.palm) * flip
        wanted = unit(wanted - (wanted @ fore) * fore)
        faces, thumb = rotate(bent, np.array([0.0, -1.0, 0.0])), rotate(bent, np.array([0, 0, 1.0]))
        twist = float(np.degrees(np.arctan2(wanted @ thumb, wanted @ faces)))
        twist = -twist
    fore_twist = float(np.clip(twist, -70.0, 70.0))
    rest = float(np.clip(twist - fore_twist, -22.0, 22.0))
    wrist = multiply(about(1, -sign * arm.aside), about(2, -sign * arm.flex))
    turns = {
        f"{side}Shoulder": shoulder,
        f"{side}UpperArm": multiply(back(shoulder), roll),
        f"{side}LowerArm": multiply(about(1, -sign * bend), about(0, fore_twist)),
        f"{side}Hand": multiply(about(0, rest), wrist),
    }
    turns.update(_fingers(arm.hand, side))
    return turns


def _ahead(upper: Array) -> Array:
    ahead = np.array([0.0, 0.0, 1.0]) - upper[2] * upper
    return unit(ahead) if np.linalg.norm(ahead) > 0.3 else np.array([0.0, 1.0, 0.0])


def _fingers(hand: Hand, side: str) -> dict[str, Array]:
    sign = SIDES[side]
    turns: dict[str, Array] = {}
    curls = dict(zip(FINGERS, (hand.index, hand.middle, hand.ring, hand.little), strict=True))
    fan = dict(zip(FINGERS, (1.0, 0.15, -0.6, -1.5), strict=True))
    for finger, curl in curls.items():
        for joint, part in zip(JOINTS, (0.90, 1.12, 0.72), strict=True):
            bend = about(2, -sign * float(np.clip(curl * part, -14.0, 96.0)))
            if joint == "Proximal":
                bend = multiply(about(1, -sign * fan[finger] * hand.spread), bend)
            turns[f"{side}{finger}{joint}"] = bend
    turns[f"{side}ThumbMetacarpal"] = multiply(
        about(1, sign * hand.thumb * 0.6), about(0, 8.0 + hand.thumb * 0.45 - hand.up)
    )
    for joint in THUMB[1:]:
        turns[f"{side}Thumb{joint}"] = about(1, sign * hand.bent)
    return turns
