"""What every face of ours keeps to, on its moved mesh; each promise with a breach of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import product

import numpy as np
import pytest

from avatar_desktop.performer.emotions import EMOTIONS, spread
from tests.assets import face_measures as measure
from tests.assets.face_geometry import AVATARS, SIDES, FaceMesh, face_mesh

Bar = Callable[..., None]
FREQUENT_VISEMES = (  # by how much of English speech they take
    "sil", "I", "aa", "nn", "DD", "E", "SS", "kk", "O", "RR", "PP", "U", "TH", "FF", "CH",
)  # fmt: skip
FREQUENT_EMOTIONS = (
    "neutral", "happy", "calm", "thoughtful", "excited",
    "concerned", "confused", "surprised", "sad", "angry",
)  # fmt: skip


@cache
def _loaded(name: str) -> FaceMesh:
    return face_mesh(name)


@pytest.fixture(params=AVATARS)
def face(request: pytest.FixtureRequest) -> FaceMesh:
    return _loaded(request.param)


def _shapes(face: FaceMesh) -> list[str]:
    return [name for name in face.moves if not name.startswith("viseme_")]


def _twin(name: str) -> str:
    left = name.endswith("Left")
    if not left and not name.endswith("Right"):
        return name
    return name.removesuffix("Left" if left else "Right") + ("Right" if left else "Left")


def _worn(name: str) -> dict[str, float]:
    """A shape alone; the lips can only be closed over an open jaw."""
    return {name: 1.0, "jawOpen": 1.0} if name == "mouthClose" else {name: 1.0}


def _blink(closed: float) -> dict[str, float]:
    return {f"eyeBlink{side}": closed for side in SIDES}


def _combinations(full_length: bool) -> list[dict[str, float]]:
    """Visemes x emotions x blink, the most frequent first: rank times rank, blinks last."""
    ranked = sorted(
        product(range(len(FREQUENT_VISEMES)), range(len(FREQUENT_EMOTIONS)), (0, 1)),
        key=lambda each: (each[0] + 1) * (each[1] + 1) * (1 + 5 * each[2]),
    )
    return [_together(*each) for each in ranked[: None if full_length else 40]]


def _together(viseme: int, emotion: int, blink: int) -> dict[str, float]:
    look = EMOTIONS[FREQUENT_EMOTIONS[emotion]]
    speaking = FREQUENT_VISEMES[viseme] != "sil"
    share = look.share if speaking else 1.0
    mouth = {name: weight * share for name, weight in look.mouth.items()}
    weights = spread(look.upper | mouth, 1.0) | {f"viseme_{FREQUENT_VISEMES[viseme]}": 1.0}
    for name in _blink(1.0) if blink else ():  # a blink takes the place of other lids
        weights |= {name: 1.0}
        weights |= {lid + name[8:]: 0.0 for lid in ("eyeSquint", "eyeWide")}
    return weights


def test_a_shape_leaves_the_rest_of_the_face_still(face: FaceMesh, bar: Bar) -> None:
    worst = max(measure.stray(face, name) for name in _shapes(face))
    bar("furthest a shape moves another part of the face", worst * 100, at_most=3.0, unit="%")


def test_a_brow_that_pulls_the_mouth_along_is_seen(face: FaceMesh) -> None:
    pulled = face.moves["browInnerUp"].copy()
    pulled[face.lips[0, 0]] += 0.1 * pulled[face.size("browInnerUp").argmax()]
    assert measure.stray(face.but(browInnerUp=pulled), "browInnerUp") > 0.03


def test_left_and_right_are_mirror_pictures(face: FaceMesh, bar: Bar) -> None:
    worst = max(measure.leaning(face, name, _twin(name)) for name in _shapes(face))
    bar("difference between a shape and its mirror", worst * 100, at_most=1.0, unit="%")


def test_a_lopsided_smile_is_seen(face: FaceMesh) -> None:
    askew = face.but(mouthSmileLeft=face.moves["mouthSmileLeft"] * 1.03)
    assert measure.leaning(askew, "mouthSmileLeft", "mouthSmileRight") > 0.01


def test_lips_meet_and_never_cross_however_wide_the_jaw(face: FaceMesh, bar: Bar) -> None:
    gaps = [
        measure.lip_gaps(face, {"jawOpen": jaw, "mouthClose": jaw})
        for jaw in np.linspace(0.0, 1.0, 41)
    ]
    bar("lips apart when mouthClose = jawOpen", np.max(gaps) * 100, at_most=1.5, unit="% of width")
    bar("lips crossed at the same", -np.min(gaps) * 100, at_most=1.0, unit="% of width")
    assert measure.lip_gaps(face, {"jawOpen": 1.0}).max() > 0.15


@pytest.mark.parametrize("share", [0.9, 1.1])
def test_lips_that_do_not_follow_the_jaw_are_seen(face: FaceMesh, share: float) -> None:
    other = face.but(mouthClose=face.moves["mouthClose"] * share)
    gaps = measure.lip_gaps(other, {"jawOpen": 1.0, "mouthClose": 1.0})
    assert gaps.max() > 0.015 or gaps.min() < -0.01


@pytest.mark.parametrize("closed", [0.0, 0.25, 0.5, 0.75, 1.0])
def test_lids_close_on_the_ball_and_never_cut_it(face: FaceMesh, closed: float, bar: Bar) -> None:
    over = measure.lid_clearance(face, _blink(closed)).min()
    bar(f"lids over the ball, {closed:g} closed", over * 100, at_least=0.0, unit="% of its radius")


def test_a_closed_eye_hides_its_ball(face: FaceMesh, bar: Bar) -> None:
    bare = measure.seen_of_ball(face, _blink(1.0))
    bar("ball left bare by a blink", bare * 100, at_most=1.0, unit="%")
    assert measure.seen_of_ball(face, _blink(0.5)) > 0.1


def test_lids_on_a_straight_way_down_are_seen(face: FaceMesh) -> None:
    """The chord of the ball: the way from open to shut without the ball giving way."""
    still = {
        f"eyeBlink{side}": np.where(np.logical_or(*face.balls)[:, None], 0.0, move)
        for side, move in ((side, face.moves[f"eyeBlink{side}"]) for side in SIDES)
    }
    sunk = {
        name: move + np.array([0.0, 0.0, -0.02]) * _lids(face, move) for name, move in still.items()
    }
    assert measure.lid_clearance(face.but(**sunk), _blink(0.5)).min() < -0.005


def _lids(face: FaceMesh, move: np.ndarray) -> np.ndarray:
    return (np.linalg.norm(move, axis=1) > 0.3 * np.abs(move).max())[:, None]


def test_the_tongue_reaches_the_teeth(face: FaceMesh, bar: Bar) -> None:
    short = measure.tongue_short_of(face, "viseme_TH")
    bar("tongue behind the teeth's front in TH", short * 100, at_most=0.0, unit="% of width")
    away = measure.tongue_apart_from_teeth(face, "viseme_nn")
    bar("tongue away from the teeth in L and N", away * 100, at_most=6.0, unit="% of width")


def test_a_tongue_that_stays_down_is_seen(face: FaceMesh) -> None:
    still = {
        name: np.where(face.tongue[:, None], face.moves["jawOpen"] * 0.15, face.moves[name])
        for name in ("viseme_TH", "viseme_nn")
    }
    lazy = face.but(**still)
    assert measure.tongue_short_of(lazy, "viseme_TH") > 0.0
    assert measure.tongue_apart_from_teeth(lazy, "viseme_nn") > 0.06


def test_no_single_shape_turns_the_skin_over(face: FaceMesh, bar: Bar) -> None:
    worst = max(measure.folded(face, _worn(name)) for name in face.moves)
    bar("triangles that a single shape turns over", worst, at_most=0)


def test_no_common_face_turns_the_skin_over(face: FaceMesh, full_length: bool, bar: Bar) -> None:
    worst = max(measure.folded(face, each) for each in _combinations(full_length))
    bar("triangles that speech, mood and blink turn over together", worst, at_most=0)


def test_a_smile_three_times_too_strong_folds(face: FaceMesh) -> None:
    assert measure.folded(face, {"mouthSmileLeft": 4.0, "mouthPucker": 3.0}) > 0
