"""A voice that is too loud or too soft, brought to the level of all."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

COMMON_LEVEL: Final = 0.1
"""Root mean square of speech that all voices are brought to; the built-in one speaks like this."""
LOUDEST_SAMPLE: Final = 0.98
_MOST_GAIN: Final = 20.0


def levelled(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same sound at the common level, never clipped; silence stays silent."""
    peak = float(np.abs(sound).max(initial=0.0))
    if peak <= 0.0:
        return sound
    spoken = sound[np.abs(sound) > 0.05 * peak]
    level = float(np.sqrt(np.mean(np.square(spoken, dtype=np.float64))))
    gain = min(COMMON_LEVEL / level, LOUDEST_SAMPLE / peak, _MOST_GAIN)
    return (sound * gain).astype(np.float32)
