"""Painted points as a texture: readers of toon surfaces look at pictures, not at point colours.

Each connected piece is laid on a small chart, a plane through its colours; a piece whose colours
fit a chart that is there already shares it. So the texture stays tiny, and because place on the
chart is linear in the colour, what lies between two points looks as it does between two colours.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .fields import Array
from .mesh import Index, Mesh, edges

CELL = 16
FITS = 0.010


@dataclass
class _Chart:
    middle: Array
    axes: Array
    marked: bool
    low: Array = field(default_factory=lambda: np.zeros(2))
    high: Array = field(default_factory=lambda: np.zeros(2))

    def place(self, colours: Array) -> Array:
        return (colours - self.middle) @ self.axes.T

    def fits(self, colours: Array) -> bool:
        return float(np.abs(self.colour(self.place(colours)) - colours).max()) < FITS

    def colour(self, place: Array) -> Array:
        return self.middle + place @ self.axes

    def grow(self, colours: Array) -> None:
        place = self.place(colours)
        self.low = np.minimum(self.low, place.min(0))
        self.high = np.maximum(self.high, place.max(0))

    def span(self) -> Array:
        return np.maximum(self.high - self.low, 1e-3)


@dataclass(frozen=True)
class Palette:
    """All colours, the marks (a dot for each chart, white: marked), and a place for each point."""

    colours: NDArray[np.uint8]
    marks: NDArray[np.uint8]
    places: list[Array]


def encoded(linear: Array) -> Array:
    """Linear light as sRGB, 0 to 1."""
    c = np.clip(linear, 0, 1)
    return np.where(c <= 0.0031308, c * 12.92, 1.055 * np.maximum(c, 1e-9) ** (1 / 2.4) - 0.055)


def pieces(mesh: Mesh) -> Index:
    """For each point the number of the connected piece it belongs to."""
    edge, _ = edges(mesh.faces)
    label = np.arange(len(mesh.points))
    while True:
        least = label.copy()
        np.minimum.at(least, edge[:, 0], label[edge[:, 1]])
        np.minimum.at(least, edge[:, 1], label[edge[:, 0]])
        least = least[least]
        if np.array_equal(least, label):
            return np.unique(label, return_inverse=True)[1].reshape(-1)
        label = least


def palette(meshes: list[Mesh], marks: list[Array]) -> Palette:
    """Lay every piece of every mesh on a chart; a piece is marked when most of its points are."""
    found: list[tuple[int, Index, Array, bool]] = []
    for number, mesh in enumerate(meshes):
        label = pieces(mesh)
        colours = encoded(mesh.colour)
        marked = marks[number]
        order = np.argsort(label, kind="stable")
        for rows in np.split(order, np.flatnonzero(np.diff(label[order])) + 1):
            found.append((number, rows, colours[rows], bool(marked[rows].mean() > 0.5)))
    found.sort(key=lambda piece: -float(np.round(np.ptp(piece[2], axis=0).sum(), 6)))
    charts: list[_Chart] = []
    chosen: list[int] = []
    for _, _, colours, marked in found:
        at = next(
            (i for i, c in enumerate(charts) if c.marked == marked and c.fits(colours)), len(charts)
        )
        if at == len(charts):
            middle = colours.mean(0)
            charts.append(_Chart(middle, np.linalg.svd(_spread(colours))[2][:2], marked))
        charts[at].grow(colours)
        chosen.append(at)
    side = 1
    while side * side < len(charts):
        side *= 2
    places = [np.zeros((len(mesh.points), 2)) for mesh in meshes]
    for (number, rows, colours, _), at in zip(found, chosen, strict=True):
        chart = charts[at]
        inside = (chart.place(colours) - chart.low) / chart.span()
        pixel = np.array([at % side, at // side]) * CELL + 1.5 + inside * (CELL - 3)
        places[number][rows] = pixel / (side * CELL)
    return Palette(*_pictures(charts, side), places)


def _spread(colours: Array) -> Array:
    """What decides the plane: every colour counts once, however many points wear it."""
    return np.unique(np.round(colours - colours.mean(0), 3), axis=0)


def _pictures(charts: list[_Chart], side: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    size = side * CELL
    colours = np.zeros((size, size, 3))
    marks = np.zeros((side, side, 3))
    inside = (np.arange(CELL) + 0.5 - 1.5) / (CELL - 3)
    across, down = np.meshgrid(inside, inside)
    grid = np.stack([across, down], -1).reshape(-1, 2)
    for i, chart in enumerate(charts):
        cell = chart.colour(chart.low + grid * chart.span()).reshape(CELL, CELL, 3)
        box = (slice(i // side * CELL, (i // side + 1) * CELL),)
        box += (slice(i % side * CELL, (i % side + 1) * CELL),)
        colours[box] = cell
        marks[i // side, i % side] = float(chart.marked)
    return tuple(np.uint8(np.round(np.clip(p, 0, 1) * 255)) for p in (colours, marks))
