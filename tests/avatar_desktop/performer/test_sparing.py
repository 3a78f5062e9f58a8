"""A calm body is found now and then and looks the same; what is quick is never late."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from avatar_desktop.avatar.pose import Pose
from avatar_desktop.motion.layers import Mixer
from avatar_desktop.performer.performer import Performer
from avatar_desktop.performer.roles import Role
from avatar_desktop.performer.sparing import SparingPoses
from avatar_desktop.reply.cue import Cue
from tests.embodiment.mesh_lips import shipped_avatar

IDLE_FPS = 30.0
Bar = Callable[..., None]


class Watched(Performer):
    """Counts how often its pose is found."""

    found = 0

    def pose(self, t: float) -> Pose:
        self.found += 1
        return super().pose(t)


def performance() -> Watched:
    wren = shipped_avatar("wren")
    return Watched(wren, Mixer(wren), seed=5)


def frames(seconds: float) -> Iterator[float]:
    return (frame / IDLE_FPS for frame in range(1, round(seconds * IDLE_FPS) + 1))


def farthest(one: Pose, other: Pose) -> float:
    """Millimetres between the places of any joint, or of a point a hand's breadth from it."""
    ways = one.world - other.world
    return 1000.0 * float(np.abs(ways[:, :3, 3]).max() + 0.1 * np.abs(ways[:, :3, :3]).max())


def difference_of_faces(one: Pose, other: Pose) -> float:
    return float(np.abs(one.weights - other.weights).max())


def test_a_calm_body_is_found_now_and_then_and_looks_the_same(bar: Bar) -> None:
    performer, truth = performance(), performance()
    shown = SparingPoses(performer)
    beside = [farthest(shown.pose(t), truth.pose(t)) for t in frames(20.0)]
    bar("calm body: poses found for a frame", performer.found / len(beside), at_most=0.42)
    usual, seldom = np.percentile(beside, [50, 95]).tolist()
    bar("calm body: shown beside where it is, half of the time", usual, at_most=2.0, unit="mm")
    bar("calm body: the same, 95 % of the time", seldom, at_most=6.0, unit="mm")


def test_the_bar_trips_when_the_pose_between_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("avatar_desktop.performer.sparing.WIDEST_GAP", 0.0)
    performer = performance()
    shown = SparingPoses(performer)
    times = list(frames(5.0))
    for t in times:
        shown.pose(t)
    assert performer.found == len(times)


def worst_blink() -> float:
    """How far faces are from the truth in the midst of blinks, and in the picture after each."""
    performer, truth = performance(), performance()
    shown = SparingPoses(performer)
    worst, blinking = list[float](), False
    for t in frames(30.0):
        seen, now = shown.pose(t), truth.pose(t)
        before, blinking = blinking, truth.is_blinking(t)
        if before or blinking:
            worst.append(difference_of_faces(seen, now))
    assert len(worst) > 20
    return max(worst)


def test_a_blink_is_seen_at_every_frame_and_is_over_when_it_is_over() -> None:
    assert worst_blink() < 1e-5


def test_that_trips_when_a_blink_waits_for_the_body(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Performer, "with_face", lambda _, pose, t: pose)  # pyright: ignore
    assert worst_blink() > 0.1


@pytest.mark.parametrize("begin", [60, 61, 62, 63])
@pytest.mark.parametrize(
    "what",
    [
        lambda performer, t: performer.take_role(Role.THINKING),
        lambda performer, t: performer.do(Cue("gesture", "wave", 1.0, 0), t),
        lambda performer, t: performer.do(Cue("emotion", "surprised", 1.0, 0), t),
    ],
    ids=["thinks", "waves", "wonders"],
)
def test_from_what_begins_on_every_frame_is_its_own(
    what: Callable[[Performer, float], None], begin: int
) -> None:
    performer = performance()
    shown = SparingPoses(performer)
    times = list(frames(4.0))
    for t in times[:begin]:
        shown.pose(t)
    what(performer, times[begin - 1])
    before = performer.found
    poses = [shown.pose(t) for t in times[begin : begin + 10]]
    assert performer.found == before + 10
    assert len({id(pose) for pose in poses}) == 10
