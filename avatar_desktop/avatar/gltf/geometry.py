"""Meshes become arrays ready for upload: triangles unrolled, normals made, targets stacked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.gltf.accessors import floats, integers
from avatar_desktop.avatar.gltf.decoders import draco
from avatar_desktop.avatar.gltf.document import Mesh, loose
from avatar_desktop.avatar.gltf.document import Primitive as PrimitiveSpec
from avatar_desktop.avatar.gltf.source import Source, pick
from avatar_desktop.avatar.mesh import MeshInstance, Primitive
from avatar_desktop.errors import AvatarError

Floats = NDArray[np.float32]

_POINTS, _LINES, _TRIANGLES = 0, 1, 4
_MAX_UV_SETS = 4


@dataclass(frozen=True, slots=True)
class Geometry:
    """All meshes that the scene shows, and the morph weights they share."""

    instances: tuple[MeshInstance, ...]
    morph_names: tuple[str, ...]
    rest_weights: Floats
    uses_default_material: bool


def read_geometry(source: Source, shown: frozenset[int]) -> Geometry:
    """One instance per shown node that has a mesh; meshes are read once."""
    document = source.document
    meshes: dict[int, tuple[Primitive, ...]] = {}
    instances: list[MeshInstance] = []
    names: list[str] = []
    rest: list[float] = []
    for index in sorted(shown):
        node = document.nodes[index]
        if node.mesh is None:
            continue
        mesh = pick(document.meshes, node.mesh, f"$.nodes[{index}].mesh", "mesh")
        if node.mesh not in meshes:
            meshes[node.mesh] = _read_mesh(source, node.mesh)
        skin = _skin_of(source, index)
        start = len(names)
        targets = max((len(part.targets) for part in mesh.primitives), default=0)
        names.extend(_target_names(mesh, targets))
        rest.extend(_rest_weights(source, node.weights or mesh.weights, targets, index))
        primitives = meshes[node.mesh]
        if skin >= 0:
            primitives = _within_skin(source, primitives, skin, node.mesh)
        instances.append(MeshInstance(index, primitives, skin, slice(start, len(names)), node.mesh))
    weights = np.array(rest, np.float32)
    weights.flags.writeable = False
    default = len(document.materials)
    return Geometry(
        tuple(instances),
        tuple(names),
        weights,
        any(part.material == default for item in instances for part in item.primitives),
    )


def _read_mesh(source: Source, index: int) -> tuple[Primitive, ...]:
    mesh = source.document.meshes[index]
    targets = max((len(part.targets) for part in mesh.primitives), default=0)
    primitives: list[Primitive] = []
    for number, spec in enumerate(mesh.primitives):
        place = f"$.meshes[{index}].primitives[{number}]"
        try:
            primitives.append(_read_primitive(source, spec, targets, place))
        except AvatarError as error:
            if error.kind == "extension":
                raise
            source.skipped(f"A part of mesh {mesh.name or index}", error)
            primitives.append(_nothing(len(source.document.materials)))
    return tuple(primitives)


def _nothing(material: int) -> Primitive:
    """Keeps the numbering of the file's primitives when one cannot be read."""
    empty = np.zeros((0, 3), np.float32)
    return Primitive(empty, empty, np.zeros(0, np.uint32), _TRIANGLES, material)


def _read_primitive(source: Source, spec: PrimitiveSpec, targets: int, place: str) -> Primitive:
    spec = draco.unpack_primitive(source, spec, place)
    attributes = spec.attributes
    if "POSITION" not in attributes:
        raise AvatarError("It has no positions.", kind="mesh", place=place)
    positions = floats(source, attributes["POSITION"], ("VEC3",), f"{place}.attributes.POSITION")
    vertices = len(positions)
    if not vertices:
        raise AvatarError("It has no vertices.", kind="mesh", place=place)
    source.claim(vertices * 4, place)
    reader = _Attributes(source, spec, vertices, f"{place}.attributes")
    mode, indices = _indices(source, spec, vertices, place)
    normals = reader.optional("NORMAL", ("VEC3",))
    made = _smooth_normals(positions, indices, mode) if normals is None else normals
    joints, weights = _influences(reader, place)
    moved, turned = _targets(source, spec, targets, vertices, place)
    return Primitive(
        positions=positions,
        normals=made,
        indices=indices,
        mode=mode,
        material=_material(source, spec, place),
        tangents=reader.optional("TANGENT", ("VEC4",)),
        uvs=reader.uvs(),
        colours=reader.colours(),
        joints=joints,
        weights=weights,
        target_positions=moved,
        target_normals=turned,
        flat_shaded=normals is None,
    )


