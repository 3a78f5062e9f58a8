"""The face between words: emotions rise, hold and fade, always from what is displayed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from avatar_desktop.performer.emotions import EMOTIONS, EmotionLook, spread


@dataclass(frozen=True, slots=True)
class FaceState:
    """Channel weights by name, and what the emotion asks of head and tempo."""

    channels: Mapping[str, float]
    presets: Mapping[str, float]
    tilt: float
    pitch: float
    gain: float


class Face:
    """Each channel is a critically damped spring towards its target: no snap, no overshoot."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._lean = float(rng.choice((-1.0, 1.0)) * rng.uniform(0.55, 1.0))
        self._emotion = "neutral"
        self._strength = 1.0
        self._until = float("inf")
        self._tau = EMOTIONS["neutral"].attack
        self._values: dict[str, float] = {}
        self._speeds: dict[str, float] = {}

    @property
    def emotion(self) -> str:
        return self._emotion

    def feel(self, emotion: str, strength: float, now: float) -> None:
        """Take up an emotion; an unknown one is neutral."""
        self._emotion = emotion if emotion in EMOTIONS else "neutral"
        self._strength = float(np.clip(strength, 0.0, 1.0))
        look = EMOTIONS[self._emotion]
        self._tau = look.attack
        self._until = now + look.attack + look.hold if look.hold else float("inf")

    def relax(self, now: float) -> None:
        """An interruption or the end of a reply: let the present look fade."""
        self._until = min(self._until, now)

    def step(self, now: float, dt: float, speaking: bool) -> None:
        """Move on by `dt`; an emotion outlasts its hold while the person is still spoken to."""
        lasts = speaking and self._emotion != "surprised"
        if now >= self._until and not lasts:
            self._tau = EMOTIONS[self._emotion].release
            self._emotion, self._strength, self._until = "neutral", 1.0, float("inf")
        for name, target in self._targets(EMOTIONS[self._emotion], speaking).items():
            self._approach(name, target, dt)

    def _targets(self, look: EmotionLook, speaking: bool) -> dict[str, float]:
        share = look.share if speaking else 1.0
        wanted = {
            **spread(look.upper, self._lean),
            **{name: weight * share for name, weight in spread(look.mouth, self._lean).items()},
            **{f"preset:{name}": weight for name, weight in look.preset.items()},
            "tilt": look.tilt,
            "pitch": look.pitch,
            "gain": look.gain - 1.0,
        }
        scaled = {name: weight * self._strength for name, weight in wanted.items()}
        return dict.fromkeys(self._values, 0.0) | scaled

    def _approach(self, name: str, target: float, dt: float) -> None:
        """Critically damped: reaches nine tenths of the way in `_tau` seconds."""
        omega = 3.9 / max(self._tau, 0.08)
        value = self._values.get(name, 0.0)
        speed = self._speeds.get(name, 0.0)
        offset = value - target
        carried = (speed + omega * offset) * dt
        decay = float(np.exp(-omega * dt))
        self._values[name] = target + (offset + carried) * decay
        self._speeds[name] = (speed - omega * carried) * decay

    def state(self) -> FaceState:
        plain = {"tilt", "pitch", "gain"}
        return FaceState(
            channels={
                name: value
                for name, value in self._values.items()
                if name not in plain and not name.startswith("preset:") and abs(value) > 1e-4
            },
            presets={
                name.removeprefix("preset:"): value
                for name, value in self._values.items()
                if name.startswith("preset:") and abs(value) > 1e-4
            },
            tilt=self._values.get("tilt", 0.0),
            pitch=self._values.get("pitch", 0.0),
            gain=1.0 + self._values.get("gain", 0.0),
        )
