"""Postures that are kept, and sitting down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .keyed import Key, Motion, motion
from .pose import LOOSE, SOFT, Arm, Pose
from .stances import HANG, HANG_BACK, HANG_FRONT, HOME, stand


def _kept(name: str, pose: Pose, later: Pose, length: float, seed: int) -> Motion:
    keys = [Key(0.0, pose), Key(0.5 * length, later), Key(length, pose)]
    return motion(name, keys, length, loop=True, seed=seed)


def relaxed() -> Motion:
    a = stand(0.6, left=HANG, right=HANG_BACK, head=(2.0, 2.0, -4.0), lean=0.5)
    return _kept("pose_relaxed", a, replace(a, head=(1.0, 0.0, -3.0)), 8.0, 61)


def attentive() -> Motion:
    arm = Arm((0.28, -0.95, 0.02), (0.06, -0.93, 0.36), (-1.0, 0.0, 0.0), hand=LOOSE)
    a = stand(0.0, left=arm, right=arm, head=(-1.0, 0.0, 4.0), lean=4.0)
    return _kept("pose_attentive", a, replace(a, head=(0.0, 1.0, 5.0)), 8.0, 62)


def arms_crossed() -> Motion:
    over = Arm((0.30, -0.84, 0.44), (-0.94, 0.20, 0.28), (-0.3, -0.2, -0.93), hand=LOOSE)
    under = Arm((0.30, -0.87, 0.40), (-0.92, 0.04, 0.39), (-0.2, 0.1, -0.97), hand=LOOSE)
    a = stand(-0.8, left=under, right=over, head=(1.0, -2.0, 5.0), lean=-1.5)
    return _kept("pose_arms_crossed", a, replace(a, head=(0.0, 3.0, 4.0)), 8.0, 63)


LAP = Arm((0.20, -0.86, 0.46), (-0.06, -0.36, 0.93), (-0.15, -1.0, 0.2), -6.0, hand=SOFT)


def _seated(lean: float, head: tuple[float, float, float], left: Arm, right: Arm) -> Pose:
    return Pose(
        left,
        right,
        shift=(0.0, -44.0, -41.0),
        hips=(-6.0, 0.0, 0.0),
        torso=(lean + 4.0, 0.0, 0.0),
        head=head,
        knees=(2.0, 2.0),
    )


def _halfway(down: float, back: float, lean: float, arm: Arm) -> Pose:
    return Pose(
        arm,
        arm,
        shift=(0.5, -down, -back),
        hips=(0.42 * lean, 0.0, 0.0),
        torso=(0.58 * lean, 0.0, 0.0),
        head=(0.35 * lean, 0.0, 1.0),
    )


SAT = _seated(2.0, (1.0, 0.0, -1.0), LAP, LAP)
_REACH = replace(HANG_FRONT, upper=(0.40, -0.84, 0.36), fore=(0.22, -0.40, 0.89))


def sit_down() -> Motion:
    keys = [
        Key(0.0, HOME),
        Key(0.35, stand(0.1, lean=-1.0, head=(6.0, 0.0, 0.0), back=-1.0)),
        Key(0.85, _halfway(14.0, 17.0, 36.0, _REACH)),
        Key(1.35, _halfway(37.0, 36.0, 38.0, _REACH)),
        Key(
            1.62, replace(SAT, shift=(0.0, -45.2, -41.0), torso=(16.0, 0.0, 0.0), head=(9.0, 0, 0))
        ),
        Key(2.25, SAT),
    ]
    return motion("sit_down", keys, 2.7, alive=0.4, seed=71)


def sit() -> Motion:
    aside = _seated(3.0, (2.0, 12.0, 3.0), LAP, replace(LAP, fore=(-0.10, -0.34, 0.93)))
    near = replace(_seated(8.0, (0.0, -4.0, 4.0), LAP, LAP), shift=(1.5, -44.0, -40.0))
    keys = [
        Key(0.0, SAT),
        Key(3.0, SAT),
        Key(4.2, aside),
        Key(6.2, aside),
        Key(7.8, near),
        Key(10.2, near),
        Key(12.0, SAT),
    ]
    return motion("sit", keys, 12.0, loop=True, seed=72)


def stand_up() -> Motion:
    keys = [
        Key(0.0, SAT),
        Key(0.45, replace(SAT, torso=(27.0, 0.0, 0.0), hips=(6.0, 0, 0), head=(13.0, 0, 0))),
        Key(0.80, _halfway(37.0, 32.0, 44.0, _REACH)),
        Key(1.30, _halfway(12.0, 11.0, 26.0, HANG_FRONT)),
        Key(1.75, stand(0.3, lean=-2.0, head=(-3.0, 0.0, 0.0))),
        Key(2.2, HOME),
    ]
    return motion("stand_up", keys, 2.7, alive=0.4, seed=73)


def postures() -> Iterator[Motion]:
    for make in (relaxed, attentive, arms_crossed, sit_down, sit, stand_up):
        yield make()
