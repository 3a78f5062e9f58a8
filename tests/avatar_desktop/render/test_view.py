from __future__ import annotations

import math
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_desktop.render.view import Light, View

coordinate = st.floats(-10, 10)


def test_the_target_is_in_the_middle_of_the_picture() -> None:
    view = View(eye=(1, 2, 3), target=(0, 1, 0))
    assert view.project(np.asarray([0.0, 1.0, 0.0]), 200, 100) == pytest.approx([100, 50], abs=1e-3)


def test_up_is_up_and_right_is_right() -> None:
    view = View(eye=(0, 0, 5), target=(0, 0, 0))
    x, y = view.project(np.asarray([0.1, 0.2, 0.0]), 100, 100)
    assert x > 50
    assert y < 50


def test_the_field_of_view_is_the_height_of_the_picture() -> None:
    view = View(eye=(0, 0, 2), target=(0, 0, 0), fov_degrees=40)
    top = (0.0, 2 * math.tan(math.radians(20)), 0.0)
    assert view.project(np.asarray(top), 300, 100)[1] == pytest.approx(0, abs=1e-3)


def test_what_lies_behind_the_camera_has_no_pixel() -> None:
    view = View(eye=(0, 0, 2), target=(0, 0, 0))
    assert np.isnan(view.project(np.asarray([[0.0, 0.0, 3.0]]), 10, 10)).all()


@given(eye=st.tuples(coordinate, coordinate, coordinate))
def test_a_camera_anywhere_gives_finite_matrices(eye: tuple[float, float, float]) -> None:
    view = View(eye=eye, target=(0, 0, 0))
    assert np.isfinite(view.projection(1.5) @ view.look()).all()


def test_a_camera_straight_above_still_has_a_picture() -> None:
    look = View(eye=(0, 5, 0), target=(0, 0, 0)).look()
    assert float(np.linalg.det(look[:3, :3])) == pytest.approx(1.0, abs=1e-5)


def test_the_studio_turns_with_the_photographer() -> None:
    front, back = Light.studio(0.0).key.towards, Light.studio(math.pi).key.towards
    assert back == pytest.approx((-front[0], front[1], -front[2]))


def test_a_view_of_another_instant_is_the_same_in_all_else() -> None:
    own: dict[str, Any] = {
        each.name: object() for each in fields(View) if each.name not in ("eye", "target", "time")
    }
    view = View(eye=(0, 0, 3), target=(0, 1, 0), time=1.0, **own)
    assert view.at(2.0, (1, 0, 3), (1, 1, 0)) == replace(
        view, eye=(1, 0, 3), target=(1, 1, 0), time=2.0
    )
