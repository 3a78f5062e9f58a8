"""The face between words: emotions rise, hold and fade, always from what is displayed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.performer.emotions import EMOTIONS, EmotionLook, spread

Doubles = NDArray[np.float64]

_UNSEEN = 1e-4
_GIVES_WAY = 0.08
"""Seconds in which an emotion leaves the mouth to speech, most of the way; lips prepare in 0.25."""
_ARRIVED = 1e-7
"""A weight that is so near its target, and moves so little in a second, stays where it is."""


@dataclass(frozen=True, slots=True)
class FaceState:
    """Channel weights by name, and what the emotion asks of head and tempo."""

    channels: Mapping[str, float]
    presets: Mapping[str, float]
    tilt: float
    pitch: float
    gain: float
    speaking: float = 0.0
    """How much of the mouth belongs to speech, 0 to 1."""


class Face:
    """Each channel is a critically damped spring towards its target: no snap, no overshoot."""

    def __init__(self, rng: np.random.Generator) -> None:
        lean = float(rng.choice((-1.0, 1.0)) * rng.uniform(0.55, 1.0))
        looks = {
            (name, speaking): _wanted(look, lean, look.share if speaking else 1.0)
            for name, look in EMOTIONS.items()
            for speaking in (False, True)
        }
        channels = dict.fromkeys(name for look in looks.values() for name in look.channels)
        presets = dict.fromkeys(name for look in looks.values() for name in look.presets)
        self._channels, self._presets = tuple(channels), tuple(presets)
        self._targets = {key: self._row(look) for key, look in looks.items()}
        self._asked = ("neutral", 1.0, False)
        self._target = self._targets["neutral", False]
        self._left = np.stack([-self._target, np.zeros_like(self._target)])
        """How far each value is beyond its target, and its speed."""
        self._speaking = 0.0
        self._emotion = "neutral"
        self._strength = 1.0
        self._until = float("inf")
        self._tau = EMOTIONS["neutral"].attack
        self._arrived: tuple[str, float, bool] | None = None
        self._state: FaceState | None = None

    @property
    def emotion(self) -> str:
        return self._emotion

    @property
    def rests(self) -> bool:
        """No look is on its way."""
        return self._arrived is not None

    def feel(self, emotion: str, strength: float, now: float) -> None:
        """Take up an emotion; an unknown one is neutral."""
        self._emotion = emotion if emotion in EMOTIONS else "neutral"
        self._strength = min(1.0, max(0.0, strength))
        look = EMOTIONS[self._emotion]
        self._tau = look.attack
        self._until = now + look.attack + look.hold if look.hold else float("inf")

    def relax(self, now: float) -> None:
        """An interruption or the end of a reply: let the present look fade."""
        self._until = min(self._until, now)

    def step(self, now: float, dt: float, speaking: bool) -> None:
        """Move on by `dt`; an emotion outlasts its hold while the person is still spoken to.

        Nine tenths of the way take `_tau` seconds.
        """
        lasts = speaking and self._emotion != "surprised"
        if now >= self._until and not lasts:
            self._tau = EMOTIONS[self._emotion].release
            self._emotion, self._strength, self._until = "neutral", 1.0, float("inf")
        asked = (self._emotion, self._strength, speaking)
        if asked == self._arrived:
            return
        if asked != self._asked:
            self._aim_at(asked)
        silence = self._speaking - float(speaking)
        self._speaking = float(speaking) + silence * math.exp(-dt / _GIVES_WAY)
        self._left = _damping(self._tau, dt).dot(self._left)
        self._state = None
        rests = abs(silence) < _ARRIVED and np.abs(self._left).max() < _ARRIVED
        self._arrived = asked if rests else None

    def _aim_at(self, asked: tuple[str, float, bool]) -> None:
        emotion, strength, speaking = self._asked = asked
        target = self._targets[emotion, speaking] * strength
        self._left[0] += self._target - target
        self._target = target

    def state(self) -> FaceState:
        """The same value again for as long as the face rests."""
        if self._state is None:
            self._state = self._present()
        return self._state

    def _present(self) -> FaceState:
        tilt, pitch, gain, *weights = (self._target + self._left[0]).tolist()
        count = len(self._channels)
        return FaceState(
            channels=_shown(self._channels, weights[:count]),
            presets=_shown(self._presets, weights[count:]),
            tilt=tilt,
            pitch=pitch,
            gain=1.0 + gain,
            speaking=self._speaking,
        )

    def _row(self, look: FaceState) -> Doubles:
        return np.array(
            [look.tilt, look.pitch, look.gain - 1.0]
            + [look.channels.get(name, 0.0) for name in self._channels]
            + [look.presets.get(name, 0.0) for name in self._presets]
        )


@lru_cache(maxsize=256)
def _damping(tau: float, dt: float) -> Doubles:
    """(2, 2): what a step of `dt` makes of offsets and speeds, critically damped."""
    omega = 3.9 / max(tau, 0.08)
    rest, back = omega * dt, -omega * omega * dt
    return math.exp(-rest) * np.array([[1.0 + rest, dt], [back, 1.0 - rest]])


def _wanted(look: EmotionLook, lean: float, share: float) -> FaceState:
    """An emotion fully shown; `share` is what it may have of the mouth."""
    mouth = {name: weight * share for name, weight in spread(look.mouth, lean).items()}
    return FaceState(
        channels={**spread(look.upper, lean), **mouth},
        presets=look.preset,
        tilt=look.tilt,
        pitch=look.pitch,
        gain=look.gain,
    )


def _shown(names: tuple[str, ...], weights: list[float]) -> dict[str, float]:
    pairs = zip(names, weights, strict=True)
    return {name: weight for name, weight in pairs if abs(weight) > _UNSEEN}
