"""How much of an even light a rough surface reflects: the second half of the split sum. No GL."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

TABLE_SIZE = 32
_SAMPLES = 256


@cache
def reflectance_table() -> Floats:
    """(roughness, cosine to the eye, 2): what f0 is scaled by, and what is added for f90.

    GGX with height-correlated shadowing, integrated over the half-vectors that it favours.
    """
    places = (np.arange(TABLE_SIZE) + 0.5) / TABLE_SIZE
    alpha = (places**2)[:, None, None]
    n_dot_v = places[None, :, None]
    first, second = spread_points(_SAMPLES)
    cosine = np.sqrt((1.0 - first) / (1.0 + (alpha**2 - 1.0) * first))
    sine = np.sqrt(np.maximum(1.0 - cosine**2, 0.0))
    h_x, h_z = sine * np.cos(2 * np.pi * second), cosine
    v_dot_h = np.sqrt(1.0 - n_dot_v**2) * h_x + n_dot_v * h_z
    n_dot_l = 2.0 * v_dot_h * h_z - n_dot_v
    lit = (n_dot_l > 0) & (v_dot_h > 0)
    n_dot_l, v_dot_h = np.where(lit, n_dot_l, 0.0), np.where(lit, v_dot_h, 0.0)
    a2 = alpha**2
    hidden = n_dot_l * np.sqrt(n_dot_v**2 * (1 - a2) + a2)
    hidden += n_dot_v * np.sqrt(n_dot_l**2 * (1 - a2) + a2)
    share = np.where(lit, 2.0 * n_dot_l / np.maximum(hidden, 1e-9), 0.0) * v_dot_h / h_z
    fresnel = (1.0 - v_dot_h) ** 5
    table = np.stack([(share * (1 - fresnel)).mean(axis=-1), (share * fresnel).mean(axis=-1)], -1)
    return table.astype(np.float32)


def spread_points(count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """`count` points that fill the unit square evenly (Hammersley)."""
    index = np.arange(count, dtype=np.uint32)
    bits = index.copy()
    for shift, mask in ((1, 0x55555555), (2, 0x33333333), (4, 0x0F0F0F0F), (8, 0x00FF00FF)):
        bits = ((bits & np.uint32(mask)) << shift) | ((bits >> shift) & np.uint32(mask))
    bits = (bits << 16) | (bits >> 16)
    return (index + 0.5) / count, bits / 2.0**32
