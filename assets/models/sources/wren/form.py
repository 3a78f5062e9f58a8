"""The clay of Wren's head: one signed-distance form, symmetric by |x|."""

from __future__ import annotations

import numpy as np
from workshop.fields import Array, capsule, carve, ellipsoid, sphere, union

from .proportions import EYE, LID_R, MOUTH_Y


def skull(p: Array) -> Array:
    q = p.copy()
    q[:, 0] = np.abs(q[:, 0])
    d = ellipsoid(q, (0, 0.10, -0.10), (0.90, 0.85, 0.94))
    face = ellipsoid(q, (0, -0.34, 0.16), (0.74, 0.66, 0.66))
    d = union(d, face, 0.30)
    d = union(d, capsule(q, (0.50, -0.56, 0.02), (0.12, -0.95, 0.48), 0.21, 0.14), 0.36)
    d = union(d, sphere(q, (0.0, -0.985, 0.575), 0.125), 0.30)
    d = union(d, sphere(q, (0.43, -0.53, 0.42), 0.275), 0.26)
    d = union(d, sphere(q, (0.29, -0.77, 0.36), 0.19), 0.30)
    return union(d, capsule(q, (0.12, 0.04, 0.68), (0.46, 0.04, 0.54), 0.13, 0.11), 0.22)


def head(p: Array) -> Array:
    """Skull, sockets, lid spheres, nose and muzzle; no neck, no lips."""
    q = p.copy()
    q[:, 0] = np.abs(q[:, 0])
    d = skull(q)
    d = carve(d, sphere(q, (0.335, -0.27, 0.985), 0.22), 0.20)
    d = union(d, sphere(q, tuple(EYE), LID_R), 0.07)
    d = union(d, ellipsoid(q, (0, MOUTH_Y + 0.01, 0.53), (0.34, 0.25, 0.30)), 0.22)
    d = union(d, capsule(q, (0, -0.22, 0.735), (0, -0.495, 0.878), 0.043, 0.054), 0.17)
    d = union(d, sphere(q, (0.0, -0.508, 0.898), 0.060), 0.13)
    return union(d, sphere(q, (0.064, -0.532, 0.836), 0.040), 0.10)
