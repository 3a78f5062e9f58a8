"""Who is there: told by connections and heartbeats, away without input, gone when both fall
silent. The time is an argument.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

KEPT_MS: Final = 300_000
"""Without a sign of life for so long somebody is offline."""
AWAY_MS: Final = 300_000
"""Without an input for so long somebody is away."""

Status = Literal["online", "away", "offline"]


@dataclass(frozen=True, slots=True)
class Seen:
    """One visitor at one moment."""

    visitor_id: str
    status: Status
    last_seen: int | None


@dataclass(slots=True)
class _Signs:
    alive: int
    input: int
    connections: int = 0


class Presence:
    """Owns what is known of every visitor; those who left long ago are forgotten."""

    SWEEP_AT: Final = 4096

    def __init__(self) -> None:
        self._known: dict[str, _Signs] = {}

    def came(self, visitor: str, now: int) -> None:
        """One more connection."""
        if len(self._known) >= self.SWEEP_AT:
            self._sweep(now)
        signs = self._known.setdefault(visitor, _Signs(now, now))
        signs.connections += 1
        signs.alive = signs.input = now

    def lives(self, visitor: str, now: int) -> None:
        """A heartbeat, or any other frame."""
        if (signs := self._known.get(visitor)) is not None:
            signs.alive = now

    def acts(self, visitor: str, now: int) -> None:
        """The person did something."""
        if (signs := self._known.get(visitor)) is not None:
            signs.alive = signs.input = now

    def left(self, visitor: str, now: int) -> None:
        """One connection less."""
        if (signs := self._known.get(visitor)) is not None:
            signs.connections = max(0, signs.connections - 1)
            signs.alive = now

    def forget(self, visitor: str) -> None:
        """Nothing is known of them any more."""
        self._known.pop(visitor, None)

    def of(self, visitor: str, now: int) -> Seen:
        """How it is with one visitor."""
        signs = self._known.get(visitor)
        if signs is None:
            return Seen(visitor, "offline", None)
        if signs.connections == 0 or now - signs.alive >= KEPT_MS:
            return Seen(visitor, "offline", signs.alive)
        status: Status = "away" if now - signs.input >= AWAY_MS else "online"
        return Seen(visitor, status, signs.alive)

    def everybody(self, now: int) -> list[Seen]:
        """All who are not offline, by name."""
        return [seen for seen in self._all(now) if seen.status != "offline"]

    def _all(self, now: int) -> Iterator[Seen]:
        for visitor in sorted(self._known):
            yield self.of(visitor, now)

    def _sweep(self, now: int) -> None:
        gone = [
            visitor
            for visitor, signs in self._known.items()
            if signs.connections == 0 and now - signs.alive >= KEPT_MS
        ]
        for visitor in gone:
            del self._known[visitor]
