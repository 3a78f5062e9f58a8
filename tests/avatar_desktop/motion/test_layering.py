"""Layers of every kind: masks, weights, differences, rounds that fit or not, paces, ways."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from avatar_desktop.avatar.animation import Animation, Channel, Phases
from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.read import read_avatar_bytes
from avatar_desktop.motion.clip import Clip
from avatar_desktop.motion.hierarchy import Locals
from avatar_desktop.motion.layer_stack import LayerStack
from avatar_desktop.motion.layers import Mixer
from avatar_desktop.motion.rotation import euler, to_vector
from avatar_desktop.motion.timing import gesture_timing, steady
from tests.makers import tiny_avatar


def humanoid() -> Avatar:
    return read_avatar_bytes(tiny_avatar.humanoid().bytes())


def rolls(avatar: Avatar, *bones: str, angles: tuple[float, ...], seconds: float = 1.0) -> Any:
    """Channels that roll bones through some angles, evenly."""
    times = np.linspace(0.0, seconds, len(angles)).astype(np.float32)
    turns = np.array([euler(0.0, 0.0, angle) for angle in angles], np.float32)
    return tuple(Channel(avatar.humanoid[b], "rotation", "LINEAR", times, turns) for b in bones)


def slides(avatar: Avatar, *places: tuple[float, float, float]) -> Any:
    """A channel that moves the hips through some places within a second."""
    times = np.linspace(0.0, 1.0, len(places)).astype(np.float32)
    return (Channel(avatar.humanoid["hips"], "translation", "LINEAR", times, np.float32(places)),)


def knowing(avatar: Avatar, **clips: Any) -> Avatar:
    made = [
        Animation(name, max(float(channel.times[-1]) for channel in channels), channels)
        for name, channels in clips.items()
    ]
    return replace(avatar, animations=tuple(made))


def roll(avatar: Avatar, world: np.ndarray, bone: str) -> float:
    """Degrees that a bone is rolled against its parent."""
    node = avatar.humanoid[bone]
    turn = np.linalg.inv(world[avatar.skeleton.parents[node], :3, :3]) @ world[node, :3, :3]
    return float(np.degrees(np.arctan2(turn[1, 0], turn[0, 0])))


ARMS = ("leftUpperArm", "rightUpperArm", "head", "leftUpperLeg")


def held(angle: float) -> tuple[Avatar, Mixer]:
    plain = humanoid()
    avatar = knowing(
        plain,
        low=rolls(plain, *ARMS, angles=(10.0, 10.0)),
        high=rolls(plain, *ARMS, angles=(angle, angle)),
    )
    mixer = Mixer(avatar)
    mixer.play("low", 0.0, fade=0.0)
    return avatar, mixer


# Masks and weights --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mask", "moved"),
    [
        (("whole body",), set(ARMS)),
        (("upper body",), {"leftUpperArm", "rightUpperArm", "head"}),
        (("left arm",), {"leftUpperArm"}),
        (("head",), {"head"}),
        (("head", "right arm"), {"head", "rightUpperArm"}),
        (("legs",), {"leftUpperLeg"}),
        (("J_rightUpperArm",), {"rightUpperArm"}),
        (("chest",), {"leftUpperArm", "rightUpperArm", "head"}),
        (("tail",), set()),
    ],
)
def test_a_mask_lets_a_layer_move_its_part_alone(mask: tuple[str, ...], moved: set[str]) -> None:
    avatar, mixer = held(40.0)
    mixer.overlay("high", 0.0, mask=mask)
    world = mixer.evaluate(2.0).world
    for bone in ARMS:
        wanted = 40.0 if bone in moved else 10.0
        assert roll(avatar, world, bone) == pytest.approx(wanted, abs=0.01), bone


@pytest.mark.parametrize("weight", [0.0, 0.25, 0.5, 1.0])
def test_a_weight_shows_a_share_of_a_layer(weight: float) -> None:
    avatar, mixer = held(40.0)
    mixer.overlay("high", 0.0, weight=weight)
    found = roll(avatar, mixer.evaluate(2.0).world, "head")
    assert found == pytest.approx(10.0 + 30.0 * weight, abs=0.01)


def test_a_layer_can_be_weighed_anew_and_taken_away() -> None:
    avatar, mixer = held(40.0)
    number = mixer.overlay("high", 0.0)
    assert number is not None
    assert mixer.weigh(number, 0.5, 3.0)
    seen = [roll(avatar, mixer.evaluate(t).world, "head") for t in (2.9, 3.0, 3.1, 4.0)]
    assert seen[0] == pytest.approx(seen[1], abs=0.01)
    assert seen[1] > seen[2] > seen[3] == pytest.approx(25.0, abs=0.01)
    mixer.stop(number, 5.0)
    assert roll(avatar, mixer.evaluate(6.0).world, "head") == pytest.approx(10.0, abs=0.01)
    assert not mixer.weigh(number, 1.0, 7.0)


def test_a_part_of_the_face_moves_with_the_head_alone() -> None:
    plain = humanoid()
    times, values = np.float32([0, 1]), np.float32([[1, 0], [1, 0]])
    plate = plain.meshes[0].node
    avatar = knowing(plain, say=(Channel(plate, "weights", "LINEAR", times, values),))
    for mask, shown in (("head", 1.0), ("upper body", 1.0), ("left arm", 0.0)):
        mixer = Mixer(avatar)
        mixer.overlay("say", 0.0, mask=(mask,))
        assert mixer.evaluate(2.0).weights[0] == pytest.approx(shown)
    mixer = Mixer(avatar)
    mixer.overlay("say", 0.0, weight=0.25)
    assert mixer.evaluate(2.0).weights[0] == pytest.approx(0.25)


# Differences --------------------------------------------------------------------------------


def test_an_additive_layer_adds_what_differs_from_its_first_frame() -> None:
    plain = humanoid()
    avatar = knowing(
        plain,
        low=rolls(plain, "head", angles=(10.0, 10.0)),
        lift=rolls(plain, "head", angles=(50.0, 70.0)),
    )
    mixer = Mixer(avatar)
    mixer.play("low", 0.0)
    number = mixer.overlay("lift", 0.0, additive=True, loop=False, weight=0.5)
    seen = [roll(avatar, mixer.evaluate(t).world, "head") for t in (0.0, 0.5, 0.999)]
    assert seen == pytest.approx([10.0, 15.0, 20.0], abs=0.2)
    assert number is not None
    assert roll(avatar, mixer.evaluate(3.0).world, "head") == pytest.approx(10.0, abs=0.01)


def test_an_additive_layer_can_measure_from_another_clip() -> None:
    avatar, mixer = held(40.0)
    mixer.overlay("high", 0.0, additive=True, over="low")
    assert roll(avatar, mixer.evaluate(2.0).world, "head") == pytest.approx(40.0, abs=0.01)
    assert mixer.overlay("high", 0.0, additive=True, over="nothing") is None


# Rounds -------------------------------------------------------------------------------------


def steps(avatar: Avatar, mixer: Mixer, seconds: float = 4.0) -> np.ndarray:
    frames = range(round(seconds / 0.01))
    rolled = [roll(avatar, mixer.evaluate(frame * 0.01).world, "head") for frame in frames]
    return np.abs(np.diff(rolled))


@pytest.mark.parametrize("speed", [1.0, 2.5, -1.0])
def test_a_loop_that_does_not_fit_closes_without_a_jump(speed: float) -> None:
    plain = humanoid()
    avatar = knowing(plain, drift=rolls(plain, "head", angles=(0.0, 30.0)))
    mixer = Mixer(avatar)
    mixer.play("drift", 0.0, speed=speed)
    assert steps(avatar, mixer).max() <= abs(speed) * (0.3 + 2.5)


def test_a_loop_that_jumps_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("avatar_desktop.motion.layer.FITS", 10.0)
    plain = humanoid()
    avatar = knowing(plain, drift=rolls(plain, "head", angles=(0.0, 30.0)))
    mixer = Mixer(avatar)
    mixer.play("drift", 0.0)
    assert steps(avatar, mixer).max() > 25.0


def test_a_loop_that_fits_stays_exactly_as_it_is() -> None:
    plain = humanoid()
    avatar = knowing(plain, sway=rolls(plain, "head", angles=(0.0, 30.0, -20.0, 0.0)))
    mixer, clip = Mixer(avatar), Clip(avatar, avatar.animations[0])
    mixer.play("sway", 0.0)
    for t in (0.4, 1.001, 1.1, 2.05, 57.3):
        local = Locals.at_rest(avatar)
        clip.sample(t % 1.0, local)
        wanted = to_vector(local.rotations[avatar.humanoid["head"]][None])[0, 2]
        found = roll(avatar, mixer.evaluate(t).world, "head")
        assert found == pytest.approx(float(np.degrees(wanted)), abs=1e-3)


def test_a_loop_shorter_than_its_seam_still_moves() -> None:
    plain = humanoid()
    avatar = knowing(plain, buzz=rolls(plain, "head", angles=(0.0, 5.0), seconds=0.05))
    mixer = Mixer(avatar)
    mixer.play("buzz", 0.0)
    assert steps(avatar, mixer, 1.0).max() < 3.0


# Paces --------------------------------------------------------------------------------------


def test_a_clip_can_be_told_how_long_to_take() -> None:
    plain = humanoid()
    avatar = knowing(plain, turn=rolls(plain, "head", angles=(0.0, 40.0)))
    for length, t in ((4.0, 2.0), (0.5, 0.25)):
        mixer = Mixer(avatar)
        mixer.play("turn", 0.0, loop=False, length=length)
        assert roll(avatar, mixer.evaluate(t).world, "head") == pytest.approx(20.0, abs=0.05)


def test_a_clip_that_is_played_once_stays_as_it_ended() -> None:
    plain = humanoid()
    avatar = knowing(plain, turn=rolls(plain, "head", angles=(0.0, 40.0)))
    mixer = Mixer(avatar)
    mixer.play("turn", 0.0, loop=False)
    assert roll(avatar, mixer.evaluate(9.0).world, "head") == pytest.approx(40.0, abs=0.01)


def made(duration: float, **more: Any) -> Clip:
    avatar = humanoid()
    channels = rolls(avatar, "head", angles=(0.0, 40.0), seconds=duration)
    return Clip(avatar, Animation("made", duration, channels, **more))


def test_phases_come_from_the_file_and_keep_their_order() -> None:
    glb = tiny_avatar.skinned_arm()
    marks = {"stroke": 0.4, "phases": {"stroke": 0.3, "hold": 0.5, "retraction": 0.7}}
    turns = [euler(0, 0, 0), euler(0, 0, 9)]
    channel = {"node": 1, "path": "rotation", "times": [0, 1], "values": turns}
    glb.clip("marked", [channel], extras=marks)
    glb.clip("mixed up", [channel], extras={"phases": {**marks["phases"], "hold": 0.9}})
    glb.clip("odd", [channel], extras={"phases": [1, 2], "stroke": "soon"})
    avatar = read_avatar_bytes(glb.bytes())
    marked, *others = (Clip(avatar, item) for item in avatar.animations[1:])
    assert marked.phases == Phases(0.3, 0.5, 0.7) and marked.accent == 0.4
    for clip in others:
        assert clip.accent == pytest.approx(0.35)
        assert 0.0 < clip.phases.stroke < clip.phases.hold < clip.phases.retraction < 1.0


def test_phases_beyond_a_clip_are_drawn_into_it() -> None:
    clip = made(2.0, phases=Phases(-1.0, 9.0, 3.0))
    assert clip.phases == Phases(0.0, 2.0, 2.0)


def test_a_hold_is_stretched_and_all_else_keeps_its_pace() -> None:
    clip = made(2.0, stroke=0.5, phases=Phases(0.3, 0.6, 1.4))
    plain, waiting = gesture_timing(clip), gesture_timing(clip, hold=0.7)
    assert (plain.length, waiting.length) == (2.0, pytest.approx(2.7))
    assert waiting.at(1.0).own == plain.at(1.0).own == 1.0
    assert [waiting.at(t).own for t in (1.4, 1.8, 2.1)] == pytest.approx([1.4] * 3)
    assert waiting.at(2.3).own == pytest.approx(1.6)


def test_a_late_gesture_hurries_to_its_accent_but_not_too_much() -> None:
    clip = made(2.0, stroke=0.8)
    assert gesture_timing(clip, lead=0.6).at(0.6).own == pytest.approx(0.8)
    assert gesture_timing(clip, lead=0.1).at(0.5).own == pytest.approx(0.8), "1.6 times as fast"
    assert gesture_timing(clip, lead=5.0).at(0.8).own == pytest.approx(0.8)
    assert gesture_timing(clip, length=4.0).at(1.6).own == pytest.approx(0.8)


def test_paces_run_both_ways_and_round() -> None:
    clip = made(2.0)
    assert steady(clip, loop=True).at(5.0).own == pytest.approx(1.0)
    assert steady(clip, loop=True, speed=-1.0).at(0.5).own == pytest.approx(1.5)
    assert steady(clip, loop=True, speed=-1.0).at(5.0).rounds == 2
    assert steady(clip, loop=False, speed=-0.5).length == 4.0


# Ways over the ground -----------------------------------------------------------------------


WALK = ((0.0, 0.9, 0.0), (0.05, 0.95, 0.5), (0.0, 0.9, 1.0))


def hips(travel: Any, speed: float = 1.0, times: Any = (0.0, 0.5, 0.75, 1.5, 3.25)) -> Any:
    plain = humanoid()
    avatar = knowing(plain, walk=slides(plain, *WALK), idle=rolls(plain, "head", angles=(0, 0)))
    mixer = Mixer(avatar)
    mixer.play("walk", 0.0, travel=travel, speed=speed)
    return [mixer.evaluate(t).world[avatar.humanoid["hips"], :3, 3] for t in times]


def test_a_walk_in_place_keeps_its_bounce_and_loses_its_way() -> None:
    found = np.array(hips("in place"))
    np.testing.assert_allclose(found[:, 2], 0.0, atol=1e-6)
    assert found[1].tolist() == pytest.approx([0.05, 0.95, 0.0], abs=1e-6)


def test_a_moving_walk_sums_its_way_up() -> None:
    np.testing.assert_allclose(
        [place[2] for place in hips("moving")], [0, 0.5, 0.75, 1.5, 3.25], atol=1e-5
    )
    back = hips("moving", speed=-1.0)
    np.testing.assert_allclose([place[2] for place in back][3:], [-1.5, -3.25], atol=1e-5)


def test_a_walk_as_authored_comes_back_every_round() -> None:
    found = [place[2] for place in hips("as authored", times=(0.0, 0.5, 0.99, 1.9))]
    np.testing.assert_allclose(found, [0.0, 0.5, 0.99, 0.9], atol=1e-4)


def test_a_body_stays_where_a_walk_has_brought_it_until_it_is_sent_home() -> None:
    plain = humanoid()
    avatar = knowing(plain, walk=slides(plain, *WALK), idle=rolls(plain, "head", angles=(0, 0)))
    mixer, node = Mixer(avatar), plain.humanoid["hips"]
    mixer.play("walk", 0.0, travel="moving")
    mixer.evaluate(2.5)
    mixer.play("idle", 2.5, travel="in place")
    assert mixer.travelled(5.0)[2] == pytest.approx(2.5)
    assert mixer.evaluate(5.0).world[node, 2, 3] == pytest.approx(2.5, abs=1e-4)
    mixer.play("walk", 5.0, travel="moving")
    assert mixer.evaluate(7.0).world[node, 2, 3] == pytest.approx(4.5, abs=1e-4)
    mixer.play("idle", 7.0)
    assert mixer.evaluate(9.0).world[node, 2, 3] == pytest.approx(0.0, abs=1e-4)


def test_clips_can_be_made_ahead_of_time() -> None:
    mixer = Mixer(humanoid())
    assert list(mixer.prepare(["wave", "idle", "moonwalk"])) == ["wave", "idle", "moonwalk"]
    assert "idle_1" in list(mixer.prepare())


# Memory -------------------------------------------------------------------------------------


def growth(frames: int) -> float:
    """Kilobytes that a restless body keeps, after it has settled in."""
    mixer = Mixer(humanoid())
    mixer.play("idle", 0.0)

    def live(first: int, last: int) -> None:
        for frame in range(first, last):
            t = frame / 60.0
            if frame % 20 == 0:
                mixer.gesture(("wave", "shrug", "nod")[frame // 20 % 3], t)
            if frame % 90 == 0:
                mixer.play(("idle", "talk_calm")[frame // 90 % 2], t)
                mixer.overlay("nod", t, additive=True, loop=False)
            if frame % 130 == 0:
                mixer.pose(("attentive", None)[frame // 130 % 2], t)
            mixer.evaluate(t)

    live(0, 600)
    gc.collect()
    tracemalloc.start()
    live(600, 700)
    gc.collect()
    before, _ = tracemalloc.get_traced_memory()
    live(700, 700 + frames)
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (after - before) / 1000.0


def test_a_restless_body_keeps_nothing(bar: Callable[..., None], full_length: bool) -> None:
    frames = 10_000 if full_length else 1_000
    bar("motion: memory kept after ten thousand frames", growth(frames), at_most=10, unit="kB")


def test_layers_that_are_never_forgotten_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    forgetting = LayerStack._live_through

    def remembering(stack: LayerStack, at: float) -> None:
        all_of_them = stack._layers
        forgetting(stack, at)
        stack._layers = all_of_them

    monkeypatch.setattr(LayerStack, "_live_through", remembering)
    assert growth(1_000) > 10.0
