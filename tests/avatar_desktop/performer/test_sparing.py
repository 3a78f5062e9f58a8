"""A calm body is found now and then and looks the same; what is quick is never late."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from avatar_desktop.avatar.pose import Pose
from avatar_desktop.motion.layers import Mixer
from avatar_desktop.performer.gaze import Gaze
from avatar_desktop.performer.performer import Performer
from avatar_desktop.performer.roles import Role
from avatar_desktop.performer.sparing import SparingPoses
from avatar_desktop.reply.cue import Cue
from tests.embodiment.mesh_lips import shipped_avatar

IDLE_FPS = 30.0
TOGETHER = 5
"""So many pictures a window asks for at once."""
Bar = Callable[..., None]


class Watched(Performer):
    """Counts how often its pose is found."""

    found = 0

    def pose(self, t: float) -> Pose:
        self.found += 1
        return super().pose(t)


def performance(name: str = "wren") -> Watched:
    avatar = shipped_avatar(name)
    return Watched(avatar, Mixer(avatar), seed=5)


def frames(seconds: float) -> Iterator[float]:
    return (frame / IDLE_FPS for frame in range(1, round(seconds * IDLE_FPS) + 1))


def in_advance(shown: SparingPoses, times: Iterator[float]) -> Iterator[tuple[float, Pose]]:
    """What a window shows that asks for a few pictures at once."""
    foreseen = 0.0
    for number, t in enumerate(times):
        if number % TOGETHER == 0:
            foreseen = t + shown.ahead
        yield t, shown.pose(t, foreseen)


def farthest(one: Pose, other: Pose) -> float:
    """Millimetres between the places of any joint, or of a point a hand's breadth from it."""
    ways = one.world - other.world
    return 1000.0 * float(np.abs(ways[:, :3, 3]).max() + 0.1 * np.abs(ways[:, :3, :3]).max())


def difference_of_faces(one: Pose, other: Pose) -> float:
    return float(np.abs(one.weights - other.weights).max())


@pytest.mark.parametrize(("name", "most", "astray"), [("wren", 0.33, 6.0), ("moss", 0.42, 10.0)])
def test_a_calm_body_is_found_now_and_then_and_looks_the_same(
    name: str, most: float, astray: float, bar: Bar
) -> None:
    performer, truth = performance(name), performance(name)
    shown = in_advance(SparingPoses(performer), frames(30.0))
    beside = [farthest(pose, truth.pose(t)) for t, pose in shown]
    found = performer.found / len(beside)
    bar(f"calm body, {name}: poses found for a frame", found, at_most=most)
    usual, seldom = np.percentile(beside, [50, 95]).tolist()
    bar(
        f"calm body, {name}: shown beside where it is, half of the time",
        usual,
        at_most=1.0,
        unit="mm",
    )
    bar(f"calm body, {name}: the same, 95 % of the time", seldom, at_most=astray, unit="mm")


def test_the_bar_trips_when_nothing_is_foreseen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("avatar_desktop.performer.sparing.LONGEST_WAY", 0.0)
    performer = performance()
    shown = SparingPoses(performer)
    times = list(frames(5.0))
    for t in times:
        shown.pose(t)
    assert performer.found == len(times)


def test_the_bar_trips_when_a_swift_body_is_shown_on_the_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("avatar_desktop.performer.sparing.SWIFT", 100.0)
    performer, truth = performance("moss"), performance("moss")
    shown = in_advance(SparingPoses(performer), frames(30.0))
    assert np.percentile([farthest(pose, truth.pose(t)) for t, pose in shown], 95) > 10.0


def worst_blink() -> float:
    """How far faces are from the truth in the midst of blinks, and in the picture after each."""
    performer, truth = performance(), performance()
    worst, blinking = list[float](), False
    for t, pose in in_advance(SparingPoses(performer), frames(60.0)):
        now = truth.pose(t)
        before, blinking = blinking, truth.is_blinking(t)
        if before or blinking:
            worst.append(difference_of_faces(pose, now))
    assert len(worst) > 40
    return max(worst)


def test_a_blink_is_seen_at_every_frame_and_is_over_when_it_is_over() -> None:
    assert worst_blink() < 0.01


def test_that_trips_when_a_blink_waits_for_the_body(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Performer, "with_face", lambda _, pose, t: pose)  # pyright: ignore
    assert worst_blink() > 0.1


def eyes_beside() -> float:
    """Degrees by which the eyes stand otherwise in the head, in the worst picture of a minute."""
    performer, truth = performance(), performance()
    pairs = [(pose, truth.pose(t)) for t, pose in in_advance(SparingPoses(performer), frames(60.0))]
    return max(float(np.abs(looks(seen) - looks(real)).max()) for seen, real in pairs)


def looks(pose: Pose) -> NDArray[np.float64]:
    """Where both eyes look in the head, by the nodes and by the joints that move their meshes."""
    wren = shipped_avatar("wren")
    eyes = [wren.humanoid[eye] for eye in ("leftEye", "rightEye")]
    head = pose.world[wren.humanoid["head"], :3, :3].astype(np.float64)
    skin, joints = next(
        (place, joints)
        for place, skin in enumerate(wren.skins)
        if len(joints := np.flatnonzero(np.isin(skin.joints, eyes)))
    )
    axes = (pose.world[eyes, :3, 2], pose.joints[skin][joints, :3, 2])
    return np.degrees(np.concatenate([each @ head for each in axes]))


def test_the_eyes_jump_in_time() -> None:
    assert eyes_beside() < 0.5


def test_that_trips_when_the_eyes_go_the_way_of_the_body(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Gaze, "jumped_since", lambda *_: False)
    assert eyes_beside() > 0.7


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
