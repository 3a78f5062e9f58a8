"""A packed model is its plain twin: same triangles at the same places, same skin, same targets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.deform import deformed_points
from avatar_desktop.avatar.mesh import Primitive
from avatar_desktop.avatar.read import read_avatar
from avatar_desktop.motion.hierarchy import rest_pose
from tests.makers.public_models import folder, needs_models

Doubles = NDArray[np.float64]

NEAR = 1e-3
"""Of the size of the plain twin."""
KHRONOS = "khronos/{0}/{1}/{0}.{2}"
TWINS = {
    "facecap by meshopt": (
        "faces/facecap-plain/facecap.glb",
        "faces/facecap-compressed/facecap.glb",
    ),
    "box by meshopt": ("khronos/Box/glTF-Binary/Box.glb", "meshopt/BoxMeshopt.glb"),
    **{
        f"{name} by Draco": (
            KHRONOS.format(name, "glTF-Binary", "glb"),
            KHRONOS.format(name, "glTF-Draco", "gltf"),
        )
        for name in ("Box", "CesiumMan", "MorphPrimitivesTest")
    },
    "AnimatedMorphCube quantised": (
        KHRONOS.format("AnimatedMorphCube", "glTF-Binary", "glb"),
        KHRONOS.format("AnimatedMorphCube", "glTF-Quantized", "gltf"),
    ),
}


def twins(name: str) -> tuple[Avatar, Avatar]:
    place = folder()
    assert place is not None
    plain, packed = (read_avatar(place / file, decode_pixels=False) for file in TWINS[name])
    return plain, packed


def corners(avatar: Avatar) -> Doubles:
    """(T, 3, 3) the triangles of the whole avatar where they stand at rest."""
    pose = rest_pose(avatar)
    found = [
        deformed_points(avatar, pose, mesh, number)[part.indices.reshape(-1, 3)]
        for mesh, item in enumerate(avatar.meshes)
        for number, part in enumerate(item.primitives)
    ]
    return np.concatenate(found).astype(np.float64)


def difference(plain: Avatar, packed: Avatar) -> float:
    """How far corners lie apart at most, in sizes of the plain one; infinite when triangles do
    not pair off, each with its own partner of the same winding."""
    left, right = corners(plain), corners(packed)
    if left.shape != right.shape:
        return np.inf
    size = float(np.ptp(left.reshape(-1, 3), axis=0).max())
    in_order = float(apart(left, right).max()) / size
    if in_order <= NEAR:
        return in_order
    partners = pairs(left, right)
    if len(set(partners.tolist())) != len(left):
        return np.inf
    return float(apart(left, right[partners]).max()) / size


def pairs(left: Doubles, right: Doubles) -> NDArray[np.int64]:
    """For each triangle its partner: the nearest of the few that have its middle."""
    middles = right.mean(axis=1)
    free = np.ones(len(right), bool)
    found = np.zeros(len(left), np.int64)
    for number, triangle in enumerate(left):
        gaps = np.abs(middles - triangle.mean(axis=0)).max(axis=1)
        near = np.flatnonzero(gaps <= gaps.min() + NEAR * np.ptp(left))
        ways = apart(np.broadcast_to(triangle, (len(near), 3, 3)), right[near])
        found[number] = near[int(np.argmin(ways + np.where(free[near], 0.0, 1e9)))]
        free[found[number]] = False
    return found


def apart(left: Doubles, right: Doubles) -> Doubles:
    """The largest gap of two triangles' corners; they may begin anywhere but run the same way."""
    turns = [np.abs(left - np.roll(right, turn, axis=1)).max(axis=(1, 2)) for turn in range(3)]
    return np.min(turns, axis=0)


@needs_models
@pytest.mark.parametrize("name", TWINS)
def test_a_packed_model_stands_where_its_plain_twin_stands(
    name: str, bar: Callable[..., None]
) -> None:
    if "Draco" in name:
        pytest.importorskip("DracoPy")
    if "meshopt" in name:
        pytest.importorskip("meshopt")
    plain, packed = twins(name)
    assert not [warning for warning in packed.warnings if "left out (" in warning]
    bar(f"twins: {name}", difference(plain, packed), at_most=NEAR, unit=" of its size")


@needs_models
@pytest.mark.parametrize("name", ["CesiumMan by Draco"])
def test_a_packed_skin_pulls_every_corner_as_the_plain_one(name: str) -> None:
    pytest.importorskip("DracoPy")
    plain, packed = twins(name)
    partners = pairs(corners(plain), corners(packed))
    pulls = [pull(avatar) for avatar in (plain, packed)]
    gaps = [
        np.abs(pulls[0] - np.roll(pulls[1][partners], turn, axis=1)).max(axis=(1, 2))
        for turn in range(3)
    ]
    assert float(np.min(gaps, axis=0).max()) < 0.02


def pull(avatar: Avatar) -> Doubles:
    """(T, 3, J) how much of each joint is in each corner."""
    part = avatar.meshes[0].primitives[0]
    assert part.joints is not None and part.weights is not None
    shares = np.zeros((len(part.positions), len(avatar.skins[0].joints)))
    rows = np.arange(len(shares))[:, None]
    np.add.at(shares, (rows, part.joints.astype(np.int64)), part.weights)
    return shares[part.indices.reshape(-1, 3)]


@needs_models
@pytest.mark.parametrize("name", ["facecap by meshopt", "MorphPrimitivesTest by Draco"])
def test_packed_targets_move_as_far_as_the_plain_ones(name: str) -> None:
    pytest.importorskip("meshopt")
    pytest.importorskip("DracoPy")
    reaches: list[list[float]] = []
    for avatar in twins(name):
        parts = [part for item in avatar.meshes for part in item.primitives]
        stacks = [part.target_positions for part in parts if part.target_positions is not None]
        reaches.append([float(np.abs(target).max()) for stack in stacks for target in stack])
    assert len(reaches[0]) == len(reaches[1]) > 0
    np.testing.assert_allclose(reaches[0], reaches[1], rtol=1e-3, atol=1e-6)


def pushed(part: Primitive) -> Primitive:
    """One vertex stands a hundredth of the model's size aside."""
    positions = part.positions.copy()
    positions[0] += 0.01 * np.ptp(positions, axis=0).max()
    return replace(part, positions=positions)


def turned(part: Primitive) -> Primitive:
    """One triangle shows its back."""
    indices = part.indices.copy()
    indices[:3] = indices[[0, 2, 1]]
    return replace(part, indices=indices)


def thinned(part: Primitive) -> Primitive:
    """One triangle is gone."""
    return replace(part, indices=part.indices[3:])


@needs_models
@pytest.mark.parametrize("harm", [pushed, turned, thinned])
@pytest.mark.parametrize("name", ["Box by Draco", "AnimatedMorphCube quantised"])
def test_the_comparison_notices_harm(name: str, harm: Callable[[Primitive], Primitive]) -> None:
    pytest.importorskip("DracoPy")
    plain, packed = twins(name)
    first = packed.meshes[0]
    parts = (harm(first.primitives[0]), *first.primitives[1:])
    harmed = replace(packed, meshes=(replace(first, primitives=parts), *packed.meshes[1:]))
    assert difference(plain, packed) <= NEAR < difference(plain, harmed)
