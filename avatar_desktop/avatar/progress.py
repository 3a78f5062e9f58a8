"""How far the reading of an avatar has come, and a way to end it early."""

from __future__ import annotations

from typing import Literal, Protocol

Stage = Literal["contents", "geometry", "pictures", "motions"]


class Progress(Protocol):
    """Told before each part of the work; what it raises ends the reading and goes to the caller.

    Raise `Cancelled` for that: an AvatarError would only cost the part being read.
    """

    def __call__(self, stage: Stage, done: int = 0, of: int = 1) -> None: ...


def unheard(stage: Stage, done: int = 0, of: int = 1) -> None:
    """For readers whose progress nobody follows."""
