"""How lips are measured: gaps between them, closures in the sound, contacts, leads and rests.

Written apart from the code it judges: the closure is looked for with another frame, in decibels,
and once more from the label alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.lips.mouth import mouth_track
from avatar_desktop.lips.phones import VOWELS, normalised, visemes
from avatar_desktop.lips.rigs import RigName
from avatar_desktop.lips.track import MouthTrack
from avatar_desktop.voice.clip import Phone, SpeechClip

Floats = NDArray[np.float64]
Span = tuple[str, float, float]
"""A letter and the seconds from and to which its sound is closed."""

_APERTURE: dict[str, dict[str, float]] = {
    "arkit": {
        "jawOpen": 1.0,
        "mouthClose": -1.0,
        "mouthLowerDownLeft": 0.08,
        "mouthLowerDownRight": 0.08,
        "mouthUpperUpLeft": 0.08,
        "mouthUpperUpRight": 0.08,
        "mouthFunnel": 0.1,
    },
    "oculus": {
        "viseme_" + name: part
        for name, part in {
            "aa": 1.0, "E": 0.65, "O": 0.6, "I": 0.35, "kk": 0.3, "DD": 0.25, "nn": 0.22,
            "TH": 0.2, "CH": 0.2, "RR": 0.2, "U": 0.2, "SS": 0.12, "FF": 0.08,
        }.items()
    },
    "vrm": {"aa": 1.0, "ee": 0.65, "oh": 0.6, "ih": 0.35, "ou": 0.25},
    "cc4": {
        "Ah": 1.0, "AE": 0.7, "Oh": 0.6, "EE": 0.35, "Ih": 0.35, "K_G_H_NG": 0.3, "T_L_D_N": 0.25,
        "Th": 0.2, "Ch_J": 0.2, "R": 0.2, "Er": 0.3, "W_OO": 0.2, "S_Z": 0.12, "F_V": 0.08,
    },
    "jaw": {"jawOpen": 1.0},
}  # fmt: skip
"""How far each channel parts the lips of a rig that adds its shapes up."""


@dataclass(frozen=True)
class Run:
    """One clip and the mouth it got; `shift` delays the mouth, for mutations."""

    clip: SpeechClip
    track: MouthTrack
    rig: RigName
    shift: float = 0.0
    opening: Callable[[MouthTrack], Floats] | None = None
    """How far the lips part; None: by the rig's own linear proxy."""

    def rows(self, start: float, end: float) -> slice:
        low = np.ceil((start + self.track.lead - self.shift) * self.track.rate - 1e-6)
        high = np.floor((end + self.track.lead - self.shift) * self.track.rate + 1e-6)
        return slice(max(0, int(low)), max(0, int(high) + 1))

    @property
    def times(self) -> Floats:
        return np.arange(len(self.track.weights)) / self.track.rate - self.track.lead + self.shift

    def channel(self, name: str) -> Floats:
        return self.track.weights[:, self.track.channels.index(name)].astype(np.float64)

    @property
    def gap(self) -> Floats:
        if self.opening is not None:
            opened = self.opening(self.track)
        else:
            aperture = [_APERTURE[self.rig].get(name, 0.0) for name in self.track.channels]
            opened = np.maximum(self.track.weights @ np.array(aperture), 0.0)
        return opened / max(float(np.percentile(opened, 95)), 1e-6)


def runs(
    clips: Iterable[SpeechClip],
    rig: RigName,
    opening: Callable[[MouthTrack], Floats] | None = None,
) -> list[Run]:
    return [Run(clip, mouth_track(clip, rig), rig, opening=opening) for clip in clips]


def late(made: list[Run], seconds: float) -> list[Run]:
    return [replace(run, shift=seconds) for run in made]


def reshaped(made: list[Run], weights: list[NDArray[np.float32]]) -> list[Run]:
    pairs = zip(made, weights, strict=True)
    return [replace(run, track=replace(run.track, weights=rows)) for run, rows in pairs]


