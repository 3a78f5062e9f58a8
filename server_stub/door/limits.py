"""How much is too much: requests, messages and connections, counted with the time as an
argument.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

MESSAGES_A_SECOND: Final = 50.0
MESSAGE_BURST: Final = 200
LOCAL_USER: Final = "local"
CONSOLE_USER: Final = "local-console"
"""Who talks at the operator's console: a visitor of its own, apart from the app's room."""
LOCAL_CONNECTIONS: Final = 1000
QUEUED_MESSAGES: Final = 1000
QUEUED_BYTES: Final = 4 << 20
WAITING_MESSAGES: Final = 50
"""Messages of a user that may wait for their replies in one room."""


@dataclass(frozen=True)
class EarLimits:
    """How much of the users' voices is heard."""

    threshold: float = 0.3
    """How far a voice must stand out of the noise, from 0 to 1."""
    longest_seconds: float = 180.0
    """Of one utterance."""
    timeout_seconds: float = 5.0
    """How long the ears may take over one step."""
    at_once: int = 10
    """Utterances that are heard at the same time."""
    buffer_seconds: float = 3.0
    """Of one client's voice that may wait for the ears."""
    piece_samples: int = 4096
    """What the ears get at a time."""


@dataclass(frozen=True)
class Limits:
    """What one server lets happen."""

    max_connections: int = 1000
    connections_a_user: int = 10
    requests: int = 1000
    window_seconds: float = 60.0
    remote_replies: int = 30
    """Replies of a remote mind to one user in a minute."""
    remote_tokens: int = 500_000
    """Tokens of a remote mind for one user in a day, asked and answered."""
    ears: EarLimits = field(default_factory=EarLimits)


class Bucket:
    """Tokens that drip in at a rate, up to a burst."""

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self._rate = rate
        self._burst = burst
        self._tokens = float(burst)
        self._filled_at = now

    def take(self, now: float) -> float:
        """0 if there was a token, else the seconds until there is one."""
        self._fill(now)
        if self._tokens >= 1:
            self._tokens -= 1
            return 0.0
        return (1 - self._tokens) / self._rate

    def is_full(self, now: float) -> bool:
        """Whether nothing was taken for long enough to forget it."""
        self._fill(now)
        return self._tokens >= self._burst

    def _fill(self, now: float) -> None:
        elapsed = max(0.0, now - self._filled_at)
        self._tokens = min(self._burst, self._tokens + elapsed * self._rate)
        self._filled_at = now


class RequestRates:
    """One bucket for each user and each address."""

    SWEEP_AT: Final = 4096

    def __init__(self, limits: Limits) -> None:
        self._burst = limits.requests
        self._rate = limits.requests / limits.window_seconds
        self._buckets: dict[str, Bucket] = {}

    def take(self, key: str, now: float) -> float:
        """0 if this one may go on, else the seconds to wait."""
        bucket = self._buckets.get(key)
        if bucket is None:
            if len(self._buckets) >= self.SWEEP_AT:
                self._sweep(now)
            bucket = self._buckets[key] = Bucket(self._rate, self._burst, now)
        return bucket.take(now)

    def _sweep(self, now: float) -> None:
        self._buckets = {
            key: bucket for key, bucket in self._buckets.items() if not bucket.is_full(now)
        }


class OpenConnections:
    """Who holds how many sockets."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._of_user: Counter[str] = Counter()
        self._all = 0

    def __len__(self) -> int:
        return self._all

    def is_server_full(self) -> bool:
        """Whether no one may connect."""
        return self._all >= self._limits.max_connections

    def is_user_full(self, user: str, *, on_loopback: bool) -> bool:
        """Whether this user holds as many as allowed."""
        allowed = self._limits.connections_a_user
        if on_loopback and user == LOCAL_USER:
            allowed = max(allowed, LOCAL_CONNECTIONS)
        return self._of_user[user] >= allowed

    def add(self, user: str) -> None:
        """One more."""
        self._all += 1
        self._of_user[user] += 1

    def remove(self, user: str) -> None:
        """One less."""
        self._all -= 1
        self._of_user[user] -= 1
        if self._of_user[user] <= 0:
            del self._of_user[user]
