"""Primitives packed with Draco: KHR_draco_mesh_compression."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.gltf.decoders.absent import absent
from avatar_desktop.avatar.gltf.decoders.ceiling import memory_ceiling
from avatar_desktop.avatar.gltf.document import Index, extension
from avatar_desktop.avatar.gltf.document import Primitive as PrimitiveSpec
from avatar_desktop.avatar.gltf.source import Source, pick
from avatar_desktop.errors import AvatarError

NAME = "KHR_draco_mesh_compression"
MAX_RATIO = 1000
"""Vertices and triangles for each packed byte: an endless flat grid has about fifty."""

_VERSION = (2, 2)
_MESH = 1
_SEQUENTIAL, _EDGEBREAKER = 0, 1
_METADATA = 0x8000
_TRIANGLE_MODES = (4, 5)
_DEEPEST = 16
_NUMBERS_A_CORNER = 32
"""Twice what the attributes of a vertex of glTF can hold."""
ALWAYS_ALLOWED = 128 << 20
_BYTES_A_CORNER = 16 * _NUMBERS_A_CORNER
"""Memory to unpack in. The header tells of no attributes, and their number multiplies all."""


class Packing(msgspec.Struct, frozen=True, rename="camel"):
    """Where the packed bytes lie, and which of their attributes is which."""

    buffer_view: Index
    attributes: dict[str, Index]


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A mesh as Draco gives it."""

    indices: NDArray[np.uint32]
    """Three per triangle."""
    attributes: dict[int, NDArray[Any]]
    """(V, width) by Draco's own number."""


def unpack_primitive(source: Source, spec: PrimitiveSpec, place: str) -> PrimitiveSpec:
    """Lay the unpacked values under the primitive's accessors; what to read then.

    A primitive that has a plain copy lives on with that when the packed one cannot be had.
    """
    source.supplied = {}
    if NAME not in spec.extensions:
        return spec
    try:
        return _unpack(source, spec, place)
    except AvatarError as error:
        if not _has_plain_copy(source, spec):
            raise
        if error.kind != "extension":
            source.skipped("A packed form of a mesh", error)
        return spec


def _unpack(source: Source, spec: PrimitiveSpec, place: str) -> PrimitiveSpec:
    packing = extension(spec.extensions, NAME, Packing, place)
    here = f"{place}.extensions.{NAME}"
    if spec.mode not in _TRIANGLE_MODES or spec.indices is None:
        raise AvatarError("Only triangles can be packed with Draco.", kind="decoder", place=here)
    data = bytes(source.view(packing.buffer_view, f"{here}.bufferView"))
    vertices, triangles = declared(data, here)
    source.claim(max(vertices, 3 * triangles) * _NUMBERS_A_CORNER, here)
    mesh = unpacked(data, max(vertices, 3 * triangles), here)
    supplied: dict[int, NDArray[Any]] = {spec.indices: mesh.indices.reshape(-1, 1)}
    for name, number in packing.attributes.items():
        if name not in spec.attributes:
            source.warn(f"{place} packs {name[:40]} and does not use it.")
        elif number not in mesh.attributes:
            raise AvatarError(
                f"The packed mesh has no attribute {number} for {name[:40]}.",
                kind="decoder",
                place=here,
            )
        else:
            supplied[spec.attributes[name]] = mesh.attributes[number]
    source.supplied = supplied
    return msgspec.structs.replace(spec, mode=4)


def _has_plain_copy(source: Source, spec: PrimitiveSpec) -> bool:
    if "POSITION" not in spec.attributes:
        return False
    accessors = source.document.accessors
    position = pick(accessors, spec.attributes["POSITION"], "", "accessor")
    indices = spec.indices is None or pick(accessors, spec.indices, "", "accessor")
    return position.buffer_view is not None and (indices is True or indices.buffer_view is not None)


def unpacked(data: bytes, corners: int, place: str) -> Unpacked:
    """Decode a mesh whose header was found good by `declared` and speaks of so many corners."""
    try:
        import DracoPy  # pyright: ignore[reportMissingImports, reportUnknownVariableType]
    except ImportError as error:
        raise absent("The meshes are packed with Draco", "DracoPy", place) from error
    library: Any = DracoPy
    errors = (ValueError, TypeError, RuntimeError, IndexError, AssertionError)
    try:
        with memory_ceiling(ALWAYS_ALLOWED + corners * _BYTES_A_CORNER):
            mesh = library.decode(data)
        faces = np.asarray(getattr(mesh, "faces", ()), np.uint32).reshape(-1)
        attributes: dict[int, NDArray[Any]] = {
            int(each["unique_id"]): np.asarray(each["data"]) for each in mesh.attributes
        }
    except MemoryError as error:
        raise AvatarError(
            "A packed mesh unfolds to more data than its vertices can have.",
            kind="size",
            place=place,
        ) from error
    except (library.FileTypeException, *errors) as error:
        raise AvatarError(
            "A mesh packed with Draco is damaged.", kind="decoder", place=place
        ) from error
    return Unpacked(faces, attributes)


def declared(data: bytes, place: str) -> tuple[int, int]:
    """How many vertices and triangles the header speaks of, held against the bytes there are."""
    try:
        vertices, triangles = _header(data)
    except (struct.error, IndexError) as error:
        raise AvatarError("A packed mesh is cut short.", kind="decoder", place=place) from error
    except ValueError as error:
        raise AvatarError(
            f"A packed mesh cannot be read: {error}.", kind="decoder", place=place
        ) from error
    if vertices + triangles > MAX_RATIO * len(data):
        raise AvatarError(
            f"A packed mesh of {len(data)} bytes claims {vertices} vertices.",
            kind="size",
            place=place,
        )
    return vertices, triangles


def _header(data: bytes) -> tuple[int, int]:
    magic, *version, kind, method, flags = struct.unpack_from("<5sBBBBH", data)
    if magic != b"DRACO":
        raise ValueError("it is not Draco")
    if tuple(version) != _VERSION or kind != _MESH:
        raise ValueError("glTF takes triangle meshes of Draco 2.2 alone")
    cursor = _Cursor(data, 11)
    if flags & _METADATA:
        for _ in range(cursor.number()):
            cursor.number()
            cursor.skip_metadata(0)
        cursor.skip_metadata(0)
    if method == _SEQUENTIAL:
        triangles = cursor.number()
        return cursor.number(), triangles
    if method != _EDGEBREAKER:
        raise ValueError("its method is unknown")
    cursor.skip(1)
    vertices = cursor.number()
    return vertices, cursor.number()


class _Cursor:
    """Walks over the start of a packed mesh."""

    def __init__(self, data: bytes, start: int) -> None:
        self._data = data
        self._at = start

    def number(self) -> int:
        """A whole number of seven bits a byte, lowest first."""
        value = 0
        for shift in range(0, 35, 7):
            byte = self._data[self._at]
            self._at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
        raise ValueError("a number in it has no end")

    def skip(self, count: int) -> None:
        self._at += count
        if self._at > len(self._data):
            raise IndexError

    def skip_metadata(self, depth: int) -> None:
        """Named values, then named metadata below."""
        if depth > _DEEPEST:
            raise ValueError("its notes are nested too deep")
        for _ in range(self.number()):
            self._skip_name()
            self.skip(self.number())
        for _ in range(self.number()):
            self._skip_name()
            self.skip_metadata(depth + 1)

    def _skip_name(self) -> None:
        self.skip(1 + self._data[self._at])
