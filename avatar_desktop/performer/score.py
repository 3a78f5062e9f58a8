"""The score: clips and cues on the stage axis. Push fills it and pull plays it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass, field, replace
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.lips.track import MouthTrack
from avatar_desktop.reply.cue import Cue
from avatar_desktop.voice.clip import SpeechClip

CLOSING = 0.12
"""Seconds in which the lips come to rest when the voice breaks off."""
CLOSED_AFTER = 0.6
"""Seconds after the last sound in which a mouth still comes to rest."""
PREPARATION = 0.25
"""Seconds before the first sound from which the avatar counts as speaking."""


@dataclass(frozen=True, slots=True)
class ScoredClip:
    """A clip at its place; `start` is where its first sample is heard."""

    start: float
    clip: SpeechClip
    track: MouthTrack
    end: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "end", self.start + self.clip.seconds)


@dataclass(frozen=True, slots=True, order=True)
class ScoredCue:
    """A cue at the moment its word is heard."""

    time: float
    order: int
    cue: Cue
    reply_id: str


_time = attrgetter("time")


class Score:
    """Everything that will be heard and shown, and how far it was heard."""

    def __init__(self) -> None:
        self._clips: tuple[ScoredClip, ...] = ()
        self._cues: list[ScoredCue] = []
        self._count = 0
        self._cut_at = float("-inf")
        self._held_at = float("inf")

    @property
    def clips(self) -> tuple[ScoredClip, ...]:
        """In the order in which they sound."""
        return self._clips

    def add(
        self, start: float, clip: SpeechClip, track: MouthTrack, cues: tuple[Cue, ...] = ()
    ) -> tuple[ScoredCue, ...]:
        """Put a clip on the axis; returns its cues at the times of their words."""
        self._clips += (ScoredClip(start, clip, track),)
        return tuple(self.add_cue(start + cue_time(clip, cue), cue, clip.reply_id) for cue in cues)

    def add_cue(self, time: float, cue: Cue, reply_id: str) -> ScoredCue:
        self._count += 1
        scored = ScoredCue(time, self._count, cue, reply_id)
        insort(self._cues, scored)
        return scored

    def replace_track(self, clip_id: str, track: MouthTrack) -> None:
        """A neighbour arrived: the lips of a clip already placed are drawn again."""
        self._clips = tuple(
            replace(each, track=track) if each.clip.id == clip_id else each for each in self._clips
        )

    def cut(self, at: float) -> None:
        """An interruption: what was not heard by then never happens."""
        self.silence(at)
        self._cues = [each for each in self._cues if each.time <= at]

    def silence(self, at: float) -> None:
        """Nothing sounds from here on; the cues come all the same."""
        self._cut_at, self._held_at = at, float("inf")
        self._clips = tuple(each for each in self._clips if each.start < at)

    def hold(self, at: float) -> None:
        """A pause: nothing after this happens until the rest is moved later."""
        self._held_at = at

    def is_held(self, time: float) -> bool:
        """Whether this waits for a pause to end."""
        return time > self._held_at

    def move_later(self, after: float, by: float) -> None:
        """A pause ended: a clip that was under way goes on later, the rest follows."""
        self._held_at = float("inf")
        self._clips = tuple(
            replace(each, start=each.start + by) if each.end > after else each
            for each in self._clips
        )
        self._cues = [
            replace(each, time=each.time + by) if each.time > after else each for each in self._cues
        ]

    def cues_between(self, after: float, until: float) -> tuple[ScoredCue, ...]:
        """Cues whose word is heard in (after, until]."""
        until = min(until, self._held_at)
        first, last = (bisect_right(self._cues, time, key=_time) for time in (after, until))
        return tuple(self._cues[first:last])

    def mouth(self, at: float) -> dict[str, float]:
        """Weights of the mouth channels; where two tracks overlap the stronger shape wins."""
        channels: tuple[str, ...] = ()
        total: NDArray[np.float32] | None = None
        for each in self._clips:
            if not each.start - each.track.lead - 0.02 <= at <= each.end + CLOSED_AFTER:
                continue
            weights = each.track.at(at - each.start)
            silent = min(self._silence_of(each), self._held_at)
            if silent < each.end and at > silent:
                weights = weights * max(0.0, 1.0 - (at - silent) / CLOSING)
            channels = each.track.channels
            total = weights if total is None else np.maximum(total, weights)
        if total is None:
            return {}
        return dict(zip(channels, total.tolist(), strict=True))

    def is_speaking(self, at: float) -> bool:
        """True from shortly before the first sound until the last, across short rests."""
        return at <= self._held_at and any(
            each.start - PREPARATION <= at <= min(each.end, max(self._cut_at, each.start))
            if each.start < self._cut_at < each.end
            else each.start - PREPARATION <= at <= each.end + each.clip.pause_after
            for each in reversed(self._clips)
        )

    def end(self) -> float:
        """Where the last sound ends; minus infinity for an empty score."""
        return max((self._silence_of(each) for each in self._clips), default=float("-inf"))

    def is_over(self, at: float) -> bool:
        """Every mouth has closed by then, and no cue is to come."""
        if not self._clips and not self._cues:
            return True
        return at > self.end() + CLOSED_AFTER and not any(each.time > at for each in self._cues)

    def _silence_of(self, scored: ScoredClip) -> float:
        """Where a clip falls silent: at its end, or where it was cut."""
        return self._cut_at if scored.start < self._cut_at < scored.end else scored.end

    def forget_before(self, time: float) -> None:
        """Let go of what is long past; not of what a pause keeps."""
        time = min(time, self._held_at)
        if self._clips and self._clips[0].end < time:
            self._clips = tuple(each for each in self._clips if each.end >= time)
        del self._cues[: bisect_left(self._cues, time, key=_time)]


def cue_time(clip: SpeechClip, cue: Cue) -> float:
    """Seconds from the clip's first sample to the word that the cue is anchored to."""
    for word in clip.words:
        if word.char_end > cue.char:
            return word.start / clip.rate
    return clip.seconds if clip.words else 0.0


def into_word(scored: tuple[ScoredClip, ...], at: float) -> float:
    """Seconds since the start of the word that sounds at this moment; 0 between words."""
    for each in scored:
        for word in each.clip.words:
            start, end = (each.start + edge / each.clip.rate for edge in (word.start, word.end))
            if start < at < end:
                return at - start
    return 0.0


def heard_chars(scored: tuple[ScoredClip, ...], reply_id: str, at: float) -> int:
    """Code points of the raw reply up to the last word whose end was heard."""
    heard = 0
    for each in scored:
        if each.clip.reply_id != reply_id:
            continue
        for word in each.clip.words:
            if each.start + word.end / each.clip.rate <= at:
                heard = max(heard, word.char_end)
    return heard
