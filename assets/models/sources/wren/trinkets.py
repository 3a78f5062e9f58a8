"""What Wren wears on the sweater: a brooch, and the collar's two cords with their pompoms."""

from __future__ import annotations

import numpy as np
from workshop.bind import at_rest
from workshop.fields import Array
from workshop.mesh import Mesh, join, outward, plain
from workshop.shapes import grid_faces, sweep

from . import proportions as w
from .skeleton import COLUMN, CORDS, DRAWN, JOINTS, NAMES, RIG
from .sweater import hold_drawn, on_chest

# a small bird with its tail up, as a curve round its middle
BIRD = np.array(
    [
        (0.150, 0.030),
        (0.105, 0.058),
        (0.085, 0.090),
        (0.045, 0.098),
        (0.010, 0.075),
        (-0.035, 0.045),
        (-0.070, 0.060),
        (-0.110, 0.125),
        (-0.150, 0.150),
        (-0.138, 0.080),
        (-0.105, 0.005),
        (-0.070, -0.055),
        (-0.020, -0.085),
        (0.035, -0.080),
        (0.075, -0.045),
        (0.092, 0.000),
        (0.105, 0.025),
    ]
)


def brooch() -> Mesh:
    """The bird she is named for, pinned to the sweater over her heart."""
    middle = np.array([0.005, 0.005])
    rings = [(BIRD - middle) * scale + middle for scale in (1.0, 0.97, 0.72, 0.36, 0.0)]
    heights = (0.002, 0.022, 0.036, 0.043, 0.045)
    place = np.array([0.405, -2.02])
    n = len(BIRD)
    flat = np.concatenate(rings) * 0.72 * [-1.0, 1.0] + place
    points = on_chest(flat)
    points[:, 2] += np.repeat(heights, n)
    mesh = outward(plain(points, grid_faces(len(rings), n, closed=True)))
    belly = np.clip(
        1 - np.hypot(flat[:, 0] - place[0] + 0.03, flat[:, 1] - place[1] + 0.015) / 0.06, 0, 1
    )
    colour = w.HAIR + (w.SWEATER - w.HAIR) * np.minimum(1, belly * 1.6)[:, None]
    return Mesh(mesh.points, mesh.faces, colour, {"collar": np.zeros(len(points))})


def _cord(bones: tuple[str, ...]) -> tuple[Mesh, Array]:
    """A thin cord from under the collar, and a pompom at its end; held by its chain."""
    joints = np.array([JOINTS[bone] for bone in bones])
    top = joints[0] + [0.0, 0.10, -0.06]
    path = np.concatenate([[top], joints])
    s = np.linspace(0, len(path) - 1, 13)
    path = np.stack([np.interp(s, np.arange(len(path)), path[:, i]) for i in range(3)], -1)
    angle = 2 * np.pi * np.arange(6) / 6
    ring = 0.017 * np.stack([np.cos(angle), np.sin(angle)], -1)
    count = len(path)
    across = np.tile([1.0, 0.0, 0.0], (count, 1))
    up = np.tile([0.0, 0.0, 1.0], (count, 1))
    cord = (
        sweep(path, across, up, np.tile(ring, (count, 1, 1)))
        .painted(w.SWEATER_DARK)
        .marked(marked=1.0)
    )
    tuft = _pompom(joints[-1] + [0.0, -0.015, 0.0], 0.082)
    mesh = join([cord, tuft])
    place = np.interp(-mesh.points[:, 1], -joints[:-1, 1], np.arange(len(joints) - 1.0))
    held = np.zeros((len(mesh.points), len(NAMES)))
    for i, bone in enumerate(bones[:-1]):
        held[:, COLUMN[bone]] = np.clip(1 - np.abs(place - i), 0, 1)
    return mesh, held


def _pompom(centre: Array, size: float) -> Mesh:
    """A ball of wool: bumps in a spiral, darker between them."""
    rows, n = 11, 16
    t, a = np.meshgrid(
        np.linspace(0.02, np.pi - 0.02, rows), 2 * np.pi * np.arange(n) / n, indexing="ij"
    )
    bump = np.cos(a * 5 + t * 7) * np.cos(t * 9) * np.sin(t) ** 0.5
    r = size * (1 + 0.075 * bump)
    points = np.stack([np.sin(t) * np.sin(a), np.cos(t), np.sin(t) * np.cos(a)], -1) * r[..., None]
    mesh = outward(plain(points.reshape(-1, 3) + centre, grid_faces(rows, n, closed=True)))
    return mesh.painted(w.CORAL * (1 + 0.16 * bump.reshape(-1, 1)))


def _pinned(mesh: Mesh) -> tuple[Mesh, Array]:
    """Something stiff on the wool: it goes with the place that its middle is pinned to."""
    middle = mesh.points.mean(axis=0, keepdims=True)
    held = np.repeat(hold_drawn(middle), len(mesh.points), axis=0)
    return Mesh(at_rest(mesh.points, held, RIG, DRAWN), mesh.faces, mesh.colour, mesh.masks), held


def trinkets() -> tuple[Mesh, Array]:
    """Brooch and cords, and who holds them."""
    pairs = [_pinned(brooch()), *(_cord(bones) for bones in CORDS.values())]
    return join([mesh for mesh, _ in pairs]), np.concatenate([held for _, held in pairs])
