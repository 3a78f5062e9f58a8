"""The player without a device: nothing sounds, and everything takes the time it should."""

from __future__ import annotations

from collections.abc import Callable

from avatar_desktop.sound.clock import JoinedClock, monotonic
from avatar_desktop.sound.schedule import Schedule

LEAD_SECONDS = 0.12


class SilentPlayer:
    """Keeps real time on a monotonic clock."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._clock = JoinedClock(now)
        self._schedule = Schedule()

    def heard(self) -> float:
        return self._clock.heard()

    def prepare(self) -> None:
        """There is no device to open."""

    def use_device(self, device: str | None) -> None:
        """There is no device to choose."""

    def append(self, sound_id: str, rate: int, pcm: bytes, gap: float) -> float:
        heard = self.heard()
        self._schedule.forget(heard - 1.0)
        return self._schedule.append(sound_id, rate, pcm, gap, heard + LEAD_SECONDS).start

    def stop(self, fade: float = 0.03) -> float:
        return self._schedule.stop(self.heard() + fade, fade)

    def pause(self) -> float:
        return self._schedule.pause(self.heard() + 0.03, 0.03)

    def resume(self, back: float = 0.0) -> float:
        moved, _ = self._schedule.resume(self.heard() + LEAD_SECONDS, back)
        return moved

    def finished(self) -> tuple[str, ...]:
        """Sounds heard to their end since the last question."""
        return self._schedule.finished(self.heard())

    def close(self) -> None:
        """There is nothing to let go of."""
