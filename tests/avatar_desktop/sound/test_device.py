"""The live player against a real device (a null sink), a dead audio process and no device."""

import asyncio
import logging
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from avatar_desktop.sound.device import RESTARTING, LivePlayer, missing_sentence
from avatar_desktop.sound.samples import resampled
from avatar_desktop.workers.supervisor import Status
from tests.makers.null_sink import OTHER, Recorder, another_sink, place_of, recording

RATE = 48000
FRAME_SECONDS = 1 / 60


def voice_like(seconds: float, rate: int = 22050) -> bytes:
    """Noise with syllables: it correlates with itself at one place only."""
    count = int(seconds * rate)
    noise = np.random.default_rng(7).normal(0, 4000, count)
    syllables = 0.5 + 0.5 * np.sin(np.arange(count) / rate * 2 * np.pi * 4)
    smooth = np.convolve(noise * syllables, np.ones(8) / 8, "same")
    return smooth.astype("<i2").tobytes()


class Live:
    """A player and what became of it, looked at once a frame."""

    def __init__(self) -> None:
        self.troubles: list[str] = []
        self.looks: list[tuple[float, float]] = []
        self.mended: list[str] = []
        self.player = LivePlayer(
            self.troubles.append, on_status=self._note, on_mended=self.mended.append
        )
        self.statuses: list[Status] = []

    def _note(self, status: Status) -> None:
        if hasattr(self, "statuses"):
            self.statuses.append(status)

    async def until(self, condition: Callable[[], bool], patience: float = 20.0) -> None:
        async with asyncio.timeout(patience):
            while not condition():
                self.looks.append((time.perf_counter(), self.player.heard()))
                await asyncio.sleep(FRAME_SECONDS)

    async def until_heard(self, stage: float) -> None:
        await self.until(lambda: bool(self.looks) and self.looks[-1][1] >= stage)

    def instant_of(self, stage: float) -> float:
        """When the clock said that this position is heard."""
        instants, stages = zip(*self.looks, strict=True)
        return float(np.interp(stage, stages, instants))

    def assert_never_back(self) -> None:
        stages = [stage for _, stage in self.looks]
        assert all(a <= b for a, b in pairwise(stages))


def live(scene: Callable[[Live], Awaitable[None]]) -> Live:
    async def play() -> Live:
        life = Live()
        try:
            await life.until(lambda: "up" in life.statuses)
            await scene(life)
        finally:
            life.player.close()
        life.assert_never_back()
        return life

    return asyncio.run(play())


def test_the_clock_says_what_is_heard(recorder: Recorder, caplog: pytest.LogCaptureFixture) -> None:
    first, second = voice_like(1.2), voice_like(0.9, 24000)
    starts: list[float] = []

    async def scene(life: Live) -> None:
        starts.append(life.player.append("first", 22050, first, 0.0))
        starts.append(life.player.append("second", 24000, second, 0.2))
        await life.until_heard(starts[1] + 1.1)
        assert life.player.finished() == ("first", "second")

    caplog.set_level(logging.WARNING)
    life = live(scene)
    recorded, began = recorder.stop()
    for start, pcm, rate in ((starts[0], first, 22050), (starts[1], second, 24000)):
        place, correlation = place_of(resampled(pcm, rate, RATE), recorded)
        error = life.instant_of(start) - (began + place / RATE)
        print(f"clock - heard {error * 1000:.1f} ms, correlation {correlation:.4f}")
        assert correlation >= 0.98
        assert abs(error) <= 0.03
    assert life.troubles == []
    assert "underflow" not in caplog.text