def smoothed(made: list[Run], seconds: float) -> list[Run]:
    """The mutation of an over-smooth mouth: a moving average."""
    width = round(seconds * 100)
    kernel = np.ones(width) / width
    out = [
        np.apply_along_axis(
            lambda column: np.convolve(column, kernel, "same"), 0, run.track.weights
        )
        for run in made
    ]
    return reshaped(made, [rows.astype(np.float32) for rows in out])


def sounding(clip: SpeechClip) -> list[tuple[float, float, Phone]]:
    return [(p.start / clip.rate, p.end / clip.rate, p) for p in clip.phones if p.ipa]


def _decibels(clip: SpeechClip) -> Floats:
    """Level over 13 ms, every 5 ms."""
    sound = np.frombuffer(clip.pcm, "<i2") / 32768.0
    centres = np.arange(0, len(sound), int(0.005 * clip.rate))
    half = int(0.0065 * clip.rate)
    power = [float(np.mean(sound[max(0, c - half) : c + half] ** 2)) for c in centres]
    return 10 * np.log10(np.array(power) + 1e-9)


def heard_closures(clip: SpeechClip, *, anywhere: bool = False) -> list[Span]:
    """p, b, m with the span in which the sound is closed: the run about the quietest moment near
    the label, which may lie in the end of the sound before, but not in one before that. Quiet of
    less than 15 ms that does not touch the label is none where there is any other: it is the joint
    of a burst and the voice after it, or the end of the stop before.

    `anywhere` is the rule as it was first written: the quietest moment from 80 ms before the label
    to 70 after, whatever is said there and however short it is.
    """
    levels = _decibels(clip)
    found: list[Span] = []
    before = 0.0
    for start, end, phone in sounding(clip):
        letter = phone.ipa[0]
        if letter == "m":
            found.append((letter, start, min(end, start + 0.12)))
        elif letter in "pb":
            earliest, latest = (0.0, start + 0.07) if anywhere else (before, min(start + 0.07, end))
            first = max(0, round(max(start - 0.08, earliest) / 0.005))
            window = levels[first : round(latest / 0.005)]
            label = None if anywhere else start / 0.005 - first
            low, high = _run_of_quiet(window, label)
            found.append((letter, (first + low) * 0.005, (first + high) * 0.005))
        before = (start + end) / 2
    return found


def _run_of_quiet(window: Floats, label: float | None) -> tuple[int, int]:
    """The run about the quietest moment, of those that can be a closure at a label."""
    for lowest in window.argsort(kind="stable"):
        low, high = _run_about(window, int(lowest))
        touches = label is None or min(abs(low - label), abs(high - label)) <= 2.0
        if touches or high - low >= 3:
            return low, high
    return _run_about(window, int(window.argmin()))


def _run_about(window: Floats, lowest: int) -> tuple[int, int]:
    loud = window > max(window[lowest] + 6.0, window.max() - 25.0)
    earlier, later = np.flatnonzero(loud[:lowest]), np.flatnonzero(loud[lowest:])
    low = int(earlier[-1]) + 1 if len(earlier) else 0
    return low, lowest + int(later[0]) if len(later) else len(window)


def labelled_closures(clip: SpeechClip, letters: str = "pm", lead: float = 0.04) -> list[Span]:
    """The same from the label alone: p is closed for 40 ms before its burst, m while it hums.

    A b is asked for by name only: its label is the burst in one word and the beginning of the hum
    in another.
    """
    return [
        (p.ipa[0], start, min(end, start + 0.12))
        if p.ipa[0] == "m"
        else (p.ipa[0], start - lead, start)
        for start, end, p in sounding(clip)
        if p.ipa[0] in letters
    ]


def seal_rate(made: list[Run], *, by_label: bool = False, letters: str = "pbm") -> float:
    """L1: per cent of p, b, m whose gap is ≤ .10 for ≥ 60 % of the closure."""
    spans = labelled_closures if by_label else heard_closures
    return seal_rate_at(made, [spans(run.clip) for run in made], letters=letters)


