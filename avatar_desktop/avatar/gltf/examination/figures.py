"""The numbers themselves: bounds that lie, values out of range, directions of the wrong length."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.gltf.accessors import floats, numbers
from avatar_desktop.avatar.gltf.examination.case import Case
from avatar_desktop.avatar.gltf.examination.findings import as_list, objects
from avatar_desktop.errors import AvatarError

Values = NDArray[Any]
Floats = NDArray[np.float32]
_UNIT = 0.0078
_UNIT_OF_BYTES = 0.02
"""How far from one a length may be; eight bits cannot say it better."""


def examine_figures(case: Case) -> None:
    """Every accessor that has bytes, then each use of one."""
    raw = objects(case.raw, "accessors")
    for index in range(len(case.document.accessors)):
        values = _values(case, index)
        if values is not None and len(values):
            place = f"$.accessors[{index}]"
            for name in ("min", "max"):
                if name in raw[index]:
                    _examine_bound(case, values, name, as_list(raw[index][name]), place)
            _examine_sparse(case, index, place)
    _examine_vertices(case)
    _examine_keys(case)
    for index, skin in enumerate(case.document.skins):
        if skin.inverse_bind_matrices is not None:
            place = f"$.skins[{index}].inverseBindMatrices"
            binds = _floats(case, skin.inverse_bind_matrices, ("MAT4",), place)
            if binds is not None and np.abs(binds[:, 3::4] - (0, 0, 0, 1)).max(initial=0) > 1e-4:
                case.findings.add(place, "the last row of a matrix must be 0 0 0 1.")


def _values(case: Case, index: int) -> Values | None:
    try:
        values = numbers(case.source, index)
    except AvatarError as error:
        # what has no bytes at all is a layout without data; the load tells it where it matters
        if error.kind not in ("uri", "extension", "decoder"):
            case.findings.add(error.place or f"$.accessors[{index}]", error.message)
        return None
    if values is not None and values.dtype.kind == "f" and not np.isfinite(values).all():
        case.findings.add(f"$.accessors[{index}]", "holds numbers that are not finite.")
        return None
    return values


def _examine_bound(
    case: Case, values: Values, name: str, declared: list[Any] | None, place: str
) -> None:
    found: list[Any] = getattr(values, name)(axis=0).tolist()
    if declared is None or len(declared) != len(found):
        case.findings.add(f"{place}.{name}", f"has not the {len(found)} numbers of an element.")
        return
    for number, (given, real) in enumerate(zip(declared, found, strict=True)):
        if not isinstance(given, (int, float)) or abs(given) > 1e38 or _same(given, real):
            continue
        outside = "less" if name == "min" else "more"
        beyond = f", and elements are {outside}" if (real < given) == (name == "min") else ""
        case.findings.add(
            f"{place}.{name}[{number}]",
            f"declares {given:g}, and the {name}imum is {real:g}{beyond}.",
        )


def _same(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-6 * max(1.0, abs(a), abs(b))


def _examine_sparse(case: Case, index: int, place: str) -> None:
    sparse = case.document.accessors[index].sparse
    if sparse is None:
        return
    try:
        data = case.source.view(sparse.indices.buffer_view, place)
    except AvatarError:
        return
    kind = {5121: "<u1", 5123: "<u2", 5125: "<u4"}.get(sparse.indices.component_type, "<u4")
    room = len(data) - sparse.indices.byte_offset
    if sparse.count * np.dtype(kind).itemsize <= room:
        order = np.frombuffer(data, kind, sparse.count, sparse.indices.byte_offset)
        if (np.diff(order.astype(np.int64)) <= 0).any():
            case.findings.add(f"{place}.sparse.indices", "the indices do not rise strictly.")


def _examine_vertices(case: Case) -> None:
    for mesh_index, mesh in enumerate(case.document.meshes):
        for number, part in enumerate(mesh.primitives):
            place = f"$.meshes[{mesh_index}].primitives[{number}]"
            for name, index in part.attributes.items():
                here = f"{place}.attributes.{name[:60]}"
                if name in ("NORMAL", "TANGENT"):
                    _examine_directions(case, index, here)
                elif name.startswith(("COLOR_", "WEIGHTS_")):
                    _examine_shares(case, index, here)
            if part.indices is not None and case.has_accessor(part.indices):
                _examine_indices(case, part.indices, part.attributes.get("POSITION"), place)


def _examine_indices(case: Case, index: int, positions: int | None, place: str) -> None:
    values = _values(case, index)
    if values is None or not len(values) or positions is None or not case.has_accessor(positions):
        return
    vertices = case.document.accessors[positions].count
    highest = int(values.max())
    if values.dtype.kind == "u" and highest == np.iinfo(values.dtype).max:
        case.findings.add(f"{place}.indices", "an index has the value that restarts a primitive.")
    elif highest >= vertices:
        case.findings.add(f"{place}.indices", f"index {highest} points past {vertices} vertices.")


def _examine_directions(case: Case, index: int, place: str) -> None:
    values = _floats(case, index, ("VEC3", "VEC4"), place)
    if values is None or not len(values):
        return
    is_bytes = case.document.accessors[index].component_type in (5120, 5121)
    lengths = np.linalg.norm(values[:, :3].astype(np.float64), axis=1)
    off = np.abs(lengths - 1.0) > (_UNIT_OF_BYTES if is_bytes else _UNIT)
    if off.any():
        case.findings.add(place, f"{int(off.sum())} directions are not of unit length.")
    if values.shape[1] == 4 and (np.abs(values[:, 3]) != 1.0).any():
        case.findings.add(place, "the sign of a tangent is neither 1 nor −1.")


def _examine_shares(case: Case, index: int, place: str) -> None:
    values = _floats(case, index, ("VEC3", "VEC4"), place)
    if values is None or not len(values):
        return
    if values.min() < 0.0 or values.max() > 1.0:
        case.findings.add(place, "values are not between 0 and 1.")
    if place.endswith("WEIGHTS_0") and (values.sum(axis=1) <= 0.0).any():
        case.findings.add(place, "a vertex follows no joint: its weights are all nothing.")


def _examine_keys(case: Case) -> None:
    for index, animation in enumerate(case.document.animations):
        for number, sampler in enumerate(animation.samplers):
            place = f"$.animations[{index}].samplers[{number}]"
            times = _floats(case, sampler.input, ("SCALAR",), place)
            if times is None or not len(times):
                continue
            if times[0, 0] < 0.0:
                case.findings.add(f"{place}.input", "a time is negative.")
            if (np.diff(times[:, 0]) <= 0.0).any():
                case.findings.add(f"{place}.input", "the times do not rise strictly.")
        for number, channel in enumerate(animation.channels):
            if channel.target.path != "rotation" or channel.sampler >= len(animation.samplers):
                continue
            sampler = animation.samplers[channel.sampler]
            place = f"$.animations[{index}].channels[{number}].sampler"
            turns = _floats(case, sampler.output, ("VEC4",), place)
            if turns is None:
                continue
            keys = turns[1::3] if sampler.interpolation == "CUBICSPLINE" else turns
            if (np.abs(np.linalg.norm(keys.astype(np.float64), axis=1) - 1.0) > _UNIT).any():
                case.findings.add(place, "a key of the rotation is no unit quaternion.")


def _floats(case: Case, index: int, kinds: tuple[str, ...], place: str) -> Floats | None:
    """The values, or None when there are none or they are broken, which is said elsewhere."""
    if not case.has_accessor(index) or _is_absent(case, index):
        return None
    try:
        return floats(case.source, index, kinds, place)
    except AvatarError:
        return None


def _is_absent(case: Case, index: int) -> bool:
    """An accessor without bytes stands for zeros, which break every rule and mean nothing."""
    accessor = case.document.accessors[index]
    return accessor.buffer_view is None and accessor.sparse is None
