"""A voice through a real device while every core is busy: what came, what was lost, what was told.

How many holes there are is a matter of the machine: it is printed, and held in the full length.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from avatar_desktop.sound.device import LivePlayer
from avatar_desktop.sound.samples import resampled
from tests.makers.null_sink import RATE, place_of, recording

HOLE_SECONDS = 0.005
"""Noise is never silent for so long by itself."""
LOUD = 300
PHRASE_SECONDS = 0.9


def noise(seconds: float, seed: int) -> bytes:
    """Loud from its first sample to its last."""
    count = round(seconds * RATE)
    signs = np.random.default_rng(seed).choice(np.array((-1, 1)), count)
    return (signs * 6000).astype("<i2").tobytes()


def hole_seconds(sound: NDArray[np.int16]) -> float:
    """How much silence lies inside a noise."""
    loud = np.flatnonzero(np.abs(sound.astype(np.int32)) > LOUD)
    rests = np.diff(loud) / RATE
    return float(rests[rests > HOLE_SECONDS].sum())


@contextlib.contextmanager
def every_core_busy() -> Iterator[None]:
    work = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"])
        for _ in range(os.cpu_count() or 2)
    ]
    try:
        yield
    finally:
        for each in work:
            each.kill()
            each.wait()


async def play(phrases: list[bytes]) -> tuple[LivePlayer, list[float]]:
    """One after the other as a reply brings them, looked at sixty times a second."""
    up = asyncio.Event()
    player = LivePlayer(print, on_status=lambda status: up.set())
    heard = [player.heard()]
    try:
        async with asyncio.timeout(60):
            while not player.is_up:
                up.clear()
                await up.wait()
        ending, finished = 0.0, list[str]()
        waiting = list(enumerate(phrases))
        async with asyncio.timeout(60 + 3 * PHRASE_SECONDS * len(phrases)):
            while waiting or heard[-1] < ending + 0.5:  # the recorder is behind
                heard.append(player.heard())
                finished += player.finished()
                if waiting and ending - heard[-1] < 0.4:
                    number, phrase = waiting.pop(0)
                    start = player.append(f"{number}", RATE, phrase, 0.25)
                    ending = start + PHRASE_SECONDS
                await asyncio.sleep(1 / 60)
        assert finished == [f"{number}" for number in range(len(phrases))]
    finally:
        player.close()
    return player, heard


@pytest.mark.timeout(300)
def test_a_voice_goes_through_a_busy_machine(
    null_sink: None, full_length: bool, bar: Callable[..., None]
) -> None:
    phrases = [noise(PHRASE_SECONDS, seed) for seed in range(60 if full_length else 5)]
    with every_core_busy(), recording() as recorder:
        player, heard = asyncio.run(play(phrases))
        recorded, _ = recorder.stop()
    assert all(a <= b for a, b in pairwise(heard))
    alike: list[float] = []
    holes = 0.0
    for phrase in phrases:
        sound = resampled(phrase, RATE, RATE)
        place, likeness = place_of(sound, recorded)
        alike.append(likeness)
        holes += hole_seconds(recorded[place : place + len(sound)])
    told = f"{player.underflows} holes told, {1000 * holes:.0f} ms of silence heard inside"
    print(f"{told}, alike {min(alike):.3f} to {max(alike):.3f}, load {os.getloadavg()[0]:.1f}")
    assert max(alike) >= 0.98, "nothing came as it was said"
    if full_length:
        bar("busy machine: holes in a minute of speech", player.underflows, at_most=0)
        bar("busy machine: silence inside a minute of speech", holes * 1000, at_most=0, unit="ms")
        bar("busy machine: worst phrase like what was said", min(alike), at_least=0.98)


def test_a_hole_is_found_and_makes_the_sound_unlike() -> None:
    """Mutation: thirty milliseconds are lost in the midst of a phrase."""
    whole = resampled(noise(PHRASE_SECONDS, 1), RATE, RATE)
    silence = np.zeros(round(0.03 * RATE), np.int16)
    holed = np.concatenate((whole[: RATE // 2], silence, whole[RATE // 2 :]))
    assert hole_seconds(whole) == 0.0
    assert hole_seconds(holed) == pytest.approx(0.03, abs=1e-3)
    assert place_of(whole, np.concatenate((silence, whole, silence)))[1] >= 0.98
    assert place_of(whole, holed)[1] < 0.9
