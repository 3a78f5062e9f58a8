"""Accessors as numpy arrays: views into the file's bytes wherever the file allows it.

Every offset is checked before a byte is read; a damaged file gives an AvatarError.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.gltf.document import Accessor
from avatar_desktop.avatar.gltf.source import MAX_NUMBERS, Source, pick
from avatar_desktop.errors import AvatarError

Floats = NDArray[np.float32]
Raw = NDArray[Any]

MAX_NUMBER = 1e9
"""Metres, seconds or shares: products of a few of these still fit into 32 bits."""
COMPONENTS: dict[int, np.dtype[Any]] = {
    5120: np.dtype("<i1"),
    5121: np.dtype("<u1"),
    5122: np.dtype("<i2"),
    5123: np.dtype("<u2"),
    5125: np.dtype("<u4"),
    5126: np.dtype("<f4"),
}
SHAPES: dict[str, tuple[int, int]] = {
    "SCALAR": (1, 1),
    "VEC2": (1, 2),
    "VEC3": (1, 3),
    "VEC4": (1, 4),
    "MAT2": (2, 2),
    "MAT3": (3, 3),
    "MAT4": (4, 4),
}
"""Columns and rows of an element."""
_LARGEST = {kind.str: int(np.iinfo(kind).max) for kind in COMPONENTS.values() if kind.kind != "f"}
_SPARSE_INDEX_TYPES = (5121, 5123, 5125)


def floats(source: Source, index: int, kinds: tuple[str, ...], place: str) -> Floats:
    """(count, width) float32; normalised integers become −1…1 or 0…1. Every number is finite."""
    accessor, values = _read(source, index, kinds, place)
    if values.dtype.kind == "f":
        return _finite(values, index)
    return _as_floats(accessor, values)


def add_floats(source: Source, index: int, out: Floats, place: str) -> None:
    """Write (count, 3) numbers into zeros; of sparse ones only those that are there."""
    accessor = pick(source.document.accessors, index, place, "accessor")
    if accessor.count != len(out):
        raise AvatarError(
            f"There are {accessor.count} values for {len(out)} vertices.", kind="mesh", place=place
        )
    if accessor.sparse is None or accessor.buffer_view is not None or accessor.type != "VEC3":
        accessor, values = _read(source, index, ("VEC3",), place)
        if values.dtype.kind == "f":
            out[:] = _finite(values, index)
        else:
            scaled(accessor, values, out)
        return
    here = f"$.accessors[{index}]"
    dtype = _component(accessor.component_type, f"{here}.componentType")
    indices, values = _sparse(source, accessor, (dtype, 1, 3), here)
    out[indices] = _finite(values, index) if dtype.kind == "f" else _as_floats(accessor, values)


def _as_floats(accessor: Accessor, values: Raw) -> Floats:
    result = np.empty(values.shape, np.float32)
    scaled(accessor, values, result)
    return result


def scaled(accessor: Accessor, values: Raw, out: Floats) -> None:
    """Write whole numbers; normalised ones as shares of the largest.

    Column by column, because numpy is many times as quick with few long rows as with many short.
    """
    share = np.float32(1.0 / _LARGEST[values.dtype.str] if accessor.normalized else 1.0)
    for column in range(values.shape[-1]):
        np.multiply(values[..., column], share, out=out[..., column])
    if accessor.normalized and values.dtype.kind == "i":
        np.maximum(out, np.float32(-1.0), out=out)


def are_usable(values: Floats) -> bool:
    """Whether all numbers are finite, and none is so far off that posing it would overflow."""
    flat = values.ravel()
    # one quick sum of squares clears nearly every file; a NaN is never below a limit
    if not len(flat) or np.vdot(flat, flat) <= MAX_NUMBER:
        return True
    return bool(flat.min() >= -MAX_NUMBER and flat.max() <= MAX_NUMBER)


def _finite(values: Floats, index: int) -> Floats:
    if are_usable(values):
        return values
    problem = "lie beyond a billion" if np.isfinite(values).all() else "are not finite"
    raise AvatarError(
        f"The data hold numbers that {problem}.", kind="numbers", place=f"$.accessors[{index}]"
    )


def integers(source: Source, index: int, kinds: tuple[str, ...], place: str) -> Raw:
    """(count, width) of the file's own unsigned integer type."""
    _, values = _read(source, index, kinds, place)
    if values.dtype.kind != "u":
        raise AvatarError(
            "Whole numbers without sign were expected here.",
            kind="type",
            place=f"$.accessors[{index}].componentType",
        )
    return values


def numbers(source: Source, index: int) -> Raw | None:
    """(count, width) as the file holds them, unchecked; None when it holds no bytes for them."""
    accessor = pick(source.document.accessors, index, "", "accessor")
    if accessor.buffer_view is None and accessor.sparse is None:
        return None
    _, values = _read(source, index, (accessor.type,), "")
    return values


def matrices(source: Source, index: int, place: str) -> Floats:
    """(count, 4, 4) row-major; the file holds columns."""
    flat = floats(source, index, ("MAT4",), place)
    return np.ascontiguousarray(flat.reshape(-1, 4, 4).transpose(0, 2, 1))


