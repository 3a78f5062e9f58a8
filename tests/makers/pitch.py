"""The pitch of a clip, measured by ear of its own."""

import numpy as np

from avatar_desktop.voice.clip import SpeechClip


def pitch(clip: SpeechClip) -> float:
    """The median fundamental of the voiced 50 ms, by autocorrelation."""
    sound = np.frombuffer(clip.pcm, "<i2").astype(float)
    size, low, high = clip.rate // 20, clip.rate // 350, clip.rate // 70
    found: list[float] = []
    for start in range(0, len(sound) - size, size):
        part = sound[start : start + size]
        same = np.correlate(part, part, "full")[size - 1 :]
        lags = same[low:high] / max(1.0, same[0])
        if lags.max() > 0.5:  # the first lag that is nearly the best: no octave too low
            found.append(clip.rate / (low + int(np.argmax(lags > 0.9 * lags.max()))))
    return float(np.median(found))
