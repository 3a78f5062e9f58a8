"""A sound without a text: whatever it is, phones fill it, and vowels are known from hisses."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from avatar_desktop.voice.overheard import overheard
from tests.makers.speech import spoken

NOISE = np.random.default_rng(2).normal(0.0, 0.1, 30_000).astype(np.float32)


@pytest.mark.parametrize(
    "sound",
    [
        NOISE,
        np.zeros(20_000, np.float32),
        np.zeros(0, np.float32),
        NOISE[:9],
        np.full(9_000, np.nan, np.float32),
        np.ones(9_000, np.float32) * 50,
    ],
)
@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 48_000])
def test_phones_fill_any_sound(sound: np.ndarray, rate: int) -> None:
    clip = overheard(sound, rate)
    assert clip.timing == "estimated" and clip.samples == len(sound)
    assert all(a.end == b.start for a, b in pairwise(clip.phones))
    if clip.phones:
        assert clip.phones[0].start == 0 and clip.phones[-1].end == len(sound)


def test_silence_says_nothing() -> None:
    assert {phone.ipa for phone in overheard(np.zeros(20_000, np.float32), 16_000).phones} <= {""}


def test_open_vowels_closures_and_hisses_are_told_apart() -> None:
    (true,) = spoken(["Papa saw six sharp apples."])
    sound = np.frombuffer(true.pcm, "<i2").astype(np.float32) / np.float32(32768)
    heard = overheard(sound, true.rate)

    def at(letters: str) -> list[str]:
        middles = [(p.start + p.end) // 2 for p in true.phones if p.ipa and p.ipa[0] in letters]
        return [next(p.ipa for p in heard.phones if p.start <= m < p.end) for m in middles]

    assert at("s").count("s") >= 3
    assert sum(name in ("a", "ə", "ɔ", "ɛ") for name in at("ɑæɔ")) >= 3
