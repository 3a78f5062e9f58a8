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
    d = union(d, capsule(q, (0.50, -0.55, 0.02), (0.11, -0.95, 0.48), 0.21, 0.13), 0.36)
    d = union(d, sphere(q, (0.0, -0.985, 0.600), 0.125), 0.22)
    d = union(d, sphere(q, (0.41, -0.525, 0.455), 0.262), 0.20)
    d = union(d, sphere(q, (0.29, -0.77, 0.36), 0.19), 0.30)
    return union(d, capsule(q, (0.12, 0.04, 0.68), (0.46, 0.04, 0.54), 0.13, 0.11), 0.22)


def head(p: Array) -> Array:
    """Skull, sockets, lid spheres, nose and muzzle; no neck, no lips."""
    q = p.copy()
    q[:, 0] = np.abs(q[:, 0])
    d = skull(q)
    d = carve(d, sphere(q, (0.335, -0.27, 0.985), 0.22), 0.20)
    d = union(d, sphere(q, tuple(EYE), LID_R), 0.12)
    d = union(d, ellipsoid(q, (0, MOUTH_Y + 0.01, 0.53), (0.34, 0.25, 0.30)), 0.22)
    d = union(d, capsule(q, (0, -0.20, 0.735), (0, -0.485, 0.880), 0.036, 0.046), 0.15)
    d = union(d, sphere(q, (0.0, -0.500, 0.902), 0.062), 0.13)
    return union(d, sphere(q, (0.072, -0.530, 0.838), 0.038), 0.085)
