"""Whether somebody speaks: each 20 ms of sound measured against the noise of the room.

Energy alone takes a fan for a voice, and harmony alone loses every consonant. So speech *begins*
where the sound stands out of the noise in most bands and has the comb of a throat, and *goes on*
while it stands out at all. The noise is the least that each band had within the last two seconds.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

RATE: Final = 16_000
HOP: Final = 320
FRAMES_A_SECOND: Final = RATE // HOP
_WINDOW, _TRANSFORM = 800, 1024
_EDGES_HZ: Final = (90, 180, 280, 400, 540, 720, 940, 1220, 1580, 2040, 2620, 3360, 4300, 5500)
_FULL_DB: Final = 12.0
"""So far above the noise a band says all that it can say."""
QUIET: Final = 2e-8
"""Power of a band in the stillest room that is believed, and of every room before it was heard."""
_SMOOTHING: Final = 0.85
_BIAS: Final = 2.0
"""The least of a noise's power lies below its mean."""
_SPANS, _SPAN_FRAMES = 8, 12
_LAGS: Final = (RATE // 400, RATE // 70)
_COMB_HZ: Final = (90, 2600)

Samples = NDArray[np.float32]
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Moment:
    """What one frame is like, each from 0 to 1."""

    presence: float
    """How far it stands out of the noise."""
    harmony: float
    """How much it is like the comb of a voice."""


class Activity:
    """Measures frame after frame; the same sound gives the same moments, however it is cut."""

    def __init__(self) -> None:
        bins = np.fft.rfftfreq(_TRANSFORM, 1 / RATE)
        self._edges = np.searchsorted(bins, _EDGES_HZ)
        self._widths = np.diff(self._edges)
        self._comb = slice(*np.searchsorted(bins, _COMB_HZ).tolist())
        self._centres = (self._edges[:-1] + self._edges[1:]) / 2
        self._shape = np.hanning(_WINDOW)
        own = np.fft.irfft(np.abs(np.fft.rfft(self._shape, _TRANSFORM)) ** 2)
        self._own = (own / own[0])[_LAGS[0] : _LAGS[1]]
        self._recent = np.zeros(_WINDOW)
        bands = len(self._widths)
        self._near = np.full(bands, QUIET)
        self._far = np.full(bands, QUIET)
        self._least = np.full(bands, np.inf)
        self._leasts: deque[Numbers] = deque([np.full(bands, QUIET)] * _SPANS, maxlen=_SPANS)
        self._frames = 0

    def measure(self, frame: Samples) -> Moment:
        """The next 20 ms, in -1 … 1."""
        self._recent = np.concatenate((self._recent[HOP:], frame))
        spectrum = np.abs(np.fft.rfft(self._recent * self._shape, _TRANSFORM)) ** 2
        spectrum /= _WINDOW * _WINDOW / 4
        inner = spectrum[self._edges[0] : self._edges[-1]]
        bands = np.add.reduceat(inner, self._edges[:-1] - self._edges[0])
        noise = self._noise(bands)
        self._near += 0.5 * (bands - self._near)
        above = 10 * np.log10(np.maximum(self._near, QUIET) / noise)
        presence = float(np.clip(above / _FULL_DB, 0.0, 1.0).mean())
        return Moment(presence, self._harmony(spectrum, bands))

    def _noise(self, bands: Numbers) -> Numbers:
        self._far += (1 - _SMOOTHING) * (bands - self._far)
        self._least = np.minimum(self._least, self._far)
        self._frames += 1
        if self._frames % _SPAN_FRAMES == 0:
            self._leasts.append(self._least)
            self._least = self._far.copy()
        least = np.minimum(self._least, np.min(self._leasts, axis=0))
        return np.maximum(_BIAS * least, QUIET)

    def _harmony(self, spectrum: Numbers, bands: Numbers) -> float:
        """The highest peak of the autocorrelation at a throat's pitch, the envelope taken out."""
        envelope = np.interp(
            np.arange(len(spectrum)), self._centres, np.maximum(bands / self._widths, 1e-12)
        )
        flat = np.zeros(len(spectrum))
        flat[self._comb] = (spectrum / envelope)[self._comb]
        again = np.fft.irfft(flat)
        if again[0] <= 0:
            return 0.0
        peaks = again[_LAGS[0] : _LAGS[1]] / again[0] / self._own
        return float(np.clip(peaks.max(), 0.0, 1.0))
