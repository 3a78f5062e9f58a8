"""The bars of what swings, each beside the mutation that must break it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.read import read_avatar
from avatar_desktop.avatar.spring import Ball, Collider
from avatar_desktop.motion import springs
from avatar_desktop.motion.colliders import Obstacles
from avatar_desktop.motion.hierarchy import Locals
from avatar_desktop.motion.rotation import from_axes
from avatar_desktop.motion.swing import Swing
from avatar_desktop.motion.swing_level import Level
from tests.makers.public_models import expected, folder, needs_models
from tests.makers.swinging import BODY, Motion, Ride, hanging, on_stage, places, seen_from, shaken

Bar = Callable[..., None]

FREE = ("vrm1/conformance/smoke_spring.vrm", "vrm1/conformance/swing_springbone_stiffness_0.vrm")
FREE += ("vrm1/conformance/swing_springbone_stiffness_0p8.vrm",)
COLLIDING = (
    "vrm0/Godette_vrm_v4.vrm",
    "vrm1/conformance/springbone_collider_capsule_x0p02_r0p1.vrm",
    "vrm1/conformance/springbone_collider_sphere_x0p02_r0p1.vrm",
    "vrm1/three-vrm/springbone/sphere-collider.gltf",
)
HEAD = Collider(BODY, Ball((0.0, -0.1, 0.0), 0.12))
SOFT: dict[str, Any] = {"stiffness": 0.6, "gravity_power": 0.3, "drag": 0.3, "hit_radius": 0.02}


def still(_: Locals, __: float) -> None:
    """Nothing moves."""


def model(file: str) -> Avatar:
    place = folder()
    assert place is not None
    return on_stage(read_avatar(place / file, decode_pixels=False))


def differences(file: str) -> tuple[float, float]:
    """Millimetres and degrees from three-vrm, at most, over sixty frames."""
    frames: dict[str, list[Any]] = {**expected("vrm"), **expected("vrm-parts")}[file]["spring"][
        "frames"
    ]
    avatar = model(file)
    ride = Ride(avatar)
    ride.begin()
    worlds = ride.through([frame / 60.0 for frame in range(1, 61)])
    tails = {
        joint.node: tail.node
        for spring in avatar.springs
        for joint, tail in zip(spring.joints, spring.joints[1:], strict=False)
    }
    far, turned = 0.0, 0.0
    for frame, entries in frames.items():
        world = worlds[int(frame) - 1]
        for entry in entries:
            node = entry["node"]
            axes = np.linalg.inv(world[avatar.skeleton.parents[node]]) @ world[node]
            axes = axes[:3, :3] / np.linalg.norm(axes[:3, :3], axis=0)
            cosine = abs(float(from_axes(*axes.T) @ np.array(entry["q"])))
            turned = max(turned, float(np.degrees(2.0 * np.arccos(min(1.0, cosine)))))
            if node in tails and entry.get("tail"):
                off = world[tails[node], :3, 3] - np.array(entry["tail"])
                far = max(far, 1000.0 * float(np.linalg.norm(off)))
    return far, turned


@needs_models
def test_free_chains_swing_like_the_reference(bar: Bar) -> None:
    found = [differences(file) for file in FREE]
    bar(
        "springs, free chains: tails from three-vrm", max(f for f, _ in found), at_most=2, unit="mm"
    )
    bar("springs, free chains: turns from three-vrm", max(t for _, t in found), at_most=1, unit="°")


@needs_models
def test_colliding_chains_swing_like_the_reference(bar: Bar) -> None:
    found = [differences(file) for file in COLLIDING]
    name = "springs with colliders: tails from three-vrm"
    bar(name, max(far for far, _ in found), at_most=5, unit="mm")


@needs_models
def test_bones_measured_otherwise_leave_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Level, "_seen_lengths", lambda level: level._lengths)
    assert max(differences(file)[0] for file in FREE) > 2.0


@needs_models
def test_chains_without_colliders_leave_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Obstacles, "push", lambda *_: [])
    assert all(differences(file)[0] > 5.0 for file in COLLIDING[1:])


def apart(rates: tuple[int, ...] = (30, 60, 144), seconds: int = 4) -> float:
    """Millimetres RMS, at most, between the same ride at several frame rates."""
    avatar = on_stage(hanging(colliders=(HEAD,), **SOFT))
    seen: list[np.ndarray] = []
    for rate in rates:
        ride = Ride(avatar)
        worlds = ride.through([frame / rate for frame in range(seconds * rate + 1)])
        seen.append(places(worlds, avatar)[:: rate // 6])
    pairs = [(a, b) for a in seen for b in seen]
    return max(1000.0 * float(np.sqrt(((a - b) ** 2).sum(-1).mean())) for a, b in pairs)


def test_the_motion_is_the_same_at_any_frame_rate(bar: Bar) -> None:
    bar("springs: the same ride at 30, 60 and 144 Hz, RMS", apart(), at_most=5, unit="mm")


def test_one_step_a_frame_depends_on_the_frame_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    took = Ride.through

    def one_step_a_frame(ride: Ride, times: Any) -> Any:
        monkeypatch.setattr(springs, "STEP", float(times[1] - times[0]))
        return took(ride, times)

    monkeypatch.setattr(Ride, "through", one_step_a_frame)
    assert apart() > 5.0


def test_bodies_held_still_between_frames_depend_on_the_frame_rate(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    between = springs.Springs._between
    monkeypatch.setattr(springs.Springs, "_between", lambda made, _: between(made, 1.0))
    assert apart() > 5.0


def breathing(local: Locals, t: float) -> None:
    """As an avatar moves that nobody talks to: a few millimetres, slowly, and leaning."""
    half = 0.008 * (1.0 - np.cos(0.9 * t))
    local.translations[-1, 1] = 0.002 * (1.0 - np.cos(1.5 * t))
    local.rotations[-1] = (0.0, 0.0, np.sin(half), np.cos(half))


def counted(monkeypatch: pytest.MonkeyPatch, ride: Ride, times: np.ndarray) -> tuple[Any, float]:
    """What a ride shows, and how often a frame was solved for it."""
    solved, solve = [0], Swing.solve

    def counting(swing: Swing, share: float = 1.0, **how: bool) -> None:
        solved[0] += 1
        solve(swing, share, **how)

    with monkeypatch.context() as patch:
        patch.setattr(Swing, "solve", counting)
        worlds = ride.through(times)
    return worlds, solved[0] / len(times)


def apart_from_short_steps(
    monkeypatch: pytest.MonkeyPatch, motion: Motion, *colliders: Collider
) -> tuple[float, float]:
    """Millimetres between calm and short steps at most, and solutions a frame when calm."""
    avatar = on_stage(hanging(colliders=colliders, **SOFT))
    times = np.arange(300) / 29.0
    worlds, each = counted(monkeypatch, Ride(avatar, motion), times)
    monkeypatch.setattr(springs, "CALM", 0.0)
    short = places(Ride(avatar, motion).through(times), avatar)
    return 1000.0 * float(np.abs(places(worlds, avatar) - short).max()), each


def apart_from_steps_on_the_clock(
    monkeypatch: pytest.MonkeyPatch, rate: float
) -> tuple[float, float]:
    """Millimetres RMS between steps as long as frames and steps that lie fast, on a screen whose
    frames are never quite on time; and solutions a frame."""
    avatar = on_stage(hanging(colliders=(HEAD,), **SOFT))
    late = np.random.default_rng(4).uniform(0.0, 0.0008, 240)
    times = 0.4 / 60.0 + np.arange(240) / rate + late
    worlds, each = counted(monkeypatch, Ride(avatar, shaken), times)
    with monkeypatch.context() as patch:
        patch.setattr(springs, "_AS_LONG", (1.0, 0.0))
        fast = places(Ride(avatar, shaken).through(times), avatar)
    return 1000.0 * float(np.sqrt(((places(worlds, avatar) - fast) ** 2).sum(-1).mean())), each


def test_frames_as_long_as_a_step_take_one(monkeypatch: pytest.MonkeyPatch, bar: Bar) -> None:
    found = [apart_from_steps_on_the_clock(monkeypatch, rate) for rate in (58.0, 60.0, 62.0)]
    off, solved = max(found)[0], max(solved for _, solved in found)
    bar("springs: frames beside the clock, from steps on it, RMS", off, at_most=5, unit="mm")
    bar("springs: solutions a frame beside the clock at 60 Hz", solved, at_most=1.1)


def test_frames_of_any_length_that_take_one_step_end_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(springs, "_AS_LONG", (0.1, 9.0))
    monkeypatch.setattr(springs, "_WHOLE", 9.0)
    assert apart_from_steps_on_the_clock(monkeypatch, 30.0)[0] > 5.0


def test_calm_chains_end_where_short_steps_end(monkeypatch: pytest.MonkeyPatch, bar: Bar) -> None:
    free, solved = apart_from_short_steps(monkeypatch, breathing)
    monkeypatch.undo()
    lying, _ = apart_from_short_steps(monkeypatch, breathing, HEAD)
    bar("springs at rest: free tails from those in short steps", free, at_most=1, unit="mm")
    bar("springs at rest: tails that lie on something, likewise", lying, at_most=5, unit="mm")
    bar("springs at rest: solutions a frame at 29 Hz", solved, at_most=1)


def test_chains_taken_for_calm_in_a_ride_end_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(springs, "CALM", 1.0)
    assert apart_from_short_steps(monkeypatch, shaken)[0] > 5.0


def unrest_after_a_jump() -> float:
    """How far the chain leaves its place against the body after 10 m, in metres."""

    def jumps(local: Locals, t: float) -> None:
        local.translations[-1] = (10.0, 0.0, -3.0) if t > 1.0 else (0.0, 0.0, 0.0)
        local.rotations[-1] = (0.0, 1.0, 0.0, 0.0) if t > 1.0 else (0.0, 0.0, 0.0, 1.0)

    avatar = on_stage(hanging(**SOFT))
    worlds = Ride(avatar, jumps).through(np.arange(180) / 60.0)
    lies = seen_from(worlds, BODY, avatar)
    return float(np.linalg.norm(lies - lies[0], axis=-1).max())


def test_a_jump_of_ten_metres_leaves_hair_calm(bar: Bar) -> None:
    name = "springs: unrest after a jump of 10 m and half a turn"
    bar(name, 1000.0 * unrest_after_a_jump(), at_most=5, unit="mm")


def test_a_jump_that_is_not_noticed_throws_hair_about(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(springs.Springs, "_jumped", lambda *_: False)
    assert unrest_after_a_jump() > 0.05


def unrest_after_a_stall() -> float:
    """The same when two seconds bring no frame while the body goes on and stops."""

    def goes_on(local: Locals, t: float) -> None:
        local.translations[-1, 0] = 0.0 if t <= 1.0 else 1.5

    avatar = on_stage(hanging(**SOFT))
    frames = [frame / 60.0 for frame in (*range(60), *range(180, 300))]
    lies = seen_from(Ride(avatar, goes_on).through(frames), BODY, avatar)
    return float(np.linalg.norm(lies - lies[0], axis=-1).max())


def test_a_stall_of_two_seconds_leaves_hair_calm(bar: Bar) -> None:
    name = "springs: unrest after a stall of 2 s"
    bar(name, 1000.0 * unrest_after_a_stall(), at_most=5, unit="mm")


def test_a_stall_that_is_lived_through_throws_hair_about(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(springs, "LONGEST_GAP", 10.0)
    assert unrest_after_a_stall() > 0.005


def unlike_at_scale(scale: float) -> float:
    """How much a ride on a larger or smaller avatar is not the same ride, in chain lengths."""
    avatar = on_stage(hanging(colliders=(HEAD,), **SOFT))

    def grown(local: Locals, t: float) -> None:
        shaken(local, t)
        local.translations[-1] *= scale
        local.scales[-1] = scale

    times = np.arange(90) / 60.0
    plain = places(Ride(avatar).through(times), avatar)
    return float(np.abs(places(Ride(avatar, grown).through(times), avatar) / scale - plain).max())


@pytest.mark.parametrize("scale", [0.1, 0.5, 3.0, 10.0])
def test_hair_moves_alike_on_avatars_of_any_size(scale: float) -> None:
    assert unlike_at_scale(scale) < 1e-3


def test_forces_that_do_not_grow_move_hair_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Swing, "resize", lambda _: None)
    assert unlike_at_scale(10.0) > 0.01


def test_nothing_brings_a_number_that_is_none(full_length: bool, bar: Bar) -> None:
    frames, rng = 10_000 if full_length else 600, np.random.default_rng(3)
    avatar = on_stage(hanging(colliders=(HEAD,), **SOFT))

    def wild(local: Locals, t: float) -> None:
        if rng.random() < 0.05:
            local.scales[-1] = rng.choice([0.0, 0.1, -1.0, 1.0, 10.0], 3)
        if rng.random() < 0.02:
            local.translations[-1] = rng.normal(0.0, 10.0, 3)
        turn = rng.normal(size=4)
        local.rotations[-1] = turn / np.linalg.norm(turn)
        local.translations[0] += rng.normal(0.0, 0.02, 3)

    ride, t, lost = Ride(avatar, wild), 0.0, 0
    for _ in range(frames):
        t += float(rng.choice([0.0, 1 / 144, 1 / 60, 1 / 30, 0.013, 0.2, 2.0]))
        lost += not np.isfinite(ride.at(t)).all()
    bar("springs: frames with a number that is none", lost, at_most=0)
    ride.local.scales[-1], ride.motion = 1.0, still
    lies = seen_from(ride.through(t + np.arange(240) / 60.0), BODY, avatar)
    assert np.ptp(lies[-10:], axis=0).max() < 1e-3, "and it comes to rest when all is over"