class _Attributes:
    """The vertex data of one primitive, each checked to have one value per vertex."""

    def __init__(self, source: Source, spec: PrimitiveSpec, vertices: int, place: str) -> None:
        self._source = source
        self._attributes = spec.attributes
        self._vertices = vertices
        self._place = place

    def has(self, name: str) -> bool:
        return name in self._attributes

    def optional(self, name: str, kinds: tuple[str, ...]) -> Floats | None:
        """The values, or None with a warning when they are broken: the shape lives without."""
        if name not in self._attributes:
            return None
        place = f"{self._place}.{name}"
        try:
            return self._counted(floats(self._source, self._attributes[name], kinds, place), place)
        except AvatarError as error:
            self._source.skipped(f"The attribute {name}", error)
            return None

    def needed(self, name: str, kinds: tuple[str, ...]) -> Floats:
        place = f"{self._place}.{name}"
        return self._counted(floats(self._source, self._attributes[name], kinds, place), place)

    def whole(self, name: str) -> NDArray[Any]:
        place = f"{self._place}.{name}"
        values = integers(self._source, self._attributes[name], ("VEC4",), place)
        return self._counted(values, place)

    def uvs(self) -> tuple[Floats, ...]:
        sets: list[Floats] = []
        for number in range(_MAX_UV_SETS):
            values = self.optional(f"TEXCOORD_{number}", ("VEC2",))
            if values is None:
                break
            sets.append(values)
        return tuple(sets)

    def colours(self) -> Floats | None:
        values = self.optional("COLOR_0", ("VEC3", "VEC4"))
        if values is None or values.shape[1] == 4:
            return values
        return np.concatenate([values, np.ones((len(values), 1), np.float32)], axis=1)

    def _counted(self, values: NDArray[Any], place: str) -> NDArray[Any]:
        if len(values) != self._vertices:
            raise AvatarError(
                f"There are {len(values)} values for {self._vertices} vertices.",
                kind="mesh",
                place=place,
            )
        return values


def _indices(
    source: Source, spec: PrimitiveSpec, vertices: int, place: str
) -> tuple[int, NDArray[np.uint32]]:
    if spec.indices is None:
        flat = np.arange(vertices, dtype=np.uint32)
    else:
        raw = integers(source, spec.indices, ("SCALAR",), f"{place}.indices")[:, 0]
        if len(raw) and int(raw.max()) >= vertices:
            raise AvatarError(
                f"An index points past the {vertices} vertices.",
                kind="bounds",
                place=f"{place}.indices",
            )
        flat = raw.astype(np.uint32)
    mode, unrolled = _unrolled(flat, spec.mode)
    per = {_POINTS: 1, _LINES: 2, _TRIANGLES: 3}[mode]
    whole = len(unrolled) // per * per
    if whole != len(unrolled):
        source.warn(f"The last indices of {place} make no whole {('line', 'triangle')[per == 3]}.")
    return mode, unrolled[:whole]


def _unrolled(flat: NDArray[np.uint32], mode: int) -> tuple[int, NDArray[np.uint32]]:
    """Loops, strips and fans as plain lines and triangles."""
    if mode in (_POINTS, _LINES, _TRIANGLES):
        return mode, flat
    if mode in (2, 3):
        following = np.roll(flat, -1)
        pairs = np.stack([flat, following], axis=1)
        return _LINES, (pairs if mode == 2 and len(flat) > 1 else pairs[:-1]).reshape(-1)
    if len(flat) < 3:
        return _TRIANGLES, flat[:0]
    if mode == 6:
        centre = np.full(len(flat) - 2, flat[0], np.uint32)
        return _TRIANGLES, np.stack([flat[1:-1], flat[2:], centre], axis=1).reshape(-1)
    triangles = np.stack([flat[:-2], flat[1:-1], flat[2:]], axis=1)
    triangles[1::2] = triangles[1::2, [0, 2, 1]]
    return _TRIANGLES, triangles.reshape(-1)


