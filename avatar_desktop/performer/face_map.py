"""From names of face channels to this avatar's morph weights, once, as a matrix."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.expression import Expression
from avatar_desktop.avatar.rig.face_names import expression_row, face_rows, plain
from avatar_desktop.avatar.rig.lower_lip import LowerLip

Floats = NDArray[np.float32]

_MOST_CHOSEN = 64


class FaceMap:
    """Turns a few named weights into the whole weight vector of one avatar."""

    def __init__(self, avatar: Avatar) -> None:
        self._avatar = avatar
        self._rest = avatar.rest_weights.astype(np.float32)
        rows = face_rows(avatar)
        self._places = {name: place for place, name in enumerate(rows)}
        self._rows = np.array([*rows.values(), np.zeros_like(self._rest)], np.float32)
        self._chosen: dict[tuple[str, ...], Floats] = {}
        """The rows of channels that were shown together: a face keeps to a few sets of them."""
        self._known: dict[tuple[str, ...], bool] = {}
        self.last: tuple[object, Floats] | None = None
        """The weights that were made last, and from what."""
        self._expressions = {plain(name): item for name, item in avatar.expressions.items()}
        self._partings: dict[str, float] = {}

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._places)

    def has(self, names: tuple[str, ...]) -> bool:
        if names not in self._known:
            self._known[names] = all(plain(name) in self._places for name in names)
        return self._known[names]

    def preset(self, name: str) -> Expression | None:
        return self._expressions.get(plain(name))

    def shown(self, channels: Mapping[str, float], presets: Mapping[str, float]) -> Floats:
        """The weights of both together, from 0 to 1."""
        weights = self.weights(channels)
        for name, weight in presets.items():
            self._add_preset(weights, name, weight)
        np.maximum(weights, 0.0, out=weights)
        return np.minimum(weights, 1.0, out=weights)

    def _add_preset(self, into: Floats, name: str, weight: float) -> None:
        """Add a VRM expression by its own binds, else the shape that the file calls so."""
        expression = self._expressions.get(plain(name))
        if expression is not None:
            into += expression_row(self._avatar, expression) * _gate(expression, weight)
        elif plain(name) in self._places:
            into += self._rows[self._places[plain(name)]] * weight

    def parting(self, name: str) -> float:
        """How far a preset parts the lips, of what an "ah" does."""
        key = plain(name)
        if key not in self._partings:
            row = self._preset_row(key)
            self._partings[key] = 0.0 if row is None else self._lips.parting(row)
        return self._partings[key]

    def _preset_row(self, key: str) -> Floats | None:
        expression = self._expressions.get(key)
        if expression is not None:
            return expression_row(self._avatar, expression)
        return self._rows[self._places[key]] if key in self._places else None

    @cached_property
    def _lips(self) -> LowerLip:
        wide = next((self._places[key] for key in ("aa", "jawopen") if key in self._places), None)
        return LowerLip(self._avatar, None if wide is None else self._rows[wide])

    def weights(self, channels: Mapping[str, float]) -> Floats:
        """The weight vector for these channels; names that the avatar lacks do nothing."""
        names = tuple(channels)
        rows = self._chosen.get(names)
        if rows is None:
            if len(self._chosen) >= _MOST_CHOSEN:
                self._chosen.clear()
            places = [self._places.get(plain(name), -1) for name in names]
            rows = self._rows.take(np.array(places, np.int64), 0)
            self._chosen[names] = rows
        total: Floats = np.fromiter(channels.values(), np.float32, len(names)) @ rows
        total += self._rest
        return total


def _gate(expression: Expression, weight: float) -> float:
    return float(weight > 0.5) if expression.is_binary else weight
