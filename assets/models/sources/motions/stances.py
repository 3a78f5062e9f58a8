"""What motions begin with: how one stands, and arms that are used again and again."""

from __future__ import annotations

from dataclasses import replace

from .pose import LOOSE, SOFT, Angles, Arm, Hand, Pose

HANG = Arm((0.31, -0.95, -0.02), (0.15, -0.97, 0.20), (-1.0, 0.0, -0.35), hand=SOFT)
HANG_FRONT = Arm((0.30, -0.95, 0.06), (0.10, -0.95, 0.30), (-1.0, 0.0, -0.15), hand=LOOSE)
HANG_BACK = Arm((0.32, -0.94, -0.12), (0.18, -0.98, 0.08), (-0.9, 0.0, -0.5), hand=SOFT)
AKIMBO = Arm((0.84, -0.52, -0.10), (-0.32, -0.80, 0.50), (-0.75, -0.10, -0.6), -10.0, -8.0, LOOSE)
LOW = Arm((0.34, -0.93, 0.10), (0.16, -0.12, 0.98), (-0.75, 0.62, 0.0), 4.0, hand=LOOSE)
ACROSS = Arm((0.30, -0.90, 0.30), (-0.74, 0.02, 0.67), (-0.3, -0.4, -0.85), hand=LOOSE)

WEIGHT_CM = 6.5


def stand(
    weight: float = 0.0,
    *,
    left: Arm = HANG,
    right: Arm = HANG,
    lean: float = 0.0,
    turn: float = 0.0,
    head: Angles = (0.0, 0.0, 0.0),
    torso: Angles = (0.0, 0.0, 0.0),
    bend: float = 0.0,
    back: float = 0.0,
    rise: float = 0.0,
) -> Pose:
    """On both feet, with `weight` from the right one (−1) to the left one (+1).

    The hip over the standing leg rises, the shoulders answer it, the free knee gives way. `bend` is
    centimetres that the knees bend, `back` those that the hips go back, `rise` degrees on tiptoe.
    """
    free = max(0.0, abs(weight) - 0.25) * 7.0
    return Pose(
        left=left,
        right=right,
        shift=(weight * WEIGHT_CM, -bend + 14.0 * (rise / 30.0), -back),
        hips=(lean * 0.25, -2.0 * weight + 0.35 * turn, 5.2 * weight),
        torso=(
            lean * 0.75 + torso[0],
            1.5 * weight + 0.65 * turn + torso[1],
            -6.8 * weight + torso[2],
        ),
        head=head,
        heels=(rise, rise),
        knees=(free if weight < 0.0 else 0.0, free if weight > 0.0 else 0.0),
    )


HOME = stand(
    0.22,
    right=replace(HANG, fore=(0.16, -0.96, 0.24)),
    head=(0.5, 1.0, -1.0),
)
"""Every gesture begins and ends here, and so does every idle."""


def held(arm: Arm, hand: Hand) -> Arm:
    return replace(arm, hand=hand)
