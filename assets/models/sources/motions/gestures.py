"""Gestures that mean something: prepared, struck, held, taken back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .keyed import Key, Marks, Motion, motion
from .pose import FIST, FLAT, OPEN, POINTING, THUMB_UP, WIDE, Arm, Pose
from .stances import HANG_BACK, HANG_FRONT, HOME, held, stand


def gesture(
    name: str, keys: list[tuple[float, Pose]], length: float, marks: Marks, seed: int
) -> Motion:
    """From home and back there, slower than it came."""
    length += 0.2
    whole = [Key(0.0, HOME), *(Key(*key) for key in keys), Key(length - 0.5, HOME)]
    return motion(f"gesture_{name}", whole, length, marks=marks, alive=0.6, seed=seed)


def wave() -> Motion:
    def up(fore: tuple[float, float, float], lift: float, tilt: float) -> Pose:
        arm = Arm((0.80, -0.34 + lift, 0.44), fore, (0.05, 0.15, 1.0), -4.0, hand=OPEN, raised=9.0)
        return stand(
            0.75, left=HANG_BACK, right=arm, head=(-1.0, -3.0, tilt), torso=(-2.0, -4.0, 1.0)
        )

    ready = replace(HOME, right=Arm((0.36, -0.92, -0.12), (0.10, -0.94, 0.30), (-1, 0, -0.3)))
    inwards, outwards = (-0.08, 0.90, 0.46), (0.66, 0.66, 0.40)
    return gesture(
        "wave",
        [
            (0.16, replace(ready, shift=(-0.4, -0.8, 0.2), head=(3.0, 0.0, 0.0))),
            (0.52, up((0.06, 0.92, 0.42), 0.0, -5.0)),
            (0.76, up(outwards, 0.05, -7.0)),
            (1.04, up(inwards, 0.0, -5.0)),
            (1.32, up(outwards, 0.05, -7.5)),
            (1.60, up(inwards, 0.0, -5.0)),
            (1.84, up((0.46, 0.82, 0.38), 0.0, -4.0)),
        ],
        2.95,
        Marks(0.54, 0.85, 1.84),
        1,
    )


def nod() -> Motion:
    def down(pitch: float, torso: float) -> Pose:
        return replace(HOME, head=(pitch, 1.0, -1.0), torso=(torso, 0.4, -1.2))

    return gesture(
        "nod",
        [
            (0.16, down(-4.0, -0.6)),
            (0.38, down(13.5, 1.6)),
            (0.64, down(-1.5, 0.2)),
            (0.86, down(7.5, 0.9)),
            (1.14, down(-0.5, 0.0)),
        ],
        1.85,
        Marks(0.16, 0.42, 1.0, "head"),
        2,
    )


def shake_head() -> Motion:
    def to(yaw: float, roll: float) -> Pose:
        return replace(HOME, head=(3.0, yaw, roll), torso=(0.6, 0.12 * yaw, -1.2))

    return gesture(
        "shake_head",
        [
            (0.14, to(-4.0, 1.0)),
            (0.38, to(17.0, 2.5)),
            (0.68, to(-16.0, -2.5)),
            (0.96, to(12.0, 1.5)),
            (1.22, to(-6.5, -1.0)),
        ],
        2.05,
        Marks(0.14, 0.42, 1.2, "head"),
        3,
    )


def point() -> Motion:
    drawn = Arm((0.55, -0.80, -0.10), (0.10, 0.35, 0.93), (-0.7, -0.7, 0.0), hand=FIST, raised=3.0)
    shot = Arm(
        (0.86, -0.06, 0.50), (0.88, 0.10, 0.47), (-0.3, -0.75, 0.65), hand=POINTING, raised=6.0
    )
    beyond = replace(shot, upper=(0.87, -0.02, 0.50), fore=(0.89, 0.13, 0.44))
    there = stand(
        -0.35, left=HANG_BACK, right=shot, head=(-1.0, -22.0, -3.0), torso=(0.0, -11.0, 2.0)
    )
    told = stand(-0.3, left=HANG_BACK, right=shot, head=(1.0, -4.0, 3.0), torso=(1.0, -9.0, 2.0))
    return gesture(
        "point",
        [
            (0.36, stand(0.55, right=drawn, head=(2.0, -9.0, -2.0), torso=(2.0, 7.0, -1.0))),
            (0.64, replace(there, right=beyond)),
            (0.80, there),
            (1.10, there),
            (1.42, told),
        ],
        2.45,
        Marks(0.36, 0.72, 1.46),
        4,
    )


def hand_raise() -> Motion:
    up = Arm((0.86, 0.36, 0.34), (0.24, 0.95, 0.16), (0.0, 0.0, 1.0), hand=FLAT, raised=16.0)
    over = replace(up, upper=(0.82, 0.46, 0.32), fore=(0.16, 0.97, 0.14))
    high = stand(0.8, right=over, left=HANG_BACK, head=(-5.0, -3.0, 4.0), torso=(-3.0, -2.0, 3.0))
    held_up = stand(0.7, right=up, left=HANG_BACK, head=(-2.0, -2.0, 4.0), torso=(-2.0, -2.0, 2.0))
    low = Arm((0.38, -0.92, -0.05), (0.16, -0.86, 0.48), (-1.0, 0.0, 0.0))
    return gesture(
        "hand_raise",
        [
            (0.18, replace(HOME, right=low, shift=(0.0, -1.2, 0.0), head=(4.0, 0.0, -1.0))),
            (0.62, high),
            (0.84, held_up),
            (1.55, held_up),
        ],
        2.65,
        Marks(0.18, 0.74, 1.6),
        5,
    )


def thumbs_up() -> Motion:
    drawn = Arm((0.54, -0.82, -0.18), (0.12, 0.42, 0.90), (-1.0, 0.0, 0.0), 0, 4.0, THUMB_UP, 3.0)
    shown = Arm((0.66, -0.66, 0.36), (0.30, 0.46, 0.84), (-0.95, 0.1, 0.3), 0, -2.0, THUMB_UP, 5.0)
    far = replace(shown, upper=(0.66, -0.58, 0.46), fore=(0.32, 0.38, 0.86))
    glad = stand(-0.45, left=HANG_BACK, right=shown, head=(3.0, -3.0, -7.0), torso=(2.0, 5.0, 0.0))
    return gesture(
        "thumbs_up",
        [
            (0.34, stand(0.5, right=drawn, head=(-2.0, 0.0, 2.0), torso=(-1.0, -6.0, 0.0))),
            (0.60, replace(glad, right=far, head=(7.0, -3.0, -6.0))),
            (0.78, glad),
            (1.40, replace(glad, head=(2.0, -3.0, -8.0))),
        ],
        2.45,
        Marks(0.34, 0.68, 1.44),
        6,
    )


def shrug() -> Motion:
    def out(lift: float) -> Arm:
        return Arm(
            (0.46, -0.88, 0.02),
            (0.80, 0.16 * lift, 0.52),
            (0.10, 1.0, 0.25),
            -14.0,
            hand=OPEN,
            raised=15.0 * lift,
        )

    low = Arm((0.34, -0.93, 0.04), (0.06, -0.55, 0.80), (-0.9, 0.3, 0.0))
    top = stand(0.1, left=out(1.0), right=out(0.94), head=(2.0, 3.0, 10.0), torso=(-3.0, 0.0, 0.0))
    top = replace(top, shift=(0.5, -1.0, 0.4))
    return gesture(
        "shrug",
        [
            (0.22, replace(HOME, left=low, right=low, shift=(1.0, -1.6, 0.0), head=(5.0, 1, 2.0))),
            (0.54, top),
            (0.72, replace(top, left=out(0.9), right=out(0.86), head=(3.0, 3.0, 11.0))),
            (1.12, replace(top, left=out(0.92), right=out(0.88), head=(4.0, 2.0, 9.0))),
        ],
        2.15,
        Marks(0.22, 0.62, 1.16),
        7,
    )


def bow() -> Motion:
    across = Arm((0.34, -0.84, 0.42), (-0.72, -0.10, 0.70), (-0.2, -0.5, -0.8), hand=FLAT)
    behind = Arm((0.46, -0.82, -0.34), (0.30, -0.93, -0.20), (-0.6, 0.2, -0.8), hand=OPEN)
    rise = stand(0.2, left=HANG_BACK, right=held(HANG_FRONT, OPEN), head=(-5.0, 0, 0), lean=-3.0)
    low = stand(0.1, left=behind, right=across, lean=46.0, head=(40.0, 0.0, 2.0), back=9.0)
    rest = stand(0.1, left=behind, right=across, lean=43.0, head=(36.0, 0.0, 2.0), back=8.5)
    return gesture(
        "bow",
        [(0.28, rise), (0.86, low), (1.02, rest), (1.40, rest)],
        2.75,
        Marks(0.28, 1.0, 1.44),
        8,
    )


def greet() -> Motion:
    """Open arms: welcome."""
    close = Arm((0.30, -0.90, 0.30), (-0.34, 0.10, 0.93), (-0.5, 0.5, -0.5))
    wide = Arm((0.62, -0.70, 0.34), (0.66, 0.02, 0.75), (-0.20, 0.92, 0.40), -8.0, hand=WIDE)
    wide = replace(wide, raised=4.0)
    other = replace(wide, upper=(0.58, -0.74, 0.34), fore=(0.62, -0.08, 0.78))
    open_ = stand(-0.3, left=wide, right=other, head=(-3.0, 2.0, 5.0), torso=(-5.0, 2.0, 0.0))
    return gesture(
        "greet",
        [
            (0.34, stand(0.4, left=close, right=close, lean=4.0, head=(7.0, 0.0, -3.0))),
            (0.72, open_),
            (0.92, replace(open_, head=(2.0, 2.0, 6.0))),
            (1.42, replace(open_, head=(4.0, 1.0, 6.0), torso=(-3.0, 1.0, 0.0))),
        ],
        2.60,
        Marks(0.34, 0.80, 1.46),
        9,
    )


def look_around() -> Motion:
    def to(yaw: float, weight: float, pitch: float, roll: float) -> Pose:
        left = HANG_BACK if yaw > 0 else HANG_FRONT
        right = HANG_FRONT if yaw > 0 else HANG_BACK
        return stand(weight, left=left, right=right, turn=0.34 * yaw, head=(pitch, yaw, roll))

    return gesture(
        "look_around",
        [
            (0.22, to(-7.0, 0.35, 3.0, 0.0)),
            (0.78, to(44.0, 0.70, -3.0, 4.0)),
            (1.45, to(38.0, 0.75, 2.0, 6.0)),
            (1.75, to(8.0, 0.1, 6.0, 0.0)),
            (2.25, to(-42.0, -0.70, -2.0, -4.0)),
            (2.95, to(-36.0, -0.75, -6.0, -6.0)),
        ],
        4.15,
        Marks(0.22, 0.72, 3.0, "head"),
        10,
    )


def stretch() -> Motion:
    coil = Arm((0.42, -0.88, 0.20), (-0.10, 0.10, 0.99), (-0.6, -0.4, 0.0), hand=FIST)
    up = Arm((0.82, 0.56, 0.16), (0.50, 0.84, 0.24), (0.1, 0.2, 1.0), -12.0, hand=WIDE, raised=18.0)
    far = replace(up, upper=(0.76, 0.64, 0.08), fore=(0.44, 0.87, 0.22))
    other = replace(up, upper=(0.84, 0.50, 0.20), fore=(0.22, 0.92, 0.34), hand=OPEN)
    down = Arm((0.72, -0.66, 0.05), (0.46, -0.86, 0.20), (-0.8, 0.0, -0.3), hand=OPEN)
    return gesture(
        "stretch",
        [
            (0.42, stand(0.1, left=coil, right=coil, lean=9.0, head=(14.0, 0.0, 2.0), bend=4.0)),
            (1.10, stand(0.0, left=up, right=other, lean=-6.0, head=(-12.0, 0, -4.0), rise=10.0)),
            (1.55, stand(0.0, left=far, right=up, lean=-9.0, head=(-17.0, 2, -6.0), rise=17.0)),
            (
                2.10,
                stand(
                    0.2,
                    left=far,
                    right=other,
                    lean=-8.0,
                    head=(-15.0, 0, 7.0),
                    rise=15.0,
                    torso=(0.0, 3.0, 7.0),
                ),
            ),
            (2.60, stand(0.1, left=down, right=down, lean=3.0, head=(4.0, 0.0, 1.0), bend=1.5)),
        ],
        3.75,
        Marks(0.42, 1.30, 2.15),
        11,
    )


def laugh() -> Motion:
    def shaken(lean: float, pitch: float, up: float, roll: float) -> Pose:
        belly = Arm(
            (0.44, -0.84, 0.30), (-0.80, -0.12, 0.58), (-0.3, -0.1, -0.95), hand=FLAT, raised=up
        )
        side = Arm((0.60, -0.78, 0.05), (0.40, -0.52, 0.75), (-0.5, 0.6, 0.3), hand=OPEN, raised=up)
        return stand(
            0.25, left=side, right=belly, lean=lean, head=(pitch, -3.0, roll), bend=0.5 * up / 3.0
        )

    keys = [(0.26, shaken(-7.0, -14.0, 8.0, -3.0))]
    beats = [
        (9.0, 6.0, 3.0),
        (6.0, 1.0, 8.0),
        (11.0, 8.0, 3.0),
        (7.0, 2.0, 8.0),
        (12.0, 9.0, 3.0),
        (8.0, 3.0, 7.0),
        (10.0, 6.0, 3.0),
    ]
    for number, (lean, pitch, up) in enumerate(beats):
        keys.append((0.56 + 0.17 * number, shaken(lean, pitch, up, -4.0 - 0.5 * number)))
    keys.append((2.05, shaken(-2.0, -6.0, 5.0, 3.0)))
    return gesture("laugh", keys, 3.05, Marks(0.1, 0.60, 2.05, "head"), 12)


def gestures() -> Iterator[Motion]:
    for make in (
        *(wave, nod, shake_head, point, hand_raise, thumbs_up, shrug),
        *(bow, greet, look_around, stretch, laugh),
    ):
        yield make()
