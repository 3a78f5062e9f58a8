"""Clips by name become one smooth motion of any avatar."""

from __future__ import annotations

import numpy as np
import pytest

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.pose import Pose
from avatar_desktop.avatar.read import read_avatar_bytes
from avatar_desktop.motion.layers import Mixer
from avatar_desktop.motion.rotation import euler
from tests.makers import tiny_avatar
from tests.makers.tiny_avatar import Glb

FRAME = 1.0 / 60.0


def humanoid(version: int = 1) -> Avatar:
    return read_avatar_bytes(tiny_avatar.humanoid(version=version).bytes())


def place(avatar: Avatar, pose: Pose, bone: str) -> np.ndarray:
    """Where a bone is, seen with the avatar facing +Z."""
    return pose.world[avatar.humanoid[bone], :3, 3] * (avatar.front, 1, avatar.front)


def with_clips(glb: Glb, **angles: float) -> Avatar:
    """Clips that hold the left upper arm turned by some degrees about Z."""
    bones = [node["name"].removeprefix("J_") for node in glb.document["nodes"]]
    arm = bones.index("leftUpperArm")
    for name, angle in angles.items():
        turn = euler(0.0, 0.0, angle)
        channel = {"node": arm, "path": "rotation", "times": [0, 1], "values": [turn, turn]}
        glb.clip(name, [channel])
    return read_avatar_bytes(glb.bytes())


@pytest.mark.parametrize("version", [0, 1])
def test_a_humanoid_without_clips_lets_its_arms_hang(version: int) -> None:
    avatar = humanoid(version)
    pose = Mixer(avatar).evaluate(0.0)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        arm = place(avatar, pose, f"{side}LowerArm") - place(avatar, pose, f"{side}UpperArm")
        below = np.degrees(np.arctan2(-arm[1], sign * arm[0]))
        assert 60.0 < below < 80.0
        hand = place(avatar, pose, f"{side}Hand")
        assert hand[2] > 0.0, "the elbow bends forwards"


@pytest.mark.parametrize("version", [0, 1])
def test_any_humanoid_waves_with_its_right_hand_above_the_elbow(version: int) -> None:
    avatar = humanoid(version)
    mixer = Mixer(avatar)
    assert mixer.play("idle", 0.0)
    assert mixer.gesture("wave", 1.0)
    stroke = mixer.stroke("wave")
    assert stroke is not None
    before, waving = mixer.evaluate(1.0), mixer.evaluate(1.0 + stroke)
    lifted = place(avatar, waving, "rightHand") - place(avatar, waving, "rightLowerArm")
    assert lifted[1] > 0.15
    assert place(avatar, waving, "rightHand")[0] < 0.0, "right is right"
    np.testing.assert_allclose(
        place(avatar, waving, "leftFoot"), place(avatar, before, "leftFoot"), atol=0.01
    )


def test_a_nod_lowers_the_eyes_and_comes_back() -> None:
    avatar = humanoid()
    mixer = Mixer(avatar)
    mixer.gesture("nod", 0.0)
    eyes = [place(avatar, mixer.evaluate(step * FRAME), "leftEye")[1] for step in range(160)]
    assert eyes[0] - min(eyes) > 0.008
    assert eyes[-1] == pytest.approx(eyes[0], abs=1e-3)


def test_every_built_in_gesture_moves_and_ends_where_it_began() -> None:
    avatar = humanoid()
    for name in Mixer(avatar).repertoire.gestures:
        mixer = Mixer(avatar)
        rest = mixer.evaluate(0.0).world
        assert mixer.gesture(name, 0.0)
        stroke = mixer.stroke(name)
        assert stroke is not None
        assert np.abs(mixer.evaluate(stroke + 0.1).world - rest).max() > 0.02, name
        np.testing.assert_allclose(mixer.evaluate(30.0).world, rest, atol=1e-5)
        assert not mixer.is_gesturing(30.0)


def test_an_unknown_name_does_nothing() -> None:
    mixer = Mixer(humanoid())
    rest = mixer.evaluate(0.0).world
    assert not mixer.play("moonwalk", 0.0)
    assert not mixer.gesture("moonwalk", 0.0)
    assert not mixer.pose("moonwalk", 0.0)
    np.testing.assert_array_equal(mixer.evaluate(1.0).world, rest)


def test_an_avatar_without_bones_or_clips_still_has_a_pose() -> None:
    mixer = Mixer(read_avatar_bytes(tiny_avatar.morph_face().bytes()))
    assert mixer.repertoire.gestures == ()
    assert mixer.evaluate(1.0, {"head": euler(1, 2, 3)}).weights.tolist() == [0.0, 0.25]


