"""Colours, lamps and visibility that clips of an avatar move: further numbers beside its morphs.

They are mixed, masked and faded like all other numbers; most avatars have none of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.animation import PropertyChannel, PropertyTarget
from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.fields import Numbers, numbers_at, with_numbers
from avatar_desktop.avatar.furnishing import Lamp
from avatar_desktop.avatar.material import Material
from avatar_desktop.avatar.pose import SurfaceChange

Doubles = NDArray[np.float64]

_MAY_BE_NEGATIVE = frozenset({"offset", "rotation", "scale", "normal_scale"})
_SAME = SurfaceChange()


@dataclass(frozen=True, slots=True)
class Look:
    """What the clips make of it at one instant."""

    materials: Mapping[int, Material] = field(default_factory=dict[int, Material])
    """Those that differ from the file, by index."""
    lamps: tuple[Lamp, ...] | None = None
    """None: as in the file."""
    hidden: frozenset[int] = frozenset()


class MovingLooks:
    """Where in a row each of these numbers stands, and what a row of them looks like."""

    def __init__(self, avatar: Avatar) -> None:
        self._avatar = avatar
        self.columns: dict[PropertyTarget, slice] = {}
        rest: list[float] = []
        for channel in _moved(avatar):
            numbers = _at_rest(avatar, channel)
            if channel.target not in self.columns and numbers is not None:
                self.columns[channel.target] = slice(len(rest), len(rest) + len(numbers))
                rest += numbers
        self.rest = np.array(rest, np.float64)
        self._least = np.full(len(rest), -np.inf)
        for (_, _, name), columns in self.columns.items():
            if name.rpartition(".")[2] not in _MAY_BE_NEGATIVE:
                self._least[columns] = 0.0
        self._still = Look(hidden=avatar.skeleton.hidden)
        self._row, self._look = self.rest, self._still

    def at(self, row: Doubles) -> Look:
        """The same value again for as long as nothing moves."""
        if not len(row) or np.array_equal(row, self._row):
            return self._look
        self._row, self._look = row.copy(), self._seen(np.maximum(row, self._least))
        return self._look

    def _seen(self, row: Doubles) -> Look:
        materials: dict[int, Material] = {}
        lamps: list[Lamp] = list(self._avatar.lamps)
        hidden: set[int] = set(self._still.hidden)
        for (kind, index, name), columns in self.columns.items():
            numbers: Numbers = tuple(row[columns].tolist())
            if kind == "node":
                (hidden.discard if numbers[0] >= 0.5 else hidden.add)(index)
            elif np.array_equal(row[columns], self.rest[columns]):
                continue
            elif kind == "material":
                so_far = materials.get(index, self._avatar.materials[index])
                materials[index] = with_numbers(so_far, name, numbers)
            else:
                lamps = [_shining(lamp, index, name, numbers) for lamp in lamps]
        changed = None if tuple(lamps) == self._avatar.lamps else tuple(lamps)
        unseen, before = frozenset(hidden), self._look.hidden
        # the same set again, by which the renderer knows that nobody came or went
        return Look(materials, changed, before if unseen == before else unseen)


def worn(
    materials: Mapping[int, Material], changes: Mapping[int, SurfaceChange]
) -> Mapping[int, SurfaceChange]:
    """Materials as clips have them, and over them what expressions change."""
    if not materials:
        return changes
    moved = {
        place: replace(changes.get(place, _SAME), material=material)
        for place, material in materials.items()
    }
    return {**changes, **moved}


def _moved(avatar: Avatar) -> list[PropertyChannel]:
    return [channel for clip in avatar.animations for channel in clip.properties]


def _at_rest(avatar: Avatar, channel: PropertyChannel) -> Numbers | None:
    """None for what is not there, or not seen, as a camera."""
    if channel.kind == "node" and channel.index < len(avatar.skeleton.names):
        return (float(channel.index not in avatar.skeleton.hidden),)
    if channel.kind == "material" and channel.index < len(avatar.materials):
        return numbers_at(avatar.materials[channel.index], channel.field)
    if channel.kind == "lamp":
        lamps = [lamp for lamp in avatar.lamps if lamp.light == channel.index]
        return numbers_at(lamps[0], channel.field) if lamps else None
    return None


def _shining(lamp: Lamp, light: int, name: str, numbers: Numbers) -> Lamp:
    return with_numbers(lamp, name, numbers) if lamp.light == light else lamp
