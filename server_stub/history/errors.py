"""What the history raises: one plain sentence, and the next step when there is one."""

from __future__ import annotations


class HistoryError(Exception):
    """Something could not be kept or read."""

    def __init__(self, message: str, *, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.message} {self.advice}".strip()


class StorageFailed(HistoryError):
    """A room could not be kept; its connections were told."""


class Overtaken(HistoryError):
    """Somebody else kept something in the room meanwhile: whoever asks must read it again."""
