"""Where the user's utterances begin and end in a stream of sound.

The sound goes by; nothing but the last moments before a beginning is kept. What comes out depends
on the sound alone, never on how it was cut into pieces.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from server_stub.ears.activity import FRAMES_A_SECOND, HOP, Activity

THRESHOLD: Final = 0.3
LONGEST_SECONDS: Final = 180.0
VOICED: Final = 0.4
"""Harmony of a throat; noise stays below."""
_GOES_ON: Final = 0.6
"""Part of the threshold above which a begun utterance goes on."""
_PROOF: Final = (5, FRAMES_A_SECOND // 2)
"""So many voiced frames among so many make a beginning: no click does."""
_BEFORE_FRAMES: Final = FRAMES_A_SECOND * 3 // 10
"""Kept from before the proof began: the consonant that a word starts with is no voice yet."""
HANGOVER_FRAMES: Final = FRAMES_A_SECOND * 7 // 10
"""A pause that ends an utterance."""

Pcm = NDArray[np.int16]
Reason = Literal["pause", "over", "too long"]


@dataclass(frozen=True, slots=True)
class Began:
    """Somebody started to speak; `at` is the sample of the stream where the sound starts."""

    at: int


@dataclass(frozen=True, slots=True)
class Sounded:
    """More of the utterance, at 16 kHz."""

    pcm: bytes


@dataclass(frozen=True, slots=True)
class Ended:
    """The utterance is over: a pause, the end of the stream, or the longest there may be."""

    at: int
    reason: Reason


Event = Began | Sounded | Ended


class Utterances:
    """Cuts one stream of 16-bit samples at 16 kHz."""

    def __init__(
        self, threshold: float = THRESHOLD, longest_seconds: float = LONGEST_SECONDS
    ) -> None:
        self._threshold = threshold
        self._longest = max(1, round(longest_seconds * FRAMES_A_SECOND))
        self._activity = Activity()
        self._rest = np.zeros(0, np.int16)
        self._at = 0
        self._voiced: deque[bool] = deque(maxlen=_PROOF[1])
        self._before: deque[bytes] = deque(maxlen=_BEFORE_FRAMES + _PROOF[1])
        self._frames = 0
        self._silent = 0
        self._state: Literal["waits", "speaks", "is deaf"] = "waits"

    @property
    def is_open(self) -> bool:
        """Whether somebody is in the midst of speaking."""
        return self._state == "speaks"

    def feed(self, pcm: Pcm) -> list[Event]:
        """More sound."""
        sound = np.concatenate((self._rest, pcm))
        whole = len(sound) // HOP * HOP
        self._rest = sound[whole:].copy()
        events: list[Event] = []
        for start in range(0, whole, HOP):
            events += self._step(sound[start : start + HOP])
        return list(_joined(events))

    def finish(self) -> list[Event]:
        """The stream is over; what comes next is another one."""
        events: list[Event] = []
        if self._state == "speaks":
            self._at += len(self._rest)
            if len(self._rest):
                events.append(Sounded(self._rest.tobytes()))
            events.append(Ended(self._at, "over"))
        self._rest = self._rest[:0]
        self._wait()
        return events

    def _step(self, frame: Pcm) -> Iterator[Event]:
        moment = self._activity.measure(frame.astype(np.float32) / np.float32(32768))
        self._at += HOP
        is_voiced = moment.harmony >= VOICED and moment.presence >= self._threshold
        is_quiet = moment.presence < _GOES_ON * self._threshold
        self._silent = self._silent + 1 if is_quiet else 0
        if self._state == "is deaf":
            if self._silent >= HANGOVER_FRAMES:
                self._wait()
        elif self._state == "waits":
            self._before.append(frame.tobytes())
            self._voiced.append(is_voiced)
            if sum(self._voiced) >= _PROOF[0]:
                yield from self._begin()
        else:
            self._frames += 1
            yield Sounded(frame.tobytes())
            if self._silent >= HANGOVER_FRAMES:
                yield Ended(self._at, "pause")
                self._wait()
            elif self._frames >= self._longest:
                yield Ended(self._at, "too long")
                self._state = "is deaf"

    def _begin(self) -> Iterator[Event]:
        first = self._voiced.index(True) if True in self._voiced else 0
        kept = list(self._before)[-(len(self._voiced) - first + _BEFORE_FRAMES) :]
        self._state, self._frames = "speaks", len(kept)
        yield Began(self._at - len(kept) * HOP)
        yield Sounded(b"".join(kept))

    def _wait(self) -> None:
        self._state, self._silent = "waits", 0
        self._voiced.clear()
        self._before.clear()


def _joined(events: list[Event]) -> Iterator[Event]:
    """Sounds that follow each other as one."""
    sounds: list[bytes] = []
    for event in events:
        if isinstance(event, Sounded):
            sounds.append(event.pcm)
            continue
        if sounds:
            yield Sounded(b"".join(sounds))
            sounds = []
        yield event
    if sounds:
        yield Sounded(b"".join(sounds))
