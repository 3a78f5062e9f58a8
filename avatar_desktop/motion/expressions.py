"""Expressions as morph weights: binds, on-or-off expressions and who silences whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.expression import Expression, Override

Doubles = NDArray[np.float64]
_Override = Callable[[Expression], Override]

BLINKS = frozenset({"blink", "blinkLeft", "blinkRight"})
GAZES = frozenset({"lookUp", "lookDown", "lookLeft", "lookRight"})
MOUTHS = frozenset({"aa", "ih", "ou", "ee", "oh"})


def expression_weights(avatar: Avatar, strengths: Mapping[str, float]) -> Doubles:
    """Every morph weight, (M,), for expressions by name; unknown names do nothing."""
    shown = {
        expression: _output(expression, strengths[name])
        for name, expression in avatar.expressions.items()
        if name in strengths
    }
    left = {
        "blink": _left(shown, lambda item: item.override_blink),
        "gaze": _left(shown, lambda item: item.override_look_at),
        "mouth": _left(shown, lambda item: item.override_mouth),
    }
    weights = avatar.rest_weights.astype(np.float64)
    driven = {bind.place for item in avatar.expressions.values() for bind in item.binds}
    weights[list(driven)] = 0.0
    for expression, strength in shown.items():
        kind = _kind(expression.name)
        share = strength * (left[kind] if kind else 1.0)
        if expression.is_binary and share < 1.0:
            share = 0.0
        for bind in expression.binds:
            weights[bind.place] += bind.weight * share
    return weights


def _output(expression: Expression, strength: float) -> float:
    limited = min(1.0, max(0.0, strength))
    return float(limited > 0.5) if expression.is_binary else limited


def _left(shown: Mapping[Expression, float], override: _Override) -> float:
    taken = 0.0
    for expression, strength in shown.items():
        kind = override(expression)
        if kind == "block":
            taken += 1.0 if strength > 0.0 else 0.0
        elif kind == "blend":
            taken += strength
    return max(0.0, 1.0 - taken)


def _kind(name: str) -> str:
    if name in BLINKS:
        return "blink"
    if name in GAZES:
        return "gaze"
    return "mouth" if name in MOUTHS else ""
