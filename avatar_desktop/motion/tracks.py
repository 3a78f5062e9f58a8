"""Every track of a clip, evaluated exactly at one instant or at many, with no loop over tracks.

STEP, LINEAR (shorter arc) and CUBICSPLINE as glTF prescribes; ends are held.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.animation import Channel, PropertyChannel, Target
from avatar_desktop.motion.rotation import slerp, unit

Doubles = NDArray[np.float64]
Places = NDArray[np.int64]
AnyChannel = Channel | PropertyChannel


@dataclass(frozen=True, slots=True)
class _Moments:
    """Where each instant falls in every track: the keys around it and the way between them."""

    before: Places
    """(K, T)"""
    after: Places
    share: Doubles
    gap: Doubles


@dataclass(frozen=True, slots=True)
class _Group:
    """Tracks that move the same property in the same manner, their keys in one array."""

    tracks: Places
    shifts: Places
    """From a key of the clip to a row of `values`."""
    values: Doubles
    """(keys, width), or (keys, 3, width) for splines"""
    is_rotation: bool
    is_spline: bool
    columns: slice
    """Its place in a row of numbers."""

    @property
    def width(self) -> int:
        return self.columns.stop - self.columns.start

    def at(self, moments: _Moments) -> Doubles:
        """(K, tracks, width)"""
        before = self.values[moments.before[:, self.tracks] + self.shifts]
        after = self.values[moments.after[:, self.tracks] + self.shifts]
        share = moments.share[:, self.tracks]
        if self.is_spline:
            value = _spline(before, after, share, moments.gap[:, self.tracks])
            return unit(value) if self.is_rotation else value
        if self.is_rotation:
            return _turned(before, after, share)
        return before + share[..., None] * (after - before)


class Tracks:
    """Keys of many channels; a row of numbers comes out for each instant, rotations first."""

    def __init__(self, channels: Sequence[AnyChannel], targets: Mapping[Target, int]) -> None:
        """`targets` tells where in a row of all numbers of an avatar each property begins."""
        counts = np.array([len(channel.times) for channel in channels], np.int64)
        self._last = np.cumsum(counts) - 1
        self._first = self._last - counts + 1
        times = [np.zeros(0), *(channel.times for channel in channels)]
        self.key_times: Doubles = np.unique(np.concatenate(times)).astype(np.float64)
        """Every instant at which some track has a key, rising."""
        self._end = max((float(channel.times[-1]) for channel in channels), default=0.0)
        # each track's keys are moved to a stretch of their own, so one search finds them all
        self._stretch = np.arange(len(channels)) * (self._end + 1.0)
        self._keys = np.concatenate(
            [np.zeros(0)]
            + [
                channel.times.astype(np.float64) + start
                for channel, start in zip(channels, self._stretch, strict=True)
            ]
        )
        self._is_step = np.array([item.interpolation == "STEP" for item in channels], np.bool_)
        self.is_smooth = not self._is_step.any() and not (np.diff(self._keys) <= 0.0).any()
        """Nothing jumps: what comes just before an instant is what is there at it."""
        self._groups: list[_Group] = []
        self.targets: Places = np.zeros(0, np.int64)
        """Where in a row of all numbers each number of ours belongs."""
        self.turns = 0
        """How many of our numbers, the first ones, are parts of rotations."""
        for members in _alike(channels):
            self._add(channels, members, targets)

    def row(self, t: float) -> Doubles:
        """The row of numbers at one instant."""
        return self.at(np.array([t]))[0]

    def at(self, times: Doubles, *, coming: bool = False) -> Doubles:
        """(K, numbers) at each of K instants; `coming`: what they are just before it."""
        moments = self._moments(times, coming=coming)
        rows = np.empty((len(times), len(self.targets)))
        for group in self._groups:
            rows[:, group.columns] = group.at(moments).reshape(len(times), group.width)
        return rows

    def _moments(self, times: Doubles, *, coming: bool) -> _Moments:
        # outside the clip the search would run into a neighbour's stretch
        inside = np.clip(times, -0.25, self._end + 0.25)
        query = self._stretch + inside[:, None]
        before = np.searchsorted(self._keys, query, side="left" if coming else "right") - 1
        before = np.clip(before, self._first, self._last)
        after = np.minimum(before + 1, self._last)
        start = self._keys[before]
        gap = self._keys[after] - start
        share = np.clip((query - start) / np.where(gap > 0.0, gap, 1.0), 0.0, 1.0)
        share[self._is_step | (gap <= 0.0)] = 0.0
        return _Moments(before, after, share, gap)

    def _add(
        self,
        channels: Sequence[AnyChannel],
        members: list[int],
        targets: Mapping[Target, int],
    ) -> None:
        chosen = [channels[track] for track in members]
        values = np.concatenate([channel.values for channel in chosen]).astype(np.float64)
        width = int(values.shape[-1])
        is_spline = chosen[0].interpolation == "CUBICSPLINE"
        is_rotation = _path(chosen[0]) == "rotation"
        if is_rotation and not is_spline:
            values = unit(values)
        rows = np.concatenate([[0], np.cumsum([len(channel.times) for channel in chosen])[:-1]])
        starts = np.array([targets[channel.target] for channel in chosen], np.int64)
        begin = len(self.targets)
        places: Places = np.add.outer(starts, np.arange(width)).reshape(-1)
        self.targets = np.concatenate([self.targets, places])
        if is_rotation:
            self.turns = len(self.targets)
        self._groups.append(
            _Group(
                tracks=np.array(members, np.int64),
                shifts=rows - self._first[members],
                values=values,
                is_rotation=is_rotation,
                is_spline=is_spline,
                columns=slice(begin, len(self.targets)),
            )
        )


def _path(channel: AnyChannel) -> str:
    return channel.path if isinstance(channel, Channel) else "numbers"


def _alike(channels: Sequence[AnyChannel]) -> list[list[int]]:
    """Tracks that can be evaluated together, rotations first."""
    grouped: dict[tuple[bool, str, bool, int], list[int]] = {}
    for track, channel in enumerate(channels):
        is_spline = channel.interpolation == "CUBICSPLINE"
        path = _path(channel)
        key = (path != "rotation", path, is_spline, channel.values.shape[-1])
        grouped.setdefault(key, []).append(track)
    return [grouped[key] for key in sorted(grouped)]


def _turned(before: Doubles, after: Doubles, share: Doubles) -> Doubles:
    """Along the shorter arc; most instants of a table lie on a key and need none."""
    turned = np.where((share < 1.0)[..., None], before, after)
    between = (share > 0.0) & (share < 1.0)
    if between.any():
        turned[between] = slerp(before[between], after[between], share[between])
    return turned


def _spline(before: Doubles, after: Doubles, share: Doubles, gap: Doubles) -> Doubles:
    """Cubic Hermite of glTF: keys are in-tangent, value, out-tangent."""
    s = share[..., None]
    square = s * s
    rest = 1.0 - s
    leaving = gap[..., None] * before[..., 2, :]
    arriving = gap[..., None] * after[..., 0, :]
    return (
        (1.0 + 2.0 * s) * rest * rest * before[..., 1, :]
        + s * rest * rest * leaving
        + square * (3.0 - 2.0 * s) * after[..., 1, :]
        + square * (s - 1.0) * arriving
    )
