"""The device's side: frames, lateness, lost time."""

import numpy as np
import pytest

from avatar_desktop.sound.clock import Anchor
from avatar_desktop.sound.mixer import RATE, Mixer

BLOCK = 480


class Device:
    """Pulls blocks like a device whose latency is 50 ms."""

    def __init__(self, mixer: Mixer) -> None:
        self.mixer = mixer
        self.first_heard = 10.05
        self.lost = 0.0
        self.frames: list[np.ndarray] = []

    def pull(self, seconds: float, *, underflow: float = 0.0) -> np.ndarray:
        self.lost += underflow
        blocks = round(seconds * RATE / BLOCK)
        for number in range(blocks):
            out = np.empty(BLOCK, np.int16)
            heard_at = self.first_heard + self.lost + len(self.frames) * BLOCK / RATE
            self.mixer.fill(out, heard_at, underflow > 0 and number == 0)
            self.frames.append(out)
        return np.concatenate(self.frames[-blocks:])


def ramp(seconds: float) -> np.ndarray:
    return np.arange(1, round(seconds * RATE) + 1, dtype=np.int16)


def test_a_sound_starts_at_its_frame_and_the_anchor_says_when_that_is_heard() -> None:
    mixer = Mixer(Anchor(2.0, 10.0))
    mixer.play(2.15, ramp(0.1))
    device = Device(mixer)
    played = device.pull(0.3)
    first = int(np.flatnonzero(played)[0])
    assert first == round(0.1 * RATE)  # the first frame is heard at 10.05, stage 2.05
    news = mixer.news()
    assert news is not None and news.position(10.15) == pytest.approx(2.15, abs=1e-6)
    assert mixer.news() is None


def test_blocks_that_fill_the_buffer_before_the_device_runs_say_nothing_about_time() -> None:
    mixer = Mixer(Anchor(2.0, 10.0))
    mixer.play(2.2, ramp(0.1))
    for _ in range(8):
        mixer.prime(np.empty(BLOCK, np.int16))
    assert mixer.news() is None
    out = np.empty(BLOCK, np.int16)
    mixer.fill(out, 10.2, False)
    assert out[:3].tolist() == [1, 2, 3]
    assert mixer.news() == Anchor(pytest.approx(2.2), pytest.approx(10.2))


def test_the_stage_waits_for_a_sound_that_comes_late() -> None:
    mixer = Mixer(Anchor(0.0, 10.05))
    device = Device(mixer)
    device.pull(0.5)
    mixer.play(0.3, ramp(0.1))
    played = device.pull(0.2)
    assert played[:4].tolist() == [1, 2, 3, 4]
    news = mixer.news()
    assert news == Anchor(0.3, pytest.approx(10.55))


def test_time_that_the_device_lost_moves_the_anchor() -> None:
    mixer = Mixer(Anchor(0.0, 10.05))
    device = Device(mixer)
    device.pull(0.5)
    assert mixer.news() is not None
    device.pull(0.5, underflow=0.2)
    news = mixer.news()
    assert mixer.underflows == 1
    assert news is not None and news.at == pytest.approx(10.25)


def test_a_cut_fades_to_silence_at_its_place() -> None:
    mixer = Mixer(Anchor(0.0, 10.05))
    device = Device(mixer)
    device.pull(0.01)
    mixer.play(0.1, np.full(RATE, 1000, np.int16))
    device.pull(0.3)
    mixer.cut(0.4, 0.03)
    played = device.pull(0.3)
    silent_from = round((0.4 - 0.31) * RATE)
    assert played[silent_from - round(0.035 * RATE)] == 1000
    assert 0 < played[silent_from - round(0.015 * RATE)] < 1000
    assert not played[silent_from:].any()
    assert mixer.is_silent()


def test_a_cut_in_the_past_fades_at_once() -> None:
    mixer = Mixer(Anchor(0.0, 10.05))
    device = Device(mixer)
    mixer.play(0.0, np.full(RATE, 1000, np.int16))
    device.pull(0.3)
    mixer.cut(0.1, 0.03)
    played = device.pull(0.1)
    assert played[0] > 900 and not played[round(0.03 * RATE) :].any()


def test_a_cut_before_the_device_runs_shortens_what_waits() -> None:
    mixer = Mixer(Anchor(0.0, 10.05))
    mixer.play(0.1, np.full(RATE, 1000, np.int16))
    mixer.play(1.2, np.full(RATE, 1000, np.int16))
    mixer.cut(0.2, 0.01)
    played = Device(mixer).pull(2.0)
    loud = np.flatnonzero(played)
    assert (loud[0], loud[-1]) == (4800, pytest.approx(9599, abs=2))
