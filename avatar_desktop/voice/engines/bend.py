"""Tempo and pitch of a finished sound, for engines that cannot be asked for either.

Windows of the sound are laid over one another where they match, then played faster or slower.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import soxr  # pyright: ignore[reportMissingTypeStubs]
from numpy.typing import NDArray

from avatar_desktop.reply.vocabulary import Tone
from avatar_desktop.voice.clip import Bend
from avatar_desktop.voice.engine import go_on_unless

WINDOWS_A_LOOK: Final = 64
MOST_STRETCH: Final = 3.0
_WINDOW_SECONDS, _SEARCH_SECONDS = 0.03, 0.01

Sound = NDArray[np.float32]


def _wanted() -> bool:
    return False


def bent(
    sound: Sound, rate: int, tone: Tone, is_cancelled: Callable[[], bool] = _wanted
) -> tuple[Sound, tuple[Bend, ...]]:
    """The sound in another tone, as long as its rate asks for, and the halves that are too much.

    Raises Cancelled soon after nobody wants it any more.
    """
    if tone.rate <= 0 or tone.pitch <= 0:
        return sound, ("rate", "pitch")
    pitch = min(MOST_STRETCH, max(1 / MOST_STRETCH, tone.pitch))
    factor = pitch / tone.rate
    possible = min(MOST_STRETCH, max(1 / MOST_STRETCH, factor))
    longer = stretched(sound, rate, possible, is_cancelled)
    if pitch != 1.0:
        longer = soxr.resample(longer, rate * pitch, rate).astype(np.float32)
    too_fast = possible != factor
    return longer, (*(("rate",) if too_fast else ()), *(("pitch",) if pitch != tone.pitch else ()))


def stretched(
    sound: Sound, rate: int, factor: float, is_cancelled: Callable[[], bool] = _wanted
) -> Sound:
    """The sound `factor` times as long, at its own pitch. Raises Cancelled like `bent`."""
    hop = round(rate * _WINDOW_SECONDS / 2)
    reach = round(rate * _SEARCH_SECONDS)
    length = round(len(sound) * factor)
    if abs(factor - 1.0) < 1e-3 or len(sound) < 4 * hop:
        return sound
    window = np.hanning(2 * hop + 1)[:-1].astype(np.float32)
    padded = np.pad(sound, (reach, 2 * hop + 2 * reach + 2 * hop))
    out = np.zeros(length + 4 * hop, np.float32)
    expected = padded[reach : reach + 2 * hop]
    for start in range(0, length, hop):
        if start % (WINDOWS_A_LOOK * hop) == 0:
            go_on_unless(is_cancelled)
        # Of the places near the wished one, that which goes on best from what was laid last.
        wished = min(round(start / factor), len(sound))
        places = padded[wished : wished + 2 * reach + 2 * hop]
        likeness = np.correlate(places, expected, "valid")
        power = np.cumsum(np.pad(np.square(places, dtype=np.float64), (1, 0)))
        energy = np.sqrt(power[2 * hop :] - power[: -2 * hop] + 1e-9)
        at = wished + int(np.argmax(likeness / energy))
        out[start : start + 2 * hop] += window * padded[at : at + 2 * hop]
        expected = padded[at + hop : at + 3 * hop]
    return out[:length]
