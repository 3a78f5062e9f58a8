"""The lip bars, each beside the mutation that must break it.

Thirty sentences at the voice's own speed; `dev.py bars` adds a slower reading of all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from avatar_desktop.lips import coarticulation, mouth, phones
from avatar_desktop.lips.coarticulation import SHAPES
from avatar_desktop.lips.phones import visemes
from avatar_desktop.lips.rigs import RIGS, RigName
from avatar_desktop.voice.catalogue import installed_voices
from avatar_desktop.voice.clip import SpeechClip
from tests.embodiment import lip_measures as measure
from tests.makers.languages import NUMBERS, TEXTS, WITHOUT_WORDS
from tests.makers.speech import MORE_SENTENCES, SENTENCES, spoken, spoken_in

Bar = Callable[..., None]


@pytest.fixture(scope="module")
def clips(full_length: bool) -> list[SpeechClip]:
    rates = (1.0, 0.9) if full_length else (1.0,)
    return [clip for rate in rates for clip in spoken(SENTENCES + MORE_SENTENCES, rate=rate)]


@pytest.fixture(scope="module")
def arkit(clips: list[SpeechClip]) -> list[measure.Run]:
    return measure.runs(clips, "arkit")


@pytest.fixture(scope="module")
def oculus(clips: list[SpeechClip]) -> list[measure.Run]:
    return measure.runs(clips, "oculus")


@pytest.mark.parametrize("rig", list(RIGS))
def test_lips_meet_on_every_p_b_and_m(clips: list[SpeechClip], rig: RigName, bar: Bar) -> None:
    made = measure.runs(clips, rig)
    worst = min(measure.seal_rate(made, letters=letter) for letter in "pbm")
    assert worst >= 95.0
    bar(f"L1 bilabial seal, {rig}", measure.seal_rate(made), at_least=98.0, unit="%")


def test_lips_meet_where_the_label_alone_puts_the_closure(
    arkit: list[measure.Run], bar: Bar
) -> None:
    rate = measure.seal_rate(arkit, by_label=True)
    bar("L1 bilabial seal, closure from the label alone, arkit", rate, at_least=90.0, unit="%")


@pytest.mark.parametrize("rig", list(RIGS))
def test_the_seal_by_the_plainer_rules_is_told_beside_it(
    clips: list[SpeechClip], rig: RigName, bar: Bar
) -> None:
    """Rules that take the quiet of another sound, or the hum of a b, for a p or b."""
    made = measure.runs(clips, rig)
    quiet = [measure.heard_closures(clip, anywhere=True) for clip in clips]
    told = f"L1 bilabial seal, quiet of any sound from 80 ms before the label, {rig}"
    bar(told, measure.seal_rate_at(made, quiet), at_least=90.0, unit="%")
    labels = [measure.labelled_closures(clip, "pbm") for clip in clips]
    told = f"L1 bilabial seal, closure from the label alone with every b, {rig}"
    bar(told, measure.seal_rate_at(made, labels), at_least=80.0, unit="%")
    late = measure.late(made, 0.08)
    assert measure.seal_rate_at(late, quiet) < 70.0
    assert measure.seal_rate_at(late, labels) < 70.0


def test_a_mouth_80_ms_late_breaks_the_seal(arkit: list[measure.Run]) -> None:
    assert measure.seal_rate(measure.late(arkit, 0.08)) < 70.0


def test_a_mouth_without_seals_breaks_the_seal(
    clips: list[SpeechClip], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mouth, "closures", lambda clip: [])
    assert measure.seal_rate(measure.runs(clips, "arkit")) < 70.0


@pytest.mark.parametrize("rig", ["arkit", "oculus"])
def test_the_lip_meets_the_teeth_on_f_and_v(
    clips: list[SpeechClip], rig: RigName, bar: Bar
) -> None:
    rate = measure.labiodental_rate(measure.runs(clips, rig))
    bar(f"L2 labiodental contact, {rig}", rate, at_least=95.0, unit="%")


def test_dropping_the_tuck_breaks_the_labiodentals(oculus: list[measure.Run]) -> None:
    column = oculus[0].track.channels.index("viseme_FF")
    flat = [
        np.where(np.arange(run.track.weights.shape[1]) == column, 0.0, run.track.weights)
        for run in oculus
    ]
    without = measure.reshaped(oculus, [rows.astype(np.float32) for rows in flat])
    assert measure.labiodental_rate(without) == 0.0


def test_the_mouth_shows_a_sound_before_the_ear_hears_it(
    oculus: list[measure.Run], bar: Bar
) -> None:
    leads, missing = measure.onset_leads(oculus)
    median, late = float(np.median(leads)), float(np.percentile(leads, 90))
    bar("L5 visible onset, median", median, at_least=-80.0, at_most=-10.0, unit="ms")
    bar("L5 visible onset, 90th percentile", late, at_most=20.0, unit="ms")
    bar("L5 visemes that never show", missing, at_most=1.0, unit="%")


def test_a_mouth_80_ms_late_is_seen_late(oculus: list[measure.Run]) -> None:
    leads, _ = measure.onset_leads(measure.late(oculus, 0.08))
    assert np.median(leads) > -10.0


def test_without_look_ahead_lips_round_too_late(
    clips: list[SpeechClip], monkeypatch: pytest.MonkeyPatch
) -> None:
    short = {name: replace(each, onset=0.03) for name, each in phones.VISEMES.items()}
    monkeypatch.setattr(coarticulation, "VISEMES", short)
    assert measure.anticipation_rate(measure.runs(clips, "arkit")) < 60.0


def test_lips_round_before_a_rounded_sound(arkit: list[measure.Run], bar: Bar) -> None:
    bar("L6 rounding anticipation", measure.anticipation_rate(arkit), at_least=60.0, unit="%")


@pytest.mark.parametrize("rig", list(RIGS))
def test_the_mouth_moves_smoothly(clips: list[SpeechClip], rig: RigName, bar: Bar) -> None:
    made = measure.runs(clips, rig)
    bar(f"L7 largest step in 10 ms, {rig}", measure.largest_step(made), at_most=0.35)
    if rig in ("arkit", "oculus"):
        bar(f"L7 gap speed, 99th percentile, {rig}", measure.gap_speed(made), at_most=20.0)


def test_an_instant_switch_is_no_smooth_mouth(oculus: list[measure.Run]) -> None:
    hard = [
        (run.track.weights == run.track.weights.max(axis=1, keepdims=True)).astype(np.float32)
        for run in oculus
    ]
    switched = measure.reshaped(oculus, hard)
    assert measure.largest_step(switched) > 0.35
    assert measure.gap_speed(switched) > 20.0


def test_an_over_smooth_mouth_loses_syllables(arkit: list[measure.Run]) -> None:
    smooth = measure.smoothed(arkit, 0.12)
    assert measure.syllable_share(smooth) < 0.6


def test_the_mouth_opens_for_the_syllables(arkit: list[measure.Run], bar: Bar) -> None:
    share = measure.syllable_share(arkit)
    bar("L8 gap peaks per vowel", share, at_least=0.6, at_most=0.95)


@pytest.mark.parametrize("rig", list(RIGS))
def test_the_mouth_prepares_and_comes_to_rest(
    clips: list[SpeechClip], rig: RigName, bar: Bar
) -> None:
    rate = measure.rest_rate(measure.runs(clips, rig))
    bar(f"L9 prepared, rested in pauses and at the end, {rig}", rate, at_least=100.0, unit="%")


@pytest.mark.parametrize("rig", ["vrm", "jaw"])
def test_faces_that_only_open_are_told_with_closed_beginnings(
    clips: list[SpeechClip], rig: RigName, bar: Bar
) -> None:
    rate = measure.rest_rate(measure.runs(clips, rig), all_beginnings=True)
    told = f"L9 prepared and rested, closed beginnings asked to open, {rig}"
    bar(told, rate, at_least=85.0, unit="%")


def test_a_last_viseme_left_standing_breaks_the_rest(arkit: list[measure.Run]) -> None:
    held: list[measure.Run] = []
    for run in arkit:
        rows = run.track.weights.copy()
        end = run.rows(0.0, measure.sounding(run.clip)[-1][0]).stop
        rows[end:] = rows[int(rows[:end, 0].argmax())]
        held.append(replace(run, track=replace(run.track, weights=rows)))
    assert measure.rest_rate(held) < 70.0


@pytest.fixture(scope="module")
def by_language() -> dict[str, list[SpeechClip]]:
    return spoken_in({language: [text, NUMBERS] for language, text in TEXTS.items()})


@pytest.mark.parametrize("language", list(TEXTS))
def test_every_phone_of_a_language_has_a_shape(
    language: str, by_language: dict[str, list[SpeechClip]], bar: Bar
) -> None:
    shaped = measure.shaped_phones(by_language[language])
    assert len(shaped) >= 150
    share = 100.0 * float(np.mean(shaped))
    bar(f"L10 phone coverage, {language}", share, at_least=99.5, unit="%")


def test_every_language_of_the_voice_has_its_shapes(full_length: bool, bar: Bar) -> None:
    """What a language calls its numbers is text that every one has."""
    languages = ["ky", "uz", "lb"]  # these write some sounds in letters of their own
    if full_length:
        languages = [voice.language for voice in installed_voices()]
    texts = {each: [NUMBERS] for each in languages if each not in WITHOUT_WORDS}
    shaped = {each: measure.shaped_phones(clips) for each, clips in spoken_in(texts).items()}
    covered = {each: 100.0 * float(np.mean(marks)) for each, marks in shaped.items() if marks}
    assert len(covered) >= 0.95 * len(texts)
    worst = min(covered, key=lambda each: covered[each])
    name = "L10 phone coverage, worst of every language of the built-in voice"
    bar(name, covered[worst], at_least=99.5, unit="%")


def test_a_table_without_the_front_rounded_row_loses_coverage(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    poorer = {k: v for k, v in phones._TABLE.items() if k not in ("y", "ø", "œ", "ʏ")}
    visemes.cache_clear()
    monkeypatch.setattr(phones, "_TABLE", poorer)
    (clip,) = spoken([TEXTS["de"]], voice="de")
    missing = [phone.ipa for phone in clip.phones if visemes(phone.ipa) is None]
    visemes.cache_clear()
    assert missing


def test_the_shapes_are_those_of_the_table() -> None:
    assert len(SHAPES) == len(set(SHAPES)) == 20
