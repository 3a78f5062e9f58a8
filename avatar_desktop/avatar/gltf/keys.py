"""Numbers of animation samplers: taken as they lie, and looked at all together.

A clip has hundreds of short tracks, and looking at each by itself costs more than reading them.
When the quick look finds anything wrong, the tracks are read again with care, one by one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.gltf.accessors import are_usable, floats
from avatar_desktop.avatar.gltf.source import Source
from avatar_desktop.errors import AvatarError

Floats = NDArray[np.float32]

_FLOAT = 5126
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}


class Keys:
    """Times and values of samplers; each accessor is read once."""

    def __init__(self, source: Source, *, careful: bool) -> None:
        self._source = source
        self._careful = careful
        self._times: dict[int, Floats] = {}
        self._plain: dict[int, Floats] = {}
        self._buffers: dict[int, Floats] = {}

    def times(self, index: int, place: str) -> Floats:
        """(K,) seconds, rising from zero or later."""
        times = self._times.get(index)
        if times is None:
            times = self.values(index, "SCALAR", place)
            if not len(times):
                raise AvatarError("It has no keys.", kind="animation", place=place)
            if self._careful and not _rise([times]):
                raise AvatarError("Its times do not rise from zero.", kind="animation", place=place)
            self._times[index] = times
        return times

    def values(self, index: int, kind: str, place: str) -> Floats:
        """Every number of an accessor in a row."""
        found = None if self._careful else self._as_it_lies(index, kind)
        if found is None:
            return floats(self._source, index, (kind,), place).reshape(-1)
        return found

    def are_sound(self) -> bool:
        """Whether all that was taken so far is usable, and all times rise."""
        if not self._plain:
            return _rise(list(self._times.values()))
        together = np.concatenate(list(self._plain.values()))
        return are_usable(together) and _rise(list(self._times.values()))

    def _as_it_lies(self, index: int, kind: str) -> Floats | None:
        """A view of tightly packed 32-bit numbers; None for other forms, and for broken ones."""
        document = self._source.document
        if index >= len(document.accessors):
            return None
        accessor = document.accessors[index]
        if index in self._plain:
            return self._plain[index] if accessor.type == kind else None
        place, width = accessor.buffer_view, _WIDTHS[kind]
        if accessor.type != kind or accessor.component_type != _FLOAT or accessor.sparse:
            return None
        if place is None or place >= len(document.buffer_views):
            return None
        view = document.buffer_views[place]
        size = accessor.count * width
        start, odd = divmod(view.byte_offset + accessor.byte_offset, 4)
        inside = accessor.byte_offset + 4 * size <= view.byte_length
        if odd or not inside or view.extensions or view.byte_stride not in (0, 4 * width):
            return None
        numbers = self._buffer(view.buffer)
        if start + size > len(numbers):
            return None
        self._plain[index] = numbers[start : start + size]
        return self._plain[index]

    def _buffer(self, index: int) -> Floats:
        numbers = self._buffers.get(index)
        if numbers is None:
            try:
                data = self._source.buffer(index, "")
            except AvatarError:
                data = memoryview(b"")
            numbers = np.frombuffer(data, np.dtype("<f4"), len(data) // 4)
            self._buffers[index] = numbers
        return numbers


def _rise(tracks: list[Floats]) -> bool:
    """Whether each track begins at zero or later and never goes back."""
    if not tracks:
        return True
    together = np.concatenate(tracks)
    ends = np.cumsum([len(track) for track in tracks])
    falls = np.diff(together) < 0.0
    falls[ends[:-1] - 1] = False
    starts = together[np.concatenate([[0], ends[:-1]])]
    return not falls.any() and not (starts < 0.0).any()
