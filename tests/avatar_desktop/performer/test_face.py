"""Emotions rise from what is displayed, are distinct, and leave the mouth to speech."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest

from avatar_desktop.performer.emotions import EMOTIONS, spread
from avatar_desktop.performer.face import Face

DT = 0.01


def weights(face: Face) -> dict[str, float]:
    return dict(face.state().channels)


def settle(face: Face, start: float, seconds: float, *, speaking: bool = False) -> None:
    for step in range(int(seconds / DT)):
        face.step(start + step * DT, DT, speaking)


def vector(name: str, share: float) -> dict[str, float]:
    look = EMOTIONS[name]
    mouth = {channel: weight * share for channel, weight in look.mouth.items()}
    return spread({**look.upper, **mouth}, 1.0)


@pytest.mark.parametrize("speaking", [False, True])
def test_no_two_emotions_look_alike(speaking: bool, bar: Callable[..., None]) -> None:
    closest = 0.0
    for one, other in combinations([name for name in EMOTIONS if name != "neutral"], 2):
        a = vector(one, EMOTIONS[one].share if speaking else 1.0)
        b = vector(other, EMOTIONS[other].share if speaking else 1.0)
        keys = sorted(a.keys() | b.keys())
        x, y = (np.array([each.get(key, 0.0) for key in keys]) for each in (a, b))
        cosine = float(x @ y / (np.linalg.norm(x) * np.linalg.norm(y)))
        closest = max(closest, cosine)
    while_ = "while speaking" if speaking else "at rest"
    bar(f"likeness of the two most alike emotions {while_}", closest, at_most=0.85)


def test_an_emotion_rises_within_the_time_that_faces_take() -> None:
    face = Face(np.random.default_rng(0))
    settle(face, 0.0, 2.0)
    face.feel("happy", 1.0, 2.0)
    values: list[float] = []
    for step in range(120):
        face.step(2.0 + step * DT, DT, False)
        values.append(weights(face).get("mouthSmileLeft", 0.0))
    low, high = values[0], max(values)
    span = high - low
    rise = next(i for i, v in enumerate(values) if v >= low + 0.9 * span) - next(
        i for i, v in enumerate(values) if v >= low + 0.1 * span
    )
    assert 12 <= rise <= 60, f"10 to 90 % in {rise * 10} ms"


def test_a_new_emotion_starts_from_what_is_displayed() -> None:
    rng = np.random.default_rng(4)
    face = Face(rng)
    names = list(EMOTIONS)
    now = 0.0
    before: dict[str, float] = {}
    for _ in range(20):
        face.feel(names[int(rng.integers(len(names)))], 1.0, now)
        for step in range(int(rng.integers(3, 60))):
            face.step(now, DT, False)
            after = weights(face)
            if before or step:
                for channel in before.keys() | after.keys():
                    jump = abs(after.get(channel, 0.0) - before.get(channel, 0.0))
                    assert jump <= 0.08, f"{channel} jumped by {jump:.2f}"
            before = after
            now += DT


def test_the_face_comes_back_to_its_baseline() -> None:
    face = Face(np.random.default_rng(1))
    face.feel("happy", 1.0, 0.0)
    settle(face, 0.0, 6.0)
    assert face.emotion == "neutral"
    assert weights(face)["mouthSmileLeft"] < 0.12


def test_surprise_never_opens_a_speaking_mouth() -> None:
    face = Face(np.random.default_rng(1))
    face.feel("surprised", 1.0, 0.0)
    settle(face, 0.0, 0.5, speaking=True)
    assert weights(face).get("jawOpen", 0.0) == pytest.approx(0.0, abs=1e-3)


def test_left_and_right_differ_a_little() -> None:
    face = Face(np.random.default_rng(1))
    face.feel("happy", 1.0, 0.0)
    settle(face, 0.0, 1.0)
    left, right = weights(face)["mouthSmileLeft"], weights(face)["mouthSmileRight"]
    assert 0.03 <= abs(left - right) / max(left, right) <= 0.13
