"""The person's camera stays within kind limits, and follows the head as a calm operator does."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_desktop.render.view import View
from avatar_desktop.ui.camera import (
    FARTHEST,
    MOST_FOLLOWED,
    MOST_SHIFT,
    MOST_YAW,
    NEAREST,
    Follow,
    Orbit,
    shown_height,
)

VIEW = View(eye=(0.0, 1.5, 1.4), target=(0.0, 1.45, 0.0))
way = st.floats(-3000, 3000)


@given(st.lists(st.tuples(st.sampled_from(["drag", "pan", "wheel"]), way, way), max_size=12))
def test_nobody_gets_lost(moves: list[tuple[str, float, float]]) -> None:
    orbit = Orbit()
    for kind, right, down in moves:
        if kind == "drag":
            orbit = orbit.dragged(right, down)
        elif kind == "pan":
            orbit = orbit.panned(right / 700, down / 700)
        else:
            orbit = orbit.wheeled(down / 100)
    seen = orbit.apply(VIEW)
    assert NEAREST * VIEW.distance <= seen.distance * 1.001
    assert seen.distance <= FARTHEST * VIEW.distance * 1.001
    assert abs(math.degrees(seen.yaw)) <= MOST_YAW + 0.01
    shift = math.dist(seen.target, VIEW.target) / shown_height(seen)
    assert shift <= MOST_SHIFT * math.sqrt(2) + 1e-6


def test_an_untouched_camera_is_as_it_was_framed() -> None:
    seen = Orbit().apply(VIEW)
    assert seen.eye == pytest.approx(VIEW.eye)
    assert seen.target == pytest.approx(VIEW.target)


def test_a_figure_goes_where_it_is_pushed() -> None:
    pushed = Orbit().panned(0.2, 0.0).apply(VIEW)
    middle = pushed.project(_point(VIEW.target), 100, 100)[0]
    assert middle[0] == pytest.approx(70, abs=1)
    assert middle[1] == pytest.approx(50, abs=1)


def _point(place: tuple[float, float, float]):
    import numpy as np

    return np.array([place], np.float32)


def followed(moved: tuple[float, float, float], seconds: float) -> Follow:
    follow = Follow()
    for tick in range(round(seconds * 30)):
        follow = follow.after(tick / 30, moved, 1.0)
    return follow


def test_a_nod_moves_no_picture_and_a_step_aside_does() -> None:
    assert followed((0.0, -0.02, 0.0), 3.0).offset == (0.0, 0.0, 0.0)
    step = followed((0.2, 0.0, 0.0), 3.0)
    assert 0.05 < step.offset[0] < 0.2
    assert followed((0.2, 0.0, 0.0), 0.1).offset[0] < 0.03, "no jump"


def test_it_comes_to_rest_and_lets_go_of_who_walks_away() -> None:
    follow = followed((0.2, 0.0, 0.0), 8.0)
    assert follow.after(9.0, (0.2, 0.0, 0.0), 1.0).offset == follow.offset
    assert followed((9.0, 0.0, 0.0), 8.0).offset[0] <= MOST_FOLLOWED


def test_a_head_that_is_nowhere_is_not_followed() -> None:
    follow = followed((0.2, 0.0, 0.0), 3.0)
    assert follow.after(4.0, (math.nan, 0.0, 0.0), 1.0).offset == follow.offset
