"""Legs that stand: the hips move, the feet stay where they are, the knees give way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .body import PLACES, SIDES, WAYS
from .turns import Array, about, back, from_axes, multiply, rotate, unit

TOES_OUT = 9.0
"""Degrees by which a foot looks outwards."""
APART = 0.018
"""Metres that each foot stands further out than the hip joint."""
AHEAD = {"left": 0.018, "right": -0.014}
"""Nobody stands with the feet in one line."""
STRETCHED = 0.992
"""Share of its length that a standing leg reaches at most."""


@dataclass(frozen=True)
class Stand:
    """What the legs are told, frame by frame."""

    hips: Array
    """(K, 3) metres from where the hips rest"""
    hips_turns: Array
    """(K, 4)"""
    heels: Array
    """(K, 2) degrees off the ground, left and right"""
    knees: Array
    """(K, 2) degrees outwards"""


def standing(stand: Stand) -> tuple[Array, Mapping[str, Array]]:
    """The hips as high as the legs let them be, and the turns of the legs."""
    hips = PLACES["hips"] + stand.hips
    ankles = {side: _ankle(side, stand.heels[:, n]) for n, side in enumerate(SIDES)}
    hips[:, 1] = np.minimum(hips[:, 1], _highest(hips, stand, ankles))
    turns: dict[str, Array] = {}
    for number, side in enumerate(SIDES):
        turns.update(_leg(side, hips, stand, ankles[side], stand.knees[:, number]))
    return hips, turns


def _ankle(side: str, heels: Array) -> tuple[Array, Array]:
    """Where the ankle is and how the foot is turned: it rolls over the ball of the foot."""
    sign = SIDES[side]
    rest, ball = PLACES[f"{side}Foot"], PLACES[f"{side}Toes"]
    out = about(1, sign * TOES_OUT)
    ground = np.array([sign * APART, 0.0, AHEAD[side]])
    pivot = rest + ground + rotate(out, ball - rest)
    foot = multiply(np.broadcast_to(out, (len(heels), 4)), about(0, heels))
    return pivot - rotate(foot, np.broadcast_to(ball - rest, (len(heels), 3))), foot


def _highest(hips: Array, stand: Stand, ankles: Mapping[str, tuple[Array, Array]]) -> Array:
    """The height at which the stiffer leg is as straight as it should be."""
    highest = np.full(len(hips), np.inf)
    for side in SIDES:
        way = rotate(stand.hips_turns, np.broadcast_to(WAYS[f"{side}UpperLeg"], hips.shape))
        length = STRETCHED * (_thigh(side) + _shin(side))
        flat = ankles[side][0] - hips - way
        reach = np.sqrt(np.maximum(length**2 - flat[:, 0] ** 2 - flat[:, 2] ** 2, 1e-4))
        highest = np.minimum(highest, ankles[side][0][:, 1] + reach - way[:, 1])
    return highest


def _leg(
    side: str, hips: Array, stand: Stand, ankle: tuple[Array, Array], out: Array
) -> dict[str, Array]:
    place, foot = ankle
    sign = SIDES[side]
    root = hips + rotate(stand.hips_turns, np.broadcast_to(WAYS[f"{side}UpperLeg"], hips.shape))
    way = place - root
    a, b = _thigh(side), _shin(side)
    length = np.clip(np.linalg.norm(way, axis=1), abs(a - b) + 1e-3, a + b - 1e-5)
    along = unit(way)
    knee_looks = rotate(about(1, sign * (TOES_OUT + out)), np.array([0.0, 0.0, 1.0]))
    ahead = unit(knee_looks - (knee_looks * along).sum(1, keepdims=True) * along)
    cosine = np.clip((a * a + length**2 - b * b) / (2.0 * a * length), -1.0, 1.0)
    sine = np.sqrt(1.0 - cosine**2)
    thigh = cosine[:, None] * along + sine[:, None] * ahead
    shin = unit(place - root - a * thigh)
    upper = _carried(f"{side}LowerLeg", thigh, ahead)
    lower = _carried(f"{side}Foot", shin, ahead)
    return {
        f"{side}UpperLeg": multiply(back(stand.hips_turns), upper),
        f"{side}LowerLeg": multiply(back(upper), lower),
        f"{side}Foot": multiply(back(lower), foot),
        f"{side}Toes": multiply(back(foot), multiply(foot, about(0, -stand.heels[:, _nth(side)]))),
    }


def _nth(side: str) -> int:
    return list(SIDES).index(side)


def _carried(below: str, way: Array, ahead: Array) -> Array:
    """The turns that bring a bone of the leg into a direction, its front to the front."""
    rest = unit(WAYS[below])
    frame = from_axes(np.cross(way, ahead), -way)
    own = from_axes(np.cross(rest, np.array([0.0, 0.0, 1.0])), -rest)
    return multiply(frame, np.broadcast_to(back(own), frame.shape))


def _thigh(side: str) -> float:
    return float(np.linalg.norm(WAYS[f"{side}LowerLeg"]))


def _shin(side: str) -> float:
    return float(np.linalg.norm(WAYS[f"{side}Foot"]))
