"""Clips, weights, times and bodies that are wrong: each has one defined result."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from avatar_desktop.avatar.animation import Animation, Channel
from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.read import read_avatar_bytes
from avatar_desktop.motion.clip import Clip
from avatar_desktop.motion.hierarchy import Locals
from avatar_desktop.motion.layers import Mixer
from avatar_desktop.performer.performer import Performer
from tests.makers import tiny_avatar
from tests.makers.tiny_avatar import Glb

NONSENSE = (math.nan, math.inf, -math.inf)


def humanoid() -> Avatar:
    return read_avatar_bytes(tiny_avatar.humanoid().bytes())


def slide(times: list[float], values: list[list[float]] | None = None, **more: Any) -> Channel:
    """A channel that moves the second bone of the tiny arm along x, a metre a second."""
    given = [[t, 0.0, 0.0] for t in times] if values is None else values
    made = Channel(
        node=1,
        path="translation",
        interpolation="LINEAR",
        times=np.array(times, np.float32),
        values=np.array(given, np.float32).reshape(len(given), len(given[0]) if given else 3),
    )
    return replace(made, **more)


def arm() -> Avatar:
    return read_avatar_bytes(tiny_avatar.skinned_arm().bytes())


def shown(*channels: Channel, at: float = 0.5, duration: float = 1.0) -> Locals:
    avatar = arm()
    local = Locals.at_rest(avatar)
    Clip(avatar, Animation("made", duration, channels)).sample(at, local)
    return local


def stays_at_rest(local: Locals) -> bool:
    return bool((local.flat == Locals.at_rest(arm()).flat).all())


# Clips ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("node", [-1, 3, 99])
def test_a_channel_for_a_missing_node_is_left_out(node: int) -> None:
    good = slide([0.0, 1.0])
    local = shown(slide([0.0, 1.0], node=node), good)
    assert local.translations[1, 0] == pytest.approx(0.5), "the others play"
    assert stays_at_rest(shown(slide([0.0, 1.0], node=node)))


def test_a_file_whose_clip_names_a_missing_node_says_so_and_plays_the_rest() -> None:
    glb = tiny_avatar.skinned_arm()
    glb.document["animations"][0]["channels"].append(
        {"sampler": 0, "target": {"node": 77, "path": "rotation"}}
    )
    avatar = read_avatar_bytes(glb.bytes())
    assert len(avatar.animations[0].channels) == 1
    assert any("bend" in warning for warning in avatar.warnings)


def test_a_clip_of_no_length_is_a_pose() -> None:
    assert shown(slide([0.0]), at=9.0, duration=0.0).translations[1, 0] == 0.0
    for play in ("play", "gesture", "pose"):
        avatar = replace(humanoid(), animations=(Animation("still", 0.0, ()),))
        mixer = Mixer(avatar)
        assert getattr(mixer, play)("still", 0.0)
        assert np.isfinite(mixer.evaluate(0.1).world).all()
        assert not mixer.is_gesturing(1.0)


def test_a_single_key_holds_for_ever() -> None:
    for t in (-1.0, 0.0, 0.3, 5.0):
        assert shown(slide([0.3], [[7.0, 0.0, 0.0]]), at=t).translations[1, 0] == 7.0


def test_times_that_go_back_leave_their_channel_out() -> None:
    assert stays_at_rest(shown(slide([0.0, 0.7, 0.3])))


@pytest.mark.parametrize("time", NONSENSE)
def test_times_that_are_no_numbers_leave_their_channel_out(time: float) -> None:
    assert stays_at_rest(shown(slide([0.0, time], [[0, 0, 0], [1, 0, 0]])))


@pytest.mark.parametrize("value", NONSENSE)
def test_values_that_are_no_numbers_leave_their_channel_out(value: float) -> None:
    assert stays_at_rest(shown(slide([0.0, 1.0], [[0, 0, 0], [value, 0, 0]])))


def test_a_channel_without_keys_or_with_a_wrong_count_is_left_out() -> None:
    assert stays_at_rest(shown(slide([])))
    assert stays_at_rest(shown(slide([0.0, 1.0], [[0, 0, 0]])))
    assert stays_at_rest(shown(slide([0.0, 1.0], [[0, 0], [1, 0]])))


def test_a_weights_track_with_a_wrong_count_is_left_out() -> None:
    avatar = read_avatar_bytes(tiny_avatar.morph_face().bytes())
    for count in (1, 3):
        values = np.ones((2, count), np.float32)
        times = np.array([0.0, 1.0], np.float32)
        track = Channel(0, "weights", "LINEAR", times, values)
        local = Locals.at_rest(avatar)
        Clip(avatar, Animation("face", 1.0, (track,))).sample(0.5, local)
        assert local.weights.tolist() == [0.0, 0.25]


def test_a_clip_without_channels_moves_nothing() -> None:
    avatar = replace(humanoid(), animations=(Animation("nothing", 3.0, ()),))
    mixer, still = Mixer(avatar), Mixer(avatar)
    assert mixer.play("nothing", 0.0) and mixer.gesture("nothing", 0.5)
    np.testing.assert_array_equal(mixer.evaluate(1.0).world, still.evaluate(1.0).world)


@pytest.mark.parametrize("duration", NONSENSE)
def test_a_clip_whose_length_is_no_number_ends_with_its_last_key(duration: float) -> None:
    clip = Clip(arm(), Animation("made", duration, (slide([0.0, 2.0]),)))
    assert clip.duration == 2.0


# Speeds, weights and times ---------------------------------------------------------------------


def sliding(**how: Any) -> list[float]:
    """Where a bone is after 0, ¼ and 1½ s of a metre a second, played somehow."""
    avatar = replace(arm(), animations=(Animation("slide", 1.0, (slide([0.0, 1.0]),)),))
    mixer = Mixer(avatar)
    assert mixer.play("slide", 0.0, fade=0.0, **how)
    return [float(mixer.evaluate(t).world[1, 0, 3]) for t in (0.0, 0.25, 1.5)]


def test_a_negative_speed_plays_from_the_end() -> None:
    assert sliding(speed=-1.0, loop=False) == pytest.approx([1.0, 0.75, 0.0])
    assert sliding(speed=-2.0, loop=False) == pytest.approx([1.0, 0.5, 0.0])


def test_speed_zero_stands_still() -> None:
    assert sliding(speed=0.0, loop=True) == [0.0, 0.0, 0.0]
    assert sliding(speed=-0.0, loop=False) == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("speed", NONSENSE)
def test_a_speed_that_is_no_number_is_the_clips_own(speed: float) -> None:
    assert sliding(speed=speed, loop=False) == pytest.approx([0.0, 0.25, 1.0])


@pytest.mark.parametrize("length", [0.0, -1.0, *NONSENSE])
def test_a_length_that_cannot_be_is_the_clips_own(length: float) -> None:
    assert sliding(length=length, loop=False) == pytest.approx([0.0, 0.25, 1.0])


@pytest.mark.parametrize(
    ("weight", "seen"), [(-1.0, 0.0), (math.nan, 0.0), (0.5, 0.5), (7.0, 1.0), (math.inf, 1.0)]
)
def test_weights_are_held_between_nothing_and_all(weight: float, seen: float) -> None:
    held = slide([0.0, 1.0], [[2.0, 0, 0], [2.0, 0, 0]])
    avatar = replace(arm(), animations=(Animation("held", 1.0, (held,)),))
    mixer = Mixer(avatar)
    mixer.overlay("held", 0.0, weight=weight)
    rest = Mixer(avatar).evaluate(0.0).world[1, 0, 3]
    assert mixer.evaluate(1.0).world[1, 0, 3] == pytest.approx(rest + seen * (2.0 - rest))


@pytest.mark.parametrize("t", NONSENSE)
def test_a_time_that_is_no_number_shows_the_last_instant_again(t: float) -> None:
    mixer = Mixer(humanoid())
    assert np.isfinite(mixer.evaluate(t).world).all(), "nothing was shown before"
    mixer.play("idle", 0.0)
    mixer.gesture("wave", 0.5)
    before = mixer.evaluate(1.2).world
    np.testing.assert_array_equal(mixer.evaluate(t).world, before)
    assert np.isfinite(mixer.evaluate(1.3).world).all()


@pytest.mark.parametrize("at", NONSENSE)
def test_what_is_asked_for_at_no_time_happens_now(at: float) -> None:
    mixer, told = Mixer(humanoid()), Mixer(humanoid())
    for each, when in ((mixer, at), (told, 1.0)):
        each.evaluate(1.0)
        each.play("idle", when)
        each.gesture("wave", when)
        each.pose("attentive", when)
    np.testing.assert_array_equal(mixer.evaluate(1.8).world, told.evaluate(1.8).world)


def test_a_time_before_the_last_shows_the_layers_that_are_still_there() -> None:
    mixer, direct = Mixer(humanoid()), Mixer(humanoid())
    for each in (mixer, direct):
        each.play("idle", 0.0)
    mixer.evaluate(5.0)
    np.testing.assert_allclose(mixer.evaluate(2.0).world, direct.evaluate(2.0).world, atol=1e-6)


def test_after_thirty_years_it_still_moves() -> None:
    mixer = Mixer(humanoid())
    mixer.play("idle", 0.0)
    mixer.evaluate(0.0)
    mixer.evaluate(1e9)
    assert mixer.gesture("wave", 1e9)
    first, later = mixer.evaluate(1e9).world, mixer.evaluate(1e9 + 0.8).world
    assert np.isfinite(later).all() and np.abs(later - first).max() > 0.1


# Bodies ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "scale", [(0.01, 0.01, 0.01), (-1.0, 1.0, 1.0), (3.0, 0.2, 1.0), (0, 0, 0)]
)
def test_scaled_and_mirrored_joints_move_and_change_clips_without_a_jump(
    scale: tuple[float, float, float],
) -> None:
    plain = humanoid()
    scales = plain.skeleton.scales.copy()
    scales[plain.humanoid["rightUpperArm"]] = scale
    mixer = Mixer(replace(plain, skeleton=replace(plain.skeleton, scales=scales)))
    mixer.play("idle", 0.0)
    mixer.gesture("wave", 0.2)
    worlds = []
    for tick in range(200):
        if tick == 90:
            mixer.gesture("shrug", 0.9)
        worlds.append(mixer.evaluate(tick * 0.01).world)
    assert np.isfinite(worlds).all()
    reach = max(1.0, *map(abs, scale))
    assert np.abs(np.diff(worlds, axis=0)[:, :, :3, 3]).max() < 0.08 * reach


def test_an_avatar_without_nodes_has_a_pose() -> None:
    avatar = read_avatar_bytes(Glb().bytes())
    mixer = Mixer(avatar)
    assert not mixer.play("idle", 0.0)
    assert mixer.overlay("idle", 0.0) is None
    assert mixer.evaluate(1.0).world.shape == (0, 4, 4)
    assert Performer(avatar, Mixer(avatar)).pose(1.0).world.shape == (0, 4, 4)


def test_an_avatar_without_skin_or_humanoid_plays_its_clips() -> None:
    glb = Glb()
    glb.add("nodes", {"name": "box"})
    glb.add("scenes", {"nodes": [0]})
    values = [[0, 0, 0], [2, 0, 0]]
    glb.clip("go", [{"node": 0, "path": "translation", "times": [0, 1], "values": values}])
    avatar = read_avatar_bytes(glb.bytes())
    mixer = Mixer(avatar)
    assert mixer.gesture("go", 0.0, mask=("left arm",)), "parts of no body are the whole"
    mixer.evaluate(0.0)
    assert mixer.evaluate(0.6).world[0, 0, 3] > 1.0
    assert Performer(avatar, Mixer(avatar)).pose(1.0).joints == ()
