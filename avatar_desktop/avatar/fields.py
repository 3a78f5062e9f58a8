"""Numbers of a material or a lamp by the name of their field, as clips of colours move them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, TypeVar, cast

import numpy as np

from avatar_desktop.avatar.animation import Animation
from avatar_desktop.avatar.finish import (
    Anisotropy,
    Clearcoat,
    Iridescence,
    Sheen,
    Specular,
    Transmission,
)
from avatar_desktop.avatar.furnishing import Lamp
from avatar_desktop.avatar.material import Material

Numbers = tuple[float, ...]
"""At least one."""
_Value = TypeVar("_Value", Material, Lamp)

_FINISHES: dict[str, Callable[[], object]] = {
    "specular": Specular,
    "clearcoat": Clearcoat,
    "sheen": Sheen,
    "transmission": Transmission,
    "iridescence": Iridescence,
    "anisotropy": Anisotropy,
}
"""What a file that moves a finish without having one begins with."""


def numbers_at(value: Material | Lamp, field: str) -> Numbers | None:
    """What stands there, 0 for no limit; None where a texture is moved that is not there."""
    found: Any = value
    for name in field.split("."):
        if found is None:
            return None
        found = found[int(name)] if name.isdecimal() else _part(found, name)
    if isinstance(found, tuple):
        return cast("Numbers", found)
    return (float(found or 0.0),)


def with_numbers(value: _Value, field: str, numbers: Numbers) -> _Value:
    """The same with other numbers in one field."""
    return _put(value, field.split("."), numbers)


def extremes(
    place: int, material: Material, clips: Iterable[Animation]
) -> tuple[Material, Material]:
    """A material with the least and with the most of everything that keys of clips make of it."""
    least = most = material
    for channel in (each for clip in clips for each in clip.properties):
        if (channel.kind, channel.index) != ("material", place):
            continue
        rest = numbers_at(material, channel.field)
        if rest is None or not len(channel.values):
            continue
        is_spline = channel.interpolation == "CUBICSPLINE"
        keys = channel.values[:, 1] if is_spline else channel.values
        reached = np.concatenate([[rest], keys]).astype(np.float64)
        least = with_numbers(least, channel.field, tuple(reached.min(axis=0).tolist()))
        most = with_numbers(most, channel.field, tuple(reached.max(axis=0).tolist()))
    return least, most


def _put(value: Any, names: list[str], numbers: Numbers) -> Any:
    if not names:
        return numbers if len(numbers) != 1 else numbers[0]
    first, *rest = names
    if first.isdecimal():
        place = int(first)
        return (*value[:place], *numbers, *value[place + 1 :])
    return replace(value, **{first: _put(_part(value, first), rest, numbers)})


def _part(value: Any, name: str) -> Any:
    found = getattr(value, name)
    return _FINISHES[name]() if found is None and name in _FINISHES else found
