"""How far a film is, as a bar on the terminal, with the time that is left."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TextIO

WIDTH = 24


class RenderProgress:
    """Told the stage second drawn last; the whole length is a guess until the end."""

    def __init__(
        self,
        expected: float,
        *,
        out: TextIO | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._expected = max(0.1, expected)
        self._out = out or sys.stderr
        self._now = now
        self._began = now()

    def __call__(self, second: float) -> None:
        if self._out.isatty():
            self._out.write(f"\r\033[K{self.line(second)}")
            self._out.flush()

    def line(self, second: float) -> str:
        """The bar, what is drawn, how fast it goes, and how long it will take."""
        share = min(0.99, second / self._expected)
        spent = self._now() - self._began
        full = round(share * WIDTH)
        drawn = f"[{'█' * full}{'·' * (WIDTH - full)}] {share:4.0%}  {second:.1f} s"
        if second < 0.5 or spent <= 0:
            return drawn
        left = spent / share - spent
        return f"{drawn}, {second / spent:.1f} × real time, {_clock(left)} left"

    def end(self) -> None:
        """Leave a clean line behind."""
        if self._out.isatty():
            self._out.write("\r\033[K")
            self._out.flush()


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"
