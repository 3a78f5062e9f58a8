"""A sun and the file's own lamps as the bytes that shaders/lamps.glsl expects. No GL."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.furnishing import Lamp
from avatar_desktop.avatar.pose import Pose
from avatar_desktop.render.view import View

Floats = NDArray[np.float32]

MOST_LAMPS = 8
"""The first ones of a file; each costs every pixel."""
LAMP_BYTES = 16 * 4


def lamp_rows(avatar: Avatar, pose: Pose, view: View) -> Floats:
    """(n, 16): what shines besides the environment, the sun first."""
    lamps = avatar.lamps if pose.lamps is None else pose.lamps
    rows = [_of_file(lamp, pose) for lamp in lamps if lamp.intensity > 0.0]
    if view.light.key.strength > 0.0:
        key = view.light.key
        light = np.asarray(key.colour) * key.strength
        rows.insert(0, _row(_unit(np.asarray(key.towards)), light))
    kept = np.asarray(rows[:MOST_LAMPS], np.float32).reshape(-1, 16)
    return np.nan_to_num(kept, posinf=0.0, neginf=0.0)


def _of_file(lamp: Lamp, pose: Pose) -> NDArray[np.float64]:
    world = pose.world[lamp.node].astype(np.float64)
    beam = -_unit(world[:3, 2])
    light = np.asarray(lamp.colour) * (lamp.intensity / math.pi)
    if lamp.kind == "directional":
        return _row(-beam, light)
    slope, start = 0.0, 1.0  # everywhere alike
    if lamp.kind == "spot":
        outer = math.cos(lamp.outer_cone)
        slope = 1.0 / max(math.cos(lamp.inner_cone) - outer, 1e-3)
        start = -outer * slope
    return _row(
        world[:3, 3], light, near=1.0, reach=lamp.reach or 0.0, beam=beam, cone=(slope, start)
    )


def _row(
    place: NDArray[np.float64],
    light: NDArray[np.float64],
    *,
    near: float = 0.0,
    reach: float = 0.0,
    beam: NDArray[np.float64] | None = None,
    cone: tuple[float, float] = (0.0, 1.0),
) -> NDArray[np.float64]:
    direction = np.zeros(3) if beam is None else beam
    return np.asarray([*place, near, *light, reach, *direction, 0.0, *cone, 0.0, 0.0], np.float64)


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    length = float(np.linalg.norm(vector))
    return vector / length if length > 1e-12 else np.array((0.0, 1.0, 0.0))
