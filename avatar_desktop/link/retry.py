"""How long to wait before the next attempt: 1 s, doubled, at most 30 s, with jitter."""

import random
from dataclasses import dataclass, field
from typing import Final

FIRST_SECONDS: Final = 1.0
LAST_SECONDS: Final = 30.0
PATIENCE: Final = 5
"""After so many failures in a row the person is offered to try at once."""


@dataclass
class Retry:
    """Counts the failures in a row. Jitter adds up to a quarter, and never passes the most."""

    jitter: random.Random = field(default_factory=random.Random)
    failures: int = 0
    first: float = FIRST_SECONDS

    @property
    def is_exhausted(self) -> bool:
        return self.failures >= PATIENCE

    def failed(self) -> float:
        """Seconds until the next attempt."""
        pause = min(LAST_SECONDS, self.first * 2 ** min(self.failures, 10))
        self.failures += 1
        return min(LAST_SECONDS, pause * self.jitter.uniform(1.0, 1.25))

    def succeeded(self) -> None:
        self.failures = 0
