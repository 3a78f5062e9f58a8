"""Somebody who speaks in a room with its noises: sound at 16 kHz, the same every time."""

from __future__ import annotations

import io
import wave
from functools import cache
from pathlib import Path

import av
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


def packed(sound: Sound, kind: str) -> bytes:
    """The sound as a browser's recorder gives it: Opus in `webm` or `ogg`."""
    times = np.arange(0, len(sound) / RATE, 1 / 48_000)
    samples = pcm(np.interp(times, np.arange(len(sound)) / RATE, sound).astype(np.float32))
    file = io.BytesIO()
    with av.open(OneWay(file), "w", format=kind) as container:
        stream = container.add_stream("libopus", rate=48_000)
        stream.layout, stream.bit_rate = "mono", 32_000
        form, size = stream.codec_context.format, stream.codec_context.frame_size
        resampler = av.AudioResampler(format=form, layout="mono", rate=48_000, frame_size=size)
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = 48_000
        for ready in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(ready))
        container.mux(stream.encode(None))
    return file.getvalue()


class OneWay:
    """A file that nobody can go back in, as a recorder writes it."""

    def __init__(self, file: io.BytesIO) -> None:
        self.write = file.write
