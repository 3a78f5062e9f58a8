"""Who is there: told by connections and heartbeats, away without input, gone when both fall
silent. The time is an argument.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from avatar_desktop.wire.messages import (
    AvatarInteract,
    RoomPause,
    RoomResume,
    StreamInterrupt,
    TextMessage,
    Typing,
)

Input = TextMessage | Typing | StreamInterrupt | RoomPause | RoomResume | AvatarInteract
"""What only a person does; everything else clients also say by themselves. A microphone may be open
in an empty room: only who speaks into it does something.
"""

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


@dataclass(slots=True, eq=False)
class Visit:
    """One connection of a visitor."""

    visitor_id: str
    tell: Callable[[Seen], None]
    """Called when the visitor's status changes, unless this very connection changed it."""
    acted_at: int
    """When its person last did something."""


@dataclass(slots=True)
class _Signs:
    alive: int
    input: int
    told: Status = "offline"
    visits: set[Visit] = field(default_factory=set[Visit])


class Presence:
    """Owns what is known of every visitor; those who left long ago are forgotten."""

    SWEEP_AT: Final = 4096

    def __init__(self) -> None:
        self._known: dict[str, _Signs] = {}

    def came(self, visitor: str, now: int, tell: Callable[[Seen], None]) -> Visit:
        """One more connection."""
        if len(self._known) >= self.SWEEP_AT:
            self._sweep(now)
        visit = Visit(visitor, tell, now)
        self._known.setdefault(visitor, _Signs(now, now)).visits.add(visit)
        self.acts(visit, now)
        return visit

    def lives(self, visit: Visit, now: int) -> None:
        """A heartbeat, or any other frame."""
        if (signs := self._known.get(visit.visitor_id)) is not None:
            signs.alive = now
            self._tell_change(visit.visitor_id, signs, now)

    def acts(self, visit: Visit, now: int) -> None:
        """The person did something."""
        visit.acted_at = now
        if (signs := self._known.get(visit.visitor_id)) is not None:
            signs.alive = signs.input = now
            self._tell_change(visit.visitor_id, signs, now, by=visit)

    def look(self, visit: Visit, now: int) -> None:
        """Time went by."""
        if (signs := self._known.get(visit.visitor_id)) is not None:
            self._tell_change(visit.visitor_id, signs, now)

    def left(self, visit: Visit, now: int) -> None:
        """One connection less."""
        if (signs := self._known.get(visit.visitor_id)) is not None:
            signs.visits.discard(visit)
            signs.alive = now
            self._tell_change(visit.visitor_id, signs, now)

    def forget(self, visitor: str) -> None:
        """Nothing is known of them any more."""
        self._known.pop(visitor, None)

    def of(self, visitor: str, now: int) -> Seen:
        """How it is with one visitor."""
        signs = self._known.get(visitor)
        if signs is None:
            return Seen(visitor, "offline", None)
        if not signs.visits or now - signs.alive >= KEPT_MS:
            return Seen(visitor, "offline", signs.alive)
        status: Status = "away" if now - signs.input >= AWAY_MS else "online"
        return Seen(visitor, status, signs.alive)

    def everybody(self, now: int) -> list[Seen]:
        """All who are not offline, by name."""
        return [seen for seen in self._all(now) if seen.status != "offline"]

    def _tell_change(self, visitor: str, signs: _Signs, now: int, by: Visit | None = None) -> None:
        seen = self.of(visitor, now)
        if seen.status == signs.told:
            return
        signs.told = seen.status
        for visit in signs.visits - {by}:
            visit.tell(seen)

    def _all(self, now: int) -> Iterator[Seen]:
        for visitor in sorted(self._known):
            yield self.of(visitor, now)

    def _sweep(self, now: int) -> None:
        gone = [
            visitor
            for visitor, signs in self._known.items()
            if not signs.visits and now - signs.alive >= KEPT_MS
        ]
        for visitor in gone:
            del self._known[visitor]
