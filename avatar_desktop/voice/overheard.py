"""What a mouth was doing, guessed from its sound alone: for recordings and calls without a text.

Promise: phones lie end to end over the whole sound, the clip says `estimated`, and no sound breaks
it. Vowels are told by their two resonances, hisses by their pitch, closures by the quiet before a
burst, and lips among them by a dull sound; which consonant a closure was is a guess.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.voice.clip import Phone, SpeechClip
from avatar_desktop.voice.features import RATE, Sound, at_16k
from avatar_desktop.voice.loudness import loudness

Doubles = NDArray[np.float64]

_HOP: Final = 160
_FRAME: Final = 400
_TRANSFORM: Final = 512
_ORDER: Final = 10
"""Of the resonances' filter: enough for two of them up to 4 kHz."""
_SILENT, _CLOSED = -34.0, -24.0
"""Decibels below the loud frames: nobody speaks; lips or tongue hold the air back."""
_SHORTEST_PAUSE: Final = 15
"""Frames from which quiet is a pause, not a closure."""
_HISS, _HUM = 0.45, 0.93
"""Share of the power above 3 kHz, and below 600 Hz, from which a frame is no vowel."""
_SUNK: Final = 7.0
"""Decibels below both sounds beside it, between 500 and 4000 Hz, from which a hum may be of closed
lips."""
_BESIDE: Final = 9
_LONGEST: Final = 16
"""Frames."""
_DULL, _A_FRAME = 73.0, 3.0
"""Decibels from which it is: what is there below 1600 Hz and not above, as lips in front of a whole
mouth swallow all that is high; each frame counts as some, for lips take longer than the tongue."""
_FAINTEST: Final = 1e-6
_SMOOTH: Final = 5
_SHORTEST: Final = 3
_VOWELS: dict[str, tuple[float, float]] = {
    "a": (750, 1300), "ə": (520, 1500), "ɛ": (560, 1850), "i": (310, 2250), "ɔ": (520, 900),
    "u": (340, 950),
}  # fmt: skip
_NAMES: Final[tuple[str, ...]] = ("", "p", "t", "s", "f", "n", *_VOWELS)


def overheard(sound: Sound, rate: int, clip_id: str = "overheard") -> SpeechClip:
    """A sound as a clip whose times and phones are estimated."""
    heard = np.nan_to_num(np.clip(sound, -1.0, 1.0), nan=0.0)
    pcm = np.round(heard * 32767).astype("<i2").tobytes()
    phones = _phones(_names(at_16k(heard, rate)), len(heard), rate)
    return SpeechClip(
        id=clip_id,
        reply_id=clip_id,
        seq=0,
        last=True,
        rate=rate,
        pcm=pcm,
        phones=phones,
        words=(),
        timing="estimated",
        loudness=loudness(pcm, phones),
    )


