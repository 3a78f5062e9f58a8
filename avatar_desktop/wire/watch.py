"""What a connection counts: heartbeats, bad frames, operations done. Time is an argument."""

from avatar_desktop.wire.limits import (
    BAD_FRAMES,
    BAD_FRAMES_SECONDS,
    GONE_AFTER_SECONDS,
    HEARTBEAT_SECONDS,
    MISSED_HEARTBEATS,
    REMEMBERED_OPERATIONS,
)


class Pulse:
    """Is the other side still there? Anything that it says counts as a sign of life."""

    def __init__(
        self,
        now: float,
        *,
        every: float = HEARTBEAT_SECONDS,
        gone_after: float = GONE_AFTER_SECONDS,
        misses: int = MISSED_HEARTBEATS,
    ) -> None:
        self._every = every
        self._gone_after = gone_after
        self._misses = misses
        self._last_heard = now
        self._last_asked = now
        self._unanswered = 0

    def heard(self, now: float) -> None:
        """The other side said something."""
        self._last_heard = now
        self._unanswered = 0

    def asked(self, now: float) -> None:
        """A heartbeat was sent."""
        self._last_asked = now
        self._unanswered += 1

    def is_due(self, now: float) -> bool:
        """Whether it is time to send a heartbeat."""
        return now - self._last_asked >= self._every

    def is_gone(self, now: float) -> bool:
        """Whether the other side counts as gone."""
        missed = self._unanswered >= self._misses and self.is_due(now)
        return missed or now - self._last_heard >= self._gone_after

    def next_look(self, now: float) -> float:
        """Seconds until this is worth looking at again."""
        due = self._last_asked + self._every
        gone = self._last_heard + self._gone_after
        return max(0.0, min(due, gone) - now)


class BadFrameCount:
    """Ten bad frames within a minute are too many."""

    def __init__(self, *, limit: int = BAD_FRAMES, window: float = BAD_FRAMES_SECONDS) -> None:
        self._limit = limit
        self._window = window
        self._moments: list[float] = []

    def add(self, now: float) -> bool:
        """Counts one; true when the connection must be closed."""
        self._moments = [*self._moments, now][-self._limit :]
        full = len(self._moments) == self._limit
        return full and now - self._moments[0] <= self._window


class OperationsDone:
    """Remembers the latest operation ids, so that a repeated one is not done twice."""

    def __init__(self, capacity: int = REMEMBERED_OPERATIONS) -> None:
        self._capacity = capacity
        self._done: dict[str, None] = {}

    def is_new(self, operation: str | None) -> bool:
        """True the first time an id is seen, and for acts without an id."""
        if operation is None:
            return True
        if operation in self._done:
            return False
        self._done[operation] = None
        while len(self._done) > self._capacity:
            del self._done[next(iter(self._done))]
        return True
