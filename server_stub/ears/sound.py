"""What a client may send as its voice, and that as samples at the rate of the ears."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from server_stub.ears.activity import RATE
from server_stub.ears.packed import can_unpack, is_packed

RATES: Final = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
CODEC: Final = "s16"

Pcm = NDArray[np.int16]


def why_not(codec: str, rate: int) -> str:
    """Why sound of this kind cannot be heard, in one sentence; empty if it can."""
    if is_packed(codec):
        return (
            "" if can_unpack() else f"This server hears {CODEC} only: nothing unpacks sound here."
        )
    if codec.lower() not in (CODEC, "pcm16", "pcm_s16le"):
        return (
            f"This server hears {CODEC} (16-bit samples, mono) and Opus in WebM or Ogg, "
            f"not {codec[:40]!r}."
        )
    if rate not in RATES:
        return f"This server hears {', '.join(map(str, RATES))} samples a second, not {rate}."
    return ""


class Stream:
    """Little-endian samples of one rate on their way to 16 kHz, the same however they are cut."""

    def __init__(self, rate: int) -> None:
        self._resampler: Any = None
        if rate != RATE:
            import soxr  # pyright: ignore[reportMissingTypeStubs]

            stream: Any = soxr.ResampleStream
            # No integers inside: it would dither, and the same voice must stay the same.
            self._resampler = stream(rate, RATE, 1, dtype="float32", quality="HQ")

    def feed(self, data: bytes, *, last: bool = False) -> Pcm:
        """More of it; `last` also gives what the resampler still holds."""
        samples = np.frombuffer(data, "<i2").astype(np.int16, copy=False)
        if self._resampler is None:
            return samples
        moved = self._resampler.resample_chunk(samples.astype(np.float32), last=last)
        return np.clip(np.rint(moved), -32768, 32767).astype(np.int16)
