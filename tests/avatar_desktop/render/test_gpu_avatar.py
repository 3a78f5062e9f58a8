from __future__ import annotations

import numpy as np
import pytest

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.pose import Pose
from avatar_desktop.render.extent import posed_positions
from avatar_desktop.render.gpu_avatar import GpuAvatar, active_targets
from avatar_desktop.render.renderer import Renderer
from avatar_desktop.render.view import View
from tests.makers import figures

FRONT = View(eye=(0, 0.5, 4), target=(0, 0.5, 0))


def _drawn(renderer: Renderer, figure: Avatar, pose: Pose) -> GpuAvatar:
    renderer.snapshot(figure, pose, FRONT, 16, 16, supersample=1)
    return renderer.gpu_avatar(figure)


def _bent(figure: Avatar, degrees: float) -> Pose:
    angle = np.radians(degrees)
    turn = np.eye(4, dtype=np.float32)
    turn[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    world = np.array(figures.rest(figure).world)
    for node in figure.skeleton.order:
        local = np.eye(4, dtype=np.float32)
        local[:3, 3] = figure.skeleton.translations[node]
        parent = figure.skeleton.parents[node]
        world[node] = (world[parent] if parent >= 0 else np.eye(4)) @ local @ turn
    return figures.posed(figure, world)


@pytest.mark.parametrize(("joints", "influences"), [(3, 4), (12, 8), (300, 4)])
def test_joints_move_vertices_as_the_processor_would(
    renderer: Renderer, joints: int, influences: int
) -> None:
    bar = figures.bending_bar(joints, influences)
    pose = _bent(bar, 9.0)
    gpu = _drawn(renderer, bar, pose)
    expected = posed_positions(bar.meshes[0], bar.meshes[0].primitives[0], pose)
    found = gpu.read_deformed(gpu.draws[0])
    assert found[:, :3] == pytest.approx(expected, abs=2e-4)
    assert np.linalg.norm(found[:, 3:], axis=1) == pytest.approx(1.0, abs=1e-4)


def test_targets_add_positions_and_normals_by_their_weights(renderer: Renderer) -> None:
    moves = np.zeros((3, 4, 3), np.float32)
    turns = np.zeros((3, 4, 3), np.float32)
    moves[0, :, 2], moves[2, :, 0] = 0.5, -0.25
    turns[2, :, 0] = 1.0
    figure = figures.avatar(figures.instance(figures.with_targets(figures.quad(), moves, turns)))
    pose = figures.rest(figure, weights=np.asarray([0.5, 1.0, 1.0], np.float32))
    gpu = _drawn(renderer, figure, pose)
    found = gpu.read_deformed(gpu.draws[0])
    assert found[:, 2] == pytest.approx(0.25, abs=1e-4)
    assert found[:, 0] == pytest.approx(figures.quad().positions[:, 0] - 0.25, abs=1e-4)
    assert found[:, 3:] == pytest.approx(np.tile([0.5**0.5, 0, 0.5**0.5], (4, 1)), abs=1e-3)


@pytest.mark.parametrize("unit", [1e-4, 1.0, 1e5])
def test_targets_keep_their_precision_in_any_unit(renderer: Renderer, unit: float) -> None:
    moves = np.full((1, 4, 3), 0.123, np.float32) * unit
    figure = figures.avatar(figures.instance(figures.with_targets(figures.quad(), moves)))
    pose = figures.rest(figure, weights=np.ones(1, np.float32))
    gpu = _drawn(renderer, figure, pose)
    moved = gpu.read_deformed(gpu.draws[0])[:, 2]
    assert moved / unit == pytest.approx(0.123, rel=1e-3)


def test_only_targets_that_are_on_and_move_something_are_walked(renderer: Renderer) -> None:
    moves = np.zeros((5, 4, 3), np.float32)
    moves[[0, 1, 4]] = 0.1
    figure = figures.avatar(figures.instance(figures.with_targets(figures.quad(), moves)))
    pose = figures.rest(figure, weights=np.asarray([0, 0.5, 1, 1, 0.2], np.float32))
    gpu = _drawn(renderer, figure, pose)
    assert active_targets(gpu.draws[0], pose)[:, 0].tolist() == [1, 2]


def test_a_weight_that_is_no_number_moves_nothing(renderer: Renderer) -> None:
    moves = np.ones((2, 4, 3), np.float32)
    figure = figures.avatar(figures.instance(figures.with_targets(figures.quad(), moves)))
    pose = figures.rest(figure, weights=np.asarray([np.nan, 0], np.float32))
    gpu = _drawn(renderer, figure, pose)
    assert gpu.read_deformed(gpu.draws[0])[:, :3] == pytest.approx(figures.quad().positions)


def test_normals_stay_right_under_uneven_and_mirrored_scale(renderer: Renderer) -> None:
    figure = figures.avatar(figures.instance(figures.ball()))
    world = np.diag([-1.0, 3.0, 0.5, 1.0]).astype(np.float32)[None]
    pose = figures.posed(figure, world)
    gpu = _drawn(renderer, figure, pose)
    found = gpu.read_deformed(gpu.draws[0])[:, 3:]
    expected = figures.ball().normals / (-1.0, 3.0, 0.5)
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    assert found == pytest.approx(expected, abs=1e-3)
    assert gpu.is_mirrored(gpu.draws[0], pose)


def test_a_bone_of_no_size_leaves_no_hole_in_the_numbers(renderer: Renderer) -> None:
    figure = figures.avatar(figures.instance(figures.ball()))
    pose = figures.posed(figure, np.zeros((1, 4, 4), np.float32))
    gpu = _drawn(renderer, figure, pose)
    assert np.isfinite(gpu.read_deformed(gpu.draws[0])).all()
