"""A whole performance: what the rig has is used, gestures meet their words, and time is kept."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.expression import ColourBind, Expression, LookAt
from avatar_desktop.avatar.pose import UNCHANGED, Pose
from avatar_desktop.avatar.read import read_avatar_bytes
from avatar_desktop.avatar.rig.face_vocabularies import ARKIT
from avatar_desktop.lips.track import TRACK_RATE, MouthTrack
from avatar_desktop.motion.layers import Mixer
from avatar_desktop.motion.rig_costs import costs
from avatar_desktop.motion.rig_report import rig_report
from avatar_desktop.performer.performer import Performer
from avatar_desktop.performer.roles import Role
from avatar_desktop.reply.cue import Cue
from avatar_desktop.voice.clip import Phone, SpeechClip, SpokenWord
from tests.makers import tiny_avatar

FRAME = 1.0 / 60.0
RATE = 1000
RED = (1.0, 0.0, 0.0, 1.0)


def humanoid() -> Avatar:
    return read_avatar_bytes(tiny_avatar.humanoid().bytes())


def faceless(*, bones: tuple[str, ...] = (), shapes: tuple[str, ...] = ()) -> Avatar:
    """A body whose only face are these bones (made of the eyes) and shapes."""
    plain = humanoid()
    spare = iter((plain.humanoid["leftEye"], plain.humanoid["rightEye"]))
    kept = {bone: node for bone, node in plain.humanoid.items() if not bone.endswith("Eye")}
    return replace(
        plain,
        humanoid={**kept, **{bone: next(spare) for bone in bones}},
        expressions={},
        look_at=None,
        meshes=(),
        morph_names=shapes,
        rest_weights=np.zeros(len(shapes), np.float32),
    )


def performance(avatar: Avatar, seed: int = 3) -> Performer:
    return Performer(avatar, Mixer(avatar), seed)


def lived(performer: Performer, start: float, end: float) -> list[Pose]:
    """Frame by frame, because nobody lives through a time without frames."""
    frames = range(round((end - start) / FRAME) + 1)
    return [performer.pose(start + frame * FRAME) for frame in frames]


def clip(reply: str = "r", *, seconds: int = 1) -> SpeechClip:
    words = (SpokenWord(100, 500, 0, 5, "hello"), SpokenWord(500, 900, 6, 11, "there"))
    phones = (Phone(0, 100, "", 0), Phone(100, 900, "a", 2), Phone(900, 1000 * seconds, "", 0))
    data = bytes(2 * RATE * seconds)
    return SpeechClip(f"{reply}:0", reply, 0, True, RATE, data, phones, words, "exact", 0.1)


def open_mouth(seconds: int = 1) -> MouthTrack:
    weights = np.ones((seconds * TRACK_RATE + 1, 1), np.float32)
    return MouthTrack(TRACK_RATE, ("jawOpen",), weights, 0.0)


def turned(avatar: Avatar, pose: Pose, bone: str) -> np.ndarray:
    """The rotation of a bone against its parent, 3 × 3."""
    node = avatar.humanoid[bone]
    parent = avatar.skeleton.parents[node]
    return np.linalg.inv(pose.world[parent][:3, :3]) @ pose.world[node][:3, :3]


def degrees(rotation: np.ndarray) -> float:
    cosine = (float(np.trace(rotation)) - 1.0) / 2.0
    return math.degrees(math.acos(min(1.0, max(-1.0, cosine))))


# Time ---------------------------------------------------------------------------------------


def test_a_body_waits_for_a_moment_that_was_shown_and_the_lips_do_not() -> None:
    """A calm body may have been shown a moment ahead when somebody begins to speak."""
    avatar = faceless(shapes=("jawOpen",))
    performer = performance(avatar)
    ahead = [performer.pose(t) for t in (0.9, 1.0, 1.1)][-1]
    performer.hear(1.04, clip(), open_mouth(), (Cue("emotion", "happy", 1.0, 0),))
    poses = [performer.pose(t) for t in (1.0, 1.05, 1.09)]
    assert [round(float(pose.weights[0])) for pose in poses] == [0, 1, 1]
    hand = avatar.humanoid["leftHand"]
    assert all(np.array_equal(pose.world[hand], ahead.world[hand]) for pose in poses)
    performer.pose(1.15)
    assert performer.emotion == "happy"


# What the rig has ---------------------------------------------------------------------------


def test_a_jaw_bone_speaks_for_a_face_without_shapes() -> None:
    avatar = faceless(bones=("jaw",))
    performer = performance(avatar)
    rest = turned(avatar, performer.pose(0.5), "jaw")
    performer.hear(1.0, clip(), open_mouth(), ())
    opened = rest.T @ turned(avatar, performer.pose(1.5), "jaw")
    assert 10.0 < degrees(opened) < 25.0
    assert (opened @ (0.0, 0.0, 1.0))[1] < 0.0, "the chin goes down"
    closed = rest.T @ turned(avatar, performer.pose(4.0), "jaw")
    assert degrees(closed) < 0.1
    assert any("jaw bone" in cost for cost in costs(rig_report(avatar)))


def test_a_jaw_bone_stays_shut_where_shapes_speak() -> None:
    avatar = faceless(bones=("jaw",), shapes=("jawOpen",))
    performer = performance(avatar)
    rest = turned(avatar, performer.pose(0.5), "jaw")
    performer.hear(1.0, clip(), open_mouth(), ())
    pose = performer.pose(1.5)
    assert degrees(rest.T @ turned(avatar, pose, "jaw")) < 0.1
    assert pose.weights[0] > 0.9


def gazes(avatar: Avatar, seconds: float = 30.0) -> list[Pose]:
    performer = performance(avatar)
    performer.take_role(Role.THINKING)
    return [performer.pose(frame * FRAME) for frame in range(round(seconds / FRAME))]


def test_eyes_without_bones_turn_by_arkits_shapes() -> None:
    names = tuple(ARKIT.values())
    avatar = faceless(shapes=names)
    weights = np.array([pose.weights for pose in gazes(avatar)])
    place = {name: weights[:, names.index(name)] for name in names if "Look" in name}
    left, right = place["eyeLookOutLeft"], place["eyeLookInLeft"]
    assert left.max() > 0.2 and right.max() > 0.2
    assert np.minimum(left, right).max() == 0.0, "never both ways at once"
    np.testing.assert_allclose(place["eyeLookInRight"], left, atol=1e-6)
    assert place["eyeLookUpLeft"].max() > 0.1
    assert rig_report(avatar).gaze == "shapes"
    assert not any("straight ahead" in cost for cost in costs(rig_report(avatar)))


def test_eye_bones_are_better_than_shapes() -> None:
    names = tuple(ARKIT.values())
    avatar = faceless(bones=("leftEye", "rightEye"), shapes=names)
    poses = gazes(avatar, 10.0)
    assert max(pose.weights[names.index("eyeLookOutLeft")] for pose in poses) == 0.0
    rest = turned(avatar, poses[0], "leftEye")
    assert max(degrees(rest.T @ turned(avatar, pose, "leftEye")) for pose in poses) > 5.0


def happy(avatar: Avatar, **how: Any) -> Avatar:
    """The avatar with a happiness that does something besides moving the face."""
    look = Expression("happy", avatar.expressions["happy"].binds, **how)
    return replace(avatar, expressions={**avatar.expressions, "happy": look})


def eyes_range(avatar: Avatar, *, feels: str) -> float:
    """How far the left eye turns while an emotion is fully shown, in degrees."""
    map_ = (90.0, 90.0)
    look = LookAt("bone", (0.0, 0.0, 0.0), map_, map_, map_, map_)
    avatar = replace(avatar, look_at=look)
    performer = performance(avatar)
    performer.do(Cue("emotion", feels, 1.0, 0), 0.0)
    poses = lived(performer, 0.0, 1.9)[60:]
    rests = humanoid()
    rest = turned(rests, Mixer(rests).evaluate(0.0), "leftEye")
    return max(degrees(rest.T @ turned(avatar, pose, "leftEye")) for pose in poses)


def test_an_expression_that_overrides_the_gaze_holds_the_eyes() -> None:
    held = happy(humanoid(), override_look_at="block")
    assert eyes_range(held, feels="happy") < 0.1
    assert eyes_range(held, feels="neutral") > 0.3
    blended = happy(humanoid(), override_look_at="blend")
    assert 0.05 < eyes_range(blended, feels="happy") < 0.5 * eyes_range(blended, feels="neutral")


def test_an_expression_that_overrides_blinks_keeps_the_eyes_open() -> None:
    def shut(avatar: Avatar) -> float:
        bare = replace(avatar.expressions["happy"], binds=())
        avatar = replace(avatar, expressions={**avatar.expressions, "happy": bare})
        performer, most = performance(avatar), 0.0
        performer.do(Cue("emotion", "happy", 1.0, 0), 0.0)
        for frame in range(3600):
            if frame % 60 == 0:
                performer.do(Cue("emotion", "happy", 1.0, 0), frame * FRAME)
            weights = performer.pose(frame * FRAME).weights
            most = max(most, float(weights[1]) if frame > 60 else 0.0)
        return most

    assert shut(happy(humanoid())) > 0.4
    assert shut(happy(humanoid(), override_blink="block")) < 0.12


def test_expressions_change_surfaces_as_far_as_they_are_shown() -> None:
    blushing = happy(humanoid(), colours=(ColourBind(0, "base", RED),))
    performer = performance(blushing)
    assert performer.pose(0.1).surfaces == {}
    performer.do(Cue("emotion", "happy", 1.0, 0), 0.2)
    shown = lived(performer, 0.1, 1.4)[-1].surfaces
    red, green, _, _ = shown[0].colours["base"]
    assert red == pytest.approx(1.0) and 0.1 < green < 0.4, "three quarters of the way"
    assert performance(humanoid()).pose(1.0).surfaces is UNCHANGED


# Gestures and time --------------------------------------------------------------------------


def hand_heights(performer: Performer, avatar: Avatar, rate: int, until: float) -> np.ndarray:
    hand = avatar.humanoid["rightHand"]
    frames = range(round(until * rate))
    return np.array([performer.pose(frame / rate).world[hand, 1, 3] for frame in frames])


def test_a_gesture_begins_at_its_own_instant_at_any_frame_rate() -> None:
    avatar = humanoid()
    seen = []
    for rate in (20, 60, 144):
        performer = performance(avatar)
        performer.take_role(Role.IDLE)
        performer.hear(1.0, clip(seconds=3), open_mouth(3), (Cue("gesture", "wave", 1.0, 6),))
        seen.append(hand_heights(performer, avatar, rate, 4.0)[:: rate // 4])
    np.testing.assert_allclose(seen[0], seen[1], atol=0.002)
    np.testing.assert_allclose(seen[2], seen[1], atol=0.002)


def test_a_gesture_that_comes_late_is_prepared_quicker() -> None:
    avatar = humanoid()

    def lifted(**how: Any) -> float:
        made = Mixer(avatar)
        made.play("idle", 0.0)
        made.evaluate(1.0)
        made.gesture("wave", 1.0, **how)
        return float(made.evaluate(1.3).world[avatar.humanoid["rightHand"], 1, 3])

    assert lifted(accent=1.5) > lifted() + 0.05
    assert lifted(accent=9.0) == pytest.approx(lifted()), "and never slower"


def test_a_hand_that_gestures_again_at_once_does_not_go_home_between() -> None:
    avatar = humanoid()
    mixer = Mixer(avatar)
    stroke, back = mixer.stroke("point"), mixer.retraction("point")
    assert stroke is not None and back is not None
    mixer.gesture("point", 0.0, hold=0.4)
    held = [mixer.evaluate(t).world for t in (back + 0.05, back + 0.35)]
    np.testing.assert_allclose(held[0], held[1], atol=1e-4)
    assert np.abs(mixer.evaluate(back + 0.8).world - held[1]).max() > 0.05


@pytest.mark.parametrize("t", [1e9, math.nan, math.inf, -math.inf])
def test_a_performance_survives_any_time(t: float) -> None:
    performer = performance(humanoid())
    performer.do(Cue("gesture", "wave", 1.0, 0), 0.2)
    performer.pose(0.5)
    assert np.isfinite(performer.pose(t).world).all()
    assert np.isfinite(performer.pose(t + 0.016).world).all()
    assert np.isfinite(performer.pose(1e9 + 1.0).world).all()


def test_idles_follow_each_other_and_shift_the_weight() -> None:
    avatar = humanoid()
    mixer = Mixer(avatar)
    performer = Performer(avatar, mixer, seed=2)
    played: list[tuple[float, str]] = []
    play = mixer.play

    def told(name: str, at: float, **how: Any) -> bool:
        played.append((at, name))
        return play(name, at, **how)

    mixer.play = told  # type: ignore[method-assign]
    node = avatar.humanoid["hips"]
    hips = [float(performer.pose(0.1 * step).world[node, 0, 3]) for step in range(600)]
    assert all(8.0 <= b - a <= 25.0 for (a, _), (b, _) in pairwise(played))
    assert all(a != b for (_, a), (_, b) in pairwise(played))
    assert max(hips) - min(hips) > 0.05
