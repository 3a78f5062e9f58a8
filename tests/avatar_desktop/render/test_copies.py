from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from avatar_desktop.avatar.deform import bounds
from avatar_desktop.avatar.mesh import Primitive
from avatar_desktop.render import copies
from avatar_desktop.render.copies import spread
from avatar_desktop.render.extent import posed_extent
from tests.makers import figures

PLACES = np.tile(np.eye(4, dtype=np.float32), (3, 1, 1))
PLACES[1, :3, 3] = (5, 0, 0)
PLACES[2, :3, :3] = np.diag([-1, 2, 1])
COPIED = replace(figures.instance(figures.ball(0.5)), copies=PLACES)


def _outward(ball: Primitive, vertices: slice) -> float:
    """How well the triangles of these vertices face away from their middle, −1 to 1."""
    corners = ball.indices.reshape(-1, 3)
    chosen = corners[(corners >= vertices.start).all(1) & (corners < vertices.stop).all(1)]
    a, b, c = (ball.positions[chosen[:, i]] for i in range(3))
    out = (a + b + c) / 3 - ball.positions[vertices].mean(axis=0)
    return float(np.sign(np.einsum("ij,ij->i", np.cross(b - a, c - a), out)).mean())


def test_every_copy_stands_at_its_place() -> None:
    ball = COPIED.primitives[0]
    count = len(ball.positions)
    whole = spread(COPIED, ball)
    assert whole.positions.shape == (3 * count, 3)
    assert np.allclose(whole.positions[count : 2 * count], ball.positions + np.array([5, 0, 0]))
    assert np.allclose(whole.positions[2 * count :], ball.positions * (-1, 2, 1))
    assert len(whole.indices) == 3 * len(ball.indices)
    assert whole.uvs[0].shape == (3 * count, 2)


def test_a_mirrored_copy_is_not_turned_inside_out() -> None:
    count = len(COPIED.primitives[0].positions)
    whole = spread(COPIED, COPIED.primitives[0])
    for copy in range(3):
        place = slice(copy * count, (copy + 1) * count)
        assert _outward(whole, place) > 0.9
        out = whole.positions[place] - whole.positions[place].mean(axis=0)
        assert (np.einsum("ij,ij->i", out, whole.normals[place]) > -1e-4).all()


def test_the_box_holds_every_copy() -> None:
    figure = figures.avatar(COPIED)
    pose = figures.rest(figure)
    box, other = posed_extent(figure, pose), bounds(figure, pose)
    assert other is not None
    assert np.allclose(box.low, other[0], atol=1e-5)
    assert np.allclose(box.high, other[1], atol=1e-5)


def test_what_has_no_copies_or_hangs_on_joints_stays_itself() -> None:
    bar = figures.bending_bar(3)
    skinned = replace(bar.meshes[0], copies=PLACES)
    assert spread(skinned, skinned.primitives[0]) is skinned.primitives[0]
    plain = replace(COPIED, copies=None)
    assert spread(plain, plain.primitives[0]) is plain.primitives[0]


def test_a_crowd_beyond_measure_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    ball = COPIED.primitives[0]
    monkeypatch.setattr(copies, "MOST_VERTICES", 2 * len(ball.positions))
    assert len(spread(COPIED, ball).positions) == 2 * len(ball.positions)
