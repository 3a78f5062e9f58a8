"""The clay of Moss's head: one signed-distance form, symmetric by |x|."""

from __future__ import annotations

import numpy as np
from workshop.fields import Array, capsule, carve, ellipsoid, sphere, union

from .proportions import EYE, TURRET_R


def head(p: Array) -> Array:
    """Skull, muzzle, cheeks, throat and the turrets of the eyes; no lips."""
    q = p.copy()
    q[:, 0] = np.abs(q[:, 0])
    d = ellipsoid(q, (0, 0.02, -0.06), (1.04, 0.64, 0.86))
    d = union(d, ellipsoid(q, (0, -0.14, 0.24), (0.90, 0.50, 0.70)), 0.30)
    d = union(d, sphere(q, (0.70, -0.24, 0.26), 0.40), 0.30)
    d = union(d, ellipsoid(q, (0, -0.47, 0.18), (0.74, 0.36, 0.62)), 0.26)
    d = union(d, capsule(q, (0, -0.45, -0.12), (0, -1.12, -0.14), 0.46, 0.47), 0.26)
    d = union(d, sphere(q, (0.125, 0.055, 0.895), 0.050), 0.14)
    d = union(d, sphere(q, tuple(EYE), TURRET_R), 0.17)
    return carve(d, sphere(q, (0.128, 0.072, 0.968), 0.016), 0.05)
