"""What a feeling does to the body for a moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .gestures import gesture
from .keyed import Marks, Motion
from .pose import FIST, FLAT, OPEN, WIDE, Arm, Pose
from .stances import HANG_BACK, HANG_FRONT, HOME, held, stand


def happy() -> Motion:
    low = Arm((0.40, -0.90, -0.08), (0.10, -0.30, 0.94), (-0.9, 0.2, 0.0), hand=FIST)

    def up(lift: float) -> Arm:
        return Arm(
            (0.88, -0.05 + 0.26 * lift, 0.36),
            (0.60, 0.72, 0.34),
            (-0.1, 0.1, 1.0),
            -4.0,
            hand=OPEN,
            raised=9.0 + 3.0 * lift,
        )

    def beat(lift: float, roll: float, rise: float, bend: float) -> Pose:
        return stand(
            0.1,
            left=up(lift),
            right=up(lift * 0.8),
            head=(-5.0 * lift + 2.0, 2.0, roll),
            torso=(-4.0 * lift, 0.0, 0.0),
            rise=rise,
            bend=bend,
        )

    return gesture(
        "happy",
        [
            (0.26, stand(0.1, left=low, right=low, lean=7.0, head=(9.0, 0.0, 0.0), bend=5.0)),
            (0.54, beat(1.2, 6.0, 15.0, 0.0)),
            (0.78, beat(0.3, 5.0, 0.0, 3.0)),
            (1.00, beat(1.0, -4.0, 9.0, 0.0)),
            (1.24, beat(0.3, -5.0, 0.0, 2.0)),
            (1.60, beat(0.5, 5.0, 0.0, 0.0)),
        ],
        2.65,
        Marks(0.26, 0.60, 1.64),
        21,
    )


def surprised() -> Motion:
    def up(lift: float) -> Arm:
        return Arm(
            (0.54, -0.82, 0.12),
            (0.50, 0.44, 0.74),
            (0.05, 0.10, 1.0),
            -22.0,
            hand=WIDE,
            raised=14.0 * lift,
            forward=-4.0,
        )

    start = stand(
        0.15,
        left=held(HANG_FRONT, FIST),
        right=held(HANG_FRONT, FIST),
        lean=4.0,
        head=(5.0, 0.0, 0.0),
        bend=2.0,
    )
    back = stand(0.05, left=up(1.0), right=up(0.92), lean=-9.0, head=(-4.0, 2.0, 1.0), back=4.5)
    soft = stand(0.15, left=up(0.6), right=up(0.5), lean=-5.0, head=(1.0, 2.0, 4.0), back=3.0)
    return gesture(
        "surprised",
        [(0.12, start), (0.36, back), (0.52, replace(back, head=(-2.0, 2.0, 1.0))), (1.15, soft)],
        2.25,
        Marks(0.12, 0.40, 1.18),
        22,
    )


def concerned() -> Motion:
    heart = Arm((0.42, -0.82, 0.40), (-0.62, 0.44, 0.66), (-0.35, -0.1, -0.93), 6.0, hand=FLAT)
    care = stand(
        -0.4,
        left=HANG_FRONT,
        right=replace(heart, raised=4.0),
        lean=7.0,
        head=(6.0, 3.0, 9.0),
        torso=(0.0, 2.0, 0.0),
    )
    return gesture(
        "concerned",
        [
            (0.24, stand(0.4, right=held(HANG_FRONT, OPEN), head=(-2.0, 0.0, -2.0), lean=-2.0)),
            (0.82, care),
            (1.70, replace(care, head=(8.0, 2.0, 10.0), torso=(6.5, 1.0, 2.0))),
        ],
        2.95,
        Marks(0.24, 0.80, 1.74),
        23,
    )


def confused() -> Motion:
    palm = Arm((0.48, -0.86, 0.10), (0.52, 0.24, 0.82), (0.05, 0.95, 0.30), -8.0, hand=OPEN)
    first = stand(
        0.7, left=HANG_BACK, right=replace(palm, raised=6.0), head=(3.0, 6.0, -13.0), lean=-4.0
    )
    second = stand(
        -0.5,
        left=HANG_FRONT,
        right=replace(palm, fore=(0.60, 0.14, 0.78), raised=8.0),
        head=(5.0, -7.0, 12.0),
        lean=-2.0,
    )
    return gesture(
        "confused",
        [
            (0.20, replace(HOME, head=(4.0, 0.0, 3.0), right=held(HANG_FRONT, OPEN))),
            (0.66, first),
            (1.15, replace(first, head=(4.0, 6.0, -14.0))),
            (1.60, second),
            (2.05, replace(second, head=(6.0, -6.0, 12.0))),
        ],
        3.10,
        Marks(0.20, 0.70, 2.08),
        24,
    )


def moods() -> Iterator[Motion]:
    for make in (happy, surprised, concerned, confused):
        found = make()
        yield replace(found, name=found.name.removeprefix("gesture_"))
