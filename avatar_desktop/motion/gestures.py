"""Gestures, poses and loops for any humanoid, written down as keyed directions of the arms.

Directions are (outwards, up, forward) as seen from the arm's own side, so that one line serves
both arms. The elbow is a hinge: a forearm that points somewhere tells how the upper arm is rolled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

Direction = tuple[float, float, float]
Angles = tuple[float, float, float]
"""Pitch (down), yaw (to the left), roll (to the left shoulder's rise), degrees."""


@dataclass(frozen=True, slots=True)
class Arm:
    """How one arm is held."""

    upper: Direction
    fore: Direction
    twist: float = 0.0
    """Degrees the forearm turns the palm upwards (supination) from thumb-up."""
    hand: Angles = (0.0, 0.0, 0.0)
    curl: float = 22.0
    """Degrees each finger joint bends."""
    index_curl: float | None = None
    thumb_curl: float = 10.0


@dataclass(frozen=True, slots=True)
class Key:
    """Everything a gesture says about one instant."""

    time: float
    right: Arm | None = None
    left: Arm | None = None
    turns: Mapping[str, Angles] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Gesture:
    """A motion for the normalised rig."""

    keys: tuple[Key, ...]
    stroke: float | None = None
    """When its accent lands, seconds."""


RELAXED = Arm((0.36, -0.93, 0.02), (0.20, -0.95, 0.24))
_ATTENTIVE = Arm((0.32, -0.94, 0.06), (0.10, -0.90, 0.42))
_CROSSED = Arm((0.20, -0.86, 0.47), (-0.97, 0.20, 0.14), curl=14.0)
_CROSSED_BELOW = Arm((0.22, -0.90, 0.38), (-0.97, 0.06, 0.22), curl=14.0)


def _waving(aside: float) -> Arm:
    return Arm((0.70, -0.52, 0.48), (0.30 + aside, 0.92, 0.22), curl=6.0, thumb_curl=0.0)


_POINTING = Arm((0.30, -0.42, 0.86), (0.10, 0.02, 0.99), curl=72.0, index_curl=2.0, thumb_curl=35.0)
_RAISED = Arm((0.62, 0.42, 0.30), (0.12, 0.98, 0.10), curl=4.0, thumb_curl=0.0)
_THUMB = Arm((0.34, -0.72, 0.60), (-0.10, 0.62, 0.78), curl=78.0, thumb_curl=-12.0)
_SHRUGGED = Arm((0.42, -0.88, 0.20), (0.66, 0.00, 0.75), twist=75.0, curl=12.0)
_CHIN = Arm((0.10, -0.84, 0.52), (-0.42, 0.80, 0.42), curl=48.0, index_curl=12.0)
_TALK_LOW = Arm((0.34, -0.92, 0.18), (0.02, -0.28, 0.95), twist=25.0, curl=18.0)
_TALK_OUT = Arm((0.42, -0.88, 0.24), (0.34, -0.06, 0.94), twist=55.0, curl=10.0)
_TALK_HIGH = Arm((0.40, -0.84, 0.36), (0.06, 0.32, 0.94), twist=20.0, curl=14.0)


def _head(*angles: Angles, step: float, start: float = 0.0) -> tuple[Key, ...]:
    return tuple(
        Key(start + step * number, turns={"head": angle, "neck": _part(angle, 0.4)})
        for number, angle in enumerate(angles)
    )


def _part(angles: Angles, share: float) -> Angles:
    return (angles[0] * share, angles[1] * share, angles[2] * share)


_STILL: Angles = (0.0, 0.0, 0.0)
_SHOULDERS_UP = {"leftShoulder": (0.0, 0.0, 11.0), "rightShoulder": (0.0, 0.0, -11.0)}
_SHOULDERS_DOWN = {"leftShoulder": _STILL, "rightShoulder": _STILL}

GESTURES: dict[str, Gesture] = {
    "wave": Gesture(
        (
            Key(0.0, RELAXED),
            Key(0.55, _waving(0.05)),
            Key(0.80, _waving(0.40)),
            Key(1.05, _waving(-0.18)),
            Key(1.30, _waving(0.40)),
            Key(1.55, _waving(-0.18)),
            Key(1.80, _waving(0.10)),
            Key(2.45, RELAXED),
        ),
        stroke=0.80,
    ),
    "nod": Gesture(
        _head(_STILL, (11, 0, 0), (-3, 0, 0), (8, 0, 0), (-1, 0, 0), _STILL, step=0.22), 0.22
    ),
    "shake_head": Gesture(
        _head(_STILL, (2, 13, 0), (2, -13, 0), (2, 11, 0), (2, -8, 0), _STILL, step=0.26), 0.26
    ),
    "point": Gesture(
        (Key(0.0, RELAXED), Key(0.5, _POINTING), Key(1.25, _POINTING), Key(1.95, RELAXED)), 0.5
    ),
    "hand_raise": Gesture(
        (Key(0.0, RELAXED), Key(0.6, _RAISED), Key(1.6, _RAISED), Key(2.3, RELAXED)), 0.6
    ),
    "thumbs_up": Gesture(
        (Key(0.0, RELAXED), Key(0.5, _THUMB), Key(1.4, _THUMB), Key(2.05, RELAXED)), 0.5
    ),
    "shrug": Gesture(
        (
            Key(0.0, RELAXED, RELAXED, {**_SHOULDERS_DOWN, "head": _STILL}),
            Key(0.4, _SHRUGGED, _SHRUGGED, {**_SHOULDERS_UP, "head": (3.0, 0.0, -7.0)}),
            Key(1.0, _SHRUGGED, _SHRUGGED, {**_SHOULDERS_UP, "head": (3.0, 0.0, -7.0)}),
            Key(1.65, RELAXED, RELAXED, {**_SHOULDERS_DOWN, "head": _STILL}),
        ),
        stroke=0.4,
    ),
}

LOOPS: dict[str, Gesture] = {
    "idle": Gesture(
        (
            Key(0.0, RELAXED, RELAXED, {"spine": (0.0, -0.8, 0.9), "chest": (0.0, 0.4, -0.6)}),
            Key(4.1, RELAXED, RELAXED, {"spine": (0.6, 0.9, -0.9), "chest": (0.0, -0.4, 0.6)}),
            Key(8.6, RELAXED, RELAXED, {"spine": (0.0, -0.8, 0.9), "chest": (0.0, 0.4, -0.6)}),
        )
    ),
    "thinking": Gesture(
        (
            Key(0.0, _CHIN, RELAXED, {"head": (-4.0, -9.0, 5.0), "chest": (1.0, -2.0, 0.0)}),
            Key(2.6, _CHIN, RELAXED, {"head": (-6.0, -6.0, 7.0), "chest": (1.5, -3.0, 0.0)}),
            Key(5.2, _CHIN, RELAXED, {"head": (-4.0, -9.0, 5.0), "chest": (1.0, -2.0, 0.0)}),
        )
    ),
    "talk_calm": Gesture(
        (
            Key(0.0, _ATTENTIVE, RELAXED),
            Key(1.3, _TALK_LOW, RELAXED),
            Key(2.3, _ATTENTIVE, _ATTENTIVE),
            Key(3.5, _TALK_LOW, _ATTENTIVE),
            Key(4.8, _ATTENTIVE, RELAXED),
        )
    ),
    "talk_explain": Gesture(
        (
            Key(0.0, _TALK_LOW, _TALK_LOW),
            Key(0.9, _TALK_OUT, _TALK_OUT),
            Key(1.8, _TALK_LOW, _TALK_LOW),
            Key(2.6, _TALK_HIGH, _TALK_LOW),
            Key(3.6, _TALK_LOW, _TALK_LOW),
        )
    ),
    "talk_gesture": Gesture(
        (
            Key(0.0, _TALK_LOW, RELAXED),
            Key(0.7, _TALK_HIGH, RELAXED),
            Key(1.3, _TALK_OUT, _TALK_LOW),
            Key(2.1, _TALK_LOW, _TALK_HIGH),
            Key(2.9, _TALK_OUT, _TALK_OUT),
            Key(3.9, _TALK_LOW, RELAXED),
        )
    ),
}

MOODS: dict[str, Gesture] = {
    "happy": Gesture(
        (
            Key(0.0, turns={"chest": _STILL, "head": _STILL}),
            Key(0.35, turns={"chest": (-4.0, 0.0, 0.0), "head": (-3.0, 0.0, 6.0)}),
            Key(1.4, turns={"chest": (-3.0, 0.0, 0.0), "head": (-2.0, 0.0, 5.0)}),
            Key(2.0, turns={"chest": _STILL, "head": _STILL}),
        )
    ),
    "surprised": Gesture(
        (
            Key(0.0, turns={"chest": _STILL, "head": _STILL}),
            Key(0.2, turns={"chest": (-5.0, 0.0, 0.0), "head": (-4.0, 0.0, 0.0)}),
            Key(1.3, turns={"chest": (-4.0, 0.0, 0.0), "head": (-3.0, 0.0, 0.0)}),
            Key(2.0, turns={"chest": _STILL, "head": _STILL}),
        )
    ),
    "confused": Gesture(_head(_STILL, (2, 4, -11), (3, 5, -12), (2, 3, -9), _STILL, step=0.5)),
    "concerned": Gesture(_head(_STILL, (7, 0, 5), (8, 0, 6), (6, 0, 5), _STILL, step=0.55)),
}

POSES: dict[str, Gesture] = {
    "relaxed": Gesture((Key(0.0, RELAXED, RELAXED),)),
    "attentive": Gesture(
        (Key(0.0, _ATTENTIVE, _ATTENTIVE, {"chest": (3.0, 0.0, 0.0), "head": (-1.0, 0.0, 4.0)}),)
    ),
    "arms_crossed": Gesture((Key(0.0, _CROSSED, _CROSSED_BELOW),)),
}
