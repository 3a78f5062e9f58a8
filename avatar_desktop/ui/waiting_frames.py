"""Frames that were drawn before their time, on a machine that draws faster than it must.

Between two frames everything that drawing needs grows cold in the processor. Of an avatar that is
left alone the next frames are known: drawn right after the one of this moment they cost little.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from avatar_desktop.ui.frame import Frame

Size = tuple[int, int]

LATE_SECONDS = 0.03
"""A frame is not shown any more when its time is past by more."""


@dataclass(frozen=True, slots=True)
class WaitingFrame:
    """One that lies on the renderer's shelf."""

    frame: Frame
    place: int
    size: Size
    due: float


class WaitingFrames:
    """Those of one viewport, in their order. Times are seconds of any steady clock."""

    def __init__(self) -> None:
        self._frames: deque[WaitingFrame] = deque()

    def __len__(self) -> int:
        return len(self._frames)

    def keep(self, frame: Frame, place: int, size: Size, due: float) -> None:
        """It was drawn after all that wait already."""
        self._frames.append(WaitingFrame(frame, place, size, due))

    def take(self, size: Size, now: float) -> WaitingFrame | None:
        """The one for about now; where it is late, or of another size, all are dropped."""
        if not self._frames:
            return None
        waiting = self._frames.popleft()
        if waiting.size != size or now > waiting.due + LATE_SECONDS:
            self.drop()
            return None
        return waiting

    def drop(self) -> None:
        """Something else is to be seen."""
        self._frames.clear()
