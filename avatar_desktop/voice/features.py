"""What a moment of speech sounds like, as numbers that two voices share."""

from __future__ import annotations

import math
from functools import cache
from typing import Final

import numpy as np
import soxr  # pyright: ignore[reportMissingTypeStubs]
from numpy.typing import NDArray

RATE: Final = 16_000
_FRAME, _TRANSFORM = 400, 512
_BANDS, _KEPT = 26, 13
_LOWEST, _HIGHEST = 80.0, 7_600.0
_FLOOR: Final = 3e-4
"""Of the loud frames' power; what is softer differs by noise alone."""
_SLOPE: Final = 4
_QUIET: Final = 1e-3
"""Power of a frame against the loudest ones that still counts as speech (-30 dB)."""

Sound = NDArray[np.float32]
Rows = NDArray[np.float32]


def at_16k(sound: Sound, rate: int) -> Sound:
    """The sound at the rate of the features."""
    return sound if rate == RATE else soxr.resample(sound, rate, RATE).astype(np.float32)


def speech_bounds(sound: Sound, rate: int) -> tuple[int, int]:
    """First and last sample that sound; (0, 0) for silence."""
    step = max(1, rate // 100)
    whole = len(sound) // step
    if not whole:
        return (0, 0)
    power = np.square(sound[: whole * step].reshape(whole, step), dtype=np.float64).mean(axis=1)
    heard = np.flatnonzero(power > _QUIET * max(1e-9, float(np.quantile(power, 0.95))))
    return (int(heard[0]) * step, int(heard[-1] + 1) * step) if len(heard) else (0, 0)


def features(sound: Sound, hop: int) -> Rows:
    """One row each `hop` samples of a sound at 16 kHz: cepstrum and its change, evened out."""
    padded = np.pad(sound, (_FRAME // 2, _FRAME // 2 + hop))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _FRAME)[::hop]
    spectrum = np.abs(np.fft.rfft(frames * np.hanning(_FRAME), _TRANSFORM)) ** 2
    power = spectrum @ _bands()
    loud = float(np.quantile(power.sum(axis=1), 0.95)) + 1e-12
    cepstrum = np.log(power / loud + _FLOOR) @ _cosines()
    rows = np.hstack((cepstrum, _change(cepstrum)))
    return ((rows - rows.mean(axis=0)) / (rows.std(axis=0) + 1e-6)).astype(np.float32)


def _change(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """The slope of each number over its neighbours in time."""
    padded = np.pad(rows, ((_SLOPE, _SLOPE), (0, 0)), mode="edge")
    count = len(rows)
    return sum(
        (
            step * (padded[_SLOPE + step :][:count] - padded[_SLOPE - step :][:count])
            for step in range(1, _SLOPE + 1)
        ),
        start=np.zeros_like(rows),
    )


@cache
def _bands() -> NDArray[np.float64]:
    """Triangles evenly spaced by ear, as (frequency, band)."""
    low_mel, high_mel = (2595 * math.log10(1 + hertz / 700) for hertz in (_LOWEST, _HIGHEST))
    mel = np.linspace(low_mel, high_mel, _BANDS + 2)
    edges: NDArray[np.float64] = 700 * (10 ** (mel / 2595) - 1)
    hertz = np.fft.rfftfreq(_TRANSFORM, 1 / RATE)[:, None]
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    rise, fall = (hertz - low) / (middle - low), (high - hertz) / (high - middle)
    return np.clip(np.minimum(rise, fall), 0, None)


@cache
def _cosines() -> NDArray[np.float64]:
    steps = (np.arange(_BANDS) + 0.5)[:, None] * np.pi / _BANDS
    return np.cos(steps * np.arange(_KEPT))