def test_the_avatars_own_clip_wins_over_our_library() -> None:
    avatar = with_clips(tiny_avatar.humanoid(), **{"Armature|Gesture_Wave": 40.0})
    mixer = Mixer(avatar)
    clip = mixer.repertoire.find("wave", "gesture")
    assert clip is not None and clip.name == "Armature|Gesture_Wave"


def test_the_agents_map_wins_over_everything() -> None:
    avatar = with_clips(tiny_avatar.humanoid(), Salute=40.0)
    mixer = Mixer(avatar, {"wave": "salute"})
    clip = mixer.repertoire.find("wave", "gesture")
    assert clip is not None and clip.name == "Salute"


def test_a_change_of_clip_never_jumps_even_when_interrupted() -> None:
    avatar = with_clips(tiny_avatar.humanoid(), low=-70.0, high=60.0)
    mixer = Mixer(avatar)
    mixer.play("low", 0.0)
    arm, seed = avatar.humanoid["leftUpperArm"], np.random.default_rng(4)
    changes = set(seed.integers(20, 600, 25).tolist())
    last, worst = mixer.evaluate(0.5).world[arm, :3, :3], 0.0
    for step in range(1, 700):
        t = 0.5 + step * 0.01
        if step in changes:
            mixer.play(("low", "high")[step % 2], t, fade=0.35)
        now = mixer.evaluate(t).world[arm, :3, :3]
        cosine = (np.trace(last.T @ now) - 1.0) / 2.0
        worst = max(worst, float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))))
        last = now
    assert worst <= 2.5


@pytest.mark.parametrize(("low", "seconds"), [(40.0, 0.31), (-70.0, 1.2)])
def test_a_transition_arrives_the_later_the_farther_it_goes(low: float, seconds: float) -> None:
    avatar = with_clips(tiny_avatar.humanoid(), low=low, high=60.0)
    mixer, direct = Mixer(avatar), Mixer(avatar)
    mixer.play("low", 0.0)
    mixer.evaluate(2.0)
    mixer.play("high", 2.0, fade=0.3)
    direct.play("high", 0.0)
    t = 2.0 + seconds
    np.testing.assert_allclose(mixer.evaluate(t).world, direct.evaluate(t).world, atol=1e-5)


def test_a_gesture_that_interrupts_another_does_not_jump() -> None:
    avatar = humanoid()
    mixer = Mixer(avatar)
    hand = avatar.humanoid["rightHand"]
    mixer.gesture("wave", 0.0)
    places = []
    for step in range(300):
        t = step * 0.01
        if step in (60, 75, 110):
            mixer.gesture(("point", "hand_raise", "wave")[step % 3], t)
        if step == 160:
            mixer.stop_gestures(t)
        places.append(mixer.evaluate(t).world[hand, :3, 3])
    assert np.linalg.norm(np.diff(places, axis=0), axis=1).max() < 0.06


def test_a_pose_stays_until_it_is_left() -> None:
    avatar = humanoid()
    mixer = Mixer(avatar)
    before = mixer.evaluate(0.0).world
    assert mixer.pose("arms_crossed", 0.0)
    held = mixer.evaluate(60.0).world
    assert np.abs(held - before).max() > 0.2
    assert mixer.pose(None, 60.0)
    np.testing.assert_allclose(mixer.evaluate(61.0).world, before, atol=1e-5)


@pytest.mark.parametrize("version", [0, 1])
def test_additive_turns_mean_the_same_for_every_avatar(version: int) -> None:
    avatar = humanoid(version)
    mixer = Mixer(avatar)
    rest = place(avatar, mixer.evaluate(0.0), "leftEye")
    left = place(avatar, mixer.evaluate(0.0, {"head": euler(0, 30, 0)}), "leftEye")
    down = place(avatar, mixer.evaluate(0.0, {"head": euler(30, 0, 0)}), "leftEye")
    assert left[0] > rest[0] + 0.02, "a positive turn about y looks to the avatar's left"
    assert down[1] < rest[1] - 0.02, "a positive turn about x looks down"


def test_the_stronger_of_clip_and_face_moves_a_morph() -> None:
    mixer = Mixer(read_avatar_bytes(tiny_avatar.morph_face().bytes()))
    mixer.play("chatter", 0.0, loop=True, fade=0.01)
    assert mixer.evaluate(0.5, weights=[0.3, 0.6]).weights.tolist() == pytest.approx([1.0, 0.6])


def test_the_same_calls_give_the_same_poses() -> None:
    avatar = humanoid()

    def take() -> np.ndarray:
        mixer = Mixer(avatar)
        mixer.play("idle", 0.0)
        mixer.gesture("wave", 0.4)
        mixer.play("talk_calm", 1.1)
        return np.stack([mixer.evaluate(step * FRAME).world for step in range(120)])

    np.testing.assert_array_equal(take(), take())
