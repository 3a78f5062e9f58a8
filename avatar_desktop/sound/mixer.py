"""The device's side of the stage: which samples go into the next frames, and what is heard when.

No device and no clock in here: frames are counted, instants are arguments.
"""

from __future__ import annotations

import math
import threading
from collections import deque
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.sound.clock import Anchor
from avatar_desktop.sound.samples import faded

RATE = 48000
REMEMBERED_BLOCKS = 100
TOLD_FROM_SECONDS = 0.001
"""A smaller change of the device's time is not worth a message."""


@dataclass(slots=True)
class _Sound:
    first: int
    samples: NDArray[np.int16]

    @property
    def end(self) -> int:
        return self.first + len(self.samples)


class Mixer:
    """Filled by the audio callback, fed by the main thread; one lock, held for microseconds.

    Frames are counted from the opening of the stream. The stage runs with them from
    (`_pivot_frame`, `_pivot_stage`) on; a sound that comes too late moves this pivot, so that the
    stage waits for it and nothing is skipped.
    """

    def __init__(self, opened: Anchor) -> None:
        self._opened = opened
        self._lock = threading.Lock()
        self._sounds: list[_Sound] = []
        self._next_frame = 0
        self._pivot_frame = 0
        self._pivot_stage: float | None = None
        self._starts: deque[float] = deque(maxlen=REMEMBERED_BLOCKS)
        self._waiting: list[tuple[float, NDArray[np.int16]]] = []
        self._told: Anchor | None = None
        self.underflows = 0
        self.late_sounds = 0
        """How often the stage had to wait for a sound that was to begin already."""

    def play(self, place: float, samples: NDArray[np.int16]) -> None:
        """Put 48 kHz samples on the stage."""
        with self._lock:
            if self._pivot_stage is None:  # the first block says where the stage is
                self._waiting.append((place, samples))
            elif self._place(place, samples):
                self.late_sounds += 1

    def cut(self, at: float, fade: float) -> None:
        """Silence from the stage position `at` on, after a fade; at once if that has passed."""
        with self._lock:
            length = max(1, round(fade * RATE))
            self._waiting = [
                (place, _shortened(samples, round((at - place) * RATE), length))
                for place, samples in self._waiting
                if place < at
            ]
            if self._pivot_stage is None:
                return
            end = max(self._frame(at), self._next_frame + length)
            self._sounds = [
                _Sound(sound.first, _shortened(sound.samples, end - sound.first, length))
                for sound in self._sounds
                if sound.first < end
            ]

    def prime(self, out: NDArray[np.int16]) -> None:
        """Fill the device's buffer before it runs: nobody can say yet when this is heard."""
        with self._lock:
            out[:] = 0
            self._next_frame += len(out)

    def fill(self, out: NDArray[np.int16], heard_at: float, underflow: bool) -> None:
        """Write the next frames; `heard_at` is the instant at which the first one is heard."""
        with self._lock:
            first, last = self._next_frame, self._next_frame + len(out)
            if underflow:
                self.underflows += 1
                self._starts.clear()  # the device lost time: what it said before is void
            self._starts.append(heard_at - first / RATE)
            if self._pivot_stage is None:
                self._pivot_frame = first
                self._pivot_stage = self._opened.position(heard_at)
                waiting, self._waiting = self._waiting, []
                for place, samples in waiting:
                    self._place(place, samples)
            out[:] = 0
            for sound in self._sounds:
                low, high = max(first, sound.first), min(last, sound.end)
                if low < high:
                    out[low - first : high - first] = sound.samples[
                        low - sound.first : high - sound.first
                    ]
            self._sounds = [sound for sound in self._sounds if sound.end > last]
            self._next_frame = last

    def quiet_seconds(self) -> float:
        """Until the next sound has to be written; none is, if it is not heard of yet."""
        with self._lock:
            if self._waiting:
                return 0.0
            first = min((sound.first for sound in self._sounds), default=None)
            return math.inf if first is None else max(0, first - self._next_frame) / RATE

    def left(self) -> list[tuple[float, NDArray[np.int16]]]:
        """Every sound of which nothing is written yet, with its place on the stage."""
        with self._lock:
            stage = self._pivot_stage or 0.0
            return [
                *self._waiting,
                *(
                    (stage + (sound.first - self._pivot_frame) / RATE, sound.samples)
                    for sound in self._sounds
                    if sound.first >= self._next_frame
                ),
            ]

    def is_silent(self) -> bool:
        """Nothing is left to be written."""
        with self._lock:
            return not self._sounds and not self._waiting

    def news(self) -> Anchor | None:
        """The anchor, if it has changed since it was last told."""
        with self._lock:
            anchor, told = self._anchor(), self._told
            if anchor is None or (
                told is not None
                and told.stage == anchor.stage
                and abs(told.at - anchor.at) < TOLD_FROM_SECONDS
            ):
                return None
            self._told = anchor
            return anchor

    def stage(self) -> Anchor | None:
        """Where the stage is by this device; None before its first block."""
        with self._lock:
            return self._anchor()

    def _anchor(self) -> Anchor | None:
        if self._pivot_stage is None or not self._starts:
            return None
        return Anchor(self._pivot_stage, median(self._starts) + self._pivot_frame / RATE)

    def _place(self, place: float, samples: NDArray[np.int16]) -> bool:
        """Whether the stage has to wait for it."""
        frame = self._frame(place)
        is_late = frame < self._next_frame
        if is_late:
            frame = max([self._next_frame, *(sound.end for sound in self._sounds)])
            self._pivot_frame, self._pivot_stage = frame, place
        self._sounds.append(_Sound(frame, samples))
        return is_late

    def _frame(self, stage: float) -> int:
        return self._pivot_frame + round((stage - (self._pivot_stage or 0.0)) * RATE)


def _shortened(samples: NDArray[np.int16], count: int, fade: int) -> NDArray[np.int16]:
    """At most `count` samples, fading out over the last `fade` if some are cut."""
    return samples if count >= len(samples) else faded(samples[:count], 0, fade)