def seal_rate_at(
    made: list[Run], closures: Sequence[Sequence[Span]], *, letters: str = "pbm"
) -> float:
    """The same for closures that are known from elsewhere, one list for each clip."""
    sealed: list[bool] = []
    for run, spans in zip(made, closures, strict=True):
        gap = run.gap
        for letter, start, end in spans:
            if letter in letters:
                part = gap[run.rows(start, end)]
                sealed.append(len(part) == 0 or float(np.mean(part <= 0.10)) >= 0.6)
    return 100.0 * float(np.mean(sealed))


def tuck(run: Run) -> Floats:
    """How far the lower lip is under the teeth, 0 to 1."""
    if run.rig == "arkit":
        return run.channel("mouthRollLower") / 0.35
    return run.channel("viseme_FF")


def labiodental_rate(made: list[Run]) -> float:
    """L2: per cent of f, v with a gap ≤ .25 and the tuck ≥ .5 at one time within the sound."""
    touched: list[bool] = []
    for run in made:
        gap, tucked = run.gap, tuck(run)
        for start, end, phone in sounding(run.clip):
            if phone.ipa[0] in "fv":
                rows = run.rows(start, end)
                touched.append(bool(np.min(gap[rows]) <= 0.25 and np.max(tucked[rows]) >= 0.5))
    return 100.0 * float(np.mean(touched))


_VISIBLE = ("PP", "FF", "CH", "U", "O", "aa", "E", "I")


def onset_leads(made: list[Run]) -> tuple[Floats, float]:
    """L5: 50 % rise of each visible viseme minus its start in ms, and per cent missing."""
    leads: list[float] = []
    missing = total = 0
    for run in made:
        times = run.times
        before = ""
        for start, end, phone in sounding(run.clip):
            parts = visemes(phone.ipa) or ()
            name = parts[0][0] if parts else ""
            if name in _VISIBLE and name != before:
                total += 1
                rise = _rise(run.channel("viseme_" + name), times, start, end)
                if rise is None:
                    missing += 1
                else:
                    leads.append(1000.0 * (rise - start))
            before = parts[-1][0] if parts else before
    return np.array(leads), 100.0 * missing / max(total, 1)


def _rise(level: Floats, times: Floats, start: float, end: float) -> float | None:
    inside = np.flatnonzero((times >= start - 0.05) & (times <= end + 0.02))
    if not len(inside):
        return None
    top = inside[int(level[inside].argmax())]
    if level[top] < 0.1:
        return None
    floor = float(level[max(0, top - 30) : top + 1].min())
    half = (float(level[top]) + floor) / 2
    low = top
    while low > 0 and level[low - 1] >= half:
        low -= 1
    return float(times[low])


def anticipation_rate(made: list[Run]) -> float:
    """L6: per cent of rounded sounds after unrounded ones whose lips round 60–220 ms ahead."""
    ahead: list[bool] = []
    for run in made:
        rounding = run.channel("mouthPucker") + run.channel("mouthFunnel")
        times = run.times
        before = "start"
        for start, end, phone in sounding(run.clip):
            parts = visemes(phone.ipa) or ()
            name = parts[0][0] if parts else ""
            if name in ("U", "CH") and before not in ("U", "CH", "O", "Y", "OE", "RR"):
                rows = run.rows(start, end)
                top = rows.start + int(rounding[rows].argmax())
                floor = float(rounding[max(0, top - 30) : top + 1].min())
                level = floor + 0.2 * (float(rounding[top]) - floor)
                low = top
                while low > 0 and rounding[low - 1] >= level:
                    low -= 1
                ahead.append(bool(0.06 <= start - times[low] <= 0.22))
            before = parts[-1][0] if parts else before
    return 100.0 * float(np.mean(ahead))


def largest_step(made: list[Run]) -> float:
    """L7: the largest change of any weight in 10 ms."""
    return max(float(np.abs(np.diff(run.track.weights, axis=0)).max()) for run in made)