def test_a_pause_falls_silent_and_the_rest_follows_where_it_was_promised(
    recorder: Recorder,
) -> None:
    pcm = voice_like(1.5)
    places: list[float] = []

    async def scene(life: Live) -> None:
        start = life.player.append("one", 22050, pcm, 0.0)
        await life.until_heard(start + 0.5)
        silence = life.player.pause()
        assert life.player.pause() == silence
        await life.until_heard(silence + 0.4)
        assert life.player.finished() == ()
        moved = life.player.resume()
        places.extend((start, silence, moved))
        await life.until_heard(start + 1.5 + moved + 0.2)
        assert life.player.finished() == ("one",)

    life = live(scene)
    recorded, began = recorder.stop()
    start, silence, moved = places
    whole = resampled(pcm, 22050, RATE)
    cut = round((silence - start) * RATE)
    rest = whole[cut + 480 :]
    place, correlation = place_of(rest, recorded)
    heard_at = began + (place - 480) / RATE
    assert correlation >= 0.98
    assert abs(life.instant_of(silence + moved) - heard_at) <= 0.03
    gap = recorded[place - 480 - round(0.15 * RATE) : place - 480 - 960]
    assert np.abs(gap).max() < 50


def test_stop_drops_the_rest(recorder: Recorder) -> None:
    async def scene(life: Live) -> None:
        start = life.player.append("one", 22050, voice_like(3.0), 0.0)
        await life.until_heard(start + 0.4)
        silence = life.player.stop()
        assert silence < start + 0.75
        await life.until_heard(silence + 0.3)
        assert life.player.finished() == ()
        again = life.player.append("two", 22050, voice_like(0.1), 0.0)
        assert again < life.looks[-1][1] + 0.3

    live(scene)
    recorded, _ = recorder.stop()
    loud = np.flatnonzero(np.abs(recorded) > 100)
    assert 0.4 < (loud[-1] - loud[0]) / RATE < 0.85


