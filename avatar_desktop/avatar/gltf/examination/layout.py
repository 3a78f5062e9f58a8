"""How accessors and buffer views lie in their bytes: fit, alignment, stride, and one use each."""

from __future__ import annotations

from collections.abc import Iterator

from avatar_desktop.avatar.gltf.accessors import COMPONENTS, SHAPES
from avatar_desktop.avatar.gltf.document import (
    Accessor,
    BufferView,
    SparseIndices,
    SparseValues,
)
from avatar_desktop.avatar.gltf.examination.case import Case

_TARGETS = {"vertices": 34962, "indices": 34963}
_COMPRESSIONS = ("EXT_meshopt_compression", "KHR_meshopt_compression")


def examine_layout(case: Case) -> None:
    """Every buffer view and accessor, and what they are used for."""
    for index, view in enumerate(case.document.buffer_views):
        _fits_buffer(case, index, view)
    for index, accessor in enumerate(case.document.accessors):
        if accessor.component_type in COMPONENTS:
            _examine_accessor(case, f"$.accessors[{index}]", accessor)
    _examine_uses(case)


def _fits_buffer(case: Case, index: int, view: BufferView) -> None:
    buffers = case.document.buffers
    if view.byte_stride and case.raw["bufferViews"][index].get("target") == _TARGETS["indices"]:
        case.findings.add(
            f"$.bufferViews[{index}].byteStride", "indices must not have a byteStride."
        )
    end = view.byte_offset + view.byte_length
    if view.buffer < len(buffers) and end > buffers[view.buffer].byte_length:
        case.findings.add(
            f"$.bufferViews[{index}]",
            f"ends at byte {end} of a buffer of {buffers[view.buffer].byte_length} bytes.",
        )


def _examine_accessor(case: Case, place: str, accessor: Accessor) -> None:
    size, width = _element(accessor)
    if accessor.normalized and accessor.component_type in (5125, 5126):
        case.findings.add(f"{place}.normalized", "numbers of this type cannot be normalised.")
    if accessor.byte_offset % width:
        case.findings.add(
            f"{place}.byteOffset",
            f"is not aligned: {accessor.byte_offset} is no multiple of {width}.",
        )
    if accessor.buffer_view is not None:
        _fits_view(case, place, accessor, size, width)
    sparse = accessor.sparse
    if sparse is None:
        return
    if sparse.count > accessor.count:
        case.findings.add(
            f"{place}.sparse.count", f"replaces {sparse.count} of {accessor.count} elements."
        )
    if sparse.indices.component_type in COMPONENTS:
        step = COMPONENTS[sparse.indices.component_type].itemsize
        _part_fits(case, f"{place}.sparse.indices", sparse.indices, sparse.count * step, step)
    _part_fits(case, f"{place}.sparse.values", sparse.values, sparse.count * size, width)


def _fits_view(case: Case, place: str, accessor: Accessor, size: int, width: int) -> None:
    views = case.document.buffer_views
    if accessor.buffer_view is None or accessor.buffer_view >= len(views):
        return
    view = views[accessor.buffer_view]
    if (view.byte_offset + accessor.byte_offset) % width:
        total = view.byte_offset + accessor.byte_offset
        case.findings.add(place, f"is not aligned: byte {total} is no multiple of {width}.")
    if 0 < view.byte_stride < size:
        case.findings.add(
            place, f"elements of {size} bytes lie only {view.byte_stride} bytes apart."
        )
    stride = view.byte_stride or size
    end = accessor.byte_offset + stride * (accessor.count - 1) + size if accessor.count else 0
    if end > view.byte_length:
        case.findings.add(
            f"{place}.byteOffset",
            f"ends at byte {end} of a buffer view of {view.byte_length} bytes.",
        )


def _part_fits(
    case: Case, place: str, part: SparseIndices | SparseValues, length: int, width: int
) -> None:
    views = case.document.buffer_views
    if part.buffer_view >= len(views):
        return
    view = views[part.buffer_view]
    offset = part.byte_offset
    if view.byte_stride:
        case.findings.add(f"{place}.bufferView", "only vertex data may have a byteStride.")
    if (view.byte_offset + offset) % width:
        case.findings.add(place, f"is not aligned to {width} bytes.")
    if offset + length > view.byte_length:
        case.findings.add(
            place, f"ends at byte {offset + length} of a buffer view of {view.byte_length} bytes."
        )


def _element(accessor: Accessor) -> tuple[int, int]:
    """Bytes of an element and of one of its numbers."""
    columns, rows = SHAPES[accessor.type]
    width = COMPONENTS[accessor.component_type].itemsize
    column = rows * width
    padded = column if columns == 1 else (column + 3) // 4 * 4
    return padded * columns, width


def _examine_uses(case: Case) -> None:
    first_use: dict[int, str] = {}
    sharing: dict[int, set[int]] = {}
    for use, index, place in _uses(case):
        if not case.has_accessor(index):
            continue
        accessor = case.document.accessors[index]
        view_index = accessor.buffer_view
        if use == "vertices":
            _vertex_alignment(case, accessor, place)
        if view_index is None or view_index >= len(case.document.buffer_views):
            continue
        view = case.document.buffer_views[view_index]
        target = case.raw["bufferViews"][view_index].get("target")
        known = first_use.setdefault(view_index, use)
        if known != use:
            case.findings.add(place, f"uses bytes as {use} that are also used as {known}.")
        elif target is not None and target != _TARGETS.get(use):
            case.findings.add(place, f"uses a buffer view as {use} whose target is {target}.")
        if use == "vertices":
            sharing.setdefault(view_index, set()).add(index)
        elif view.byte_stride and not any(name in view.extensions for name in _COMPRESSIONS):
            case.findings.add(place, f"{use} must not have a byteStride; it is for vertices only.")
    for view_index, members in sharing.items():
        if len(members) > 1 and not case.document.buffer_views[view_index].byte_stride:
            case.findings.add(
                f"$.bufferViews[{view_index}]", "vertex data share it, so it needs a byteStride."
            )


def _vertex_alignment(case: Case, accessor: Accessor, place: str) -> None:
    if accessor.component_type not in COMPONENTS or accessor.buffer_view is None:
        return
    views = case.document.buffer_views
    stride = views[accessor.buffer_view].byte_stride if accessor.buffer_view < len(views) else 0
    size, _ = _element(accessor)
    if accessor.byte_offset % 4 or (stride or size) % 4:
        case.findings.add(place, "vertex data are not aligned to four bytes.")


def _uses(case: Case) -> Iterator[tuple[str, int, str]]:
    """What every accessor is used for, and where."""
    document = case.document
    for mesh_index, mesh in enumerate(document.meshes):
        for number, part in enumerate(mesh.primitives):
            place = f"$.meshes[{mesh_index}].primitives[{number}]"
            for name, index in part.attributes.items():
                yield "vertices", index, f"{place}.attributes.{name[:60]}"
            for row, target in enumerate(part.targets):
                for name, index in target.items():
                    yield "vertices", index, f"{place}.targets[{row}].{name[:60]}"
            if part.indices is not None:
                yield "indices", part.indices, f"{place}.indices"
    for index, skin in enumerate(document.skins):
        if skin.inverse_bind_matrices is not None:
            place = f"$.skins[{index}].inverseBindMatrices"
            yield "inverse bind matrices", skin.inverse_bind_matrices, place
    for clip, animation in enumerate(document.animations):
        for number, sampler in enumerate(animation.samplers):
            place = f"$.animations[{clip}].samplers[{number}]"
            yield "keys", sampler.input, f"{place}.input"
            yield "keys", sampler.output, f"{place}.output"
