"""The player of films and tests: no device, the time is counted, the sound is collected."""

from __future__ import annotations

import math

import numpy as np

from avatar_desktop.sound.clock import CountedClock
from avatar_desktop.sound.samples import Samples, faded, resampled
from avatar_desktop.sound.schedule import Schedule

LEAD_SECONDS = 0.12
"""As far ahead as a live device: lips prepare in films too."""


class CountedPlayer:
    """Keeps the whole performance; `mix` is its sound track."""

    def __init__(self, clock: CountedClock, rate: int = 48000) -> None:
        self._clock = clock
        self._rate = rate
        self._schedule = Schedule()

    def heard(self) -> float:
        return self._clock.heard()

    def prepare(self) -> None:
        """There is no device to open."""

    def use_device(self, device: str | None) -> None:
        """There is no device to choose."""

    def append(self, sound_id: str, rate: int, pcm: bytes, gap: float) -> float:
        earliest = self._on_grid(self.heard() + LEAD_SECONDS)
        return self._schedule.append(sound_id, rate, pcm, gap, earliest).start

    def stop(self, fade: float = 0.03) -> float:
        return self._schedule.stop(self.heard() + fade, fade)

    def pause(self) -> float:
        fade = 0.03
        return self._schedule.pause(self.heard() + fade, fade)

    def resume(self, back: float = 0.0) -> float:
        moved, _ = self._schedule.resume(self._on_grid(self.heard() + LEAD_SECONDS), back)
        return moved

    def finished(self) -> tuple[str, ...]:
        """Sounds heard to their end since the last question."""
        return self._schedule.finished(self.heard())

    def close(self) -> None:
        """Nothing to let go of: the sound stays for `mix`."""

    def mix(self, seconds: float | None = None) -> Samples:
        """All that was appended, at its place; as long as asked, or to its last sample."""
        placed = self._schedule.placed
        ending = max((sound.end for sound in placed), default=0.0)
        length = math.ceil((ending if seconds is None else seconds) * self._rate - 1e-6)
        track = np.zeros(length, np.int32)
        for sound in placed:
            samples = faded(
                resampled(sound.pcm, sound.rate, self._rate),
                round(sound.fade_in * self._rate),
                round(sound.fade_out * self._rate),
            )
            first = round(sound.start * self._rate)
            room = max(0, min(len(samples), length - first))
            track[first : first + room] += samples[:room]
        return np.clip(track, -32768, 32767).astype(np.int16)

    def _on_grid(self, seconds: float) -> float:
        return math.ceil(seconds * self._rate - 1e-6) / self._rate
