"""What the shapes of every face have in common: sides, the jaw's turn, the tongue, the visemes."""

from __future__ import annotations

import numpy as np

from .fields import Array
from .mesh import Mesh
from .mixtures import Mixture
from .unfold import unfolded

SIDES = {"Left": 1.0, "Right": -1.0}


def moves(*xyz: float | Array) -> Array:
    """Displacements from three columns, any of them one number for all."""
    return np.stack(np.broadcast_arrays(*xyz), axis=-1).astype(float)


def turned_about(points: Array, hinge: Array, angle: float) -> Array:
    """Displacement of a rigid turn about an axis from side to side, as a jaw does."""
    r = points - hinge
    c, s = np.cos(angle), np.sin(angle)
    turned = np.stack([r[:, 0], c * r[:, 1] - s * r[:, 2], s * r[:, 1] + c * r[:, 2]], -1)
    return turned - r


def tongue_lift(mesh: Mesh, amount: float) -> Array:
    """The tip rises behind the upper teeth, for which ARKit has no name."""
    t = mesh.mask("tongue")
    lift = 0.135 * t**1.3 + 0.012 * mesh.mask("tongue_all")
    return amount * np.stack([0 * t, lift, 0.010 * t], axis=-1)


def viseme_targets(
    mesh: Mesh,
    shapes: dict[str, Array],
    recipes: dict[str, Mixture],
    tongue: dict[str, float],
    **ironing: int,
) -> dict[str, Array]:
    """The visemes out of finished shapes, each ironed by itself."""
    made: dict[str, Array] = {}
    still = np.zeros_like(mesh.points)
    for name, recipe in recipes.items():
        mixed = sum((shapes[shape] * weight for shape, weight in recipe.items()), still)
        mixed = mixed + tongue_lift(mesh, tongue.get(name, 0.0))
        made[f"viseme_{name}"] = unfolded(mesh.points, mesh.faces, mixed, still, **ironing)
    return made
