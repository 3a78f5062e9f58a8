"""The lip bars once more on the meshes of the avatars that the app brings, in many languages."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from avatar_desktop.lips import rigs
from avatar_desktop.lips.rigs import RigName
from avatar_desktop.voice.clip import SpeechClip
from tests.embodiment import lip_measures as measure
from tests.embodiment.mesh_lips import SHIPPED, MeshLips, shipped_lips
from tests.makers.languages import LABIAL, TEXTS
from tests.makers.speech import MORE_SENTENCES, SENTENCES, spoken, spoken_in

Bar = Callable[..., None]
PLAYABLE: tuple[RigName, ...] = ("arkit", "oculus", "vrm")


@pytest.fixture(scope="module", params=SHIPPED)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def lips(name: str) -> MeshLips:
    return shipped_lips(name)


@pytest.fixture(scope="module")
def clips() -> list[SpeechClip]:
    return spoken(SENTENCES + MORE_SENTENCES)


@pytest.fixture(scope="module")
def by_language() -> dict[str, list[SpeechClip]]:
    return spoken_in({each: [*texts, TEXTS[each]] for each, texts in LABIAL.items()})


def test_the_mouth_is_closed_at_rest_and_opens_with_the_jaw(lips: MeshLips) -> None:
    for low, high in lips.pairs:
        parted = lips.moved({"jawOpen": 1.0})
        assert parted[high, 1] - parted[low, 1] > 0.02
        closed = lips.moved({"jawOpen": 0.5, "mouthClose": 0.5})
        assert abs(closed[high, 1] - closed[low, 1]) < 0.0005


@pytest.mark.parametrize("rig", PLAYABLE)
def test_the_lips_of_the_mesh_meet(
    clips: list[SpeechClip], lips: MeshLips, name: str, rig: RigName, bar: Bar
) -> None:
    made = measure.runs(clips, rig, lips.opening)
    assert min(measure.seal_rate(made, letters=letter) for letter in "pbm") >= 95.0
    bar(
        f"L1 bilabial seal, mesh of {name}, {rig}", measure.seal_rate(made), at_least=98.0, unit="%"
    )
    by_label = measure.seal_rate(made, by_label=True)
    told = f"L1 bilabial seal, closure from the label alone, mesh of {name}, {rig}"
    bar(told, by_label, at_least=90.0, unit="%")
    speed = measure.gap_speed(made)
    bar(f"L7 gap speed, 99th percentile, mesh of {name}, {rig}", speed, at_most=20.0)
    syllables = measure.syllable_share(made)
    told = f"L8 gap peaks per vowel, mesh of {name}, {rig}"
    bar(told, syllables, at_least=0.6, at_most=0.95)
    rested = measure.rest_rate(made)
    bar(f"L9 prepared and rested, mesh of {name}, {rig}", rested, at_least=100.0, unit="%")
    if rig != "vrm":  # five vowels have no shape for teeth on a lip
        touched = measure.labiodental_rate(made)
        bar(f"L2 labiodental contact, mesh of {name}, {rig}", touched, at_least=95.0, unit="%")


def test_a_seal_that_leaves_the_funnel_open_is_seen_on_the_mesh(
    clips: list[SpeechClip], lips: MeshLips, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_funnel = np.array([name == "mouthFunnel" for name in rigs.RIGS["arkit"].channels])
    kept = np.where(is_funnel, 0.0, rigs._PART_WHEN_SEALED)
    monkeypatch.setattr(rigs, "_PART_WHEN_SEALED", kept)
    made = measure.runs(clips, "arkit", lips.opening)
    assert min(measure.seal_rate(made, letters=letter) for letter in "pbm") < 95.0


@pytest.mark.parametrize("rig", PLAYABLE)
@pytest.mark.parametrize("language", list(LABIAL))
def test_lips_meet_and_move_smoothly_in_other_languages(
    *,
    language: str,
    by_language: dict[str, list[SpeechClip]],
    lips: MeshLips,
    name: str,
    rig: RigName,
    bar: Bar,
) -> None:
    made, told = measure.runs(by_language[language], rig, lips.opening), f"{language}, {rig}"
    sealed = measure.seal_rate(made)
    bar(f"L1 bilabial seal, mesh of {name}, {told}", sealed, at_least=98.0, unit="%")
    if rig != "vrm":
        touched = measure.labiodental_rate(made)
        bar(f"L2 labiodental contact, mesh of {name}, {told}", touched, at_least=95.0, unit="%")
    step = measure.largest_step(made)
    bar(f"L7 largest step in 10 ms, mesh of {name}, {told}", step, at_most=0.35)
    speed = measure.gap_speed(made)
    bar(f"L7 gap speed, 99th percentile, mesh of {name}, {told}", speed, at_most=20.0)


def test_lips_80_ms_late_miss_in_every_language(
    by_language: dict[str, list[SpeechClip]], lips: MeshLips
) -> None:
    for clips in by_language.values():
        made = measure.runs(clips, "arkit", lips.opening)
        assert measure.seal_rate(measure.late(made, 0.08)) < measure.seal_rate(made) - 20.0


def test_an_instant_switch_is_no_smooth_mouth_in_any_language(
    by_language: dict[str, list[SpeechClip]], lips: MeshLips
) -> None:
    for clips in by_language.values():
        made = measure.runs(clips, "arkit", lips.opening)
        hard = [np.where(run.track.weights > 0.15, 1.0, 0.0) for run in made]
        switched = measure.reshaped(made, [rows.astype(np.float32) for rows in hard])
        assert measure.gap_speed(switched) > 20.5


@pytest.mark.parametrize("rig", PLAYABLE)
def test_the_mouth_keeps_time_with_the_sound(
    clips: list[SpeechClip], lips: MeshLips, name: str, rig: RigName, bar: Bar
) -> None:
    lag, agreement = measure.sound_follows(measure.runs(clips, rig, lips.opening))
    told = f"L3 lag of the mouth behind the sound, mesh of {name}, {rig}"
    bar(told, lag, at_least=-60.0, at_most=20.0, unit="ms")
    told = f"L4 gap and loudness agree, mesh of {name}, {rig}"
    bar(told, agreement, at_least=0.55, at_most=0.9)


def test_a_mouth_60_ms_late_or_run_backwards_is_out_of_time(
    clips: list[SpeechClip], lips: MeshLips
) -> None:
    made = measure.runs(clips, "arkit", lips.opening)
    assert measure.sound_follows(measure.late(made, 0.06))[0] > 20.0
    backwards = measure.reshaped(made, [run.track.weights[::-1] for run in made])
    assert measure.sound_follows(backwards)[1] < 0.55
