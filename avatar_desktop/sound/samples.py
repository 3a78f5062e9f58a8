"""s16 mono sound as arrays: resampled per clip, faded at its ends."""

from __future__ import annotations

import importlib
from typing import cast

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]


def load_resampler() -> None:
    """Slow: beside a device that runs already it would be heard."""
    importlib.import_module("soxr")


def resampled(pcm: bytes, rate: int, wanted: int) -> Samples:
    """A whole sound at another rate. Never for chunks: a stream would lag behind itself."""
    samples = np.frombuffer(pcm, np.dtype("<i2"))
    if rate == wanted or len(samples) == 0:
        return samples.astype(np.int16)
    import soxr  # pyright: ignore[reportMissingTypeStubs]

    scaled = samples.astype(np.float32)
    # No integers inside soxr: it would dither, and a film must be the same every time.
    moved = cast(
        "NDArray[np.float32]",
        soxr.resample(scaled, rate, wanted, "HQ"),  # pyright: ignore[reportUnknownMemberType]
    )
    return np.clip(np.rint(moved), -32768, 32767).astype(np.int16)


def faded(samples: Samples, fade_in: int, fade_out: int) -> Samples:
    """The sound with ramps of so many samples at its start and its end."""
    if fade_in <= 0 and fade_out <= 0:
        return samples
    gain = np.ones(len(samples), np.float32)
    if fade_in > 0:
        ramp = np.linspace(0.0, 1.0, fade_in, endpoint=False, dtype=np.float32)
        part = min(fade_in, len(samples))
        gain[:part] *= ramp[:part]
    if fade_out > 0:
        ramp = np.linspace(0.0, 1.0, fade_out, endpoint=False, dtype=np.float32)[::-1]
        part = min(fade_out, len(samples))
        gain[len(samples) - part :] *= ramp[fade_out - part :]
    return (samples * gain).astype(np.int16)
