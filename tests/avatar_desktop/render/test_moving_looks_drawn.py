"""What clips make of surfaces, as pixels."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from avatar_desktop.avatar.animation import Animation, PropertyChannel
from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.material import Image, Material
from avatar_desktop.avatar.texture import TextureUse
from avatar_desktop.film.produce import posed_by_file
from avatar_desktop.render.renderer import Renderer
from avatar_desktop.render.view import View
from tests.makers import figures

SIZE = 32
VIEW = View(eye=(0, 0, 6), target=(0, 0, 0), fov_degrees=12, background=None, tone_map="none")
FLAT = Material(base_colour=(1.0, 0.0, 0.0, 1.0), unlit=True)
HALVES = np.full((2, 2, 4), 255, np.uint8)
HALVES[:, 0, :3] = 0


def figure(
    *moves: tuple[str, list[Any]], worn: Material = FLAT, images: tuple[Image, ...] = ()
) -> Avatar:
    """A ball; its clip `all` moves these fields of its material within a second."""
    channels = tuple(
        PropertyChannel(
            *("material", 0, field, "LINEAR"),
            np.array([0.0, 1.0], np.float32),
            np.array(values, np.float32).reshape(2, -1),
        )
        for field, values in moves
    )
    ball = figures.avatar(figures.instance(figures.ball(0.8)), materials=(worn,), images=images)
    return replace(ball, animations=(Animation("all", 1.0, (), channels),))


def centre(renderer: Renderer, avatar: Avatar, t: float, **view: Any) -> list[int]:
    pose = posed_by_file(avatar, "all", t)
    pixels = renderer.snapshot(avatar, pose, replace(VIEW, **view), SIZE, SIZE, 1)
    found: list[int] = pixels[SIZE // 2, SIZE // 2].tolist()
    return found


def test_a_colour_moves(renderer: Renderer) -> None:
    avatar = figure(("base_colour", [[1, 0, 0, 1], [0, 1, 0, 1]]))
    assert centre(renderer, avatar, 0.0) == [255, 0, 0, 255]
    assert centre(renderer, avatar, 0.5) == [188, 188, 0, 255]
    assert centre(renderer, avatar, 1.0) == [0, 255, 0, 255]
    assert centre(renderer, avatar, 0.0) == [255, 0, 0, 255]


def test_a_picture_glides_although_it_lies_plain_in_the_file(renderer: Renderer) -> None:
    use = TextureUse(0, nearest=True)
    worn = replace(FLAT, base_colour=(1.0, 1.0, 1.0, 1.0), base_texture=use)
    moves = ("base_texture.offset", [[0.0, 0.0], [0.5, 0.0]])
    avatar = figure(moves, worn=worn, images=(Image("halves", HALVES),))
    assert centre(renderer, avatar, 0.0)[0] != centre(renderer, avatar, 1.0)[0]


def test_a_finish_may_come_that_the_file_begins_without(renderer: Renderer) -> None:
    solid = Material(base_colour=(1.0, 1.0, 1.0, 1.0), metallic=0.0, roughness=0.0)
    avatar = figure(("transmission.strength", [0.0, 1.0]), worn=solid)
    blue = (0.0, 0.0, 1.0)
    closed, clear = (centre(renderer, avatar, t, background=blue) for t in (0.0, 1.0))
    assert min(closed[:3]) > 150
    assert clear[2] > 200 and max(clear[:2]) < 100


@pytest.mark.parametrize("is_shown", [True, False])
def test_a_hidden_node_is_not_drawn(renderer: Renderer, is_shown: bool) -> None:
    steps = np.full((1, 1), float(is_shown), np.float32)
    channel = PropertyChannel("node", 0, "visible", "STEP", np.zeros(1, np.float32), steps)
    avatar = replace(figure(), animations=(Animation("all", 0.0, (), (channel,)),))
    assert (centre(renderer, avatar, 0.0)[3] == 255) == is_shown