def gap_speed(made: list[Run]) -> float:
    """L7: 99th percentile of the gap's speed, in gaps a second."""
    speeds = [np.abs(np.diff(run.gap)) * run.track.rate for run in made]
    return float(np.percentile(np.concatenate(speeds), 99))


def syllable_share(made: list[Run]) -> float:
    """L8: peaks of the gap (prominence .15) per vowel nucleus."""
    peaks = nuclei = 0
    for run in made:
        peaks += _peaks(run.gap, 0.15)
        nuclei += sum(
            any(name in VOWELS for name, _ in visemes(phone.ipa) or ())
            for _, _, phone in sounding(run.clip)
        )
    return peaks / nuclei


def _peaks(level: Floats, prominence: float) -> int:
    count, low, high, rising = 0, level[0], level[0], True
    for value in level[1:]:
        if rising:
            high = max(high, value)
            if value < high - prominence:
                count, rising, low = count + 1, False, value
        else:
            low = min(low, value)
            if value > low + prominence:
                rising, high = True, value
    return count


def rest_rate(made: list[Run], *, all_beginnings: bool = False) -> float:
    """L9: per cent of ends closed within 250 ms, and of beginnings prepared 80–300 ms ahead.

    A face that can only open cannot prepare a p, b, m, f, v, s or z: it is closed already. With
    `all_beginnings` it is asked to.
    """
    kept: list[bool] = []
    for run in made:
        spans = sounding(run.clip)
        first, last = spans[0][0], spans[-1][1]
        moving = np.flatnonzero(run.track.weights.max(axis=1) > 0.02)
        can = run.rig not in ("vrm", "jaw") or spans[0][2].ipa[0] not in "pbmfvsz"
        if can or all_beginnings:
            kept.append(bool(0.08 <= first - run.times[moving[0]] <= 0.30))
        kept.append(float(run.gap[run.times > last + 0.25].max(initial=0.0)) <= 0.10)
        for (_, before, _), (after, _, _) in pairwise(spans):
            if after - before > 0.35:
                rested = run.gap[run.rows(before + 0.25, after - 0.3)]
                kept.append(float(rested.max(initial=0.0)) <= 0.10)
    return 100.0 * float(np.mean(kept))


def shaped_phones(clips: Iterable[SpeechClip]) -> list[bool]:
    """L10: for each phone that has any letter, whether the table knows its shape."""
    names = [phone.ipa for clip in clips for phone in clip.phones if normalised(phone.ipa)]
    return [visemes(name) is not None for name in names]


def sound_follows(made: list[Run]) -> tuple[float, float]:
    """L3 and L4: the lag in ms at which gap and loudness agree best, and how well they agree there.

    The lag is positive where the mouth is late; the agreement is the mean of the clips' own bests.
    """
    lags = range(-20, 21)
    found: list[list[float]] = []
    for run in made:
        gap, loud = run.gap, _envelope(run)
        pairs = (
            (gap[max(0, k) : len(gap) + min(0, k)], loud[max(0, -k) : len(gap) - max(0, k)])
            for k in lags
        )
        found.append([float(np.corrcoef(ours, theirs)[0, 1]) for ours, theirs in pairs])
    table = np.array(found)
    return 1000.0 * (int(table.mean(axis=0).argmax()) - 20) / 100, float(table.max(axis=1).mean())


def _envelope(run: Run) -> Floats:
    """Root mean square over 130 ms at each row of the track."""
    sound = np.frombuffer(run.clip.pcm, "<i2") / 32768.0
    energy = np.concatenate(([0.0], np.cumsum(sound * sound)))
    centre, half = (run.times * run.clip.rate).astype(np.int64), int(0.065 * run.clip.rate)
    low, high = np.clip(centre - half, 0, len(sound)), np.clip(centre + half, 0, len(sound))
    return np.sqrt((energy[high] - energy[low]) / np.maximum(high - low, 1))