def _smooth_normals(positions: Floats, indices: NDArray[np.uint32], mode: int) -> Floats:
    """Area-weighted vertex normals; the renderer facets them where `flat_shaded` says so."""
    normals = np.zeros((len(positions), 3), np.float32)
    if mode == _TRIANGLES and len(indices):
        corners = indices.reshape(-1, 3)
        with np.errstate(over="ignore", invalid="ignore"):
            a, b, c = (positions[corners[:, side]] for side in range(3))
            faces = np.cross(b - a, c - a)
            for side in range(3):
                np.add.at(normals, corners[:, side], faces)
            lengths = np.linalg.norm(normals, axis=1, keepdims=True)
            normals /= np.where(lengths > 0.0, lengths, np.float32(1.0))
    bad = ~np.isfinite(normals).all(axis=1) | (np.abs(normals).sum(axis=1) < 1e-6)
    normals[bad] = (0.0, 0.0, 1.0)
    return normals


def _influences(reader: _Attributes, place: str) -> tuple[NDArray[np.uint16] | None, Floats | None]:
    """Joints and weights of up to eight influences; the weights of a vertex sum to one."""
    joints: list[NDArray[Any]] = []
    weights: list[Floats] = []
    for number in (0, 1):
        names = (f"JOINTS_{number}", f"WEIGHTS_{number}")
        if not all(reader.has(name) for name in names):
            break
        joints.append(reader.whole(names[0]).astype(np.uint16))
        weights.append(reader.needed(names[1], ("VEC4",)))
    if not joints:
        return None, None
    shares = np.maximum(np.concatenate(weights, axis=1), np.float32(0.0))
    sums = shares.sum(axis=1, keepdims=True)
    if not np.isfinite(sums).all():
        raise AvatarError("The skin weights are out of range.", kind="numbers", place=place)
    empty = sums[:, 0] <= 0.0
    shares[empty, 0] = 1.0
    sums[empty] = 1.0
    return np.concatenate(joints, axis=1), (shares / sums).astype(np.float32)


def _targets(
    source: Source, spec: PrimitiveSpec, count: int, vertices: int, place: str
) -> tuple[Floats | None, Floats | None]:
    """Displacements, (count, V, 3) each; a target that moves nothing stays zero."""
    if not spec.targets:
        return None, None
    stacks: list[Floats | None] = []
    for name in ("POSITION", "NORMAL"):
        if not any(name in target for target in spec.targets):
            stacks.append(None)
            continue
        source.claim(count * vertices * 3, place)
        stack = np.zeros((count, vertices, 3), np.float32)
        for number, target in enumerate(spec.targets):
            if name in target:
                here = f"{place}.targets[{number}].{name}"
                values = floats(source, target[name], ("VEC3",), here)
                if len(values) != vertices:
                    raise AvatarError(
                        f"A morph target has {len(values)} values for {vertices} vertices.",
                        kind="mesh",
                        place=here,
                    )
                stack[number] = values
        stacks.append(stack)
    return stacks[0], stacks[1]


def _target_names(mesh: Mesh, count: int) -> list[str]:
    """Names as exporters write them: beside the mesh, or beside a primitive."""
    for extras in (mesh.extras, *(part.extras for part in mesh.primitives)):
        found = loose(extras)
        names: Any = found.get("targetNames") if isinstance(found, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        if isinstance(names, list):
            given: list[str] = [str(name) for name in names]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
            return [*given[:count], *(f"target_{i}" for i in range(len(given), count))]
    return [f"target_{i}" for i in range(count)]


def _rest_weights(source: Source, given: list[float], count: int, node: int) -> list[float]:
    if given and len(given) != count:
        source.warn(f"Node {node} has {len(given)} morph weights for {count} targets.")
    return [*given[:count], *([0.0] * (count - len(given)))]


def _material(source: Source, spec: PrimitiveSpec, place: str) -> int:
    materials = source.document.materials
    if spec.material is None:
        return len(materials)
    pick(materials, spec.material, f"{place}.material", "material")
    return spec.material


def _skin_of(source: Source, node: int) -> int:
    skin = source.document.nodes[node].skin
    if skin is None:
        return -1
    pick(source.document.skins, skin, f"$.nodes[{node}].skin", "skin")
    return skin


def _within_skin(
    source: Source, primitives: tuple[Primitive, ...], skin: int, mesh: int
) -> tuple[Primitive, ...]:
    """Refuse joints the skin does not have, unless they weigh nothing."""
    count = len(source.document.skins[skin].joints)
    for number, part in enumerate(primitives):
        if part.joints is None or part.weights is None:
            continue
        outside = part.joints >= count
        if not outside.any():
            continue
        if (part.weights[outside] > 0.0).any():
            raise AvatarError(
                f"A vertex follows a joint beyond the {count} of its skin.",
                kind="bounds",
                place=f"$.meshes[{mesh}].primitives[{number}].attributes.JOINTS_0",
            )
        part.joints[outside] = 0
    return primitives
