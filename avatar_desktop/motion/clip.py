"""One clip of an avatar, sampled at any time: all tracks at once, no loop over tracks.

STEP, LINEAR (shorter arc) and CUBICSPLINE as glTF prescribes; ends are held.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.animation import Animation, Channel
from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.motion.hierarchy import Locals
from avatar_desktop.motion.rotation import slerp, unit

Doubles = NDArray[np.float64]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Moment:
    """Where one instant falls in every track: the keys around it and the way between them."""

    before: Places
    after: Places
    share: Doubles
    gap: Doubles


@dataclass(frozen=True, slots=True)
class _Tracks:
    """Tracks that move the same property in the same manner, their keys in one array."""

    tracks: Places
    targets: Places
    """Node of each track, or the place of its first morph weight."""
    shifts: Places
    """From a key of the clip to a row of `values`."""
    values: Doubles
    """(keys, width), or (keys, 3, width) for splines"""
    is_spline: bool

    def at(self, moment: _Moment, *, is_rotation: bool) -> Doubles:
        before = self.values[moment.before[self.tracks] + self.shifts]
        after = self.values[moment.after[self.tracks] + self.shifts]
        share = moment.share[self.tracks]
        if self.is_spline:
            value = _spline(before, after, share, moment.gap[self.tracks])
            return unit(value) if is_rotation else value
        if is_rotation:
            return slerp(before, after, share)
        return before + share[:, None] * (after - before)


class Clip:
    """A clip ready to be sampled; holds keys, never a time."""

    def __init__(self, avatar: Avatar, animation: Animation) -> None:
        self.name = animation.name
        self.duration = animation.duration
        self.stroke = animation.stroke
        first_weight = {item.node: item.morphs.start for item in avatar.meshes}
        channels = [
            channel
            for channel in animation.channels
            if channel.path != "weights" or channel.node in first_weight
        ]
        counts = np.array([len(channel.times) for channel in channels], np.int64)
        self._last = np.cumsum(counts) - 1
        self._first = self._last - counts + 1
        # each track's keys are moved to a stretch of their own, so one search finds them all
        self._stretch = np.arange(len(channels)) * (animation.duration + 1.0)
        self._keys = np.concatenate(
            [np.zeros(0)]
            + [
                channel.times.astype(np.float64) + start
                for channel, start in zip(channels, self._stretch, strict=True)
            ]
        )
        self._is_step = np.array([item.interpolation == "STEP" for item in channels], np.bool_)
        grouped: dict[tuple[str, bool, int], list[int]] = {}
        for track, channel in enumerate(channels):
            is_spline = channel.interpolation == "CUBICSPLINE"
            width = channel.values.shape[-1]
            grouped.setdefault((channel.path, is_spline, width), []).append(track)
        self._groups = [
            (path, self._tracks(channels, members, first_weight))
            for (path, _, _), members in grouped.items()
        ]
        nodes = {channel.node for channel in channels if channel.path != "weights"}
        self.nodes: Places = np.array(sorted(nodes), np.int64)
        """The nodes this clip moves."""

    def sample(self, t: float, local: Locals, *, loop: bool = False) -> None:
        """Write the clip at `t` seconds over what it moves; the rest of `local` stays."""
        if not self._groups:
            return
        moment = self._moment(t % self.duration if loop and self.duration > 0.0 else t)
        for path, tracks in self._groups:
            value = tracks.at(moment, is_rotation=path == "rotation")
            if path == "rotation":
                local.rotations[tracks.targets] = value
            elif path == "translation":
                local.translations[tracks.targets] = value
            elif path == "scale":
                local.scales[tracks.targets] = value
            else:
                following = np.arange(value.shape[1], dtype=np.int64)
                local.weights[tracks.targets[:, None] + following] = value

    def _moment(self, t: float) -> _Moment:
        # outside the clip the search would run into a neighbour's stretch
        inside = min(max(t, -0.25), self.duration + 0.25)
        query = self._stretch + inside
        before = np.searchsorted(self._keys, query, side="right") - 1
        np.clip(before, self._first, self._last, out=before)
        after = np.minimum(before + 1, self._last)
        start = self._keys[before]
        gap = self._keys[after] - start
        share = np.clip((query - start) / np.where(gap > 0.0, gap, 1.0), 0.0, 1.0)
        share[self._is_step | (gap <= 0.0)] = 0.0
        return _Moment(before, after, share, gap)

    def _tracks(
        self, channels: list[Channel], members: list[int], first_weight: dict[int, int]
    ) -> _Tracks:
        chosen = [channels[track] for track in members]
        values = np.concatenate([channel.values for channel in chosen]).astype(np.float64)
        is_spline = chosen[0].interpolation == "CUBICSPLINE"
        if chosen[0].path == "rotation" and not is_spline:
            values = unit(values)
        counts = [len(channel.times) for channel in chosen]
        rows = np.concatenate([[0], np.cumsum(counts)[:-1]])
        return _Tracks(
            tracks=np.array(members, np.int64),
            targets=np.array(
                [
                    first_weight[channel.node] if channel.path == "weights" else channel.node
                    for channel in chosen
                ],
                np.int64,
            ),
            shifts=rows - self._first[members],
            values=values,
            is_spline=is_spline,
        )


def _spline(before: Doubles, after: Doubles, share: Doubles, gap: Doubles) -> Doubles:
    """Cubic Hermite of glTF: keys are in-tangent, value, out-tangent."""
    s = share[:, None]
    square = s * s
    rest = 1.0 - s
    leaving = gap[:, None] * before[:, 2]
    arriving = gap[:, None] * after[:, 0]
    return (
        (1.0 + 2.0 * s) * rest * rest * before[:, 1]
        + s * rest * rest * leaving
        + square * (3.0 - 2.0 * s) * after[:, 1]
        + square * (s - 1.0) * arriving
    )
