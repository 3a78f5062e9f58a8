"""The mouth is found by what the mouth's shapes move."""

from __future__ import annotations

import numpy as np
import pytest

from avatar_desktop.avatar.read import read_avatar_bytes
from avatar_desktop.motion.hierarchy import rest_pose
from tests.makers import tiny_avatar
from tests.makers.mouth import mouth_box


@pytest.mark.parametrize("version", [0, 1])
def test_the_mouth_is_where_aa_moves_the_face(version: int) -> None:
    avatar = read_avatar_bytes(tiny_avatar.humanoid(version=version).bytes())
    box = mouth_box(avatar, rest_pose(avatar))
    assert box is not None and box.shape == (8, 3)
    # `aa` moves the lower edge of the plate, which hangs 2 cm above the head's joint
    np.testing.assert_allclose(box[:, 1], 1.54, atol=1e-5)


def test_an_avatar_without_a_moving_mouth_has_no_mouth_box() -> None:
    avatar = read_avatar_bytes(tiny_avatar.skinned_arm().bytes())
    assert mouth_box(avatar, rest_pose(avatar)) is None
