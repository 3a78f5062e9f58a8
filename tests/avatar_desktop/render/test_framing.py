from __future__ import annotations

import contextlib
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_desktop.errors import UsageError
from avatar_desktop.render.framing import SHOTS, Shot, frame, landmarks, parse_camera
from avatar_desktop.render.view import View
from tests.makers import figures


def _person(front: int = 1) -> figures.Avatar:
    bones = figures.skeleton(
        *((0, 0, 0), (0, 1.5, 0), (0.03, 0.12, 0.1 * front), (-0.03, 0.12, 0.1 * front)),
        *((0.1, 0.05, 0), (-0.1, 0.05, 0)),
        parents=(-1, 0, 1, 1, 0, 0),
    )
    names = {"hips": 0, "head": 1, "leftEye": 2, "rightEye": 3, "leftFoot": 4, "rightFoot": 5}
    body = figures.instance(figures.quad(width=0.6, height=1.5))
    head = figures.instance(figures.ball(0.15, centre=(0, 0.13, 0)), node=1)
    return figures.avatar(body, head, bones=bones, humanoid=names, front=front)


def _corners(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    return np.asarray(
        [(x, y, z) for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])]
    )


@pytest.mark.parametrize("aspect", [0.4, 0.83, 1.78])
@pytest.mark.parametrize("shot", ["portrait", "bust"])
def test_a_head_shot_holds_the_whole_head_with_the_eyes_above_the_middle(
    shot: Shot, aspect: float
) -> None:
    person = _person()
    marks = landmarks(person, figures.rest(person))
    view = frame(marks, shot, aspect)
    width, height = 1000 * aspect, 1000
    pixels = view.project(_corners(marks.head.low, marks.head.high), round(width), height)
    assert pixels.min() > 0
    assert (pixels < (width, height)).all()
    assert view.project(marks.eyes, round(width), height)[1] < height / 2


@pytest.mark.parametrize("aspect", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("shot", ["full", "fit"])
def test_a_whole_shot_holds_every_corner_of_the_body(shot: Shot, aspect: float) -> None:
    person = _person()
    marks = landmarks(person, figures.rest(person))
    view = frame(marks, shot, aspect)
    pixels = view.project(_corners(marks.body.low, marks.body.high), round(1000 * aspect), 1000)
    assert pixels.min() >= 0
    assert (pixels <= (1000 * aspect, 1000)).all()


@pytest.mark.parametrize("front", [1, -1])
@pytest.mark.parametrize("shot", SHOTS)
def test_the_camera_stands_where_the_avatar_looks(shot: Shot, front: int) -> None:
    person = _person(front)
    view = frame(landmarks(person, figures.rest(person)), shot, 1.0)
    assert (view.eye[2] - view.target[2]) * front > 0


def test_a_head_hung_with_hair_is_measured_without_it() -> None:
    person = _person()
    hair = figures.instance(figures.quad(width=0.2, height=2.0), node=1)
    hairy = figures.avatar(
        *person.meshes, hair, bones=person.skeleton, humanoid=dict(person.humanoid)
    )
    marks = landmarks(hairy, figures.rest(hairy))
    assert marks.head.low[1] > 1.2


def test_a_figure_without_bones_is_framed_at_its_upper_part() -> None:
    pole = figures.avatar(figures.instance(figures.quad(width=0.3, height=2.0)))
    marks = landmarks(pole, figures.rest(pole))
    assert not marks.has_head
    assert frame(marks, "portrait", 1.0).target[1] > 0.5


def test_an_empty_avatar_still_has_a_view() -> None:
    nothing = figures.avatar()
    assert frame(landmarks(nothing, figures.rest(nothing)), "fit", 1.0).distance > 0


def test_a_camera_may_be_named() -> None:
    assert parse_camera(" Bust ") == "bust"


def test_a_camera_may_be_placed() -> None:
    view = parse_camera("0,1.4,2:0,1.3,0:30")
    assert isinstance(view, View)
    assert (view.eye, view.target, view.fov_degrees) == ((0, 1.4, 2), (0, 1.3, 0), 30)


def test_the_studio_stands_around_a_placed_camera() -> None:
    view = parse_camera("0,0,-2:0,0,0:30")
    assert isinstance(view, View)
    assert view.yaw == pytest.approx(math.pi)
    assert view.light.key.towards[2] < 0


@pytest.mark.parametrize(
    "text", ["", "closeup", "0,0,0:1,1:20", "0,0,0:0,0,0:20", "0,0,1:0,0,0:180", "nan,0,0:0,0,1:9"]
)
def test_a_wrong_camera_is_explained(text: str) -> None:
    with pytest.raises(UsageError, match="camera"):
        parse_camera(text)


@given(st.text(alphabet="0123456789.,:-einf ", max_size=40))
def test_no_camera_text_breaks_the_parser(text: str) -> None:
    with contextlib.suppress(UsageError):
        parse_camera(text)
