"""When the next frame is due: smooth in speech, calm in between, kind to slow machines."""

from __future__ import annotations

from dataclasses import dataclass

SPEAKING_FPS = 60.0
IDLE_FPS = 30.0
SPEAKING_SHARE = 0.75
IDLE_SHARE = 0.35
"""The most of one core that drawing may take; a frame that costs more is drawn less often."""
SLOWEST_FPS = 5.0
SMALLEST_SCALE = 0.5


@dataclass(frozen=True, slots=True)
class Pace:
    """The present smoothed cost of a frame, in seconds."""

    cost: float = 0.01

    def after(self, seconds: float) -> Pace:
        """A frame was drawn in so many seconds; rises at once, falls slowly."""
        share = 0.5 if seconds > self.cost else 0.1
        return Pace(self.cost + (seconds - self.cost) * share)

    def interval(self, *, speaking: bool) -> float:
        """Seconds from the start of one frame to the start of the next."""
        wanted = 1.0 / (SPEAKING_FPS if speaking else IDLE_FPS)
        bearable = self.cost / (SPEAKING_SHARE if speaking else IDLE_SHARE)
        return min(max(wanted, bearable), 1.0 / SLOWEST_FPS)


def fitting_scale(scale: float, cost: float) -> float:
    """The share of the window's width to draw: less when frames are late, more when there is room.

    The steps are wide apart, so that the picture does not swim between two sizes.
    """
    if cost > 1 / 14 and scale > SMALLEST_SCALE:
        return max(SMALLEST_SCALE, scale - 0.125)
    if cost < 1 / 60 and scale < 1.0:
        return min(1.0, scale + 0.125)
    return scale
