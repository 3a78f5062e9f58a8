"""Which sound lies where on the stage: appended, cut, kept while paused, moved later.

Plain positions in seconds; it plays nothing and reads no clock. All players share it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

FADE_IN_SECONDS = 0.005
"""Sound that goes on in its middle starts without a click."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A sound, or a part of one, at its place on the stage."""

    sound_id: str
    rate: int
    pcm: bytes
    start: float
    fade_in: float = 0.0
    fade_out: float = 0.0

    @property
    def end(self) -> float:
        return self.start + len(self.pcm) // 2 / self.rate

    def before(self, at: float, fade: float) -> Placed | None:
        """The part that is heard before `at`, fading out over its last `fade` seconds."""
        samples = round((at - self.start) * self.rate)
        if samples * 2 >= len(self.pcm):
            return self
        return replace(self, pcm=self.pcm[: samples * 2], fade_out=fade) if samples > 0 else None

    def after(self, at: float) -> Placed | None:
        """The part that is heard from `at` on."""
        samples = round((at - self.start) * self.rate)
        if samples <= 0:
            return self
        if samples * 2 >= len(self.pcm):
            return None
        start = self.start + samples / self.rate
        return replace(self, pcm=self.pcm[samples * 2 :], start=start, fade_in=FADE_IN_SECONDS)

    def later(self, seconds: float) -> Placed:
        return replace(self, start=self.start + seconds)


class Schedule:
    """Sounds one after the other; what is not heard yet can be dropped, kept or moved."""

    def __init__(self) -> None:
        self._placed: list[Placed] = []
        self._kept: list[Placed] = []
        self._ends: dict[str, float] = {}
        self._tail = 0.0
        self._paused_at: float | None = None

    @property
    def placed(self) -> tuple[Placed, ...]:
        """Everything that sounds, in order."""
        return tuple(self._placed)

    @property
    def is_paused(self) -> bool:
        return self._paused_at is not None

    def append(self, sound_id: str, rate: int, pcm: bytes, gap: float, earliest: float) -> Placed:
        """Put a sound after all others; while paused it waits with the rest."""
        floor = earliest if self._paused_at is None else self._paused_at
        sound = Placed(sound_id, rate, pcm, max(self._tail + gap, floor))
        (self._placed if self._paused_at is None else self._kept).append(sound)
        self._tail = sound.end
        self._ends[sound_id] = sound.end
        return sound

    def stop(self, at: float, fade: float) -> float:
        """Drop all from `at` on; where silence begins (earlier, if it is silent already)."""
        silence = at if self._paused_at is None else self._paused_at
        self._cut(silence, fade)
        self._kept.clear()
        self._paused_at = None
        self._ends = {sound: end for sound, end in self._ends.items() if end <= silence}
        self._tail = min(self._tail, silence)
        return silence

    def pause(self, at: float, fade: float) -> float:
        """Keep all from `at` on for later."""
        if self._paused_at is None:
            self._kept = [sound for sound in self._placed if sound.end > at]
            self._cut(at, fade)
            self._paused_at = at
        return self._paused_at

    def resume(self, at: float, back: float = 0.0) -> tuple[float, tuple[Placed, ...]]:
        """Let the kept sounds begin at `at`: by how much they moved, and their new places.

        `back` seconds of what was heard before the pause are heard again.
        """
        if self._paused_at is None:
            return 0.0, ()
        paused_at, self._paused_at = self._paused_at, None
        again_from = paused_at - max(0.0, back)
        moved = max(0.0, at - again_from)
        kept = (sound.after(again_from) for sound in self._kept)
        rest = tuple(sound.later(moved) for sound in kept if sound)
        self._kept.clear()
        self._placed.extend(rest)
        self._ends = {
            sound: end + moved if end > paused_at else end for sound, end in self._ends.items()
        }
        tail = self._tail + moved if self._tail > paused_at else self._tail
        self._tail = max([tail, *(sound.end for sound in rest)])
        return moved, rest

    def rest(self, after: float) -> tuple[Placed, ...]:
        """What is to be heard from `after` on (a device that comes back goes on from there)."""
        return tuple(rest for sound in self._placed if (rest := sound.after(after)))

    def finished(self, heard: float) -> tuple[str, ...]:
        """Sounds heard to their last sample; each is named once."""
        limit = heard if self._paused_at is None else min(heard, self._paused_at)
        done = tuple(sound for sound, end in self._ends.items() if end <= limit)
        for sound in done:
            del self._ends[sound]
        return done

    def forget(self, before: float) -> None:
        """Let go of sound that was heard."""
        self._placed = [sound for sound in self._placed if sound.end > before]

    def _cut(self, at: float, fade: float) -> None:
        self._placed = [part for sound in self._placed if (part := sound.before(at, fade))]
