"""A humanoid without VRM: Mixamo's names, an A-pose, bone axes of its own, long legs, centimetres.

As such files come: the armature lies on its back at a hundredth of the size, every bone has its y
along itself and some roll, and nothing but the names says what is what.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.motion.rotation import conjugate, euler, from_axes, multiply, rotate
from tests.makers.skeletons import DRAWINGS, PLACES, drawn
from tests.makers.tiny_avatar import Glb, square

Doubles = NDArray[np.float64]
ARMS_DOWN = 42.0
"""Degrees below the horizontal."""
_LEGS_APART = 5.0
_LONGER_LEGS = 1.45
_ARMATURE = 0.01


def plain_body(*, facing: int = 1) -> Glb:
    """The file; `facing` −1 looks to −Z."""
    skeleton, _ = drawn(DRAWINGS["Mixamo"], facing=facing, places=_places())
    parents = skeleton.parents.tolist()
    world = skeleton.translations.astype(np.float64)
    for node, parent in enumerate(parents):
        if parent >= 0:
            world[node] += world[parent]
    turns = _turns(world, parents)
    glb = Glb()
    for node, (name, parent) in enumerate(zip(skeleton.names, parents, strict=True)):
        spec: dict[str, Any] = {"name": name, "rotation": turns[node].tolist()}
        spec["children"] = [child for child, above in enumerate(parents) if above == node]
        if parent < 0:
            spec["scale"] = [_ARMATURE] * 3
        else:
            back = conjugate(turns[parent])
            spec["rotation"] = multiply(back, turns[node]).tolist()
            spec["translation"] = (rotate(back, world[node] - world[parent]) / _ARMATURE).tolist()
        if not spec["children"]:
            del spec["children"]
        glb.add("nodes", spec)
    plate = glb.add("nodes", {"name": "plate", "mesh": 0})
    glb.add("scenes", {"nodes": [parents.index(-1), plate]})
    glb.add("meshes", {"name": "plate", "primitives": [square(glb)]})
    return glb


def _places() -> dict[str, tuple[float, float, float]]:
    """The usual body with longer legs, the arms hanging and the feet apart."""
    lift = (_LONGER_LEGS - 1.0) * PLACES["leftUpperLeg"][1]
    found: dict[str, tuple[float, float, float]] = {}
    for bone, (x, y, z) in PLACES.items():
        sign = 1.0 if x >= 0.0 else -1.0
        if any(part in bone for part in ("LowerLeg", "Foot", "Toes")):
            up = y * _LONGER_LEGS if "Toes" not in bone and "Foot" not in bone else y
            fall = PLACES["leftUpperLeg"][1] * _LONGER_LEGS - up
            aside = np.tan(np.radians(_LEGS_APART)) * fall
            found[bone] = (x + sign * aside, up, z)
        elif abs(x) > PLACES["leftUpperArm"][0]:
            root = PLACES["leftUpperArm"]
            reach, angle = abs(x) - root[0], np.radians(ARMS_DOWN)
            found[bone] = (
                sign * (root[0] + reach * np.cos(angle)),
                y + lift - reach * np.sin(angle),
                z,
            )
        else:
            found[bone] = (x, y + lift, z)
    return found


def _turns(world: Doubles, parents: list[int]) -> Doubles:
    """(N, 4) in the world: y along the bone, rolled by a quarter more from bone to bone."""
    turns = np.zeros((len(parents), 4))
    for node, parent in enumerate(parents):
        below = [child for child, above in enumerate(parents) if above == node]
        way = world[below[0]] - world[node] if below else np.array([0.0, 1.0, 0.0])
        if np.linalg.norm(way) < 1e-6:
            way = np.array([0.0, 1.0, 0.0])
        along = way / np.linalg.norm(way)
        aside = np.cross(along, (0.0, 0.0, 1.0) if abs(along[2]) < 0.9 else (1.0, 0.0, 0.0))
        aside /= np.linalg.norm(aside)
        frame = from_axes(aside, along, np.cross(aside, along))
        turns[node] = multiply(frame, euler(0.0, 90.0 * (node % 4), 0.0))
        if parent < 0:
            turns[node] = euler(-90.0, 0.0, 0.0)
    return turns
