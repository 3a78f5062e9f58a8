"""Standing and waiting: the weight goes from leg to leg, a look aside, a hand on the hip.

Every idle begins and ends at home, so that any of them may follow any other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .keyed import Key, Motion, motion
from .pose import LOOSE, OPEN, SOFT, Arm, Pose
from .stances import AKIMBO, HANG, HANG_BACK, HANG_FRONT, HOME, held, stand


def loop(name: str, keys: list[tuple[float, Pose]], length: float, seed: int) -> Motion:
    """From home on, and home again where the loop begins anew."""
    whole = [Key(0.0, HOME), *(Key(*key) for key in keys), Key(length - 0.4, HOME)]
    return motion(name, whole, length, alive=1.0, seed=seed)


def _shifted(weight: float, after: float, before: Pose, then: Pose) -> list[tuple[float, Pose]]:
    """A shift of weight: a breath against it, over it, and back to where it rests."""
    against = replace(
        before, shift=(before.shift[0] - 0.9 * weight, before.shift[1] - 0.8, before.shift[2])
    )
    over = replace(
        then,
        shift=(then.shift[0] + 0.5 * weight, then.shift[1], then.shift[2]),
        hips=(then.hips[0], then.hips[1], then.hips[2] + 0.8 * weight),
    )
    return [(after, before), (after + 0.34, against), (after + 1.05, over), (after + 1.5, then)]


def idle_1() -> Motion:
    """The plain one: to the right leg and back."""
    right = stand(-0.95, left=HANG_BACK, right=HANG_FRONT, head=(1.0, 3.0, 3.0))
    later = replace(right, head=(0.0, -3.0, 2.0), torso=(right.torso[0] + 0.8, -2.0, 4.8))
    home = replace(HOME, head=(1.0, 2.0, -2.0))
    return loop(
        "idle_1",
        [*_shifted(-1.0, 2.6, home, right), (7.2, later), *_shifted(1.0, 10.4, later, HOME)],
        14.0,
        31,
    )


def idle_2() -> Motion:
    """On the left leg, a look over there, the right foot light."""
    left = stand(1.0, left=HANG_FRONT, right=HANG_BACK, head=(1.0, -2.0, -4.0))
    looks = replace(left, head=(0.0, 17.0, 2.0), torso=(left.torso[0], 6.0, -4.6))
    again = replace(left, head=(2.0, -1.0, -5.0))
    return loop(
        "idle_2",
        [
            *_shifted(1.0, 1.8, HOME, left),
            (6.0, left),
            (6.9, looks),
            (8.4, looks),
            (9.4, again),
            (11.6, again),
            (12.9, HOME),
        ],
        13.6,
        32,
    )


def idle_3() -> Motion:
    """Rolls the shoulders, rocks on the feet."""
    up = replace(HANG_BACK, raised=10.0, forward=-4.0)
    rolled = stand(0.0, left=up, right=up, lean=-3.0, head=(-4.0, 0.0, 0.0))
    settled = stand(-0.3, left=held(HANG, LOOSE), right=HANG_BACK, lean=1.5, head=(3.0, 2.0, 3.0))
    rock = stand(-0.1, left=HANG_BACK, right=HANG_BACK, rise=5.0, head=(0.0, 0.0, 1.0), lean=1.0)
    return loop(
        "idle_3",
        [
            (2.2, HOME),
            (3.0, rolled),
            (3.5, rolled),
            (4.5, settled),
            (7.6, settled),
            (8.3, rock),
            (9.2, settled),
            *_shifted(1.0, 11.6, settled, HOME),
        ],
        14.2,
        33,
    )


def idle_4() -> Motion:
    """A hand on the hip, the weight under it."""
    proud = stand(-1.0, left=HANG_FRONT, right=AKIMBO, head=(0.0, 4.0, 6.0), turn=3.0)
    later = replace(proud, head=(2.0, -4.0, 3.0))
    return loop(
        "idle_4",
        [
            (1.6, HOME),
            (1.95, replace(HOME, shift=(2.0, -0.8, 0.0))),
            (3.0, proud),
            (5.6, proud),
            (6.8, later),
            (9.0, later),
            (10.4, HOME),
            (11.0, HOME),
        ],
        12.2,
        34,
    )


def idle_5() -> Motion:
    """Looks at the own hand, lets it go."""
    seen = Arm((0.36, -0.90, 0.24), (0.02, 0.10, 0.99), (-0.35, 0.90, 0.20), 6.0, hand=SOFT)
    turned = replace(seen, palm=(-0.6, -0.75, 0.1), hand=OPEN, fore=(0.0, 0.18, 0.98))
    one = stand(0.8, left=HANG_BACK, right=seen, head=(19.0, -10.0, -3.0), lean=2.0)
    two = stand(0.85, left=HANG_BACK, right=turned, head=(16.0, -8.0, 2.0), lean=2.0)
    free = stand(-0.6, left=HANG_FRONT, right=HANG_FRONT, head=(0.0, 2.0, 3.0))
    return loop(
        "idle_5",
        [
            (2.4, HOME),
            (3.6, one),
            (4.7, one),
            (5.5, two),
            (6.6, two),
            (8.0, free),
            (10.6, free),
            (12.0, HOME),
        ],
        13.0,
        35,
    )


def idle_6() -> Motion:
    """Hands that play with each other, a small sway."""
    below = Arm((0.30, -0.92, 0.24), (-0.30, -0.50, 0.81), (-0.8, 0.1, -0.5), 12.0, hand=LOOSE)
    apart = Arm((0.42, -0.86, 0.28), (0.24, -0.72, 0.65), (-0.9, 0.1, -0.3), hand=LOOSE)
    over = replace(below, fore=(-0.26, -0.34, 0.90), hand=SOFT)
    waits = stand(0.5, left=below, right=over, lean=0.5, head=(-1.0, -3.0, -4.0))
    swayed = stand(-0.7, left=over, right=below, lean=0.5, head=(0.0, 3.0, 4.0))
    return loop(
        "idle_6",
        [
            (1.5, HOME),
            (2.8, waits),
            (5.2, waits),
            (6.6, swayed),
            (9.4, swayed),
            (10.6, waits),
            (12.0, waits),
            (12.75, stand(0.4, left=apart, right=apart)),
            (13.4, HOME),
        ],
        14.4,
        36,
    )


def idles() -> Iterator[Motion]:
    for make in (idle_1, idle_2, idle_3, idle_4, idle_5, idle_6):
        yield make()