def _names(sound: Sound) -> NDArray[np.intp]:
    """For every 10 ms the place of its phone in _NAMES."""
    if len(sound) < _FRAME:
        return np.zeros(1, np.intp)
    padded = np.pad(sound.astype(np.float64), (_FRAME // 2, _FRAME // 2))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _FRAME)[::_HOP] * np.hanning(_FRAME)
    power = np.abs(np.fft.rfft(frames, _TRANSFORM)) ** 2
    hertz = np.fft.rfftfreq(_TRANSFORM, 1 / RATE).astype(np.float64)
    whole = power.sum(axis=1) + 1e-12
    loud = max(float(np.quantile(whole, 0.95)), 1e-9)
    level = 10.0 * np.log10(whole / loud + 1e-9)
    names = _vowels(frames)
    hiss = power[:, hertz > 3000].sum(axis=1) / whole
    hum = power[:, hertz < 600].sum(axis=1) / whole
    names = np.where((hum > _HUM) & (level < -6.0), _place("n"), names)
    names = np.where(hiss > _HISS, np.where(level > -26.0, _place("s"), _place("f")), names)
    names = _with_quiet(_steady(names), level, power @ hertz / whole)
    return _with_lips(names, power / loud, hertz)


def _vowels(frames: Doubles) -> NDArray[np.intp]:
    """The vowel whose two resonances are nearest (linear prediction below 4 kHz)."""
    spectrum = np.abs(np.fft.rfft(np.diff(frames, prepend=0.0), _TRANSFORM)) ** 2
    lags = np.fft.irfft(spectrum[:, : _TRANSFORM // 4 + 1])[:, : _ORDER + 1]  # as if at 8 kHz
    distance = np.abs(np.subtract.outer(np.arange(_ORDER), np.arange(_ORDER)))
    matrix = lags[:, distance] + np.eye(_ORDER) * (1e-4 * lags[:, :1, None] + 1e-12)
    filters = np.linalg.solve(matrix, lags[:, 1:, None])[:, :, 0]
    response = np.abs(np.fft.rfft(np.hstack((np.ones((len(frames), 1)), -filters)), 256)) ** -2
    hertz = np.fft.rfftfreq(256, 1 / 8000).astype(np.float64)
    first = _peak(response, hertz, 230.0, 900.0)
    second = _peak(response, hertz, np.maximum(first + 200.0, 800.0), 2600.0)
    known = np.log(np.array(list(_VOWELS.values())))
    heard = np.log(np.stack((first, second), axis=1))
    return np.abs(heard[:, None] - known).sum(axis=2).argmin(axis=1) + _place("a")


def _peak(response: Doubles, hertz: Doubles, low: float | Doubles, high: float) -> Doubles:
    inside = (hertz >= np.reshape(low, (-1, 1))) & (hertz <= high)
    return hertz[np.where(inside, response, 0.0).argmax(axis=1)]


def _steady(names: NDArray[np.intp]) -> NDArray[np.intp]:
    """Each frame as most of its neighbours."""
    padded = np.pad(names, _SMOOTH // 2, mode="edge")
    near = np.lib.stride_tricks.sliding_window_view(padded, _SMOOTH)
    votes = (near[:, :, None] == np.arange(len(_NAMES))).sum(axis=1)
    return votes.argmax(axis=1)


def _with_quiet(names: NDArray[np.intp], level: Doubles, pitch: Doubles) -> NDArray[np.intp]:
    """Pauses and closures put in; a closure is of the lips when its burst is dull."""
    out = names.copy()
    for start, end in _runs(level < _CLOSED):
        if end - start >= _SHORTEST_PAUSE or start == 0 or end == len(level):
            out[start:end] = _place("")
        elif float(level[start:end].min()) < _SILENT or end - start >= 2:
            out[start:end] = _place("p" if pitch[min(end, len(pitch) - 1)] < 1100.0 else "t")
    return out


def _with_lips(names: NDArray[np.intp], power: Doubles, hertz: Doubles) -> NDArray[np.intp]:
    """Closures put in that are loud: those of lips sound dull."""

    def band(low: float, high: float) -> Doubles:
        inside = (hertz >= low) & (hertz < high)
        return 10.0 * np.log10(power[:, inside].sum(axis=1) + _FAINTEST)

    out = names.copy()
    dull = band(1000.0, 1600.0) - band(1600.0, 2600.0) - band(4000.0, 8000.0)
    for start, end in _runs(_sunk(band(500.0, 4000.0)) > _SUNK):
        darkness = float(dull[start:end].mean()) + _A_FRAME * (end - start)
        hissed = float((names[start:end] == _place("s")).mean()) > 0.5
        if 2 <= end - start <= _LONGEST and darkness > _DULL and not hissed:
            out[start:end] = _place("p")
    return out


def _sunk(level: Doubles) -> Doubles:
    """How far each frame is below the loudest near it on the side where that is less loud."""
    even = np.convolve(np.pad(level, 1, mode="edge"), np.full(3, 1 / 3), "valid")
    near = np.lib.stride_tricks.sliding_window_view(
        np.pad(even, _BESIDE, mode="edge"), _BESIDE + 1
    ).max(axis=1)
    return np.minimum(near[: len(even)], near[_BESIDE:]) - even


def _runs(marked: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.diff(np.pad(marked.astype(np.int8), 1))
    pairs = zip(np.flatnonzero(edges > 0), np.flatnonzero(edges < 0), strict=True)
    return [(int(start), int(end)) for start, end in pairs]


def _phones(names: NDArray[np.intp], samples: int, rate: int) -> tuple[Phone, ...]:
    kept = [0]
    for change in map(int, np.flatnonzero(np.diff(names)) + 1):
        stop = _NAMES[int(names[change])] in ("p", "t")
        if change - kept[-1] >= _SHORTEST or stop:
            kept.append(change)
    edges = [min(samples, round(change * _HOP / RATE * rate)) for change in kept] + [samples]
    return tuple(
        Phone(start, end, _NAMES[int(names[change])], 0)
        for (start, end), change in zip(pairwise(edges), kept, strict=True)
        if end > start
    )


def _place(name: str) -> int:
    return _NAMES.index(name)
