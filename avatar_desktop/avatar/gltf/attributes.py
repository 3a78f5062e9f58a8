"""The vertex data of a mesh; what several primitives share is read once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar_desktop.avatar.gltf.accessors import floats, integers
from avatar_desktop.avatar.gltf.document import Primitive as PrimitiveSpec
from avatar_desktop.avatar.gltf.source import Source
from avatar_desktop.errors import AvatarError

Floats = NDArray[np.float32]

_UV_SETS = tuple(f"TEXCOORD_{number}" for number in range(8))
_FLOAT = 5126
_KNOWN = frozenset(
    {
        *("POSITION", "NORMAL", "TANGENT", "COLOR_0"),
        *("JOINTS_0", "WEIGHTS_0", "JOINTS_1", "WEIGHTS_1"),
        *_UV_SETS,
    }
)


class Shared:
    """What primitives have in common: arrays by the accessor they come from."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._floats: dict[tuple[int, tuple[str, ...]], Floats] = {}
        self.stacks: dict[tuple[int, ...], Floats] = {}
        """Morph displacements by the accessors of their targets."""

    def floats(self, index: int, kinds: tuple[str, ...], place: str) -> Floats:
        if index in self.source.supplied:  # it holds for this primitive alone
            return floats(self.source, index, kinds, place)
        key = (index, kinds)
        found = self._floats.get(key)
        if found is None:
            found = self._floats[key] = floats(self.source, index, kinds, place)
        return found


class Attributes:
    """The vertex data of one primitive, each checked to have one value per vertex."""

    def __init__(self, shared: Shared, spec: PrimitiveSpec, vertices: int, place: str) -> None:
        self._shared = shared
        self._source = shared.source
        self._attributes = spec.attributes
        self._vertices = vertices
        self._place = place

    def has(self, name: str) -> bool:
        return name in self._attributes

    def optional(self, name: str, kinds: tuple[str, ...]) -> Floats | None:
        """The values, or None with a warning when they are broken: the shape lives without."""
        if name not in self._attributes:
            return None
        try:
            return self.needed(name, kinds)
        except AvatarError as error:
            self._source.skipped(f"The attribute {name}", error)
            return None

    def needed(self, name: str, kinds: tuple[str, ...]) -> Floats:
        place = f"{self._place}.{name}"
        values = self._shared.floats(self._attributes[name], kinds, place)
        return self._counted(values, place)

    def whole(self, name: str) -> NDArray[Any]:
        place = f"{self._place}.{name}"
        values = integers(self._source, self._attributes[name], ("VEC4",), place)
        return self._counted(values, place)

    def uvs(self) -> tuple[Floats, ...]:
        """Every set up to the last one that is there; one that is missing between is zero."""
        there = [number for number, name in enumerate(_UV_SETS) if name in self._attributes]
        if not there:
            return ()
        sets = [self.optional(name, ("VEC2",)) for name in _UV_SETS[: there[-1] + 1]]
        while sets and sets[-1] is None:
            sets.pop()
        return tuple(self._nowhere() if values is None else values for values in sets)

    def colours(self) -> Floats | None:
        """(V, 4); the standard has whole numbers only as parts of the brightest."""
        values = self.optional("COLOR_0", ("VEC3", "VEC4"))
        if values is None:
            return None
        accessor = self._source.document.accessors[self._attributes["COLOR_0"]]
        if accessor.component_type != _FLOAT and not accessor.normalized:
            values = values / np.float32(255.0 if accessor.component_type == 5121 else 65535.0)
            self._source.warn(f"The colours of {self._place} are taken as shares of the brightest.")
        if values.shape[1] == 4:
            return values
        return np.concatenate([values, np.ones((len(values), 1), np.float32)], axis=1)

    def note_unknown(self) -> None:
        """Say once for each name what is not looked at."""
        for name in self._attributes:
            if name not in _KNOWN:
                self._source.warn(f"The vertex data {name[:40]} are not used.")

    def _nowhere(self) -> Floats:
        return np.broadcast_to(np.float32(0.0), (self._vertices, 2))

    def _counted(self, values: NDArray[Any], place: str) -> NDArray[Any]:
        if len(values) != self._vertices:
            raise AvatarError(
                f"There are {len(values)} values for {self._vertices} vertices.",
                kind="mesh",
                place=place,
            )
        return values
