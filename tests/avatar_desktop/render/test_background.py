"""What stands behind the avatar, probed in the corners that it leaves free."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from avatar_desktop.avatar.read import read_avatar_bytes
from avatar_desktop.motion.hierarchy import rest_pose
from avatar_desktop.render.background import Picture, Sky
from avatar_desktop.render.environment import Environment
from avatar_desktop.render.framing import frame, landmarks
from avatar_desktop.render.renderer import Renderer
from avatar_desktop.render.view import Background, Gradient
from tests.makers import tiny_avatar

SIZE = 64


@pytest.fixture
def shot(renderer: Renderer):
    """Draw a tiny avatar, far away, before a background."""
    avatar = read_avatar_bytes(tiny_avatar.humanoid().bytes())
    pose = rest_pose(avatar)
    view = frame(landmarks(avatar, pose), "full", 1.0)
    x, y, z = view.eye
    view = replace(view, eye=(x, y, z * 2), near=None, far=None, ground_shadow=False)

    def draw(background: Background, supersample: int = 1) -> np.ndarray:
        there = replace(view, background=background)
        return renderer.snapshot(avatar, pose, there, SIZE, SIZE, supersample)

    return draw


def halves(left: tuple[int, ...], right: tuple[int, ...]) -> Picture:
    pixels = np.zeros((40, 120, 4), np.uint8)
    pixels[:, :60], pixels[:, 60:] = left, right
    return Picture(pixels)


def test_a_picture_fills_the_frame_exactly(shot) -> None:
    drawn = shot(halves((200, 30, 40, 255), (20, 90, 160, 255)))
    assert drawn[2, 2].tolist() == [200, 30, 40, 255]
    assert drawn[-3, -3].tolist() == [20, 90, 160, 255]


def test_a_picture_stands_upright(shot) -> None:
    pixels = np.full((30, 30, 4), 255, np.uint8)
    pixels[:15] = (0, 0, 0, 255)
    drawn = shot(Picture(pixels))
    assert drawn[2, 2, 0] == 0
    assert drawn[-3, 2, 0] == 255


def test_a_hole_in_a_picture_is_transparent(shot) -> None:
    drawn = shot(halves((200, 30, 40, 255), (200, 30, 40, 0)))
    assert drawn[2, -3, 3] == 0


def test_no_background_leaves_nothing_but_the_avatar(shot) -> None:
    drawn = shot(None)
    assert drawn[0, 0].tolist() == [0, 0, 0, 0]
    assert drawn[..., 3].max() == 255


def test_a_sky_shows_what_lies_behind_the_avatar(shot) -> None:
    radiance = tuple(np.zeros((6, 256 >> level, 256 >> level, 4), np.float16) for level in range(6))
    for level in radiance:
        level[5, ..., 2] = 0.5  # towards -Z, where a camera in front looks
        level[4, ..., 0] = 0.5
    drawn = shot(Sky(Environment(radiance, np.zeros((6, 16, 16, 4), np.float16))))
    red, _, blue, alpha = drawn[3, 3].tolist()
    assert blue > 100 > red
    assert alpha == 255


def test_backgrounds_may_take_turns(shot) -> None:
    picture = halves((9, 9, 9, 255), (9, 9, 9, 255))
    first = shot(picture)
    shot(Gradient((1.0, 1.0, 1.0), (0.0, 0.0, 0.0)))
    shot(halves((250, 0, 0, 255), (250, 0, 0, 255)))
    assert np.array_equal(shot(picture), first)
