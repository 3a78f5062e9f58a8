"""How far ahead of the ear: at once more after it was too little, slowly less while it is enough.

No clock and no device in here: it counts the seconds of sound that went well.
"""

from __future__ import annotations

from typing import Final

STEP: Final = 1.5
CALM_SECONDS: Final = 120.0
"""So much sound must go well before a step back is tried."""


class Lead:
    """Between its limits, whatever happens."""

    def __init__(self, least: float, most: float) -> None:
        self._least = least
        self._most = most
        self._seconds = least
        self._calm = 0.0

    @property
    def seconds(self) -> float:
        return self._seconds

    def was_too_short(self) -> None:
        """The sound came too late."""
        self._seconds = min(self._most, self._seconds * STEP)
        self._calm = 0.0

    def went_well(self, sound: float) -> None:
        """So many seconds of sound came in time."""
        self._calm += sound
        while self._calm >= CALM_SECONDS:
            self._calm -= CALM_SECONDS
            self._seconds = max(self._least, self._seconds / STEP)
