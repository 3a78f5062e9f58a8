"""Small avatars built from numbers: a ball, a bending bar, a quad that moves, a busy head."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.material import Image, Material
from avatar_desktop.avatar.mesh import MeshInstance, Primitive
from avatar_desktop.avatar.pose import Pose
from avatar_desktop.avatar.skeleton import Skeleton, Skin

Floats = NDArray[np.float32]

SKIN_TONE = Material(name="skin", base_colour=(0.80, 0.50, 0.38, 1.0), metallic=0.0, roughness=0.5)


def skeleton(*places: tuple[float, float, float], parents: tuple[int, ...] = ()) -> Skeleton:
    """Nodes at these local places; each hangs on the one before unless parents are given."""
    count = max(1, len(places))
    return Skeleton(
        names=tuple(f"node{index}" for index in range(count)),
        parents=np.asarray(parents or range(-1, count - 1), np.int32),
        order=np.arange(count, dtype=np.int32),
        translations=np.asarray(places or [(0, 0, 0)], np.float32),
        rotations=np.tile(np.asarray([0, 0, 0, 1], np.float32), (count, 1)),
        scales=np.ones((count, 3), np.float32),
    )


def avatar(
    *meshes: MeshInstance,
    materials: tuple[Material, ...] = (SKIN_TONE,),
    images: tuple[Image, ...] = (),
    bones: Skeleton | None = None,
    skins: tuple[Skin, ...] = (),
    humanoid: dict[str, int] | None = None,
    front: int = 1,
) -> Avatar:
    """The value a reader would have made."""
    morphs = max((mesh.morphs.stop for mesh in meshes), default=0)
    return Avatar(
        format="gltf",
        skeleton=bones or skeleton(),
        skins=skins,
        meshes=meshes,
        materials=materials,
        images=images,
        morph_names=tuple(f"morph{index}" for index in range(morphs)),
        rest_weights=np.zeros(morphs, np.float32),
        humanoid=humanoid or {},
        front=front,
    )


def rest(figure: Avatar, *, weights: Floats | None = None) -> Pose:
    """Every node where its parents put it, unturned."""
    bones = figure.skeleton
    world = np.tile(np.eye(4, dtype=np.float32), (len(bones.names), 1, 1))
    for node in bones.order:
        world[node, :3, 3] = bones.translations[node]
        if bones.parents[node] >= 0:
            world[node] = world[bones.parents[node]] @ world[node]
    return posed(figure, world, weights=weights)


def posed(figure: Avatar, world: Floats, *, weights: Floats | None = None) -> Pose:
    """A pose from world matrices."""
    joints = tuple(
        (world[skin.joints] @ skin.inverse_binds).astype(np.float32) for skin in figure.skins
    )
    return Pose(world, joints, figure.rest_weights if weights is None else weights)


def instance(primitive: Primitive, *, node: int = 0, skin: int = -1) -> MeshInstance:
    """A mesh of one primitive."""
    targets = 0 if primitive.target_positions is None else len(primitive.target_positions)
    return MeshInstance(node, (primitive,), skin, slice(0, targets))


def ball(
    radius: float = 0.5,
    *,
    rows: int = 24,
    centre: tuple[float, float, float] = (0, 0, 0),
    material: int = 0,
) -> Primitive:
    """A sphere with uvs, wound outwards."""
    columns = rows * 2
    v, u = np.meshgrid(np.linspace(0, 1, rows + 1), np.linspace(0, 1, columns + 1), indexing="ij")
    polar, around = v * np.pi, u * 2 * np.pi
    normals = np.stack(
        [np.sin(polar) * np.sin(around), np.cos(polar), np.sin(polar) * np.cos(around)], axis=-1
    ).reshape(-1, 3)
    first = (np.arange(rows)[:, None] * (columns + 1) + np.arange(columns)).ravel()
    below = first + columns + 1
    triangles = np.stack([first, below, first + 1, first + 1, below, below + 1], axis=-1)
    return Primitive(
        positions=(normals * radius + centre).astype(np.float32),
        given_normals=normals.astype(np.float32),
        indices=triangles.ravel().astype(np.uint32),
        mode=4,
        material=material,
        uvs=(np.stack([u, v], axis=-1).reshape(-1, 2).astype(np.float32),),
    )


def quad(
    *, width: float = 1.0, height: float = 1.0, z: float = 0.0, material: int = 0
) -> Primitive:
    """A flat rectangle that faces +Z, its image upright."""
    corners = np.asarray([(-1, -1), (1, -1), (1, 1), (-1, 1)], np.float32)
    positions = np.zeros((4, 3), np.float32)
    positions[:, :2] = corners * (width / 2, height / 2)
    positions[:, 2] = z
    uvs = (corners * (0.5, -0.5) + 0.5).astype(np.float32)
    return Primitive(
        positions=positions,
        given_normals=np.tile(np.asarray([0, 0, 1], np.float32), (4, 1)),
        indices=np.asarray([0, 1, 2, 0, 2, 3], np.uint32),
        mode=4,
        material=material,
        uvs=(uvs,),
    )


def with_targets(
    primitive: Primitive, positions: Floats, normals: Floats | None = None
) -> Primitive:
    """The same primitive with morph targets."""
    return Primitive(
        positions=primitive.positions,
        given_normals=primitive.normals,
        indices=primitive.indices,
        mode=primitive.mode,
        material=primitive.material,
        uvs=primitive.uvs,
        target_positions=positions,
        target_normals=normals,
    )


def bending_bar(joint_count: int = 3, influences: int = 4) -> Avatar:
    """A bar along Y, carried by a chain of joints; every vertex hangs on up to `influences`."""
    rows = 12 * joint_count
    ring = np.asarray([(-0.1, -0.1), (0.1, -0.1), (0.1, 0.1), (-0.1, 0.1)], np.float32)
    heights = np.linspace(0, joint_count, rows, dtype=np.float32)
    positions = np.zeros((rows, 4, 3), np.float32)
    positions[..., 0], positions[..., 2] = ring[:, 0], ring[:, 1]
    positions[..., 1] = heights[:, None]
    normals = np.zeros_like(positions)
    normals[..., 0], normals[..., 2] = ring[:, 0], ring[:, 1]
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
    nearness = np.exp(-np.abs(heights[:, None] - (np.arange(joint_count) + 0.5)) * 3)
    order = np.argsort(-nearness, axis=1)[:, :influences]
    weights = np.take_along_axis(nearness, order, axis=1)
    padding = influences - order.shape[1]
    order = np.pad(order, ((0, 0), (0, padding)))
    weights = np.pad(weights / weights.sum(axis=1, keepdims=True), ((0, 0), (0, padding)))
    row, corner = np.meshgrid(np.arange(rows - 1), np.arange(4), indexing="ij")
    a, b = row * 4 + corner, row * 4 + (corner + 1) % 4
    triangles = np.stack([a, a + 4, b, b, a + 4, b + 4], axis=-1)
    bar = Primitive(
        positions=positions.reshape(-1, 3),
        given_normals=normals.reshape(-1, 3),
        indices=triangles.ravel().astype(np.uint32),
        mode=4,
        material=0,
        joints=np.repeat(order, 4, axis=0).astype(np.uint16),
        weights=np.repeat(weights, 4, axis=0).astype(np.float32),
    )
    bones = skeleton((0, 0, 0), *((0, 1, 0) for _ in range(joint_count - 1)))
    binds = np.tile(np.eye(4, dtype=np.float32), (joint_count, 1, 1))
    binds[:, 1, 3] = -np.arange(joint_count)
    skin = Skin(np.arange(joint_count, dtype=np.int32), binds)
    return avatar(instance(bar, skin=0), bones=bones, skins=(skin,))


def busy_head(seed: int = 7, *, rows: int = 94, joints: int = 60, targets: int = 52) -> Avatar:
    """About 35 000 triangles that hang on many joints and move by many targets, for measuring."""
    random = np.random.default_rng(seed)
    head = ball(0.12, rows=rows, centre=(0, 1.6, 0))
    count = len(head.positions)
    carried = random.integers(0, joints, (count, 4)).astype(np.uint16)
    weights = random.random((count, 4)).astype(np.float32)
    moves = random.normal(0, 2e-4, (targets, count, 3)).astype(np.float32)
    turns = random.normal(0, 0.01, (targets, count, 3)).astype(np.float32)
    places = [(0.0, 1.6, 0.0)] + [(0.0, 0.0, 0.0)] * (joints - 1)
    bones = skeleton(*places)
    binds = np.tile(np.eye(4, dtype=np.float32), (joints, 1, 1))
    binds[:, 1, 3] = -1.6
    primitive = Primitive(
        positions=head.positions,
        given_normals=head.normals,
        indices=head.indices,
        mode=4,
        material=0,
        uvs=head.uvs,
        joints=carried,
        weights=weights / weights.sum(axis=1, keepdims=True),
        target_positions=moves,
        target_normals=turns,
    )
    skin = Skin(np.arange(joints, dtype=np.int32), binds)
    return avatar(instance(primitive, skin=0), bones=bones, skins=(skin,), humanoid={"head": 0})
