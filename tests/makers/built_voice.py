"""A voice built sample by sample, so that nobody has to guess when its lips are shut.

It takes its words and their lengths from a clip of the built-in voice and makes every sound anew:
vowels buzz in two resonances, fricatives hiss, stops are silent or hum until they burst.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.lips.phones import VOWELS, normalised, visemes
from avatar_desktop.voice.clip import Phone, SpeechClip

Floats = NDArray[np.float64]
Span = tuple[str, float, float]
Labels = Literal["burst", "whole"]
"""Where the label of a silent stop begins: at its burst, as in formant voices, or with its silence,
as in voices that were taught by aligned recordings."""

RATE = 22_050
PITCH = 118.0
STOP = {"p": 0.075, "t": 0.06, "k": 0.06, "b": 0.065, "d": 0.05, "ɡ": 0.05, "g": 0.05}
"""Seconds for which these are closed."""
_RESONANCES = {
    "aa": (700, 1250), "ax": (500, 1450), "E": (520, 1850), "I": (300, 2250), "O": (470, 850),
    "U": (320, 900), "ux": (340, 1300), "Y": (300, 1800), "OE": (420, 1550),
}  # fmt: skip


@dataclass(frozen=True)
class Built:
    """A clip, and when its lips are shut: letter, start and end in seconds."""

    clip: SpeechClip
    shut: tuple[Span, ...]


def built(spoken: SpeechClip, labels: Labels, *, jitter: float = 0.0, seed: int = 0) -> Built:
    """The words of a clip in this voice; `jitter` is how far off its labels are, in seconds."""
    rng = np.random.default_rng(seed)
    sound: list[Floats] = []
    phones: list[Phone] = []
    shut: list[Span] = []
    at = 0
    for phone in spoken.phones:
        letter = normalised(phone.ipa)[:1]
        seconds = (phone.end - phone.start) / spoken.rate
        closed = STOP.get(letter, 0.0)
        closing = _hum(closed, 0.012 if letter in "bdɡg" else 0.0) if closed else np.zeros(0)
        open_ = _sounding(
            phone.ipa, max(0.02, seconds - (closed if letter in "bdɡg" else 0.0)), rng
        )
        label = at
        if letter in ("p", "t", "k") and labels == "burst":
            label += len(closing)
            if phones:
                phones[-1] = replace(phones[-1], end=label)
            else:
                phones.append(Phone(0, label, "", 0))
        if letter in ("p", "b"):
            shut.append((letter, at / RATE, (at + len(closing)) / RATE))
        elif letter == "m":
            shut.append(("m", at / RATE, (at + len(open_)) / RATE))
        sound += [closing, open_]
        at += len(closing) + len(open_)
        phones.append(Phone(label, at, phone.ipa, phone.stress))
    whole = np.concatenate(sound) + rng.normal(0.0, 1e-4, at)
    pcm = (np.clip(whole, -1.0, 1.0) * 32767).astype("<i2").tobytes()
    moved = _jittered(phones, jitter, rng)
    clip = replace(spoken, rate=RATE, pcm=pcm, phones=tuple(moved), words=(), timing="exact")
    return Built(clip, tuple(shut))


def _jittered(phones: list[Phone], jitter: float, rng: np.random.Generator) -> list[Phone]:
    edges = np.array([phone.start for phone in phones] + [phones[-1].end], np.float64)
    edges[1:-1] += rng.uniform(-jitter, jitter, len(edges) - 2) * RATE
    edges = np.maximum.accumulate(edges + np.arange(len(edges))).astype(np.int64)
    return [
        replace(phone, start=int(low), end=int(high))
        for phone, low, high in zip(phones, edges[:-1], edges[1:], strict=True)
    ]


def _sounding(ipa: str, seconds: float, rng: np.random.Generator) -> Floats:
    """What is heard of a sound once it is open."""
    count = round(seconds * RATE)
    shapes = visemes(ipa) or ()
    letter = normalised(ipa)[:1]
    if not letter:
        return np.zeros(count)
    if letter in STOP:
        burst = rng.normal(0.0, 0.08, count) * np.exp(-np.arange(count) / (0.012 * RATE))
        return np.diff(burst, prepend=0.0)
    if shapes and shapes[0][0] in VOWELS:
        resonances = [_RESONANCES[name] for name, _ in shapes if name in _RESONANCES]
        part = -(-count // len(resonances))
        return np.concatenate([_buzz(part, *each) for each in resonances])[:count]
    if letter in "szʃʒfvθðxhçɕʑ":
        hiss = np.diff(rng.normal(0.0, 0.03 if letter in "szʃʒ" else 0.012, count), prepend=0.0)
        return hiss + (_hum(seconds, 0.02)[:count] if letter in "zʒvð" else 0.0)
    return _hum(seconds, 0.05)[:count]


def _hum(seconds: float, level: float) -> Floats:
    """What passes closed lips: the voice without its upper notes."""
    time = np.arange(round(seconds * RATE)) / RATE
    return level * (np.sin(2 * np.pi * PITCH * time) + 0.3 * np.sin(4 * np.pi * PITCH * time))


def _buzz(count: int, first: float, second: float) -> Floats:
    time = np.arange(count) / RATE
    notes = np.arange(1, 28) * PITCH
    loud = 1.0 / (1.0 + ((notes - first) / 90.0) ** 2) + 0.4 / (
        1.0 + ((notes - second) / 120.0) ** 2
    )
    wave = (loud[:, None] * np.sin(2 * np.pi * notes[:, None] * time)).sum(axis=0)
    edge = np.minimum(1.0, np.minimum(time, time[-1] - time) / 0.012) if count > 1 else 1.0
    return 0.18 * wave * edge
