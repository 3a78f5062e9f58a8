"""Feet that stand in a motion stand on the new body too, however long its legs are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.motion.figure import Figure
from avatar_desktop.motion.rotation import rotate
from avatar_desktop.motion.stance import SIDES

Doubles = NDArray[np.float64]

LEGS = frozenset(f"{side}{bone}" for side in SIDES for bone in ("UpperLeg", "LowerLeg", "Foot"))
STANDS = 0.02
"""A foot whose ball stays within this share of the hips' height in all of a motion stands."""
_LOW = 0.3
"""Share of the hips' height below which the ankles of whoever stands on the ground are."""
_STRETCHED = 0.998
"""Share of its length to which a leg is stretched at most."""


def plant(figure: Figure, source: Figure) -> None:
    """Put the figure's feet where those of the motion's own body stand, and leave them there."""
    sides = [side for side in SIDES if _has_leg(figure, side) and _has_leg(source, side)]
    if not sides or not (_stands(figure, sides) and _stands(source, sides)):
        return
    scale = float(figure.at["hips"][1] / source.at["hips"][1])
    away = _carried(figure) - scale * _carried(source)
    goals: dict[str, Doubles] = {}
    for side in sides:
        own = _ball(source, side)
        middle = np.median(own, axis=0)
        if np.abs(own - middle).max() > STANDS * float(source.at["hips"][1]):
            return
        moved = middle - _ball_at_rest(source, side)
        goal = _ball_at_rest(figure, side) + (scale * moved + away) * (1.0, 0.0, 1.0)
        foot = f"{side}Foot"
        way = np.broadcast_to(_to_ball(figure, side), (figure.count, 3))
        goals[foot] = goal - rotate(figure.world[foot], way)
    figure.lift_hips(np.minimum(0.0, _room(figure, goals)))
    for foot, place in goals.items():
        side = foot.removesuffix("Foot")
        figure.reach((f"{side}UpperLeg", f"{side}LowerLeg", foot), place, end_stays=True)


def _carried(figure: Figure) -> Doubles:
    """(3,) how far the hips are from where they rest, most of the time."""
    return np.median(figure.places["hips"] - figure.at["hips"], axis=0)


def _stands(figure: Figure, sides: list[str]) -> bool:
    """It rests upright on y = 0."""
    hips = figure.at.get("hips", np.zeros(3))[1]
    return hips > 1e-3 and all(0.0 <= figure.at[f"{side}Foot"][1] < _LOW * hips for side in sides)


def _room(figure: Figure, goals: dict[str, Doubles]) -> Doubles:
    """(K,) how much higher the hips might be; below nothing where a leg is too short."""
    room = np.full(figure.count, np.inf)
    for foot, place in goals.items():
        side = foot.removesuffix("Foot")
        ways = (figure.way(f"{side}LowerLeg"), figure.way(foot))
        rest = float(np.linalg.norm(ways[0] + ways[1]))
        length = max(rest, _STRETCHED * sum(float(np.linalg.norm(way)) for way in ways))
        root = figure.places[f"{side}UpperLeg"]
        flat = ((place - root)[:, (0, 2)] ** 2).sum(1)
        reach = np.sqrt(np.maximum(length**2 - flat, 1e-8))
        room = np.minimum(room, place[:, 1] + reach - root[:, 1])
    return room


def _has_leg(figure: Figure, side: str) -> bool:
    return all(f"{side}{bone}" in figure.at for bone in ("UpperLeg", "LowerLeg", "Foot"))


def _ball(figure: Figure, side: str) -> Doubles:
    foot = f"{side}Foot"
    way = np.broadcast_to(_to_ball(figure, side), (figure.count, 3))
    return figure.places[foot] + rotate(figure.world[foot], way)


def _ball_at_rest(figure: Figure, side: str) -> Doubles:
    return figure.at[f"{side}Foot"] + _to_ball(figure, side)


def _to_ball(figure: Figure, side: str) -> Doubles:
    """(3,) from the ankle to the ground below the ball of the foot."""
    ankle = figure.at[f"{side}Foot"]
    toes = figure.at.get(f"{side}Toes")
    if toes is None:
        return np.array([0.0, -ankle[1], 1.5 * abs(float(ankle[1]))])
    return np.array([toes[0] - ankle[0], -ankle[1], toes[2] - ankle[2]])
