"""The bars of changing motion (interruptions at any instant), each beside its mutations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.read import read_avatar
from avatar_desktop.motion import inertia, layer_stack, layers
from avatar_desktop.motion.clip import Clip
from avatar_desktop.motion.constraints import Constraints
from avatar_desktop.motion.hierarchy import Locals, PoseBuilder
from avatar_desktop.motion.inertia import Transition
from avatar_desktop.motion.layers import Mixer

Bar = Callable[..., None]
STARTER = Path(__file__).resolve().parents[2] / "assets" / "models" / "wren" / "avatar.vrm"
TICK = 0.01
LOOPS = ("idle", "talk_calm", "thinking", "talk_explain", "talk_gesture")
POSES = ("relaxed", "attentive", "arms_crossed", None)


@dataclass(frozen=True)
class Moved:
    """How a body moved, tick by tick."""

    steps: np.ndarray
    """(T, N) degrees that each joint turned in a tick"""
    kinks: np.ndarray
    """(T, N) degrees by which a step was not the step before"""


@cache
def body() -> Avatar:
    """The starter without what swings or follows, because that has a motion of its own."""
    return replace(read_avatar(STARTER, decode_pixels=False), springs=(), constraints=())


def moved(worlds: list[np.ndarray]) -> Moved:
    world = np.array(worlds, np.float64)[..., :3, :3]
    parents = body().skeleton.parents
    local = np.where(
        (parents >= 0)[:, None, None], np.swapaxes(world[:, parents], -1, -2) @ world, world
    )
    turn = local[1:] @ np.swapaxes(local[:-1], -1, -2)
    half = np.stack(
        [turn[..., a, b] - turn[..., b, a] for a, b in ((2, 1), (0, 2), (1, 0))], axis=-1
    )
    sine = np.linalg.norm(half, axis=-1) / 2.0
    cosine = (np.trace(turn, axis1=-2, axis2=-1) - 1.0) / 2.0
    angle = np.degrees(np.arctan2(sine, cosine))
    vectors = half * (angle / np.maximum(2.0 * sine, 1e-9))[..., None]
    return Moved(angle, np.linalg.norm(np.diff(vectors, axis=0), axis=-1))


@cache
def own_motion() -> Moved:
    """The fastest steps and hardest kinks of each joint in all clips that the body knows."""
    mixer, builder = Mixer(body()), PoseBuilder(body())
    repertoire = mixer.repertoire
    named = [(name, "gesture") for name in repertoire.gestures] + [(name, "") for name in LOOPS]
    clips = [repertoire.find(name, kind) for name, kind in named]
    found = [moved(played(clip, builder)) for clip in clips if clip is not None]
    return Moved(
        np.max([each.steps.max(0) for each in found], axis=0),
        np.max([each.kinks.max(0) for each in found], axis=0),
    )


def played(clip: Clip, builder: PoseBuilder) -> list[np.ndarray]:
    local, worlds = Locals.at_rest(body()), []
    constraints = Constraints(body())
    for t in np.arange(0.0, clip.duration, TICK):
        clip.sample(float(t), local)
        constraints.apply(local)
        worlds.append(builder.build(local).world)
    return worlds


def interrupted(seed: int, times: int = 100, seconds: float = 20.0) -> Moved:
    """Whatever can happen to a body, at random instants, in the middle of whatever it does."""
    rng, mixer = np.random.default_rng(seed), Mixer(body())
    mixer.play("idle", 0.0)
    gestures = mixer.repertoire.gestures
    instants = np.sort(rng.uniform(0.5, seconds, times)).tolist()
    worlds: list[np.ndarray] = []
    for tick in range(round(seconds / TICK) + 150):
        while instants and instants[0] <= tick * TICK:
            at = instants.pop(0)
            kind = rng.integers(6)
            if kind < 2:
                mixer.gesture(str(rng.choice(gestures)), at)
            elif kind == 2:
                mixer.pose(POSES[rng.integers(len(POSES))], at)
            elif kind == 3:
                mixer.play(str(rng.choice(LOOPS)), at, speed=float(rng.choice([1.0, -1.0, 0.5])))
            elif kind == 4:
                mixer.overlay("nod", at, additive=True, loop=False, weight=float(rng.random()))
            else:
                mixer.stop_gestures(at)
        worlds.append(mixer.evaluate(tick * TICK).world)
    return moved(worlds)


def excess(found: Moved) -> float:
    """Degrees that a transition adds to what the clips do themselves, at most, in a tick."""
    return float((found.steps - own_motion().steps).max())


def jerk(found: Moved) -> float:
    return float((found.kinks - own_motion().kinks).max())


@pytest.mark.timeout(1200)
def test_a_hundred_interruptions_never_jump(bar: Bar, full_length: bool) -> None:
    runs = [interrupted(seed) for seed in range(20 if full_length else 1)]
    name = "transitions: steps in 10 ms beyond the clips' own, 100 interruptions"
    bar(name, max(map(excess, runs)), at_most=2.5, unit="°")
    name = "transitions: change of the step from one 10 ms to the next beyond the clips' own"
    bar(name, max(map(jerk, runs)), at_most=2.5, unit="°")
    peak = max(float(run.kinks.max()) for run in runs) / float(own_motion().kinks.max())
    bar("transitions: peak acceleration against the clips' own", peak, at_most=12, unit="×")


def test_cuts_jump(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Transition, "apply", lambda *_: None)
    assert excess(interrupted(0, 20, 6.0)) > 20.0


def test_a_short_time_for_any_way_throws_arms_about(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inertia, "TURNS_AT_MOST", 100.0)
    monkeypatch.setattr(layers, "FADE_IN", 0.12)
    assert excess(interrupted(0)) > 2.5


def test_starting_from_the_clip_instead_of_the_displayed_pose_jumps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = layer_stack.LayerStack._live_through

    def forgetful(stack: layer_stack.LayerStack, at: float) -> None:
        stack._transition = None
        whole(stack, at)

    monkeypatch.setattr(layer_stack.LayerStack, "_live_through", forgetful)
    assert jerk(interrupted(0)) > 2.5


def test_a_lost_speed_is_a_kink(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inertia, "FASTEST", 0.0)
    assert jerk(interrupted(0)) > 1.0


@pytest.mark.parametrize("second", ["wave", "point", "nod"])
def test_a_gesture_over_any_moment_of_another_is_seamless(second: str) -> None:
    for moment in np.arange(0.05, 2.6, 0.25):
        mixer = Mixer(body())
        mixer.play("talk_calm", 0.0)
        mixer.gesture("wave", 0.5)
        worlds: list[np.ndarray] = []
        for tick in range(400):
            if tick == round((0.5 + moment) / TICK):
                mixer.gesture(second, tick * TICK)
            worlds.append(mixer.evaluate(tick * TICK).world)
        found = moved(worlds)
        assert excess(found) < 2.5
        assert jerk(found) < 1.0


def test_letting_go_in_a_change_of_posture_is_seamless() -> None:
    mixer = Mixer(body())
    mixer.play("idle", 0.0)
    calls: dict[int, Callable[[float], object]] = {
        20: lambda t: mixer.gesture("shrug", t),
        50: lambda t: mixer.pose("arms_crossed", t),
        60: mixer.stop_gestures,
        75: lambda t: mixer.gesture("wave", t),
        85: lambda t: mixer.pose(None, t),
        95: mixer.stop_gestures,
        105: mixer.stop_gestures,
    }
    worlds: list[np.ndarray] = []
    for tick in range(300):
        calls.get(tick, lambda _: None)(tick * TICK)
        worlds.append(mixer.evaluate(tick * TICK).world)
    found = moved(worlds)
    assert excess(found) < 2.5
    assert jerk(found) < 1.0
    still = Mixer(body())
    still.play("idle", 0.0)
    np.testing.assert_allclose(worlds[-1], still.evaluate(2.99).world, atol=1e-5)


def test_the_frame_rate_changes_nothing() -> None:
    def at_the_end(rate: int) -> np.ndarray:
        mixer = Mixer(body())
        mixer.play("idle", 0.0)
        for frame in range(rate):
            mixer.evaluate(frame / rate)
        mixer.gesture("wave", 1.013)
        mixer.play("talk_calm", 1.517)
        mixer.gesture("shrug", 1.749)
        for frame in range(rate, 2 * rate + 1):
            pose = mixer.evaluate(frame / rate)
        return pose.world

    for rate in (20, 30, 144):
        np.testing.assert_array_equal(at_the_end(rate), at_the_end(60))
