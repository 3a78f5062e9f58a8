"""Buffer views packed with meshopt: EXT_meshopt_compression and KHR_meshopt_compression."""

from __future__ import annotations

from typing import Literal

import msgspec

from avatar_desktop.avatar.gltf.decoders.absent import absent
from avatar_desktop.avatar.gltf.document import BufferView, Count, Index, extension
from avatar_desktop.errors import AvatarError

NAMES = ("KHR_meshopt_compression", "EXT_meshopt_compression")


class Packing(msgspec.Struct, frozen=True, rename="camel"):
    """Where the packed bytes lie and what they unfold to."""

    buffer: Index
    byte_length: Count
    byte_stride: Count
    count: Count
    mode: Literal["ATTRIBUTES", "TRIANGLES", "INDICES"]
    byte_offset: Count = 0
    filter: Literal["NONE", "OCTAHEDRAL", "QUATERNION", "EXPONENTIAL", "COLOR"] = "NONE"


def is_packed(view: BufferView) -> bool:
    """Whether a buffer view has a packed form."""
    return any(name in view.extensions for name in NAMES)


def packing(view: BufferView, place: str) -> Packing:
    """How a buffer view is packed; AvatarError when that makes no sense."""
    name = next(name for name in NAMES if name in view.extensions)
    spec = extension(view.extensions, name, Packing, place)
    here = f"{place}.extensions.{name}"
    if not _fits(spec):
        raise AvatarError(
            f"Rows of {spec.byte_stride} bytes do not go with {spec.mode} and {spec.filter}.",
            kind="decoder",
            place=here,
        )
    if spec.count * spec.byte_stride < view.byte_length:
        raise AvatarError(
            f"The packed data give {spec.count * spec.byte_stride} of {view.byte_length} bytes.",
            kind="bounds",
            place=here,
        )
    return spec


def unpacked(spec: Packing, data: memoryview, place: str) -> memoryview:
    """The plain bytes: `count` rows of `byte_stride`."""
    if spec.count == 0:
        return memoryview(b"")
    try:
        import meshopt  # pyright: ignore[reportMissingTypeStubs]
    except ImportError as error:
        raise absent("The data are packed with meshopt", "meshopt", place) from error
    try:
        rows = meshopt.decode_gltf_buffer(
            bytes(data), spec.count, spec.byte_stride, spec.mode, spec.filter
        )
    except (ValueError, RuntimeError, TypeError, OverflowError, MemoryError) as error:
        raise AvatarError(
            "Data packed with meshopt are damaged.", kind="decoder", place=place
        ) from error
    return memoryview(rows.tobytes())


def _fits(spec: Packing) -> bool:
    stride = spec.byte_stride
    if spec.mode == "ATTRIBUTES":
        strides = {"OCTAHEDRAL": (4, 8), "COLOR": (4, 8), "QUATERNION": (8,)}
        return stride in strides.get(spec.filter, range(4, 257, 4))
    whole = spec.mode == "INDICES" or spec.count % 3 == 0
    return spec.filter == "NONE" and stride in (2, 4) and whole
