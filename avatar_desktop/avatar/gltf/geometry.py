"""Meshes become arrays ready for upload: triangles unrolled, normals made, targets stacked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.gltf.attributes import Attributes, Shared
from avatar_desktop.avatar.gltf.decoders import draco
from avatar_desktop.avatar.gltf.document import Primitive as PrimitiveSpec
from avatar_desktop.avatar.gltf.influences import check_influences, read_influences
from avatar_desktop.avatar.gltf.instancing import read_copies
from avatar_desktop.avatar.gltf.outfits import read_variants, worn
from avatar_desktop.avatar.gltf.source import Source, pick
from avatar_desktop.avatar.gltf.targets import (
    read_targets,
    rest_weights,
    target_count,
    target_names,
)
from avatar_desktop.avatar.gltf.topology import read_indices
from avatar_desktop.avatar.material import Material
from avatar_desktop.avatar.mesh import TRIANGLES, MeshInstance, Primitive
from avatar_desktop.avatar.skeleton import Skin
from avatar_desktop.avatar.tangents import needs_tangents
from avatar_desktop.errors import AvatarError

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Geometry:
    """All meshes that the scene shows, the morph weights they share, the outfits they have."""

    instances: tuple[MeshInstance, ...]
    morph_names: tuple[str, ...]
    rest_weights: Floats
    variants: tuple[str, ...]
    unshown: Mapping[int, tuple[Primitive, ...]]
    uses_default_material: bool


def read_geometry(
    source: Source,
    shown: frozenset[int],
    materials: tuple[Material, ...],
    skins: tuple[Skin, ...],
    *,
    completed: bool,
) -> Geometry:
    """One instance per shown node that has a mesh; meshes are read once.

    What the file leaves out is made when it is asked for, or now, if it is to be `completed`.
    """
    reader = _Reader(source, materials, skins, completed=completed)
    document = source.document
    instances: list[MeshInstance] = []
    names: list[str] = []
    rest: list[float] = []
    for index in sorted(shown):
        node = document.nodes[index]
        if node.mesh is None:
            continue
        mesh = pick(document.meshes, node.mesh, f"$.nodes[{index}].mesh", "mesh")
        start, count = len(names), target_count(mesh)
        names.extend(target_names(mesh, count))
        rest.extend(rest_weights(source, node.weights or mesh.weights, count, index))
        skin = _skin_of(source, index, skins)
        instances.append(
            MeshInstance(
                node=index,
                primitives=reader.primitives(node.mesh, skin),
                skin=skin,
                morphs=slice(start, len(names)),
                mesh=node.mesh,
                name=mesh.name,
                copies=read_copies(source, node, f"$.nodes[{index}]"),
            )
        )
    # a face has a row of all weights for each shape by name
    source.claim(len(set(names)) * len(names), "$.meshes")
    seen = {item.mesh for item in instances}
    unshown = {i: reader.primitives(i, -1) for i in range(len(document.meshes)) if i not in seen}
    reader.check_presence()
    weights = np.array(rest, np.float32)
    weights.flags.writeable = False
    default = len(document.materials)
    return Geometry(
        tuple(instances),
        tuple(names),
        weights,
        reader.variants,
        unshown,
        any(part.material == default for item in instances for part in item.primitives),
    )


class _Reader:
    """Reads each mesh of the file once."""

    def __init__(
        self,
        source: Source,
        materials: tuple[Material, ...],
        skins: tuple[Skin, ...],
        *,
        completed: bool,
    ) -> None:
        self.variants = read_variants(source)
        self._source = source
        self._shared = Shared(source)
        self._materials = materials
        self._skins = skins
        self._completed = completed
        self._bent = tuple(needs_tangents(material) for material in materials)
        self._meshes: dict[int, tuple[Primitive, ...]] = {}
        self._absent: AvatarError | None = None

    def check_presence(self) -> None:
        """Refuse an avatar of which nothing is left, because its files did not come along."""
        parts = [part for mesh in self._meshes.values() for part in mesh]
        if self._absent is not None and not any(len(part.positions) for part in parts):
            raise self._absent

    def primitives(self, mesh: int, skin: int) -> tuple[Primitive, ...]:
        """The parts of a mesh; those that do not fit the skin are empty."""
        if mesh not in self._meshes:
            self._meshes[mesh] = self._read_mesh(mesh)
        parts = self._meshes[mesh]
        if skin < 0:
            return parts
        joints = len(self._skins[skin].joints)
        fitting = [
            self._fitting(part, joints, f"$.meshes[{mesh}].primitives[{number}]")
            for number, part in enumerate(parts)
        ]
        same = all(fit is part for fit, part in zip(fitting, parts, strict=True))
        return parts if same else tuple(fitting)

    def _fitting(self, part: Primitive, joints: int, place: str) -> Primitive:
        try:
            check_influences(part, joints, place)
        except AvatarError as error:
            self._source.skipped("A part of a mesh", error)
            return _nothing(part.material)
        return part

    def _read_mesh(self, index: int) -> tuple[Primitive, ...]:
        mesh = self._source.document.meshes[index]
        count = target_count(mesh)
        parts: list[Primitive] = []
        for number, spec in enumerate(mesh.primitives):
            place = f"$.meshes[{index}].primitives[{number}]"
            try:
                part = self._read_primitive(spec, count, place)
                parts.append(part.completed() if self._completed else part)
            except AvatarError as error:
                if error.kind == "extension":
                    raise
                if error.kind == "uri":
                    self._absent = self._absent or error
                self._source.skipped(f"A part of mesh {mesh.name or index}", error)
                parts.append(_nothing(len(self._source.document.materials)))
        return tuple(parts)

    def _read_primitive(self, spec: PrimitiveSpec, targets: int, place: str) -> Primitive:
        spec = draco.unpack_primitive(self._source, spec, place)
        source, here = self._source, f"{place}.attributes"
        if "POSITION" not in spec.attributes:
            raise AvatarError("It has no positions.", kind="mesh", place=place)
        positions = self._shared.floats(spec.attributes["POSITION"], ("VEC3",), f"{here}.POSITION")
        vertices = len(positions)
        if not vertices:
            raise AvatarError("It has no vertices.", kind="mesh", place=place)
        source.claim(vertices * 4, place)
        attributes = Attributes(self._shared, spec, vertices, here)
        attributes.note_unknown()
        mode, indices = read_indices(source, spec, vertices, place)
        normals = attributes.optional("NORMAL", ("VEC3",))
        joints, weights = read_influences(attributes)
        moved, turned, swung = read_targets(self._shared, spec, targets, vertices, place)
        material = self._material(spec, place)
        variants = worn(source, spec, len(self.variants), place)
        tangents: Floats | None = None
        bent: Material | None = None
        if normals is not None:  # without them tangents have nothing to stand on
            tangents = attributes.optional("TANGENT", ("VEC4",))
            bent = None if tangents is not None else self._bent_by(material, variants.values())
        return Primitive(
            positions=positions,
            given_normals=normals,
            indices=indices,
            mode=mode,
            material=material,
            given_tangents=tangents,
            uvs=attributes.uvs(),
            colours=attributes.colours(),
            joints=joints,
            weights=weights,
            target_positions=moved,
            target_normals=turned,
            flat_shaded=normals is None,
            bent_by=bent,
            target_tangents=swung,
            variants=variants,
        )

    def _material(self, spec: PrimitiveSpec, place: str) -> int:
        if spec.material is None:
            return len(self._materials)
        pick(self._materials, spec.material, f"{place}.material", "material")
        return spec.material

    def _bent_by(self, material: int, others: Iterable[int]) -> Material | None:
        """The first material of a part that needs tangents."""
        for index in (material, *others):
            if index < len(self._bent) and self._bent[index]:
                return self._materials[index]
        return None


def _nothing(material: int) -> Primitive:
    """Keeps the numbering of the file's primitives when one cannot be read."""
    empty = np.zeros((0, 3), np.float32)
    return Primitive(empty, empty, np.zeros(0, np.uint32), TRIANGLES, material)


def _skin_of(source: Source, node: int, skins: tuple[Skin, ...]) -> int:
    """The skin that moves the node's mesh; −1 when there is none that can."""
    skin = source.document.nodes[node].skin
    if skin is None:
        return -1
    if skin < len(skins) and len(skins[skin].joints):
        return skin
    source.warn(f"The mesh of node {node} is shown stiff, because its skin {skin} cannot be used.")
    return -1
