"""Constraints, gaze, face and springs come in VRM's order, and springs move with the calls."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.constraint import Constraint
from avatar_desktop.avatar.pose import UNCHANGED, SurfaceChange
from avatar_desktop.avatar.read import read_avatar_bytes
from avatar_desktop.avatar.spring import Spring, SpringJoint
from avatar_desktop.motion.hierarchy import rest_pose
from avatar_desktop.motion.layers import Mixer
from avatar_desktop.motion.rotation import euler
from tests.makers import tiny_avatar


def humanoid() -> Avatar:
    return read_avatar_bytes(tiny_avatar.humanoid().bytes())


def turned(avatar: Avatar, node: int, additive: dict[str, np.ndarray]) -> float:
    """Degrees between a node's rest and its pose, in the world."""
    mixer = Mixer(avatar)
    before, after = mixer.evaluate(0.0).world[node], mixer.evaluate(0.0, additive).world[node]
    cosine = (np.trace(before[:3, :3].T @ after[:3, :3]) - 1.0) / 2.0
    return float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))


def test_constraints_follow_what_life_adds() -> None:
    plain = humanoid()
    head, arm = plain.humanoid["head"], plain.humanoid["leftHand"]
    bound = replace(plain, constraints=(Constraint("rotation", arm, head),))
    turn = {"head": euler(0.0, 20.0, 0.0)}
    assert turned(plain, arm, turn) == pytest.approx(0.0, abs=0.05)
    assert turned(bound, arm, turn) == pytest.approx(20.0, abs=0.05)


def test_eyes_turn_after_constraints() -> None:
    plain = humanoid()
    eye, head = plain.humanoid["leftEye"], plain.humanoid["head"]
    bound = replace(plain, constraints=(Constraint("rotation", eye, head),))
    both = {"head": euler(0.0, 20.0, 0.0), "leftEye": euler(0.0, 10.0, 0.0)}
    assert turned(plain, eye, both) == pytest.approx(30.0, abs=0.05)
    assert turned(bound, eye, both) == pytest.approx(50.0, abs=0.05), "its own turn is kept"


@pytest.mark.parametrize("is_bound", [False, True])
def test_eyes_that_look_elsewhere_alone_look_as_with_the_whole_body(is_bound: bool) -> None:
    plain = humanoid()
    eye, head = plain.humanoid["leftEye"], plain.humanoid["head"]
    bound = replace(plain, constraints=(Constraint("rotation", eye, head),))
    mixer = Mixer(bound if is_bound else plain)
    body, eyes = {"head": euler(0.0, 20.0, 0.0)}, {"leftEye": euler(5.0, 10.0, 0.0)}
    weights = plain.rest_weights
    whole = mixer.evaluate(0.0, {**body, **eyes}, weights)
    before = mixer.evaluate(0.0, {**body, "leftEye": euler(0.0, -10.0, 0.0)}, weights)
    assert np.abs(whole.world[eye] - before.world[eye]).max() > 0.1
    for _ in range(2):
        alone = mixer.with_face(before, eyes, weights)
        np.testing.assert_allclose(alone.world, whole.world, atol=1e-5)


def test_springs_come_last_and_carry_what_hangs_below() -> None:
    plain = humanoid()
    joints = [plain.humanoid[bone] for bone in ("leftUpperArm", "leftLowerArm", "leftHand")]
    chain = Spring("arm", tuple(SpringJoint(node, stiffness=0.2) for node in joints))
    mixer = Mixer(replace(plain, springs=(chain,)))
    hand = joints[-1]
    mixer.evaluate(0.0)
    reach = []
    for frame in range(1, 90):
        sway = {"spine": euler(0.0, 60.0 * np.sin(frame / 5.0), 0.0)}
        world = mixer.evaluate(frame / 60.0, sway).world
        assert np.isfinite(world).all()
        reach.append(np.linalg.norm(world[hand, :3, 3] - world[joints[1], :3, 3]))
    rest = rest_pose(plain).world
    length = np.linalg.norm(rest[hand, :3, 3] - rest[joints[1], :3, 3])
    np.testing.assert_allclose(reach, length, rtol=1e-4)


def test_skins_move_with_springs() -> None:
    plain = read_avatar_bytes(tiny_avatar.skinned_arm().bytes())
    root, tip = plain.skins[0].joints.tolist()[:2]
    joints = (SpringJoint(root, stiffness=0.0, gravity_power=1.0, gravity_direction=(0, 0, 1.0)),)
    pulled = replace(plain, springs=(Spring("arm", (*joints, SpringJoint(tip))),))
    pose = Mixer(pulled).evaluate(0.0)
    assert np.abs(pose.joints[0] - Mixer(plain).evaluate(0.0).joints[0]).max() > 0.1
    np.testing.assert_allclose(
        pose.joints[0], pose.world[plain.skins[0].joints] @ plain.skins[0].inverse_binds, atol=1e-5
    )


def test_a_pose_carries_changed_surfaces_and_hidden_nodes() -> None:
    plain = humanoid()
    change = {0: SurfaceChange(texture_offset=(0.5, 0.0))}
    mixer = Mixer(replace(plain, skeleton=replace(plain.skeleton, hidden=frozenset({1}))))
    assert mixer.evaluate(0.0).surfaces is UNCHANGED
    pose = mixer.evaluate(0.0, surfaces=change)
    assert pose.surfaces == change
    assert pose.hidden == {1}
