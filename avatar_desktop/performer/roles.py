"""What the avatar is doing in the conversation, and what each role means for the body.

Numbers are starting values from studies of people in conversation: blink rates from Bentivoglio,
dwell times from Lee, Badler and Badler, breathing by state from physiology reviews.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Role(Enum):
    IDLE = "idle"
    LISTENING = "listening"
    THINKING = "thinking"
    SPEAKING = "speaking"


@dataclass(frozen=True, slots=True)
class RoleTraits:
    """How a role looks; times in seconds, rates a minute, angles in degrees."""

    clips: tuple[tuple[str, ...], ...]
    """Names of clips in order of preference. All that the first known of them mean are played, one
    after the other; of several together the first is for a quiet mood."""
    blinks: float
    at_user: tuple[float, float]
    """Mean and spread of a look at the person."""
    away: tuple[float, float]
    """Mean and spread of a look elsewhere."""
    away_yaw: tuple[float, float]
    away_pitch: tuple[float, float]
    """Range of the glance; up is negative, as in a rotation about the x axis."""
    breaths: float
    depth: float
    sway: float
    """Size of the slow wandering of head and torso."""


TRAITS: dict[Role, RoleTraits] = {
    Role.IDLE: RoleTraits(
        clips=(("idle",),),
        blinks=17,
        at_user=(4.2, 1.6),
        away=(1.3, 0.6),
        away_yaw=(6, 20),
        away_pitch=(-5, 9),
        breaths=14,
        depth=1.0,
        sway=1.0,
    ),
    Role.LISTENING: RoleTraits(
        clips=(("listening",), ("idle",)),
        blinks=16,
        at_user=(7.9, 1.6),
        away=(0.43, 0.24),
        away_yaw=(5, 12),
        away_pitch=(-3, 6),
        breaths=14,
        depth=0.9,
        sway=0.7,
    ),
    Role.THINKING: RoleTraits(
        clips=(("thinking",), ("idle",)),
        blinks=25,
        at_user=(0.9, 0.3),
        away=(3.5, 1.2),
        away_yaw=(7, 19),
        away_pitch=(-14, -5),
        breaths=16.5,
        depth=0.7,
        sway=1.0,
    ),
    Role.SPEAKING: RoleTraits(
        clips=(("talk_calm", "talk_explain", "talk_gesture"), ("talk",), ("idle",)),
        blinks=26,
        at_user=(3.1, 1.4),
        away=(0.93, 0.5),
        away_yaw=(6, 16),
        away_pitch=(-7, 6),
        breaths=15,
        depth=0.8,
        sway=1.15,
    ),
}
