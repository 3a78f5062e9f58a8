"""Sound as servers send it, WAV or bare samples, to mono numbers between -1 and 1."""

from __future__ import annotations

import struct
from typing import Final

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.errors import VoiceError

BARE_RATE: Final = 24_000
"""What samples without a header are by custom: mono, 16 bit, at this rate."""
_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_RATES = range(4_000, 192_001)

Sound = NDArray[np.float32]


def sound_of(data: bytes) -> tuple[Sound, int]:
    """Samples and their rate. Raises VoiceError for what is no sound that we understand."""
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return _wave(data)
    if data[:3] == b"ID3" or data[:4] in (b"OggS", b"fLaC") or data[:1] in (b"{", b"<"):
        raise VoiceError("The voice's server gave neither WAV nor bare samples.")
    whole = len(data) // 2 * 2
    return np.frombuffer(data[:whole], "<i2").astype(np.float32) / np.float32(32768), BARE_RATE


def _wave(data: bytes) -> tuple[Sound, int]:
    at, form = 12, None
    while at + 8 <= len(data):
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        body = data[at + 8 : at + 8 + size]  # a stream does not know its size: all that came
        if name == b"fmt " and len(body) >= 16:
            form = struct.unpack_from("<HHIIHH", body)
            if form[0] == _EXTENSIBLE and len(body) >= 26:
                form = (int.from_bytes(body[24:26], "little"), *form[1:])
        elif name == b"data" and form:
            return _samples(body, kind=form[0], channels=form[1], bits=form[5]), _rate(form[2])
        at += 8 + size + size % 2
    raise VoiceError("The voice's server gave a WAV file without sound.")


def _rate(rate: int) -> int:
    if rate not in _RATES:
        raise VoiceError(f"The voice's server gave sound at {rate} Hz.")
    return rate


def _samples(body: bytes, *, kind: int, channels: int, bits: int) -> Sound:
    depth = {(_PCM, 16): "<i2", (_PCM, 32): "<i4", (_FLOAT, 32): "<f4"}.get((kind, bits))
    if depth is None or not 1 <= channels <= 8:
        raise VoiceError(f"The voice's server gave a WAV file of a rare kind ({kind}, {bits} bit).")
    whole = len(body) // (bits // 8 * channels) * channels
    samples = np.frombuffer(body, depth, whole).reshape(-1, channels).astype(np.float32)
    scale = np.float32(1.0 if kind == _FLOAT else 2.0 ** (1 - bits))
    return (samples.mean(axis=1) * scale).astype(np.float32)