def _read(source: Source, index: int, kinds: tuple[str, ...], place: str) -> tuple[Accessor, Raw]:
    accessor = pick(source.document.accessors, index, place, "accessor")
    here = f"$.accessors[{index}]"
    if accessor.type not in kinds:
        raise AvatarError(
            f"An accessor is {accessor.type} where {' or '.join(kinds)} is needed.",
            kind="type",
            place=f"{here}.type",
        )
    dtype = _component(accessor.component_type, f"{here}.componentType")
    columns, rows = SHAPES[accessor.type]
    if accessor.count * columns * rows > MAX_NUMBERS:
        raise AvatarError(
            f"An accessor claims {accessor.count} elements, more than any avatar needs.",
            kind="size",
            place=f"{here}.count",
        )
    if index in source.supplied:
        values: Raw = _supplied(source.supplied[index], accessor, (dtype, columns * rows), here)
    elif accessor.buffer_view is None:
        source.claim(accessor.count * columns * rows, f"{here}.count")
        values = np.zeros((accessor.count, columns * rows), dtype)
    else:
        values = _strided(
            source,
            _Span(accessor.buffer_view, accessor.byte_offset, accessor.count),
            (dtype, columns, rows),
            here,
        )
    if accessor.sparse is not None:
        values = _with_sparse(source, accessor, values, (dtype, columns, rows), here)
    return accessor, values


def _supplied(given: Raw, accessor: Accessor, kind: tuple[np.dtype[Any], int], place: str) -> Raw:
    """Values that were unpacked for this accessor, in its own type."""
    dtype, width = kind
    loses_fractions = given.dtype.kind == "f" and dtype.kind != "f"
    if given.ndim != 2 or given.shape[1] != width or loses_fractions:
        raise AvatarError(
            f"The packed values do not fit an accessor of {accessor.type}.",
            kind="decoder",
            place=place,
        )
    wide_enough = given.dtype.kind == dtype.kind == "u" and not accessor.normalized
    return given if wide_enough else given.astype(dtype)


class _Span(NamedTuple):
    """Where elements lie: a buffer view, an offset into it, and how many follow."""

    view: int
    offset: int
    elements: int


def _strided(
    source: Source, span: _Span, element: tuple[np.dtype[Any], int, int], place: str
) -> Raw:
    dtype, columns, rows = element
    view_index, offset, count = span
    data = source.view(view_index, f"{place}.bufferView")
    column_bytes = rows * dtype.itemsize
    # the columns of small matrices start at multiples of four bytes
    padded = column_bytes if columns == 1 else (column_bytes + 3) // 4 * 4
    size = padded * (columns - 1) + column_bytes
    stride = source.document.buffer_views[view_index].byte_stride or padded * columns
    if stride < size:
        raise AvatarError(
            f"Elements of {size} bytes lie only {stride} bytes apart.",
            kind="bounds",
            place=f"$.bufferViews[{view_index}].byteStride",
        )
    end = offset + stride * (count - 1) + size if count else offset
    if end > len(data):
        raise AvatarError(
            f"An accessor ends at byte {end} of a buffer view of {len(data)} bytes.",
            kind="bounds",
            place=place,
        )
    if count == 0:
        return np.zeros((0, columns * rows), dtype)
    shape = (count, columns, rows)
    strides = (stride, padded, dtype.itemsize)
    values: Raw = np.ndarray(shape, dtype, data, offset, strides)
    return values.reshape(count, columns * rows)


def _with_sparse(
    source: Source,
    accessor: Accessor,
    values: Raw,
    element: tuple[np.dtype[Any], int, int],
    place: str,
) -> Raw:
    indices, replacement = _sparse(source, accessor, element, place)
    changed = values.copy()
    changed[indices] = replacement
    return changed


def _sparse(
    source: Source, accessor: Accessor, element: tuple[np.dtype[Any], int, int], place: str
) -> tuple[Raw, Raw]:
    """Which elements differ from the rest, and what they are."""
    sparse = accessor.sparse
    assert sparse is not None
    here = f"{place}.sparse"
    if sparse.count > accessor.count:
        raise AvatarError("More sparse values than elements.", kind="bounds", place=here)
    if sparse.indices.component_type not in _SPARSE_INDEX_TYPES:
        raise AvatarError(
            "Sparse indices must be whole numbers.", kind="type", place=f"{here}.indices"
        )
    index_type = _component(sparse.indices.component_type, f"{here}.indices")
    indices = _strided(
        source,
        _Span(sparse.indices.buffer_view, sparse.indices.byte_offset, sparse.count),
        (index_type, 1, 1),
        f"{here}.indices",
    )[:, 0]
    replacement = _strided(
        source,
        _Span(sparse.values.buffer_view, sparse.values.byte_offset, sparse.count),
        element,
        f"{here}.values",
    )
    if sparse.count and int(indices.max()) >= accessor.count:
        raise AvatarError(
            "A sparse index points past the end.", kind="bounds", place=f"{here}.indices"
        )
    return indices, replacement


def _component(code: int, place: str) -> np.dtype[Any]:
    if code not in COMPONENTS:
        raise AvatarError(f"{code} is no component type.", kind="type", place=place)
    return COMPONENTS[code]
