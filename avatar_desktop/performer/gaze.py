"""Where the eyes go and why: at the person, or away for a reason the role names.

Eyes jump (25 ms + 2.4 ms a degree), then the head joins for larger shifts while the eyes keep
the target. Angles are degrees: yaw to the avatar's left is positive, down is positive.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import deque
from dataclasses import dataclass
from operator import itemgetter

import numpy as np

from avatar_desktop.performer.roles import Role, RoleTraits

EYE_LIMIT_YAW = 28.0
EYE_LIMIT_PITCH = 20.0
HEAD_JOINS_ABOVE = 9.0
HEAD_SHARE = 0.45
HEAD_TAU = 0.22
"""Seconds in which the head covers two thirds of its way."""
LOOK_BACK = 0.75
"""Seconds into speech at which the eyes return to the person."""
YIELD = 2.4
"""Seconds before the end of speech from which the gaze stays on the person."""
BLINK_WITH_SHIFT = 15.0
REMEMBERED = 32
"""Steps for which the way of the eyes is known afterwards."""


@dataclass(frozen=True, slots=True)
class Look:
    """A direction; (0, 0) is the person."""

    yaw: float
    pitch: float

    @property
    def is_at_user(self) -> bool:
        return abs(self.yaw) < 5.0 and abs(self.pitch) < 5.0


AT_USER = Look(0.0, 0.0)


class Gaze:
    """Eyes and head of one avatar, stepped in fixed time."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._from = self._target = AT_USER
        self._jumped = float("-inf")
        self._span = 0.03
        self._until = 0.0
        self._head = (0.0, 0.0)
        self._flick = (0.0, 0.0)
        self._next_flick = 0.0
        self._flicked = float("-inf")
        self._late: deque[tuple[float, float, float]] = deque(maxlen=REMEMBERED)
        """Instants of the last steps, and where the eyes were in the head then."""

    def step(self, now: float, dt: float, role: Role, traits: RoleTraits, speech: Speech) -> bool:
        """Move on; returns True when a shift was large enough to blink with."""
        jumped = False
        held = _held_by_turn(now, role, speech)
        if held is not None:
            if held != self._target:
                jumped = self._look(now, held)
            self._until = max(self._until, now + 0.4)
        elif now >= self._until:
            jumped = self._next_look(now, role, traits)
        if now >= self._next_flick:
            aside, upright = self._rng.uniform(-0.8, 0.8, 2).tolist()
            self._flick = (aside, 0.6 * upright)
            self._flicked = now
            self._next_flick = now + float(self._rng.uniform(0.6, 1.6))
        self._step_head(dt)
        self._late.append((now, *self._in_head(now)))
        return jumped

    def role_changed(self, now: float, role: Role, traits: RoleTraits) -> None:
        """A turn event is seen at once: thinking looks away, listening looks at the person."""
        if role is Role.THINKING:
            self._look(now + 0.12, self._draw_away(traits))
            self._until = now + 0.12 + self._dwell(traits.away)
        elif role is Role.LISTENING:
            self._look(now, AT_USER)
            self._until = now + self._dwell(traits.at_user)

    def _next_look(self, now: float, role: Role, traits: RoleTraits) -> bool:
        stays_away = role is Role.THINKING and self._rng.random() < 0.4
        if self._target.is_at_user or stays_away:
            jumped = self._look(now, self._draw_away(traits))
            self._until = now + self._dwell(traits.away)
        else:
            jumped = self._look(now, AT_USER)
            self._until = now + self._dwell(traits.at_user)
        return jumped

    def _look(self, now: float, target: Look) -> bool:
        self._from = Look(*self._eyes(now))
        self._target = target
        self._jumped = now
        distance = math.hypot(target.yaw - self._from.yaw, target.pitch - self._from.pitch)
        self._span = 0.025 + 0.0024 * distance
        return distance > BLINK_WITH_SHIFT

    def _draw_away(self, traits: RoleTraits) -> Look:
        side = 1.0 if self._rng.random() < 0.5 else -1.0
        return Look(
            side * float(self._rng.uniform(*traits.away_yaw)),
            float(self._rng.uniform(*traits.away_pitch)),
        )

    def _dwell(self, mean_and_spread: tuple[float, float]) -> float:
        mean, spread = mean_and_spread
        shape = (mean / spread) ** 2
        return max(0.25, min(9.0, float(self._rng.gamma(shape, mean / shape))))

    def _step_head(self, dt: float) -> None:
        yaw, pitch = self._target.yaw, self._target.pitch
        share = HEAD_SHARE if math.hypot(yaw, pitch) > HEAD_JOINS_ABOVE else 0.15
        moved = 1.0 - math.exp(-dt / HEAD_TAU)
        self._head = (
            self._head[0] + (yaw * share - self._head[0]) * moved,
            self._head[1] + (pitch * share - self._head[1]) * moved,
        )

    def _eyes(self, now: float) -> tuple[float, float]:
        """The direction of the gaze in space."""
        done = min(1.0, max(0.0, (now - self._jumped) / self._span))
        eased = done * done * (3.0 - 2.0 * done)
        return (
            self._from.yaw + (self._target.yaw - self._from.yaw) * eased,
            self._from.pitch + (self._target.pitch - self._from.pitch) * eased,
        )

    def jumped_since(self, then: float) -> bool:
        """Whether the eyes were on a quick way after that, far or a little."""
        return max(self._jumped + self._span, self._flicked) > then

    def head(self) -> tuple[float, float]:
        """Yaw and pitch that the head adds."""
        return self._head

    def eyes_in_head(self, now: float) -> tuple[float, float]:
        """What is left for the eyes once the head has turned: the target stays fixed.

        It is known of the instants just before the last step, too.
        """
        if not self._late or now >= self._late[-1][0]:
            return self._in_head(now)
        place = bisect_right(self._late, now, key=itemgetter(0))
        if place == 0:
            return self._late[0][1:]
        (earlier, *before), (later, *after) = self._late[place - 1], self._late[place]
        share = (now - earlier) / (later - earlier)
        yaw, pitch = (a + (b - a) * share for a, b in zip(before, after, strict=True))
        return yaw, pitch

    def _in_head(self, now: float) -> tuple[float, float]:
        yaw, pitch = self._eyes(now)
        yaw += self._flick[0] - self._head[0]
        pitch += self._flick[1] - self._head[1]
        return (
            min(EYE_LIMIT_YAW, max(-EYE_LIMIT_YAW, yaw)),
            min(EYE_LIMIT_PITCH, max(-EYE_LIMIT_PITCH, pitch)),
        )


@dataclass(frozen=True, slots=True)
class Speech:
    """What the gaze must know of the present turn, in stage seconds."""

    began: float
    """Start of the first sound; minus infinity when nothing is said."""
    ends: float
    """End of all that is placed so far."""
    is_whole: bool
    """True when the last phrase of the reply is placed, so that `ends` is the turn's end."""


SILENT = Speech(float("-inf"), float("-inf"), True)


def _held_by_turn(now: float, role: Role, speech: Speech) -> Look | None:
    """The end of a turn is given with the eyes: they stay on the person."""
    if role is not Role.SPEAKING:
        return None
    if speech.is_whole and speech.ends - YIELD <= now <= speech.ends + 0.3:
        return AT_USER
    if LOOK_BACK <= now - speech.began <= LOOK_BACK + 1.2:
        return AT_USER
    return None
