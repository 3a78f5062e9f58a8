"""Times by ear: another throat at another speed is followed, and nonsense is called estimated."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from avatar_desktop.voice.alignment import Times, fitted
from avatar_desktop.voice.engines.espeak import EspeakEngine, Reading
from avatar_desktop.voice.engines.finish import times_by_ear
from tests.makers.one_espeak import one_espeak
from tests.makers.speech import SENTENCES


def never() -> bool:
    return False


@pytest.fixture(scope="module")
def espeak() -> EspeakEngine:
    return one_espeak()


def read(espeak: EspeakEngine, text: str, voice: str, speed: int = 175) -> Reading:
    reading = espeak.read(text, voice, never, speed=speed)
    assert reading is not None
    return reading


def samples(reading: Reading) -> np.ndarray:
    return np.frombuffer(reading.pcm, "<i2").astype(np.float32) / np.float32(32768)


def by_ear(espeak: EspeakEngine, text: str, sound: np.ndarray, rate: int) -> Times:
    times = times_by_ear(espeak, text, "en-us", sound, rate, is_cancelled=never)
    assert times is not None
    return times


def errors(truth: Reading, times: Times) -> list[float]:
    ours = [phone.start for phone in times.phones if phone.ipa]
    theirs = [phone.start for phone in truth.phones if phone.ipa]
    assert len(ours) == len(theirs)
    return [abs(a - b) / truth.rate * 1000 for a, b in zip(ours, theirs, strict=True)]


def test_other_throats_at_other_speeds_are_followed(
    espeak: EspeakEngine, bar: Callable[..., None], full_length: bool
) -> None:
    found: list[float] = []
    for voice, speed in (("en-us+f3", 150), ("en-us+m3", 210), ("en-us+whisper", 175)):
        for text in SENTENCES if full_length else SENTENCES[:3]:
            truth = read(espeak, text, voice, speed)
            times = by_ear(espeak, text, samples(truth), truth.rate)
            assert times.timing == "aligned"
            found += errors(truth, times)
    bar("times by ear, mean error", float(np.mean(found)), at_most=8, unit="ms")
    bar("times by ear, 90 % within", float(np.quantile(found, 0.9)), at_most=16, unit="ms")


def test_a_stretch_alone_would_be_seen(espeak: EspeakEngine) -> None:
    """The mutation: without the ear, a voice that hurries at the end is far off."""
    text = SENTENCES[0]
    plain = read(espeak, text, "en-us")
    slow, quick = read(espeak, text[:22], "en-us", 120), read(espeak, text[22:], "en-us", 260)
    sound = np.concatenate((samples(slow), samples(quick)))
    starts = [p.start for p in slow.phones if p.ipa]
    starts += [p.start + len(samples(slow)) for p in quick.phones if p.ipa]

    def error(times: Times) -> float:
        ours = [phone.start for phone in times.phones if phone.ipa]
        assert len(ours) == len(starts)
        return float(np.abs(np.subtract(ours, starts)).mean()) / plain.rate * 1000

    whole = Times(plain.phones, plain.marks)
    assert error(whole.stretched(len(sound) / len(samples(plain)), len(sound))) > 100
    assert error(by_ear(espeak, text, sound, plain.rate)) < 40


def test_phones_fill_the_sound_whatever_it_is(espeak: EspeakEngine) -> None:
    noise = np.random.default_rng(3).normal(size=40_000).astype(np.float32) * np.float32(0.1)
    for sound in (noise, np.zeros(30_000, np.float32), noise[:700], np.zeros(0, np.float32)):
        times = by_ear(espeak, SENTENCES[1], sound, 22_050)
        assert times.timing == "estimated"
        assert not times.phones or times.phones[-1].end == len(sound)
        assert all(a.end == b.start for a, b in pairwise(times.phones))
        assert all(phone.start < phone.end for phone in times.phones)


def test_silence_around_the_speech_moves_its_times(espeak: EspeakEngine) -> None:
    reading = read(espeak, SENTENCES[2], "en-us")
    rate, sound = reading.rate, samples(reading)
    times = Times(reading.phones, reading.marks)
    late = fitted(np.concatenate((np.zeros(rate, np.float32), sound)), rate, sound, rate, times)
    first = next(phone.start for phone in reading.phones if phone.ipa)
    moved = next(phone.start for phone in late.phones if phone.ipa)
    assert moved - first == pytest.approx(rate, abs=rate * 0.03)
