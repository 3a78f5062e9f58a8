"""One clip of an avatar, sampled at any time.

Straight tracks come out of a table (`clip_table`). Splines, and clips too long for a table, are
evaluated exactly.
"""

from __future__ import annotations

import math
from typing import TypeGuard

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.animation import Animation, Channel, Phases, Target
from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.motion.clip_table import Table, laid_out
from avatar_desktop.motion.hierarchy import Locals
from avatar_desktop.motion.moving_looks import MovingLooks
from avatar_desktop.motion.tracks import AnyChannel, Tracks

Doubles = NDArray[np.float64]
Places = NDArray[np.int64]

_ACCENT = 0.35
"""Share of a clip at which its accent is taken to be, when the file does not say."""
_LONGEST_RETRACTION = 0.7
_RETRACTION = 0.4
"""Share of a clip that goes back to rest at most, when the file does not say."""


class Clip:
    """A clip ready to be sampled; holds keys, never a time.

    A channel that cannot be played is left out: one for a node that is not there, without keys,
    with times that are no numbers or go back, or with values of another count than its target.
    """

    def __init__(self, avatar: Avatar, animation: Animation) -> None:
        self.name = animation.name
        targets = Locals.places(avatar)
        widths = _widths(avatar)
        channels = [
            item
            for item in (*animation.channels, *animation.properties)
            if item.target in targets and _is_playable(item, widths)
        ]
        self.duration = _duration(animation, channels)
        self.stroke = animation.stroke
        self.accent = _accent(animation, self.duration)
        """Seconds at which what it says is said."""
        self.phases = _phases(animation.phases, self.accent, self.duration)
        self.nodes: Places = np.unique(
            np.array([item.node for item in channels if _moves_node(item)], np.int64)
        )
        """The nodes this clip moves."""
        self.first_look = Locals.first_look(avatar)
        """Where in a row of all numbers colours and their like begin."""
        straight = [item for item in channels if item.interpolation != "CUBICSPLINE"]
        splines = [item for item in channels if item.interpolation == "CUBICSPLINE"]
        table = laid_out(Tracks(straight, targets)) if straight else None
        if straight and table is None:
            splines = channels
        parts = [table, Tracks(splines, targets) if splines else None]
        self.parts: tuple[Table | Tracks, ...] = tuple(part for part in parts if part is not None)
        """What gives the numbers; each knows where in a row of all of them they belong."""

    def sample(self, t: float, local: Locals, *, loop: bool = False) -> None:
        """Write the clip at `t` seconds over what it moves; the rest of `local` stays.

        A time that is no number means the beginning.
        """
        if loop and self.duration > 0.0:
            t %= self.duration
        if math.isnan(t):
            t = 0.0
        for part in self.parts:
            local.flat[part.targets] = part.row(t)

    def sample_many(self, times: Doubles, states: Doubles, *, loop: bool = False) -> None:
        """The same for many bodies at once: `states` is (K, numbers), a row as Locals.flat each."""
        if loop and self.duration > 0.0:
            times = times % self.duration
        for part in self.parts:
            states[:, part.targets] = part.at(times)


def _moves_node(channel: AnyChannel) -> TypeGuard[Channel]:
    return isinstance(channel, Channel) and channel.path != "weights"


def _widths(avatar: Avatar) -> dict[Target, int]:
    """How many numbers weights and looks have."""
    widths: dict[Target, int] = {
        (item.node, "weights"): len(range(*item.morphs.indices(10**9))) for item in avatar.meshes
    }
    for target, columns in MovingLooks(avatar).columns.items():
        widths[target] = columns.stop - columns.start
    return widths


def _is_playable(channel: AnyChannel, widths: dict[Target, int]) -> bool:
    times, values = channel.times, channel.values
    width = widths.get(channel.target, -1)
    if _moves_node(channel):
        width = 4 if channel.path == "rotation" else 3
    shape = (len(times), 3, width) if channel.interpolation == "CUBICSPLINE" else None
    return (
        len(times) > 0
        and values.shape == (shape or (len(times), width))
        and bool(np.isfinite(times).all())
        and bool(np.isfinite(values).all())
        and not bool((np.diff(times) < 0.0).any())
    )


def _duration(animation: Animation, channels: list[AnyChannel]) -> float:
    if math.isfinite(animation.duration):
        return max(0.0, animation.duration)
    return max((float(channel.times[-1]) for channel in channels), default=0.0)


def _accent(animation: Animation, duration: float) -> float:
    told = animation.stroke
    if told is None and animation.phases is not None:
        told = animation.phases.hold
    return duration * _ACCENT if told is None else min(max(0.0, told), duration)


def _phases(told: Phases | None, accent: float, duration: float) -> Phases:
    """What the file says, put in order; else what gestures are like."""
    if told is None:
        back = duration - min(_LONGEST_RETRACTION, _RETRACTION * duration)
        return Phases(stroke=0.5 * accent, hold=accent, retraction=max(accent, back))
    stroke = min(max(0.0, told.stroke), duration)
    hold = min(max(stroke, told.hold), duration)
    return Phases(stroke, hold, min(max(hold, told.retraction), duration))
