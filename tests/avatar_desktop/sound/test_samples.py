"""Samples keep their place and their level."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_desktop.sound.samples import faded, resampled


@given(st.integers(0, 4000), st.sampled_from([8000, 16000, 22050, 24000, 44100, 48000]))
def test_resampling_keeps_the_length_in_seconds(count: int, rate: int) -> None:
    pcm = np.zeros(count, "<i2").tobytes()
    assert abs(len(resampled(pcm, rate, 48000)) - count * 48000 / rate) <= 1


def test_resampling_keeps_a_click_in_its_place() -> None:
    samples = np.zeros(22050, "<i2")
    samples[11025] = 20000
    moved = resampled(samples.tobytes(), 22050, 48000)
    assert int(np.abs(moved.astype(int)).argmax()) == pytest.approx(24000, abs=1)


def test_resampling_is_the_same_every_time() -> None:
    pcm = np.random.default_rng(1).integers(-9000, 9000, 5000).astype("<i2").tobytes()
    assert (resampled(pcm, 22050, 48000) == resampled(pcm, 22050, 48000)).all()


@given(st.integers(0, 60), st.integers(0, 100), st.integers(0, 100))
def test_a_fade_never_raises_the_level(count: int, rise: int, fall: int) -> None:
    sound = np.full(count, 1000, np.int16)
    quiet = faded(sound, rise, fall)
    assert len(quiet) == count and (quiet <= sound).all() and (quiet >= 0).all()
