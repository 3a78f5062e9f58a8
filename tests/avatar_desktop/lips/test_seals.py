from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from avatar_desktop.lips.seals import closures
from avatar_desktop.voice.clip import Phone, SpeechClip

RATE = 16_000
Sound = tuple[str, float, float]
"""A phone, how long it lasts in seconds, and how loud it is; "+" goes on with the one before."""


def _clip(sounds: Sequence[Sound]) -> SpeechClip:
    edges = np.cumsum([0.0, *(seconds for _, seconds, _ in sounds)]) * RATE
    starts = edges.round().astype(int).tolist()
    loud = np.repeat([loud for *_, loud in sounds], np.diff(starts))
    hum = loud * np.sin(np.arange(starts[-1]) * (2 * np.pi * 400 / RATE))
    named = [
        (start, name) for (name, *_), start in zip(sounds, starts, strict=False) if name != "+"
    ]
    ends = [start for start, _ in named[1:]] + [starts[-1]]
    phones = tuple(Phone(a, b, name, 0) for (a, name), b in zip(named, ends, strict=True))
    pcm = (hum * 32767).astype("<i2").tobytes()
    return SpeechClip("made", "made", 0, True, RATE, pcm, phones, (), "exact", 0.1)


def test_lips_that_meet_twice_in_haste_open_for_the_vowel_between() -> None:
    (first, second) = closures(
        _clip([("a", 0.1, 0.5), ("b", 0.06, 0.0), ("i", 0.05, 0.5), ("b", 0.06, 0.0)])
    )
    assert first[1] < second[0]
    together = closures(_clip([("a", 0.1, 0.5), ("p", 0.06, 0.0), ("m", 0.06, 0.2)]))
    assert len(together) == 1


def test_the_quiet_of_the_stop_before_is_not_the_lips_own() -> None:
    (span,) = closures(
        _clip([("u", 0.1, 0.5), ("d", 0.05, 0.02), ("+", 0.012, 0.4), ("b", 0.05, 0.02)])
    )
    assert span == pytest.approx((0.162, 0.212), abs=0.01)


def test_a_stop_in_utter_silence_has_its_label() -> None:
    (span,) = closures(_clip([("", 0.2, 0.0), ("p", 0.1, 0.0), ("", 0.2, 0.0)]))
    assert span[0] < 0.2 < span[1] < 0.3
