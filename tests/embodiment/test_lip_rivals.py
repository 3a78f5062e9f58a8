"""What the lip bars say of the usual ways to move a mouth: they must tell them from ours."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from avatar_desktop.voice.clip import SpeechClip
from tests.embodiment import lip_measures as measure
from tests.embodiment.lip_rivals import RIVALS, rival_runs
from tests.embodiment.mesh_lips import shipped_lips
from tests.makers.speech import MORE_SENTENCES, SENTENCES, spoken

Note = Callable[[str, object], None]
OURS = "ours"


@pytest.fixture(scope="module")
def clips(full_length: bool) -> list[SpeechClip]:
    return spoken(SENTENCES + MORE_SENTENCES if full_length else SENTENCES)


def _scores(made: list[measure.Run]) -> dict[str, float]:
    """Every lip bar that this kind of face can be asked for."""
    lag, agreement = measure.sound_follows(made)
    found = {
        "L1 bilabial seal, %": measure.seal_rate(made),
        "L3 lag behind the sound, ms": lag,
        "L4 gap and loudness agree": agreement,
        "L7 largest step in 10 ms": measure.largest_step(made),
        "L7 gap speed, 99th percentile": measure.gap_speed(made),
        "L8 gap peaks per vowel": measure.syllable_share(made),
        "L9 prepared and rested, %": measure.rest_rate(made),
    }
    if made[0].rig == "oculus":
        leads, missing = measure.onset_leads(made)
        found["L2 labiodental contact, %"] = measure.labiodental_rate(made)
        found["L5 visible onset, median, ms"] = float(np.median(leads))
        found["L5 visible onset, 90th percentile, ms"] = float(np.percentile(leads, 90))
        found["L5 visemes that never show, %"] = missing
    return found


def _held(scores: dict[str, float]) -> bool:
    """Whether all of these are at their targets."""
    return (
        scores["L1 bilabial seal, %"] >= 98.0
        and scores.get("L2 labiodental contact, %", 100.0) >= 95.0
        and -60.0 <= scores["L3 lag behind the sound, ms"] <= 20.0
        and 0.55 <= scores["L4 gap and loudness agree"] <= 0.9
        and scores.get("L5 visible onset, 90th percentile, ms", 0.0) <= 20.0
        and scores["L7 largest step in 10 ms"] <= 0.35
        and scores["L7 gap speed, 99th percentile"] <= 20.0
        and 0.6 <= scores["L8 gap peaks per vowel"] <= 0.95
        and scores["L9 prepared and rested, %"] >= 100.0
    )


def _note(note: Note, name: str, scores: dict[str, float]) -> None:
    for bar, score in scores.items():
        note("beside", [bar, name, score])


def test_our_mouth_is_at_every_target(clips: list[SpeechClip], record_property: Note) -> None:
    scores = _scores(measure.runs(clips, "oculus", shipped_lips("wren").opening))
    _note(record_property, OURS, scores)
    assert _held(scores)


@pytest.mark.parametrize("name", list(RIVALS))
def test_no_usual_way_is(clips: list[SpeechClip], name: str, record_property: Note) -> None:
    scores = _scores(rival_runs(clips, name, shipped_lips("wren").opening))
    _note(record_property, name, scores)
    assert not _held(scores)
    assert scores["L1 bilabial seal, %"] < 90.0
