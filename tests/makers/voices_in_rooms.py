"""Somebody who speaks in a room with its noises: sound at 16 kHz, the same every time."""

from __future__ import annotations

import wave
from functools import cache
from pathlib import Path

import numpy as np
import soxr  # pyright: ignore[reportMissingTypeStubs]
from numpy.typing import NDArray

from tests.makers.one_espeak import one_espeak

RATE = 16_000
Sound = NDArray[np.float32]


@cache
def spoken(text: str, voice: str = "en-us") -> Sound:
    """A sentence at -33 dB, as a person at a desk is heard."""
    read = one_espeak().read(text, voice, lambda: False)
    samples = np.frombuffer(read.pcm, "<i2").astype(np.float32) / 32768
    return (0.5 * soxr.resample(samples, read.rate, RATE)).astype(np.float32)


def silence(seconds: float) -> Sound:
    return np.zeros(round(seconds * RATE), np.float32)


def white(seconds: float, decibels: float, seed: int = 1) -> Sound:
    """A hiss."""
    dice = np.random.default_rng(seed)
    hiss = dice.standard_normal(round(seconds * RATE)) * 10 ** (decibels / 20)
    return hiss.astype(np.float32)


def pink(seconds: float, decibels: float, seed: int = 2) -> Sound:
    """A fan, a street, rain."""
    dice = np.random.default_rng(seed)
    count = round(seconds * RATE)
    pitches = np.fft.rfftfreq(count)
    pitches[0] = pitches[1]
    sound = np.fft.irfft(np.fft.rfft(dice.standard_normal(count)) / np.sqrt(pitches), count)
    return (sound * 10 ** (decibels / 20) / sound.std()).astype(np.float32)


def clicks(seconds: float, seed: int = 3) -> Sound:
    """Somebody types: a knock each third of a second, as loud as a voice."""
    dice = np.random.default_rng(seed)
    sound = silence(seconds)
    for at in range(RATE // 4, len(sound) - 800, RATE // 3):
        knock = dice.standard_normal(400) * np.exp(-np.arange(400) / 60)
        sound[at : at + 400] += (0.4 * knock).astype(np.float32)
    return sound


def tone(seconds: float, hertz: float) -> Sound:
    """A beep."""
    return (0.1 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)).astype(
        np.float32
    )


def within(room: Sound, voice: Sound, at_seconds: float) -> Sound:
    """The voice in the room from that second on."""
    start, sound = round(at_seconds * RATE), room.copy()
    sound[start : start + len(voice)] += voice
    return sound


def pcm(sound: Sound) -> NDArray[np.int16]:
    return (np.clip(sound, -1, 1) * 32767).astype(np.int16)


def write_wave(file: Path, samples: NDArray[np.int16]) -> None:
    """The sound as a file that a browser takes for its microphone."""
    with wave.open(str(file), "wb") as kept:
        kept.setparams((1, 2, RATE, len(samples), "NONE", ""))
        kept.writeframes(samples.tobytes())
