"""Hair and clothes that swing: VRMC_springBone with its extended colliders."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from avatar_desktop.avatar.gltf.document import Extensions, Vec3
from avatar_desktop.avatar.gltf.source import Source
from avatar_desktop.avatar.skeleton import Skeleton
from avatar_desktop.avatar.spring import Ball, Capsule, Collider, Plane, Spring, SpringJoint
from avatar_desktop.avatar.vrm.entries import NOTHING, entries, entry, is_absent, node_in

NAME = "VRMC_springBone"
_EXTENDED = "VRMC_springBone_extended_collider"
_PLACE = f"$.extensions.{NAME}"


class _Sphere(msgspec.Struct):
    offset: Vec3 = (0.0, 0.0, 0.0)
    radius: float = 0.0
    inside: bool = False


class _Capsule(msgspec.Struct):
    offset: Vec3 = (0.0, 0.0, 0.0)
    tail: Vec3 = (0.0, 0.0, 0.0)
    radius: float = 0.0
    inside: bool = False


class _Plane(msgspec.Struct):
    offset: Vec3 = (0.0, 0.0, 0.0)
    normal: Vec3 = (0.0, 0.0, 1.0)


class _Shape(msgspec.Struct):
    sphere: _Sphere | None = None
    capsule: _Capsule | None = None
    plane: _Plane | None = None


class _Extended(msgspec.Struct):
    shape: _Shape | None = None


class _Collider(msgspec.Struct):
    node: int
    shape: msgspec.Raw = NOTHING
    extensions: Extensions = {}


class _Group(msgspec.Struct):
    colliders: list[int] = []


class _Joint(msgspec.Struct, rename="camel"):
    node: int
    hit_radius: float = 0.0
    stiffness: float = 1.0
    gravity_power: float = 0.0
    gravity_dir: Vec3 = (0.0, -1.0, 0.0)
    drag_force: float = 0.5
    extensions: Extensions = {}


class _Spring(msgspec.Struct, rename="camel"):
    name: str | None = None
    joints: list[msgspec.Raw] | None = None
    collider_groups: list[int] | None = None
    center: int | None = None


class _SpringBone(msgspec.Struct, rename="camel"):
    colliders: list[msgspec.Raw] | None = None
    collider_groups: list[msgspec.Raw] | None = None
    springs: list[msgspec.Raw] | None = None


def read_springs(source: Source, skeleton: Skeleton) -> tuple[Spring, ...]:
    """Every chain of the file; what is broken costs its joint, collider or chain."""
    if NAME not in source.document.extensions:
        return ()
    raw = source.document.extensions[NAME]
    spec = entry(source, raw, _SpringBone, _PLACE, "What swings")
    if spec is None:
        return ()
    colliders = _colliders(source, spec.colliders or [])
    groups = _groups(source, spec.collider_groups or [], colliders)
    springs: list[Spring] = []
    swinging: set[int] = set()
    raws, here = spec.springs or [], f"{_PLACE}.springs"
    for _, spot, item in entries(source, raws, _Spring, here, "A chain that swings"):
        numbers = item.collider_groups or []
        near = tuple(gathered(source, numbers, groups, f"{spot}.colliderGroups"))
        centre = centre_of(source, item.center, spot)
        for chain in _chains(source, skeleton, item, spot, swinging):
            springs.append(Spring(item.name or "", chain, near, centre))
    return tuple(springs)


def gathered(
    source: Source, numbers: Iterable[int], groups: dict[int, tuple[Collider, ...]], place: str
) -> Iterator[Collider]:
    """The colliders of the groups a chain names."""
    for number in dict.fromkeys(numbers):
        if number in groups:
            yield from groups[number]
        else:
            source.warn(f"A chain points to collider group {number}, not there ({place}).")


def centre_of(source: Source, node: int | None, place: str) -> int | None:
    """The node in whose space a chain swings; −1 is written for none."""
    if node is None or node == -1:
        return None
    return node if node_in(source, node, f"{place}.center", "The centre of a chain") else None


def _colliders(source: Source, raws: Sequence[msgspec.Raw]) -> dict[int, Collider]:
    found: dict[int, Collider] = {}
    here, what = f"{_PLACE}.colliders", "A collider"
    for number, spot, item in entries(source, raws, _Collider, here, what):
        if not node_in(source, item.node, spot, what):
            continue
        shape = _extended_shape(source, item, spot)
        if shape is None:
            plain = entry(source, item.shape, _Shape, f"{spot}.shape", what)
            shape = _shape(plain) if plain else None
        if shape is None:
            source.warn(f"A collider without a shape was left out ({spot}).")
        else:
            found[number] = Collider(item.node, shape)
    return found


def _extended_shape(source: Source, item: _Collider, place: str) -> Ball | Capsule | Plane | None:
    """The shape an extended collider has; None leaves the plain one in charge."""
    raw = item.extensions.get(_EXTENDED, NOTHING)
    if is_absent(raw):
        return None
    here = f"{place}.extensions.{_EXTENDED}"
    found = entry(source, raw, _Extended, here, "The wider form of a collider")
    return _shape(found.shape) if found and found.shape else None


def _shape(spec: _Shape) -> Ball | Capsule | Plane | None:
    if spec.sphere is not None:
        return Ball(spec.sphere.offset, max(0.0, spec.sphere.radius), spec.sphere.inside)
    if spec.capsule is not None:
        capsule = spec.capsule
        return Capsule(capsule.offset, capsule.tail, max(0.0, capsule.radius), capsule.inside)
    if spec.plane is not None:
        length = math.hypot(*spec.plane.normal)
        if length > 0.0:
            x, y, z = spec.plane.normal
            return Plane(spec.plane.offset, (x / length, y / length, z / length))
    return None


def _groups(
    source: Source, raws: Sequence[msgspec.Raw], colliders: dict[int, Collider]
) -> dict[int, tuple[Collider, ...]]:
    found: dict[int, tuple[Collider, ...]] = {}
    here, what = f"{_PLACE}.colliderGroups", "A group of colliders"
    for number, spot, group in entries(source, raws, _Group, here, what):
        lost = [index for index in group.colliders if index not in colliders]
        if lost:
            source.warn(f"{what} does without collider {lost[0]}, which cannot be used ({spot}).")
        found[number] = tuple(colliders[i] for i in group.colliders if i in colliders)
    return found


def _chains(
    source: Source, skeleton: Skeleton, spring: _Spring, place: str, swinging: set[int]
) -> list[tuple[SpringJoint, ...]]:
    """The joints, cut where one does not hang below the one before it or swings already."""
    here, what = f"{place}.joints", "A joint that swings"
    pieces: list[list[SpringJoint]] = [[]]
    for _, spot, item in entries(source, spring.joints or [], _Joint, here, what):
        if not node_in(source, item.node, spot, what):
            continue
        if item.extensions:
            names = ", ".join(sorted(item.extensions))
            source.warn(f"{what} has limits that are not kept ({here}: {names[:80]}).")
        last = pieces[-1][-1].node if pieces[-1] else None
        if last is not None and not is_below(skeleton, item.node, last):
            source.warn(f"{what} does not hang below the one before it ({spot}).")
            pieces.append([])
        elif last in swinging:
            source.warn(f"{what} hangs on one that swings in another chain already ({spot}).")
            pieces.append([])
        elif last is not None:
            swinging.add(last)
        pieces[-1].append(_joint(item))
    whole = [tuple(piece) for piece in pieces if len(piece) > 1]
    if not whole:
        source.warn(f"A chain without two joints that hang together was left out ({place}).")
    return whole


def is_below(skeleton: Skeleton, node: int, ancestor: int) -> bool:
    """Whether a node hangs somewhere below another one."""
    above = int(skeleton.parents[node])
    while above >= 0 and above != ancestor:
        above = int(skeleton.parents[above])
    return above == ancestor


def _joint(item: _Joint) -> SpringJoint:
    return SpringJoint(
        node=item.node,
        hit_radius=max(0.0, item.hit_radius),
        stiffness=max(0.0, item.stiffness),
        gravity_power=item.gravity_power,
        gravity_direction=item.gravity_dir,
        drag=min(1.0, max(0.0, item.drag_force)),
    )
