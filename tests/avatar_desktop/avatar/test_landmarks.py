"""The places of a face are found from bones and from what the mouth moves."""

from __future__ import annotations

import numpy as np
import pytest

from avatar_desktop.avatar.landmarks import bounds, eye_centre, head_top, mouth_box
from avatar_desktop.avatar.read import read_avatar_bytes
from avatar_desktop.motion.hierarchy import rest_pose
from tests.makers import tiny_avatar


@pytest.mark.parametrize("version", [0, 1])
def test_the_mouth_is_where_aa_moves_the_face(version: int) -> None:
    avatar = read_avatar_bytes(tiny_avatar.humanoid(version=version).bytes())
    box = mouth_box(avatar, rest_pose(avatar))
    assert box is not None and box.shape == (8, 3)
    # `aa` moves the lower edge of the plate, which hangs 2 cm above the head's joint
    np.testing.assert_allclose(box[:, 1], 1.54, atol=1e-5)


def test_the_eyes_are_between_the_eye_bones() -> None:
    avatar = read_avatar_bytes(tiny_avatar.humanoid().bytes())
    np.testing.assert_allclose(eye_centre(avatar, rest_pose(avatar)), [0.0, 1.59, 0.08], atol=1e-5)


def test_the_crown_is_the_highest_point_above_the_head() -> None:
    avatar = read_avatar_bytes(tiny_avatar.humanoid().bytes())
    assert head_top(avatar, rest_pose(avatar))[1] == pytest.approx(2.54)


def test_bounds_hold_every_deformed_vertex() -> None:
    avatar = read_avatar_bytes(tiny_avatar.skinned_arm().bytes())
    np.testing.assert_allclose(bounds(avatar, rest_pose(avatar)), [[0, 0, 0], [1, 1, 0]], atol=1e-6)


def test_an_avatar_without_a_moving_mouth_has_no_mouth_box() -> None:
    avatar = read_avatar_bytes(tiny_avatar.skinned_arm().bytes())
    assert mouth_box(avatar, rest_pose(avatar)) is None
