"""Who holds what is on Wren's head: face, eyes, hair. Clothes and hands know it themselves."""

from __future__ import annotations

import numpy as np
from workshop.fields import Array, ramp
from workshop.mesh import Mesh

from .skeleton import COLUMN, HAIR, HAIR_CHAINS, NAMES


def empty(mesh: Mesh) -> Array:
    return np.zeros((len(mesh.points), len(NAMES)))


def hold_rigid(mesh: Mesh, bone: str) -> Array:
    held = empty(mesh)
    held[:, COLUMN[bone]] = 1.0
    return held


def hold_head(mesh: Mesh) -> Array:
    """Face and neck: head above, neck between, chest below; eyes to their bones."""
    held = empty(mesh)
    y = mesh.points[:, 1]
    neck = np.clip(mesh.mask("neck"), 0, 1)
    head = np.maximum(1 - ramp(neck, 0.05, 0.6), ramp(y, -1.28, -0.99))
    chest = (1 - head) * ramp(y, -1.30, -1.60)
    held[:, COLUMN["head"]] = head
    held[:, COLUMN["upperChest"]] = chest
    held[:, COLUMN["neck"]] = 1 - head - chest
    return held


def hold_eyes(mesh: Mesh) -> Array:
    held = empty(mesh)
    left = mesh.points[:, 0] > 0
    held[left, COLUMN["leftEye"]] = 1.0
    held[~left, COLUMN["rightEye"]] = 1.0
    return held


def hold_hair(mesh: Mesh) -> Array:
    """The head holds the crown and the fringe; what hangs follows its chains, softly shared."""
    held = empty(mesh)
    x, y, z = mesh.points.T
    azimuth = np.degrees(np.arctan2(x, z + 0.10)) % 360
    front = np.minimum(azimuth, 360 - azimuth)
    loose = 0.92 * ramp(y, 0.12, -0.55) * ramp(front, 44, 58)
    tip = ramp(y, -0.35, -0.80)
    apart = {name: np.abs((azimuth - a + 180) % 360 - 180) for name, a in HAIR_CHAINS.items()}
    near = {name: np.exp(-((d / 38) ** 2)) for name, d in apart.items()}
    whole = np.sum(list(near.values()), axis=0)
    for name, share in near.items():
        root, middle, _ = HAIR[name]
        held[:, COLUMN[root]] = loose * (1 - tip) * share / whole
        held[:, COLUMN[middle]] = loose * tip * share / whole
    held[:, COLUMN["head"]] = 1 - loose
    return held
