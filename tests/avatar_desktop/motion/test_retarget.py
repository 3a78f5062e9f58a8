"""What becomes of a motion on a body that has fewer bones, another face, or other ways."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from avatar_desktop.avatar.animation import Animation, Channel, Interpolation
from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.read import read_avatar_bytes
from avatar_desktop.avatar.vrma import MotionFile, read_motion_bytes
from avatar_desktop.motion.capture import MOST_KEYS, capture
from avatar_desktop.motion.retarget import retarget
from avatar_desktop.motion.rotation import conjugate, euler, multiply, to_vector
from avatar_desktop.motion.stance import Body
from tests.embodiment.body_measures import Performance, as_avatar, performed
from tests.makers import tiny_avatar
from tests.makers.skeletons import DRAWINGS, drawn
from tests.makers.tiny_avatar import Glb

NAME = "VRMC_vrm_animation"


def channel(
    node: int,
    values: Any,
    times: Any = (0.0, 1.0),
    *,
    path: Any = "rotation",
    kind: Interpolation = "LINEAR",
) -> Channel:
    return Channel(node, path, kind, np.array(times, np.float32), np.array(values, np.float32))


def of_drawing(*channels: tuple[str, Any], **more: Any) -> MotionFile:
    """A T-posed body with every bone of the spine, moved from no turn to the turns given."""
    skeleton, bones = drawn(DRAWINGS["Mixamo"])
    still = euler(0.0, 0.0, 0.0)
    animation = Animation(
        "turn", 1.0, tuple(channel(bones[bone], [still, turn]) for bone, turn in channels)
    )
    return MotionFile(skeleton, bones, (animation,), says_t_pose=True, **more)


def without(motion: MotionFile, *bones: str) -> Avatar:
    """An avatar of the same body whose humanoid lacks some bones."""
    avatar = as_avatar(motion)
    kept = {bone: node for bone, node in avatar.humanoid.items() if bone not in bones}
    return replace(avatar, humanoid=kept)


def end(motion: MotionFile, avatar: Avatar, t: float = 1.0) -> Performance:
    return performed(avatar, retarget(motion, avatar), np.array([t]))


def turned(shown: Performance, node: int) -> np.ndarray:
    """Degrees about x, y, z by which a node is turned in the world; these rest unturned."""
    axes = shown.world[0, node, :3, :3]
    w = np.sqrt(max(0.0, 1.0 + np.trace(axes))) / 2.0
    off = np.array([axes[2, 1] - axes[1, 2], axes[0, 2] - axes[2, 0], axes[1, 0] - axes[0, 1]])
    return np.degrees(to_vector(np.append(off / (4.0 * w), w)))


def test_what_a_missing_chest_does_is_done_by_the_spine_below() -> None:
    motion = of_drawing(("upperChest", euler(20.0, 0.0, 0.0)), ("chest", euler(10.0, 0.0, 0.0)))
    avatar = without(motion, "upperChest", "chest")
    shown = end(motion, avatar)
    np.testing.assert_allclose(turned(shown, avatar.humanoid["spine"]), [30, 0, 0], atol=0.01)
    np.testing.assert_allclose(turned(shown, avatar.humanoid["head"]), [30, 0, 0], atol=0.01)


def test_what_a_missing_neck_or_shoulder_does_is_done_by_what_it_carries() -> None:
    motion = of_drawing(("neck", euler(0.0, 25.0, 0.0)), ("leftShoulder", euler(0.0, 0.0, 15.0)))
    avatar = without(motion, "neck", "leftShoulder", "rightShoulder")
    shown = end(motion, avatar)
    np.testing.assert_allclose(turned(shown, avatar.humanoid["head"]), [0, 25, 0], atol=0.01)
    np.testing.assert_allclose(
        turned(shown, avatar.humanoid["leftUpperArm"]), [0, 0, 15], atol=0.01
    )
    still = turned(shown, avatar.humanoid["rightUpperArm"])
    np.testing.assert_allclose(still, [0, 0, 0], atol=0.01)


def test_missing_toes_and_fingers_cost_nothing_but_themselves() -> None:
    motion = of_drawing(("leftToes", euler(30.0, 0, 0)), ("leftThumbProximal", euler(0, 20, 0)))
    thumb = [f"leftThumb{joint}" for joint in ("Metacarpal", "Proximal", "Distal")]
    avatar = without(motion, "leftToes", *thumb)
    assert retarget(motion, avatar).channels == ()


def test_a_vrma_keeps_the_turn_of_a_bone_that_a_vrm_avatar_lacks_unless_the_book_is_asked() -> None:
    motion = of_drawing(("upperChest", euler(20.0, 0.0, 0.0)), is_vrma=True)
    avatar = without(motion, "upperChest")
    assert turned(end(motion, avatar), avatar.humanoid["head"])[0] == pytest.approx(20, abs=0.01)
    by_the_book = retarget(motion, avatar, by_the_book=True)
    assert by_the_book.channels == ()


def test_bones_that_the_motion_leaves_alone_have_no_keys() -> None:
    motion = of_drawing(("head", euler(0.0, 30.0, 0.0)))
    avatar = as_avatar(motion)
    nodes = {each.node for each in retarget(motion, avatar).channels}
    assert nodes == {avatar.humanoid["head"]}


def test_nodes_between_bones_count_with_the_bone_that_they_carry() -> None:
    motion = of_drawing(("chest", euler(0.0, 30.0, 0.0)))
    known = {bone: node for bone, node in motion.humanoid.items() if bone != "chest"}
    avatar = as_avatar(motion)
    shown = end(replace(motion, humanoid=known), avatar)
    np.testing.assert_allclose(turned(shown, avatar.humanoid["head"]), [0, 30, 0], atol=0.01)


@pytest.mark.parametrize("kind", ["STEP", "CUBICSPLINE"])
def test_steps_and_splines_keep_their_course(kind: Interpolation) -> None:
    motion = of_drawing(("head", euler(0.0, 0.0, 0.0)))
    node = motion.humanoid["head"]
    turns = [euler(0.0, 0.0, 0.0), euler(0.0, 40.0, 0.0), euler(0.0, -30.0, 0.0)]
    none = np.zeros(4)
    values = [[none, turn, none] for turn in turns] if kind == "CUBICSPLINE" else turns
    course = channel(node, values, (0.0, 0.8, 1.5), kind=kind)
    motion = replace(motion, animations=(Animation("nod", 1.5, (course,)),))
    avatar = as_avatar(motion)
    times = np.array([0.0, 0.3, 0.79, 0.81, 1.2, 1.5])
    own = performed(avatar, motion.animations[0], times)
    taken = performed(avatar, retarget(motion, avatar), times)
    apart = multiply(taken.rotations[:, node], conjugate(own.rotations[:, node]))
    assert np.degrees(np.abs(to_vector(apart))).max() < 0.1


def test_a_motion_without_length_and_one_of_hours_have_keys_in_reason() -> None:
    motion = of_drawing(("head", euler(0.0, 30.0, 0.0)))
    node = motion.humanoid["head"]
    turn = euler(0.0, 30.0, 0.0)
    for times in ([0.0], [0.0, 36_000.0]):
        held = channel(node, [turn] * len(times), times)
        clip = Animation("hold", times[-1], (held,))
        shot = capture(motion, clip, Body.of(as_avatar(motion)))
        assert 1 <= len(shot.times) <= MOST_KEYS
        assert shot.times[-1] == times[-1]
        taken = retarget(motion, as_avatar(motion), animation=clip)
        assert len(taken.channels) == 1
        assert np.isfinite(taken.channels[0].values).all()


def faced(kind: str = "bone") -> Avatar:
    """A VRM with a mouth, lids and eye bones."""
    glb = tiny_avatar.humanoid()
    glb.document["extensions"]["VRMC_vrm"]["lookAt"]["type"] = kind
    return read_avatar_bytes(glb.bytes())


def face_motion() -> MotionFile:
    """A .vrma that opens the mouth to a half and turns the eyes 30° to the left."""
    glb = Glb()
    for name in ("hips", "mouth", "eyes"):
        glb.add("nodes", {"name": name})
    glb.add("scenes", {"nodes": [0, 1, 2]})
    mouth = {"node": 1, "path": "translation", "times": [0, 1], "values": [[0, 0, 0], [0.5, 0, 0]]}
    left = [euler(0.0, 0.0, 0.0), euler(0.0, 30.0, 0.0)]
    glb.clip("say", [mouth, {"node": 2, "path": "rotation", "times": [0, 1], "values": left}])
    glb.document["extensionsUsed"] = [NAME]
    glb.document["extensions"] = {
        NAME: {
            "specVersion": "1.0",
            "humanoid": {"humanBones": {"hips": {"node": 0}}},
            "expressions": {"preset": {"aa": {"node": 1}, "sad": {"node": 1}}},
            "lookAt": {"node": 2},
        }
    }
    return read_motion_bytes(glb.bytes())


def test_expressions_become_the_avatars_own_morphs() -> None:
    avatar = faced()
    taken = retarget(face_motion(), avatar)
    (weights,) = [each for each in taken.channels if each.path == "weights"]
    np.testing.assert_allclose(weights.values[-1], [0.5, 0.0], atol=1e-6)
    np.testing.assert_allclose(weights.values[0], [0.0, 0.0], atol=1e-6)
    half = weights.values[np.searchsorted(weights.times, 0.5)]
    np.testing.assert_allclose(half, [0.25, 0.0], atol=1e-4)


def test_the_gaze_turns_eye_bones_by_the_avatars_own_range() -> None:
    avatar = faced()
    taken = retarget(face_motion(), avatar)
    eyes = {each.node: each for each in taken.channels if each.path == "rotation"}
    right = eyes[avatar.humanoid["rightEye"]].values[-1].astype(np.float64)
    # looking left, the right eye turns inwards: 30° of 90° become 3° of 9°
    np.testing.assert_allclose(np.degrees(to_vector(right)), [0.0, 3.0, 0.0], atol=0.01)


def test_without_eye_bones_the_gaze_is_shown_or_left_out_but_never_breaks() -> None:
    taken = retarget(face_motion(), faced("expression"))
    assert all(each.path == "weights" for each in taken.channels)
    blind = replace(faced(), look_at=None, expressions={})
    assert retarget(face_motion(), blind).channels == ()
