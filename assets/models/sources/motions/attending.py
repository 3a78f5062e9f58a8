"""Listening and thinking."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .keyed import Key, Motion, motion
from .pose import CHIN, LOOSE, POINTING, Angles, Arm, Pose
from .stances import ACROSS, AKIMBO, HANG, HANG_FRONT, stand


def round_of(name: str, keys: list[tuple[float, Pose]], length: float, seed: int) -> Motion:
    """A motion whose end leads into its beginning."""
    whole = [Key(*key) for key in keys]
    return motion(name, [*whole, Key(length, whole[0].pose)], length, loop=True, seed=seed)


def listening_1() -> Motion:
    """Leans in a little, the head aside."""
    near = stand(0.5, left=HANG, right=HANG_FRONT, lean=3.5, head=(2.0, 2.0, 5.0))
    mid = stand(0.2, left=HANG, right=HANG_FRONT, lean=4.5, head=(4.0, 0.0, 6.0))
    other = stand(-0.6, left=HANG_FRONT, right=HANG, lean=3.0, head=(1.0, -3.0, -4.0))
    return round_of("listening_1", [(0.0, near), (3.4, mid), (5.4, other), (9.6, other)], 12.0, 41)


def listening_2() -> Motion:
    """One hand holds the other arm's place before the body."""
    hold = replace(ACROSS, fore=(-0.66, -0.28, 0.70), hand=LOOSE)
    a = stand(-0.5, left=HANG, right=hold, lean=2.0, head=(1.0, 3.0, -6.0))
    b = stand(-0.7, left=HANG_FRONT, right=hold, lean=3.0, head=(4.0, 1.0, -7.0))
    c = stand(0.4, left=HANG, right=hold, lean=1.5, head=(0.0, -2.0, -2.0))
    return round_of("listening_2", [(0.0, a), (3.2, b), (6.4, a), (8.2, c), (10.4, c)], 12.6, 42)


def thinking_1() -> Motion:
    """A hand at the chin, the other arm under it."""

    def chin(upper: float, roll: float) -> Arm:
        return Arm(
            (0.34, -0.72 + upper, 0.62),
            (-0.42, 0.80, 0.44),
            (-0.25, 0.1, -0.96),
            10.0,
            hand=CHIN,
            raised=3.0 + roll,
        )

    under = Arm((0.26, -0.94, 0.22), (-0.80, -0.02, 0.60), (-0.2, 0.25, -0.95), hand=LOOSE)

    def at(weight: float, up: float, head: Angles) -> Pose:
        return stand(weight, left=under, right=chin(up, 0.0), head=head, lean=1.0)

    return round_of(
        "thinking_1",
        [
            (0.0, at(-0.7, 0.0, (-6.0, 13.0, -6.0))),
            (2.6, at(-0.8, 0.02, (-8.0, 16.0, -7.0))),
            (4.4, at(-0.2, 0.0, (-2.0, 4.0, -3.0))),
            (5.8, at(0.3, 0.02, (-7.0, -11.0, 4.0))),
            (8.6, at(0.4, 0.0, (-5.0, -13.0, 6.0))),
        ],
        10.4,
        43,
    )


def thinking_2() -> Motion:
    """A finger in the air that looks for the word, a hand on the hip."""

    def finger(out: float, up: float) -> Arm:
        return Arm(
            (0.62, -0.62, 0.48),
            (0.16 + out, 0.94 + up, 0.26),
            (-0.5, 0.0, 0.86),
            -4.0,
            hand=POINTING,
            raised=4.0,
        )

    def at(weight: float, out: float, head: Angles) -> Pose:
        return stand(weight, left=AKIMBO, right=finger(out, 0.0), head=head, lean=-1.0)

    return round_of(
        "thinking_2",
        [
            (0.0, at(0.8, 0.0, (-9.0, -12.0, 5.0))),
            (0.9, at(0.8, 0.14, (-10.0, -13.0, 5.0))),
            (1.7, at(0.8, -0.04, (-9.0, -14.0, 6.0))),
            (2.6, at(0.75, 0.12, (-7.0, -9.0, 5.0))),
            (4.2, at(0.2, 0.02, (2.0, 6.0, -2.0))),
            (6.2, at(-0.4, 0.0, (-8.0, 13.0, -7.0))),
            (8.0, at(0.2, 0.06, (-6.0, 9.0, -3.0))),
        ],
        9.6,
        44,
    )


def attending() -> Iterator[Motion]:
    for make in (listening_1, listening_2, thinking_1, thinking_2):
        yield make()
