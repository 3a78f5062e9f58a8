"""Many bodies at once move as each would alone."""

from __future__ import annotations

import numpy as np
import pytest

from avatar_desktop.avatar.read import read_avatar, read_avatar_bytes
from avatar_desktop.motion.clip import Clip
from avatar_desktop.motion.crowd import Crowd
from avatar_desktop.motion.hierarchy import Locals, PoseBuilder
from tests.makers import tiny_avatar
from tests.makers.public_models import folder, needs_models


@needs_models
@pytest.mark.parametrize(
    "file",
    ["khronos/Fox/glTF-Binary/Fox.glb", "khronos/MorphStressTest/glTF-Binary/MorphStressTest.glb"],
)
def test_every_body_is_where_it_would_be_alone(file: str) -> None:
    place = folder()
    assert place is not None
    path = place / file
    if not path.exists():
        pytest.skip(f"{file} is not among the public models")
    avatar = read_avatar(path, decode_pixels=False)
    clip = Clip(avatar, avatar.animations[0])
    times = np.linspace(-0.2, 2.5 * clip.duration, 16)
    crowd = Crowd(avatar).pose(clip, times, loop=True)
    builder, local = PoseBuilder(avatar), Locals.at_rest(avatar)
    for body, t in enumerate(times.tolist()):
        clip.sample(t, local, loop=True)
        alone = builder.build(local)
        size = float(np.abs(alone.world).max())
        np.testing.assert_allclose(crowd.world[:, body], alone.world, atol=1e-6 * size)
        for skin, joints in zip(crowd.joints, alone.joints, strict=True):
            np.testing.assert_allclose(skin[:, body], joints, atol=1e-5 * size)
        np.testing.assert_allclose(crowd.weights[body], alone.weights, atol=1e-6)


def test_splines_and_arms_are_for_crowds_too() -> None:
    avatar = read_avatar_bytes(tiny_avatar.skinned_arm().bytes())
    clip = Clip(avatar, avatar.animations[0])
    crowd = Crowd(avatar).pose(clip, np.array([0.0, 1.0]))
    assert crowd.world.shape[1] == 2
    assert not np.allclose(crowd.world[:, 0], crowd.world[:, 1])


def test_nobody_is_a_crowd() -> None:
    avatar = read_avatar_bytes(tiny_avatar.skinned_arm().bytes())
    assert Crowd(avatar).pose(Clip(avatar, avatar.animations[0]), np.zeros(0)).world.shape[1] == 0
