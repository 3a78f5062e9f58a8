"""The mouth of a sound that brings no text, beside the mouth of the same sound with its phones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from avatar_desktop.voice import overheard as ear
from avatar_desktop.voice.clip import SpeechClip
from avatar_desktop.voice.overheard import overheard
from tests.embodiment import lip_measures as measure
from tests.embodiment.lip_rivals import rival_runs
from tests.embodiment.mesh_lips import shipped_lips
from tests.makers.flite_voice import HAS_FLITE, flite_clips
from tests.makers.languages import LABIAL
from tests.makers.speech import MORE_SENTENCES, SENTENCES, spoken, spoken_in
from tests.makers.timed_voices import throat_clips

Bar = Callable[..., None]


@pytest.fixture(scope="module")
def clips(full_length: bool) -> list[SpeechClip]:
    return spoken(SENTENCES + MORE_SENTENCES if full_length else SENTENCES)


def _heard(clips: list[SpeechClip]) -> list[SpeechClip]:
    sounds = (
        np.frombuffer(clip.pcm, "<i2").astype(np.float32) / np.float32(32768) for clip in clips
    )
    return [overheard(sound, clip.rate) for sound, clip in zip(sounds, clips, strict=True)]


def _runs(clips: list[SpeechClip]) -> list[measure.Run]:
    return measure.runs(clips, "arkit", shipped_lips("wren").opening)


def _likeness(made: list[measure.Run], known: list[measure.Run]) -> float:
    """Correlation of the gaps, mean over the clips."""
    return float(
        np.mean([np.corrcoef(a.gap, b.gap)[0, 1] for a, b in zip(made, known, strict=True)])
    )


def _seals(made: list[measure.Run], clips: list[SpeechClip]) -> float:
    return measure.seal_rate_at(made, [measure.heard_closures(clip) for clip in clips])


def test_a_mouth_by_ear_is_like_the_one_that_knows_the_words(
    clips: list[SpeechClip], bar: Bar
) -> None:
    made, known = _runs(_heard(clips)), _runs(clips)
    assert {run.clip.timing for run in made} == {"estimated"}
    bar("without a text: gap like the phones' own", _likeness(made, known), at_least=0.55)
    lag, agreement = measure.sound_follows(made)
    bar("without a text: lag behind the sound", lag, at_least=-60.0, at_most=20.0, unit="ms")
    bar("without a text: gap and loudness agree", agreement, at_least=0.55, at_most=0.9)
    bar("without a text: largest step in 10 ms", measure.largest_step(made), at_most=0.35)
    bar("without a text: gap speed", measure.gap_speed(made), at_most=20.0)
    loud = rival_runs(clips, "loudness alone", shipped_lips("wren").opening)
    bar("without a text: bilabial seal", _seals(made, clips), at_least=50.0, unit="%")
    assert _seals(made, clips) > 2 * _seals(loud, clips)


def test_strange_voices_and_tongues_are_told_beside_it(full_length: bool, bar: Bar) -> None:
    """Another throat and other languages than the bars above are held on.

    They tell how far the ear carries, and are no proof of it: what it is to reach here was put down
    after a look at these very sounds, and all of them are synthetic.
    """
    texts = MORE_SENTENCES if full_length else MORE_SENTENCES[:6]
    by_tongue = spoken_in({each: list(LABIAL[each]) for each in ("it", "nl", "pt-br", "ru")})
    strange = {
        "another throat": (throat_clips(texts), 0.55),
        "four other languages": ([clip for clips in by_tongue.values() for clip in clips], 0.45),
    }
    if HAS_FLITE:
        strange["another engine"] = (flite_clips(texts), 0.5)
    for told, (clips, least) in strange.items():
        likeness = _likeness(_runs(_heard(clips)), _runs(clips))
        bar(f"without a text: gap like the phones' own, {told}", likeness, at_least=least)


def test_deaf_to_closures_it_seals_nothing(
    clips: list[SpeechClip], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ear, "_CLOSED", -90.0)
    monkeypatch.setattr(ear, "_SUNK", 90.0)
    assert _seals(_runs(_heard(clips)), clips) < 30.0


def test_deaf_to_dull_sounds_it_does_not_carry_to_other_tongues(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ear, "_DULL", 900.0)
    by_tongue = spoken_in({each: list(LABIAL[each]) for each in ("it", "nl", "pt-br", "ru")})
    clips = [clip for each in by_tongue.values() for clip in each]
    assert _likeness(_runs(_heard(clips)), _runs(clips)) < 0.45


def test_half_a_second_late_it_is_not_like_it(clips: list[SpeechClip]) -> None:
    made, known = _runs(_heard(clips)), _runs(clips)
    late = [
        replace(run, track=replace(run.track, weights=np.roll(run.track.weights, 50, axis=0)))
        for run in made
    ]
    assert _likeness(late, known) < 0.5