@pytest.mark.skipif(sys.platform == "win32", reason="no kill -9 on Windows")
def test_a_killed_audio_process_is_told_and_the_sentence_goes_on(recorder: Recorder) -> None:
    seconds = 7.0  # long enough for a slow machine to be back in the midst of it
    pcm = voice_like(seconds)
    starts: list[float] = []

    async def scene(life: Live) -> None:
        starts.append(life.player.append("long", 22050, pcm, 0.0))
        await life.until_heard(starts[0] + 0.5)
        assert life.player.pid is not None
        os.kill(life.player.pid, signal.SIGKILL)
        await life.until(lambda: life.troubles == [RESTARTING])
        await life.until(lambda: life.player.is_sounding and life.player.trouble == "")
        assert life.looks[-1][1] < starts[0] + seconds - 1.0
        await life.until_heard(starts[0] + seconds + 0.2)
        assert life.player.finished() == ("long",)

    life = live(scene)
    recorded, began = recorder.stop()
    last = resampled(pcm, 22050, RATE)[-RATE // 2 :]
    place, correlation = place_of(last, recorded)
    assert correlation >= 0.98
    error = life.instant_of(starts[0] + seconds - 0.5) - (began + place / RATE)
    assert abs(error) <= 0.03


@pytest.mark.skipif(sys.platform == "win32", reason="no stopping on Windows")
def test_an_audio_process_that_stands_still_is_replaced_and_the_speech_goes_on(
    null_sink: None,
) -> None:
    """Its heartbeats are missed; time goes on all the while."""
    seconds = 30.0

    async def scene(life: Live) -> None:
        start = life.player.append("long", 22050, voice_like(seconds), 0.0)
        await life.until_heard(start + 0.5)
        first = life.player.pid
        assert first is not None
        os.kill(first, signal.SIGSTOP)
        await life.until(lambda: life.troubles == [RESTARTING], 60.0)
        await life.until(lambda: life.player.is_up and life.player.pid != first, 60.0)
        await life.until(lambda: life.player.is_sounding or life.player.heard() > start + seconds)

    live(scene)


def test_without_a_device_time_goes_on_and_one_sentence_says_so(no_device: None) -> None:
    async def scene(life: Live) -> None:
        before = time.perf_counter()
        start = life.player.append("one", 22050, voice_like(0.3), 0.0)
        await life.until(lambda: bool(life.troubles))
        await life.until_heard(start + 0.3)
        assert time.perf_counter() - before < 5
        assert life.player.finished() == ("one",)
        life.player.append("two", 22050, voice_like(0.1), 0.0)
        assert life.troubles == [life.player.trouble]
        assert "down" not in life.statuses
        assert not life.player.is_sounding

    life = live(scene)
    assert "No sound output is connected" in life.troubles[0]


def loud_seconds(recorded: NDArray[np.int16]) -> float:
    return float(np.count_nonzero(np.abs(recorded.astype(np.int32)) > 100)) / RATE


def test_another_output_takes_over_in_the_middle_of_a_sentence(
    null_sink: None, pulse_environment: dict[str, str]
) -> None:
    pcm = voice_like(4.0)

    async def scene(life: Live) -> None:
        start = life.player.append("long", 22050, pcm, 0.0)
        await life.until_heard(start + 1.2)
        life.player.use_device(OTHER)
        life.player.use_device(OTHER)
        await life.until_heard(start + 4.2)
        assert life.player.finished() == ("long",)

    with another_sink(pulse_environment):
        here, there = Recorder(), Recorder(OTHER)
        assert here.started.wait(10) and there.started.wait(10)
        life = live(scene)
        first, _ = here.stop()
        second, _ = there.stop()
    assert life.troubles == []
    last = resampled(pcm, 22050, RATE)[-RATE:]
    assert place_of(last, second)[1] >= 0.98, "the rest sounds on the other one"
    assert 0.5 < loud_seconds(first) < 2.0 < loud_seconds(second) + 0.5


def test_an_output_that_is_unplugged_is_followed_by_the_systems_own(
    null_sink: None, pulse_environment: dict[str, str]
) -> None:
    pcm = voice_like(8.0)

    async def scene(life: Live) -> None:
        life.player.use_device(OTHER)
        start = life.player.append("long", 22050, pcm, 0.0)
        await life.until_heard(start + 0.8)
        unplug()
        await life.until_heard(start + 8.2)
        assert life.player.finished() == ("long",)

    with another_sink(pulse_environment) as unplug:
        here = Recorder()
        assert here.started.wait(10)
        life = live(scene)
        recorded, _ = here.stop()
    # Some sound servers carry a stream over by themselves; then there is nothing to tell.
    assert all(OTHER in each or each == RESTARTING for each in life.troubles)
    last = resampled(pcm, 22050, RATE)[-RATE:]
    assert place_of(last, recorded)[1] >= 0.98


def test_an_output_that_is_not_there_is_told_and_the_systems_own_sounds(null_sink: None) -> None:
    async def scene(life: Live) -> None:
        life.player.use_device("dolphin")
        life.player.append("short", 22050, voice_like(0.5), 0.0)
        await life.until(lambda: bool(life.troubles) and life.player.is_sounding)

    life = live(scene)
    assert life.troubles == [missing_sentence("dolphin")] and life.player.trouble == ""


def test_an_output_that_was_unplugged_sounds_again_when_it_is_back(
    null_sink: None, pulse_environment: dict[str, str]
) -> None:
    """It is taken in a pause of the speech, so that nothing is lost."""
    phrase = voice_like(1.0)

    async def scene(life: Live) -> None:
        life.player.use_device(OTHER)
        start = life.player.append("0", 22050, phrase, 0.0)
        for number in range(1, 40):
            life.player.append(f"{number}", 22050, phrase, 0.5)
        await life.until(lambda: life.player.missing != "" and life.player.is_sounding)
        with another_sink(pulse_environment), recording(sink=OTHER) as there:
            await life.until(lambda: life.player.missing == "" and life.player.is_sounding)
            await life.until_heard(life.looks[-1][1] + 2.0)
            recorded, _ = there.stop()
        assert life.looks[-1][1] < start + 60.0, "the machine was too slow for the sentence"
        assert loud_seconds(recorded) > 0.5
        await life.until(lambda: life.player.missing != "" and life.player.is_sounding)

    life = live(scene)
    assert life.mended == [missing_sentence(OTHER)]
    assert [each for each in life.troubles if each != RESTARTING] == [missing_sentence(OTHER)] * 2
