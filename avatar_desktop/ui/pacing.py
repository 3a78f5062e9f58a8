"""When the next frame is due and how fine it is: smooth in motion, calm in rest, kind to slow
machines and to batteries."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from avatar_desktop.render.quality import Quality

LIVELY_SHARE = 0.75
IDLE_SHARE = 0.35
"""The most of one core that drawing may take; a frame that costs more is drawn less often."""
SLOWEST_FPS = 5.0
SMALLEST_SCALE = 0.5

_LATE_SECONDS = 1 / 22
"""Frames that take longer than this are made coarser; people see them."""
_ROOMY_SECONDS = 1 / 38
"""A finer picture must come in less than this, or it would soon be made coarser again."""
_FRAMES_LOOKED_AT = 12
_HELPS = 0.85
"""A coarser picture that costs more than this share of the finer one is not worth being coarse."""
_LOOKS_OF_PATIENCE = 25
_SCALES = (0.875, 0.75, 0.625, SMALLEST_SCALE)


@dataclass(frozen=True, slots=True)
class Rates:
    """Frames a second while something moves, and while the avatar only lives."""

    lively: float
    idle: float


MAINS = Rates(lively=60.0, idle=30.0)
BATTERY = Rates(lively=30.0, idle=20.0)
_SLOWEST_SCREEN, _FASTEST_SCREEN = 20.0, 500.0


def rates_for(hertz: float, *, on_battery: bool) -> Rates:
    """As fast as a screen of so many pictures a second; one that says nonsense shows 60."""
    rates = BATTERY if on_battery else MAINS
    if not _SLOWEST_SCREEN <= hertz <= _FASTEST_SCREEN:
        hertz = MAINS.lively
    lively = min(hertz, rates.lively) if on_battery else hertz
    return Rates(lively, min(rates.idle, lively))


@dataclass(frozen=True, slots=True)
class Pace:
    """The present smoothed cost of a frame, in seconds."""

    cost: float = 0.01

    def after(self, seconds: float) -> Pace:
        """A frame was drawn in so many seconds; rises at once, falls slowly."""
        share = 0.5 if seconds > self.cost else 0.1
        return Pace(self.cost + (seconds - self.cost) * share)

    def interval(self, rates: Rates, *, lively: bool) -> float:
        """Seconds from the start of one frame to the start of the next."""
        wanted = 1.0 / (rates.lively if lively else rates.idle)
        bearable = self.cost / (LIVELY_SHARE if lively else IDLE_SHARE)
        return min(max(wanted, bearable), 1.0 / SLOWEST_FPS)


def steps_of(finest: Quality) -> tuple[Quality, ...]:
    """From the finest picture to the coarsest: smooth edges go, open sky, shadows, then pixels."""
    found = [finest]
    if finest.msaa > 1:
        found.append(replace(finest, msaa=1))
    if finest.sky_step:
        found.append(replace(found[-1], sky_step=0))
    plain = replace(found[-1], shadow_taps=5, shadow_size=min(512, finest.shadow_size))
    if plain != found[-1]:
        found.append(plain)
    scales = [scale for scale in _SCALES if scale < finest.resolution_scale]
    return (*found, *(replace(plain, resolution_scale=scale) for scale in scales))


@dataclass(frozen=True, slots=True)
class Fineness:
    """Which step is drawn: measured after the start, then moved when frames come late."""

    steps: tuple[Quality, ...]
    step: int = 0
    frames: tuple[float, ...] = ()
    """Seconds of the frames since the last look."""
    is_measured: bool = False
    too_costly: tuple[int, ...] = field(default=())
    """Steps that came late once: they are tried again only when there is room for two."""
    tried: tuple[int, float] | None = None
    """The step that was left for a coarser one, and what it cost."""
    patience: int = 0
    """So many looks more nothing is made coarser, because it did not help."""

    @property
    def quality(self) -> Quality:
        return self.steps[self.step]

    def after(self, *seconds: float) -> Fineness:
        """A frame took so long, the wait for the screen included."""
        frames = (*self.frames, *seconds)
        if len(frames) < _FRAMES_LOOKED_AT:
            return replace(self, frames=frames)
        cost = sorted(frames)[
            len(frames) // 2
        ]  # one stall of the machine says nothing about the picture
        looked = replace(
            self, frames=(), is_measured=True, tried=None, patience=max(0, self.patience - 1)
        )
        if self.tried is not None and cost > self.tried[1] * _HELPS:
            # Something else makes frames late: then at least they are fine.
            return replace(looked, step=self.tried[0], patience=_LOOKS_OF_PATIENCE)
        if cost > _LATE_SECONDS:
            if self.patience:
                return looked
            return replace(
                looked,
                step=self._first_in_time(cost) if not self.is_measured else self._coarser(),
                too_costly=tuple({*self.too_costly, self.step}),
                tried=(self.step, cost),
            )
        finer = self.step - 1
        if finer < 0:
            return looked
        margin = 2.0 if finer in self.too_costly else 1.0
        if cost * self._ratio(finer) * margin < _ROOMY_SECONDS:
            return replace(looked, step=finer)
        return looked

    def _coarser(self) -> int:
        return min(self.step + 1, len(self.steps) - 1)

    def _first_in_time(self, cost: float) -> int:
        """The measurement after the start goes straight to the step that should be in time."""
        for step in range(self.step + 1, len(self.steps)):
            if cost * self._ratio(step) < _LATE_SECONDS:
                return step
        return len(self.steps) - 1

    def _ratio(self, step: int) -> float:
        """How much of the present cost another step would have, by its pixels and samples."""
        return _weight(self.steps[step]) / _weight(self.quality)


def _weight(quality: Quality) -> float:
    samples = 1.9 if quality.msaa > 1 else 1.0
    shadows = 0.15 * quality.shadow_taps / 9
    sky = 0.1 * samples + 0.1 if quality.sky_step else 0.0  # asked by each sample, measured once
    return (samples + sky) * quality.resolution_scale**2 + shadows + 0.3  # the rest: no pixels
