"""The hands that go along with speech."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .attending import round_of
from .keyed import Motion
from .pose import FLAT, LOOSE, OPEN, PINCH, SOFT, Angles, Arm, Hand, Pose
from .stances import HANG, HANG_BACK, HANG_FRONT, LOW, stand


def side(
    arm: Arm,
    fore: tuple[float, float, float],
    palm: tuple[float, float, float],
    hand: Hand,
    *,
    flex: float = 0.0,
    raised: float = 0.0,
) -> Arm:
    """The same upper arm with another forearm."""
    return replace(arm, fore=fore, palm=palm, hand=hand, flex=flex, raised=raised)


REST = replace(LOW, fore=(0.02, -0.22, 0.97), hand=LOOSE)
REST_2 = replace(LOW, upper=(0.32, -0.94, 0.06), fore=(0.06, -0.34, 0.94), hand=SOFT)
UP = Arm((0.44, -0.86, 0.26), (0.26, 0.46, 0.85), (-0.45, 0.60, 0.55), -6.0, hand=OPEN, raised=3.0)
OUT = Arm((0.50, -0.84, 0.20), (0.60, 0.10, 0.79), (-0.05, 0.95, 0.30), -8.0, hand=OPEN, raised=2.0)
DOWN = Arm((0.42, -0.88, 0.24), (0.24, 0.06, 0.97), (-0.3, -0.85, 0.4), 6.0, hand=FLAT)
NICE = Arm((0.44, -0.85, 0.30), (0.16, 0.50, 0.85), (-0.6, 0.15, 0.78), 2.0, hand=PINCH, raised=2.0)


def _said(weight: float, left: Arm, right: Arm, head: Angles, torso: Angles = (0, 0, 0)) -> Pose:
    return stand(weight, left=left, right=right, head=head, torso=torso, lean=1.0)


def talk_calm_1() -> Motion:
    rest = _said(0.35, HANG, REST, (1.0, 1.0, 2.0))
    lift = side(REST, (0.16, 0.06, 0.98), (-0.5, 0.85, 0.1), OPEN, flex=-6.0)
    return round_of(
        "talk_calm_1",
        [
            (0.0, rest),
            (0.85, _said(0.3, HANG, lift, (-1.0, -2.0, 3.0), (0, -2, 0))),
            (
                1.25,
                _said(
                    0.25,
                    HANG,
                    side(lift, (0.22, -0.10, 0.97), (-0.4, 0.9, 0.1), OPEN),
                    (3.0, -2.0, 2.0),
                    (1, -2, 0),
                ),
            ),
            (2.6, rest),
            (
                3.4,
                _said(
                    -0.2,
                    HANG_FRONT,
                    side(REST, (0.04, 0.02, 1.0), (-0.7, 0.7, 0), SOFT),
                    (0.0, 3.0, -2.0),
                ),
            ),
            (
                3.8,
                _said(
                    -0.3,
                    HANG_FRONT,
                    side(REST, (0.06, -0.16, 0.98), (-0.7, 0.7, 0), SOFT),
                    (3.0, 3.0, -3.0),
                ),
            ),
        ],
        5.6,
        51,
    )


def talk_calm_2() -> Motion:
    rest = _said(-0.4, REST, REST_2, (1.0, -1.0, -2.0))
    a = side(REST, (0.22, 0.10, 0.97), (-0.4, 0.9, 0.1), OPEN, flex=-5.0)
    b = side(REST_2, (0.18, 0.04, 0.98), (-0.4, 0.9, 0.1), OPEN, flex=-5.0)
    return round_of(
        "talk_calm_2",
        [
            (0.0, rest),
            (0.9, _said(-0.3, a, REST_2, (-1.0, 3.0, -3.0), (0, 2, 0))),
            (
                1.3,
                _said(
                    -0.3,
                    side(a, (0.26, -0.08, 0.96), (-0.4, 0.9, 0.1), OPEN),
                    REST_2,
                    (3.0, 3.0, -2.0),
                    (1, 2, 0),
                ),
            ),
            (2.5, rest),
            (3.5, _said(0.2, a, b, (-1.0, 0.0, 1.0), (-1, 0, 0))),
            (
                3.95,
                _said(
                    0.25,
                    side(a, (0.30, -0.06, 0.95), (-0.3, 0.9, 0.1), OPEN),
                    side(b, (0.28, -0.10, 0.95), (-0.3, 0.9, 0.1), OPEN),
                    (3.0, 0.0, 2.0),
                ),
            ),
        ],
        6.0,
        52,
    )


def talk_calm_3() -> Motion:
    rest = _said(0.1, HANG, HANG_FRONT, (1.0, 0.0, -1.0))
    turn = Arm((0.36, -0.93, 0.10), (0.24, -0.52, 0.82), (-0.3, 0.85, 0.4), -4.0, hand=OPEN)
    return round_of(
        "talk_calm_3",
        [
            (0.0, rest),
            (0.9, _said(0.3, turn, HANG_FRONT, (-1.0, 2.0, -3.0), (0, 2, 0))),
            (
                1.35,
                _said(
                    0.35,
                    replace(turn, fore=(0.30, -0.60, 0.74)),
                    HANG_FRONT,
                    (3.0, 2.0, -3.0),
                    (1, 2, 0),
                ),
            ),
            (2.6, rest),
            (3.5, _said(-0.4, HANG, turn, (0.0, -3.0, 3.0), (0, -2, 0))),
            (3.95, _said(-0.45, HANG, replace(turn, fore=(0.32, -0.60, 0.73)), (3.0, -3.0, 3.0))),
        ],
        5.8,
        53,
    )


def talk_explain_1() -> Motion:
    """Here is the one thing, there the other."""
    rest = _said(0.2, REST, REST, (1.0, 0.0, 1.0))
    one = _said(
        -0.6,
        REST,
        side(OUT, (0.56, 0.04, 0.83), (-0.2, 0.9, 0.4), OPEN, flex=-6.0, raised=2.0),
        (2.0, -9.0, -3.0),
        (0, -8, 0),
    )
    two = _said(
        0.7,
        side(OUT, (0.58, 0.06, 0.82), (-0.2, 0.9, 0.4), OPEN, flex=-6.0, raised=2.0),
        REST,
        (2.0, 9.0, 3.0),
        (0, 8, 0),
    )
    both = _said(0.0, DOWN, DOWN, (4.0, 0.0, 0.0), (2, 0, 0))
    ready = _said(0.0, UP, UP, (-2.0, 0.0, 0.0), (-2, 0, 0))
    return round_of(
        "talk_explain_1",
        [
            (0.0, rest),
            (0.75, replace(one, right=replace(UP, fore=(0.36, 0.34, 0.87)))),
            (1.1, one),
            (1.7, one),
            (2.35, replace(two, left=replace(UP, fore=(0.36, 0.34, 0.87)))),
            (2.7, two),
            (3.2, two),
            (3.85, ready),
            (4.15, both),
            (4.7, both),
        ],
        6.0,
        54,
    )


def talk_explain_2() -> Motion:
    """Makes a fine point with finger and thumb."""
    rest = _said(-0.3, HANG_FRONT, REST, (1.0, -1.0, -1.0))

    def beat(up: float, pitch: float) -> Pose:
        arm = replace(NICE, fore=(0.14, 0.34 + up, 0.87))
        return _said(0.4, HANG_BACK, arm, (pitch, -3.0, 4.0), (pitch * 0.4, -3, 0))

    return round_of(
        "talk_explain_2",
        [
            (0.0, rest),
            (0.7, beat(0.34, -2.0)),
            (1.0, beat(0.0, 4.0)),
            (1.45, beat(0.26, -1.0)),
            (1.75, beat(0.0, 3.5)),
            (2.2, beat(0.22, -1.0)),
            (2.5, beat(0.02, 3.0)),
            (3.1, beat(0.1, 0.0)),
            (4.2, rest),
        ],
        5.2,
        55,
    )


def talk_explain_3() -> Motion:
    """So big: both hands hold it, turn it, put it down."""
    rest = _said(0.1, REST_2, REST_2, (1.0, 0.0, 0.0))

    def hold(out: float, up: float, weight: float, head: Angles) -> Pose:
        arm = Arm((0.44, -0.86, 0.24), (0.02 + out, 0.14 + up, 0.97), (-0.95, 0.2, 0.1), hand=OPEN)
        return _said(weight, arm, replace(arm, raised=2.0), head, (1, 4.0 * weight, 0))

    return round_of(
        "talk_explain_3",
        [
            (0.0, rest),
            (0.8, hold(0.0, 0.16, 0.2, (2.0, 0.0, 2.0))),
            (1.25, hold(0.34, 0.10, 0.1, (-1.0, 0.0, 2.0))),
            (1.9, hold(0.30, 0.08, 0.0, (1.0, 0, 0))),
            (2.5, hold(0.2, 0.14, 0.9, (2.0, 7.0, 3.0))),
            (3.1, hold(0.22, -0.14, 0.9, (4.0, 7.0, 2.0))),
            (3.7, hold(0.16, 0.0, 0.5, (1.0, 2.0, 0.0))),
        ],
        5.4,
        56,
    )


def talk_gesture_1() -> Motion:
    """Throws it open, to one side and the other."""
    rest = _said(-0.2, REST, REST, (1.0, 0.0, -1.0))
    gather = _said(
        0.3,
        replace(REST, fore=(-0.14, 0.30, 0.94)),
        replace(REST, fore=(-0.12, 0.26, 0.95)),
        (5.0, 0.0, 0.0),
        (4, 0, 0),
    )
    open_ = _said(
        -0.2,
        replace(OUT, fore=(0.72, 0.22, 0.66)),
        replace(OUT, fore=(0.70, 0.16, 0.69)),
        (-4.0, 0.0, 3.0),
        (-5, 0, 0),
    )
    right = _said(
        -0.8,
        REST,
        replace(OUT, fore=(0.74, 0.34, 0.58), raised=4.0),
        (-1.0, -12.0, -5.0),
        (-2, -9, 0),
    )
    return round_of(
        "talk_gesture_1",
        [
            (0.0, rest),
            (0.5, gather),
            (0.9, open_),
            (1.5, open_),
            (2.2, replace(rest, head=(3, -3, 0))),
            (2.75, right),
            (3.35, right),
        ],
        4.8,
        57,
    )


def talk_gesture_2() -> Motion:
    """Beats with both hands, one after the other."""
    rest = _said(0.3, REST_2, REST, (1.0, 0.0, 1.0))

    def beat(left: float, right: float, pitch: float, yaw: float) -> Pose:
        a = replace(UP, fore=(0.22, 0.10 + left, 0.90), palm=(-0.6, 0.5, 0.6))
        b = replace(UP, fore=(0.20, 0.08 + right, 0.92), palm=(-0.6, 0.5, 0.6))
        return _said(0.04 * yaw, a, b, (pitch, yaw, 0.3 * yaw), (pitch * 0.5, 0.5 * yaw, 0))

    return round_of(
        "talk_gesture_2",
        [
            (0.0, rest),
            (0.6, beat(0.0, 0.5, -1.0, -4.0)),
            (0.9, beat(0.05, 0.0, 4.0, -4.0)),
            (1.3, beat(0.48, 0.08, -1.0, 5.0)),
            (1.6, beat(0.0, 0.05, 4.0, 5.0)),
            (2.1, beat(0.42, 0.46, -3.0, 0.0)),
            (2.4, beat(-0.05, -0.05, 5.0, 0.0)),
            (3.2, beat(0.0, 0.0, 1.0, 0.0)),
        ],
        4.6,
        58,
    )


def talk_gesture_3() -> Motion:
    """Rolls it forward: and so on, and so on."""
    rest = _said(-0.1, HANG, REST, (1.0, 0.0, 0.0))

    def roll(out: float, up: float, ahead: float) -> Pose:
        arm = Arm(
            (0.44, -0.86, 0.14 + 0.2 * ahead),
            (0.12 + out, 0.34 + up, 0.86 + 0.2 * ahead),
            (-0.6, 0.1 - up, -0.5 + ahead),
            hand=LOOSE,
            raised=2.0,
        )
        return _said(0.35, HANG_BACK, arm, (1.0 - 4.0 * up, -4.0, 3.0), (0, -3 - 3 * ahead, 0))

    keys = [(0.0, rest)]
    ring = [(0.0, 0.26, 0.3), (0.14, 0.04, 0.8), (0.08, -0.18, 0.5), (-0.06, 0.0, 0.1)]
    for number in range(8):
        keys.append((0.55 + 0.24 * number, roll(*ring[number % 4])))
    keys.append((2.9, _said(-0.5, HANG_FRONT, replace(OUT, fore=(0.62, 0.06, 0.78)), (2, -5, -4))))
    keys.append((3.5, _said(-0.5, HANG_FRONT, replace(OUT, fore=(0.60, 0.02, 0.80)), (3, -3, -4))))
    return round_of("talk_gesture_3", keys, 4.8, 59)


def talking() -> Iterator[Motion]:
    for make in (
        *(talk_calm_1, talk_calm_2, talk_calm_3),
        *(talk_explain_1, talk_explain_2, talk_explain_3),
        *(talk_gesture_1, talk_gesture_2, talk_gesture_3),
    ):
        yield make()
