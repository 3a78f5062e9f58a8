"""The pace of one viewport: each frame that was drawn tells when the next is due, and how fine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from avatar_desktop.ui.camera import shown_height
from avatar_desktop.ui.pacing import MAINS, Fineness, Pace, rates_for, steps_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from avatar_desktop.render.quality import Quality
    from avatar_desktop.ui.frame import Frame

HASTE = 0.08
"""Heights of the picture a second: a joint that moves faster is worth every frame of the screen."""
LIVELY_SECONDS = 0.4
"""So long a motion is followed on after it was seen last."""
FRAMES_BETWEEN_POWER_LOOKS = 600
LONGEST_STALL = 0.5
FRAMES_TOLD_AT_ONCE = 12
"""As many as are looked at together anyhow."""
CHEAP = 0.25
"""Of the time from one frame to the next: drawing that takes less leaves room to draw ahead."""


class Pacemaker:
    """Times are handed in, in seconds of any steady clock."""

    def __init__(self) -> None:
        self.pace = Pace()
        self.took = self.passed = 0.0
        """What drawing the last frame took, and what passed since the one before."""
        self._late = 0.0
        """What passed until the last frame beyond the wait for it, whoever took it."""
        self._rates = MAINS
        self._hertz = MAINS.lively
        self._on_battery = False
        self._fineness: Fineness | None = None
        self._last: Frame | None = None
        self._began = self._waits = self._lively_until = 0.0
        self._count = 0
        self._busy: list[float] = []
        self._places: NDArray[np.float32] | None = None

    def follow(self, hertz: float) -> None:
        """The screen shows so many pictures a second from now on."""
        if hertz != self._hertz:
            self._hertz = hertz
            self._rates = rates_for(hertz, on_battery=self._on_battery)

    def hurry(self, now: float) -> None:
        """The person moves something: every frame counts for a while."""
        self._lively_until = now + LIVELY_SECONDS

    def drawn(self, frame: Frame, began: float, ended: float) -> None:
        """A frame was drawn from one moment to the other."""
        self._look_at_motion(frame, began)
        self.took, self.passed = ended - began, began - self._began
        self._late = self.passed - self._waits
        if self._count:  # the first frame compiles and uploads: it says nothing
            self.pace = self.pace.after(self.took)
        self._last, self._began = frame, began
        if self._count % FRAMES_BETWEEN_POWER_LOOKS == 1:
            from avatar_desktop.ui.power import on_battery

            self._on_battery = on_battery()
            self._rates = rates_for(self._hertz, on_battery=self._on_battery)
        self._count += 1

    def wait(self, now: float) -> float:
        """Seconds from now until the next frame is due."""
        lively = self._began < self._lively_until
        due = self._began + self.pace.interval(self._rates, lively=lively)
        self._waits = max(0.0, due - now)
        return self._waits

    def frames_ahead(self, now: float, seconds: float) -> tuple[float, ...]:
        """How many seconds from now the next frames are due that are worth being drawn with this
        one: while nothing moves, and drawing is cheap, one start of the machine is for several."""
        interval = self.pace.interval(self._rates, lively=False)
        if now < self._lively_until or max(self.pace.cost, self._late) > CHEAP * interval:
            return ()
        return tuple(number * interval for number in range(1, 1 + int(seconds / interval)))

    def fitting(self, quality: Quality) -> Quality:
        """How fine the next frame is drawn; `quality` is what the driver was thought to bear."""
        if self._count < 3:
            return quality
        if self._fineness is None:
            self._fineness = Fineness(steps_of(quality))
        # A frame that waits for the driver or the screen comes late without having cost us time.
        busy = max(self.took, self._late)
        if busy < LONGEST_STALL:
            self._busy.append(busy)
        if len(self._busy) >= FRAMES_TOLD_AT_ONCE:
            self._fineness = self._fineness.after(*self._busy)
            self._busy.clear()
        return self._fineness.quality

    def _look_at_motion(self, frame: Frame, began: float) -> None:
        """Speech, a gesture, hair that swings after it; not what an avatar does that only lives."""
        if frame.idles:
            self._places = None
        elif frame.speaking or self._moves(frame, began):
            self._lively_until = began + LIVELY_SECONDS

    def _moves(self, frame: Frame, began: float) -> bool:
        before, then = self._last, self._places
        here = self._places = frame.pose.world[:, :3, 3]
        if before is None or then is None or before.avatar is not frame.avatar:
            return True
        ways = here - then
        np.abs(ways, out=ways)
        farthest = float(np.maximum.reduce(ways, axis=None, initial=0.0))
        return farthest > HASTE * shown_height(frame.view) * max(began - self._began, 1e-3)
