"""L11 on the mesh: whatever the face feels, and whatever its file asks for, lips meet and open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial

import numpy as np
import pytest

from avatar_desktop.avatar.expression import Override
from avatar_desktop.lips.rigs import RigName
from avatar_desktop.performer import blend
from avatar_desktop.performer.emotions import EMOTIONS
from avatar_desktop.performer.face import FaceState
from avatar_desktop.voice.clip import SpeechClip, Timing
from tests.embodiment import lip_measures as measure
from tests.embodiment.felt_lips import FeltFace, felt, five_vowels
from tests.embodiment.mesh_lips import SHIPPED, shipped_avatar, shipped_lips
from tests.makers.speech import MORE_SENTENCES, SENTENCES, spoken
from tests.makers.timed_voices import piper_clips, retimed, throat_clips

Bar = Callable[..., None]
FELT = [name for name in EMOTIONS if name != "neutral"]
OVERRIDES: tuple[Override, ...] = ("none", "blend", "block")


@cache
def _face(name: str, override: Override | None, open_mouthed: float = 0.0) -> FeltFace:
    """An avatar as it is, or as a face of five vowels whose presets ask for an override."""
    avatar, lips = shipped_avatar(name), shipped_lips(name)
    if override is None:
        return FeltFace(avatar, lips)
    return FeltFace(five_vowels(avatar, override, open_mouthed=open_mouthed), lips)


@pytest.fixture(scope="module")
def clips(full_length: bool) -> list[SpeechClip]:
    return spoken(SENTENCES + MORE_SENTENCES if full_length else SENTENCES[:3])


def _made(
    clips: list[SpeechClip], rig: RigName, face: FeltFace, state: FaceState
) -> list[measure.Run]:
    return measure.runs(clips, rig, partial(face.opening, state))


def _width(made: list[measure.Run]) -> float:
    """95th percentile of the opening, mean of the clips."""
    return float(np.mean([np.percentile(r.opening(r.track), 95) for r in made if r.opening]))


def _hold(made: list[measure.Run], plain: list[measure.Run], name: str, bar: Bar) -> None:
    bar(f"L11 bilabial seal {name}", measure.seal_rate(made), at_least=95.0, unit="%")
    bar(f"L11 opening {name}, of neutral", _width(made) / _width(plain), at_least=0.6)


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("rig", ["arkit", "oculus"])
@pytest.mark.parametrize("emotion", FELT)
def test_speech_stays_readable_under_an_emotion(
    emotion: str, rig: RigName, name: str, clips: list[SpeechClip], bar: Bar
) -> None:
    plain = _made(clips, rig, _face(name, None), felt("neutral"))
    made = _made(clips, rig, _face(name, None), felt(emotion))
    _hold(made, plain, f"while {emotion}, mesh of {name}, {rig}", bar)


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("override", OVERRIDES)
@pytest.mark.parametrize("emotion", FELT)
def test_speech_stays_readable_whatever_a_preset_asks_for(
    emotion: str, override: Override, name: str, clips: list[SpeechClip], bar: Bar
) -> None:
    plain = _made(clips, "vrm", _face(name, override), felt("neutral"))
    made = _made(clips, "vrm", _face(name, override), felt(emotion))
    _hold(made, plain, f"while {emotion}, mesh of {name}, five vowels, {override}", bar)


@pytest.fixture(scope="module", params=["exact", "aligned", "estimated"])
def voice(
    request: pytest.FixtureRequest, full_length: bool, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, list[SpeechClip]]:
    """A neural voice, and a strange one that is timed by ear or by guess."""
    texts = SENTENCES + MORE_SENTENCES if full_length else SENTENCES[:3]
    timing: Timing = request.param
    if timing == "exact":
        return "a made-up Piper voice", piper_clips(tmp_path_factory.mktemp("voices"), texts)
    return f"times {timing}", retimed(throat_clips(texts), texts, timing)


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("rig", ["arkit", "oculus", "vrm"])
def test_an_emotion_breaks_the_speech_of_no_voice(
    voice: tuple[str, list[SpeechClip]], rig: RigName, name: str, full_length: bool, bar: Bar
) -> None:
    told, clips = voice
    plain = _made(clips, rig, _face(name, None), felt("neutral"))
    for emotion in FELT if full_length else ("angry", "sad", "excited"):
        made = _made(clips, rig, _face(name, None), felt(emotion))
        _hold(made, plain, f"while {emotion}, {told}, mesh of {name}, {rig}", bar)


@pytest.mark.parametrize("override", OVERRIDES)
def test_a_preset_that_opens_the_mouth_leaves_it_to_speech(
    override: Override, clips: list[SpeechClip]
) -> None:
    for emotion in ("happy", "angry", "excited"):
        made = _made(clips, "vrm", _face("wren", override, 0.4), felt(emotion))
        assert measure.seal_rate(made) >= 95.0


def test_a_preset_that_may_open_the_mouth_breaks_the_seal(
    clips: list[SpeechClip], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blend, "PARTED_MOST", 10.0)
    made = _made(clips, "vrm", _face("wren", "none", 0.4), felt("happy"))
    assert measure.seal_rate(made) < 50.0


def test_presets_without_a_cap_take_the_mouth(
    clips: list[SpeechClip], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = _made(clips, "vrm", _face("wren", "blend"), felt("neutral"))
    monkeypatch.setattr(blend, "PRESET_CAP_SPEAKING", 1.0)
    monkeypatch.setattr(blend, "BLEND_CAP_SPEAKING", 1.0)
    assert _width(_made(clips, "vrm", _face("wren", "blend"), felt("excited"))) < 0.6 * _width(
        plain
    )


def test_an_emotion_that_may_open_the_jaw_breaks_the_seal(
    clips: list[SpeechClip], monkeypatch: pytest.MonkeyPatch
) -> None:
    happy = felt("happy")
    open_mouthed = replace(happy, channels={**happy.channels, "jawOpen": 0.2})
    assert measure.seal_rate(_made(clips, "arkit", _face("wren", None), open_mouthed)) >= 95.0
    of_mouth = blend._part  # pyright: ignore[reportPrivateUsage]
    monkeypatch.setattr(blend, "_part", lambda key: of_mouth(key).replace("opener", ""))
    assert measure.seal_rate(_made(clips, "arkit", _face("wren", None), open_mouthed)) < 50.0


def test_a_seal_on_five_vowels_does_not_let_the_emotion_back_in() -> None:
    """Between two sounds every vowel is 0; the preset must not come up for that moment."""
    happy = felt("happy")
    face = _face("wren", "block")
    shut = blend.shown_presets(face.face_map, happy)
    assert max(shut.values()) < 0.01
    assert blend.shown_presets(face.face_map, replace(happy, speaking=0.0))["happy"] > 0.5
