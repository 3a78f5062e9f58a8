"""Hands that a motion of a slimmer body would put into this one are kept outside of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.motion.figure import Figure
from avatar_desktop.motion.girth import Girth
from avatar_desktop.motion.stance import SIDES

Doubles = NDArray[np.float64]

CLEAR = 0.135
"""Room between the bones of a hand and the body, as a share of the arm's length."""
_REACHES = 0.35
"""A fingertip is so much further than its last joint, as a share of the way from the wrist."""
_AHEAD = 0.16
"""Seconds in which a hand makes way before it has to."""
_ROUNDS = 5
_POINTS = ("MiddleProximal", "MiddleDistal", "LittleDistal", "IndexDistal", "ThumbDistal")


def keep_clear(figure: Figure, girth: Girth, times: Doubles) -> None:
    """Push the wrists outwards where hands are inside the body; nothing where they are not."""
    if not girth.bones:
        return
    for side in SIDES:
        limb = (f"{side}UpperArm", f"{side}LowerArm", f"{side}Hand")
        if limb[0] not in figure.own or not all(bone in figure.at for bone in limb):
            continue
        arm = sum(float(np.linalg.norm(figure.way(bone))) for bone in limb[1:])
        for _ in range(_ROUNDS):
            push = _push(figure, girth, side, CLEAR * arm)
            if np.abs(push).max() < 1e-3 * arm:
                break
            eased = _eased(push, times)
            figure.reach(limb, figure.places[limb[-1]] + eased, end_stays=False)


def _push(figure: Figure, girth: Girth, side: str, room: float) -> Doubles:
    """(K, 3) the way out of that point of the hand that is deepest inside."""
    turns, places = (
        np.stack([rows[bone] for bone in girth.bones], axis=1)
        for rows in (figure.world, figure.places)
    )
    depth, out = girth.depth(_hand(figure, side), turns, places)
    return np.maximum(depth + room, 0.0)[:, None] * out


def _hand(figure: Figure, side: str) -> Doubles:
    """(K, P, 3)"""
    wrist = figure.places[f"{side}Hand"]
    points = [wrist]
    for name in _POINTS:
        place = figure.places.get(f"{side}{name}")
        if place is not None:
            further = _REACHES if name.endswith("Distal") else 0.0
            points.append(place + further * (place - wrist))
    return np.stack(points, axis=1)


def _eased(push: Doubles, times: Doubles) -> Doubles:
    """The same way, begun earlier and ended later, so that it is no jerk."""
    if len(times) < 3:
        return push
    step = max(float(np.median(np.diff(times))), 1e-3)
    reach = max(1, round(_AHEAD / step))
    size = np.linalg.norm(push, axis=1)
    around = np.lib.stride_tricks.sliding_window_view(np.pad(size, reach), 2 * reach + 1)
    wide = around.max(axis=1)
    kernel = np.hanning(2 * reach + 3)[1:-1]
    kernel /= kernel.sum()

    def smooth(row: Doubles) -> Doubles:
        padded = np.pad(row, reach, mode="edge")
        windows = np.lib.stride_tricks.sliding_window_view(padded, len(kernel))
        return windows @ kernel

    way = np.stack([smooth(row) for row in (push / np.maximum(size[:, None], 1e-9)).T], axis=1)
    length = np.linalg.norm(way, axis=1, keepdims=True)
    return smooth(wide)[:, None] * way / np.maximum(length, 1e-9)
