"""How loud a clip is, and how a voice too loud or too soft is brought to the common level."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.voice.clip import Phone

COMMON_LEVEL: Final = 0.1
"""Root mean square of speech that all voices are brought to; the built-in one speaks like this."""
LOUDEST_SAMPLE: Final = 0.98
_MOST_GAIN: Final = 20.0


def loudness(pcm: bytes, phones: Sequence[Phone]) -> float:
    """Root mean square over the sounding phones."""
    samples = np.frombuffer(pcm, "<i2")
    heard = [samples[phone.start : phone.end] for phone in phones if phone.ipa]
    count = sum(len(part) for part in heard)
    if not count:
        return 0.0
    total = sum(float(np.square(part, dtype=np.float64).sum()) for part in heard)
    return (total / count) ** 0.5 / 32768


def levelled(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same sound at the common level, never clipped; silence stays silent."""
    peak = float(np.abs(sound).max(initial=0.0))
    if peak <= 0.0:
        return sound
    spoken = sound[np.abs(sound) > 0.05 * peak]
    level = float(np.sqrt(np.mean(np.square(spoken, dtype=np.float64))))
    gain = min(COMMON_LEVEL / level, LOUDEST_SAMPLE / peak, _MOST_GAIN)
    return (sound * gain).astype(np.float32)
