"""Breath and the slow wandering of a body that is alive."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from avatar_desktop.performer.roles import RoleTraits

INHALE = 0.40
EXHALE = 0.50
"""Shares of a cycle; what remains is the rest at the bottom."""


class Breath:
    """A cycle whose length wanders a little; exhaling takes longer than inhaling."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._phase = float(rng.random())
        self._stretch = 1.0

    def step(self, dt: float, traits: RoleTraits) -> None:
        self._phase += dt * traits.breaths / 60.0 * self._stretch
        if self._phase >= 1.0:
            self._phase -= 1.0
            self._stretch = float(np.clip(self._rng.normal(1.0, 0.12), 0.75, 1.3))

    def fullness(self) -> float:
        """0 empty, 1 full."""
        if self._phase < INHALE:
            return 0.5 - 0.5 * math.cos(math.pi * self._phase / INHALE)
        if self._phase < INHALE + EXHALE:
            return 0.5 + 0.5 * math.cos(math.pi * (self._phase - INHALE) / EXHALE)
        return 0.0


@dataclass(frozen=True, slots=True)
class _Wave:
    speed: float
    """Radians a second."""
    phase: float
    size: float


class Sway:
    """Smooth noise in degrees for a few joints: slow sines whose periods share no multiple."""

    def __init__(self, rng: np.random.Generator, sizes: dict[str, float]) -> None:
        self._waves = {
            name: tuple(
                _Wave(
                    speed=math.tau * float(rng.uniform(low, high)),
                    phase=float(rng.uniform(0.0, math.tau)),
                    size=size * share,
                )
                for low, high, share in ((0.03, 0.06, 0.5), (0.09, 0.14, 0.32), (0.19, 0.27, 0.18))
            )
            for name, size in sizes.items()
        }

    def at(self, now: float) -> dict[str, float]:
        swayed: dict[str, float] = {}
        for name, waves in self._waves.items():
            angle = 0.0
            for wave in waves:
                angle += wave.size * math.sin(wave.speed * now + wave.phase)
            swayed[name] = angle
        return swayed
