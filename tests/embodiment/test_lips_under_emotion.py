"""L11 on the mesh of Wren: whatever the face feels, the lips still meet and still open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.read import read_avatar
from avatar_desktop.lips.track import MouthTrack
from avatar_desktop.performer import blend
from avatar_desktop.performer.blend import face_weights, shown_presets
from avatar_desktop.performer.emotions import EMOTIONS
from avatar_desktop.performer.face import Face, FaceState
from avatar_desktop.performer.face_map import FaceMap
from avatar_desktop.voice.clip import SpeechClip
from tests.embodiment import lip_measures as measure
from tests.embodiment.mesh_lips import MeshLips
from tests.makers.speech import SENTENCES, spoken

Floats = NDArray[np.float64]
Bar = Callable[..., None]
WREN = Path(__file__).parents[2] / "assets" / "models" / "wren" / "avatar.vrm"


@cache
def _wren() -> Avatar:
    return read_avatar(WREN)


@pytest.fixture(scope="module")
def clips() -> list[SpeechClip]:
    return spoken(SENTENCES)


@pytest.fixture(scope="module")
def lips() -> MeshLips:
    return MeshLips(_wren())


def _felt(emotion: str) -> FaceState:
    """The look of an emotion that a speaking face has come to."""
    face = Face(np.random.default_rng(1))
    face.feel(emotion, 1.0, 0.0)
    for step in range(200):
        face.step(step * 0.02, 0.02, speaking=True)
        if emotion == "surprised" and step * 0.02 > 0.5:
            break  # it passes by itself
    return face.state()


def _opening(lips: MeshLips, face_map: FaceMap, state: FaceState, track: MouthTrack) -> Floats:
    """Metres between the lips when the whole face is put together, frame by frame."""
    frames: list[NDArray[np.float32]] = []
    for row in track.weights:
        mouth = dict(zip(track.channels, row.tolist(), strict=True))
        presets = shown_presets(face_map, state, mouth)
        frames.append(
            face_weights(face_map, state, mouth, presets, closure=0.0, eyes_down=0.0, looks={})
        )
    return lips.parting(np.array(frames))


@pytest.mark.parametrize("emotion", [name for name in EMOTIONS if name != "neutral"])
def test_speech_stays_readable_under_an_emotion(
    emotion: str, clips: list[SpeechClip], lips: MeshLips, bar: Bar
) -> None:
    face_map = FaceMap(_wren())
    calm = measure.runs(clips, "arkit", partial(_opening, lips, face_map, _felt("neutral")))
    felt = measure.runs(clips, "arkit", partial(_opening, lips, face_map, _felt(emotion)))
    bar(f"L11 bilabial seal while {emotion}", measure.seal_rate(felt), at_least=95.0, unit="%")
    wide = [np.percentile(run.opening(run.track), 95) for run in felt if run.opening]
    plain = [np.percentile(run.opening(run.track), 95) for run in calm if run.opening]
    share = float(np.mean(wide) / np.mean(plain))
    bar(f"L11 opening while {emotion}, of neutral", share, at_least=0.6)


def test_an_emotion_that_may_open_the_jaw_breaks_the_seal(
    clips: list[SpeechClip], lips: MeshLips, monkeypatch: pytest.MonkeyPatch
) -> None:
    face_map, happy = FaceMap(_wren()), _felt("happy")
    open_mouthed = replace(happy, channels={**happy.channels, "jawOpen": 0.2})
    guarded = measure.runs(clips, "arkit", partial(_opening, lips, face_map, open_mouthed))
    assert measure.seal_rate(guarded) >= 95.0
    monkeypatch.setattr(blend, "_OPENERS", frozenset[str]())
    made = measure.runs(clips, "arkit", partial(_opening, lips, face_map, open_mouthed))
    assert measure.seal_rate(made) < 50.0
